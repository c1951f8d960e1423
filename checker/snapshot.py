"""The project's configuration as it was when the session started."""

from __future__ import annotations

import os

from checker.config import FILE, PYPROJECT, Config, ConfigError, load


class Snapshots:
    """The configuration of each folder of a project, kept in its session when first met.

    A file that is newer than the session does not count. Where one is wrong
    nothing is configured, and `problem` says what is wrong. Folders are real paths.
    """

    def __init__(self, root: str, session) -> None:
        self._root = root
        self._session = session
        self.problem = ""

    def of(self, folder: str) -> Config:
        """What counts for the files of a folder at or below the root."""
        kept = self._kept(self._root)
        while folder != self._root:
            nearer = self._kept(folder)
            if nearer is not None:
                kept = nearer
                break
            folder = os.path.dirname(folder)
        self.problem = kept.get("problem", "")
        return Config.default() if self.problem else Config.from_dict(kept)

    def _kept(self, folder: str) -> dict | None:
        """A folder's own configuration, as it was; None when it has none. The root always has."""
        kept = self._session.kept("configs", folder)
        if not isinstance(kept, dict):
            kept = self._found(folder)
            if kept is not None:
                self._session.keep("configs", folder, kept)
        return kept

    def _found(self, folder: str) -> dict | None:
        top = folder == self._root or os.path.lexists(os.path.join(folder, ".git"))
        if not top and not any(self._was_there(folder, name) for name in (FILE, PYPROJECT)):
            return None
        try:
            config = load(folder)
        except ConfigError as error:
            return {"problem": f"{os.path.relpath(error.path, self._root)}: {error.sentence}"}
        own = config.path is not None and os.path.dirname(config.path) == folder
        return config.to_dict() if top or own else None

    def _was_there(self, folder: str, name: str) -> bool:
        try:
            return os.lstat(os.path.join(folder, name)).st_ctime <= self._session.began
        except OSError:
            return False
