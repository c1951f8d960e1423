"""Which files to check: what was named, and what lies in the folders that were named."""

from __future__ import annotations

import os
import stat

from checker.config import Config, ConfigError, Configs
from checker.gitignore import Ignores, ignores_in
from checker.language import is_source

SKIPPED_FOLDERS = frozenset(("deps", "_build", "node_modules", "__pycache__", "site-packages"))
ENVIRONMENT_MARK = "pyvenv.cfg"


class File:
    """A file to check: `path` to open it, `shown` to name it, the `config` that counts.

    `data` is its content (bytes) when that is not to be read from the path, and
    `before` (checker.since.Before) what it is compared with, if anything.
    """

    __slots__ = ("path", "shown", "config", "data", "before")

    def __init__(self, path: str, shown: str, config: Config, data: bytes | None = None) -> None:
        self.path = path
        self.shown = shown
        self.config = config
        self.data = data
        self.before = None


class Discovery:
    """What was found.

    `files`: in the order of their shown paths, none twice. `problems`: `(shown
    path, message)` of what was named or met and cannot be checked; they make
    the exit code 2. `notes`: sentences that only inform.
    """

    def __init__(self) -> None:
        self.files: list[File] = []
        self.problems: list[tuple[str, str]] = []
        self.notes: list[str] = []


def shown(path: str) -> str:
    """How a file is named in output: relative inside the working directory, else absolute.

    Always with `/`; bytes that are no text become U+FFFD.
    """
    here = os.getcwd()
    absolute = os.path.abspath(path)
    inside = _inside(here, absolute)
    if inside is None:
        folder, name = os.path.split(absolute)
        inside = _inside(here, os.path.join(os.path.realpath(folder), name))
    text = os.fsencode(absolute if inside is None else inside).decode("utf-8", "replace")
    return text.replace(os.sep, "/")


def find(paths: list[str], texts: dict[str, bytes]) -> Discovery:
    """The files that paths name: files themselves, folders with all below them.

    `texts` are contents that are checked as if they stood at their paths,
    whatever is there. A named file is always checked; inside folders, what the
    configuration excludes or a `.gitignore` names is left out, and so are
    dependencies, builds, virtual environments and hidden folders. Links to
    folders are not followed. Raises nothing.
    """
    finder = _Finder()
    for path, data in texts.items():
        finder.file(path, data)
    for path in paths:
        finder.named(path)
    finder.found.files.sort(key=lambda file: file.shown)
    return finder.found


class _Finder:
    def __init__(self) -> None:
        self.found = Discovery()
        self.configs = Configs()
        self._seen: set[str] = set()

    def named(self, path: str) -> None:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            self._problem(path, "does not exist" if missing else _unreadable(error))
            return
        if stat.S_ISDIR(mode):
            self._walk(path)
        elif not stat.S_ISREG(mode):
            self._problem(path, "is not a regular file; use `-` to check standard input")
        else:
            self.file(path, None)

    def file(self, path: str, data: bytes | None) -> None:
        if is_source(path):
            self._add(path, os.path.realpath(path), data)
        else:
            note = "skipped, only .ex, .exs and .py files are checked"
            self.found.notes.append(f"{shown(path)}: {note}")

    def _walk(self, top: str) -> None:
        real_top = os.path.realpath(top)
        folders = [(top, real_top, ignores_in(real_top))]
        while folders:
            folder, real, ignores = folders.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = list(listing)
            except OSError as error:
                self._problem(folder, _unreadable(error))
                continue
            if folder != top and any(entry.name == ENVIRONMENT_MARK for entry in entries):
                continue
            for entry in entries:
                own = os.path.join(real, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if self._enters(entry, own, ignores):
                        folders.append((entry.path, own, ignores.inside(own)))
                elif self._takes(entry, own, ignores):
                    self._add(entry.path, os.path.realpath(own) if entry.is_symlink() else own)

    def _enters(self, entry: os.DirEntry, own: str, ignores: Ignores) -> bool:
        if entry.name.startswith(".") or entry.name in SKIPPED_FOLDERS:
            return False
        return not ignores.leave_out(own + "/") and not self._excluded(entry.path + "/")

    def _takes(self, entry: os.DirEntry, own: str, ignores: Ignores) -> bool:
        if not is_source(entry.name) or not _is_file(entry) or ignores.leave_out(own):
            return False
        return not self._excluded(entry.path)

    def _excluded(self, path: str) -> bool:
        absolute = os.path.abspath(path) + ("/" if path.endswith("/") else "")
        try:
            return self.configs.of(os.path.dirname(absolute.rstrip("/"))).excludes(absolute)
        except ConfigError:
            return False

    def _add(self, path: str, real: str, data: bytes | None = None) -> None:
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            config = self.configs.of(os.path.dirname(os.path.abspath(path)))
        except ConfigError as error:
            self._problem(error.path, error.sentence)
            return
        self._shadow(config)
        self.found.files.append(File(path, shown(path), config, data))

    def _shadow(self, config: Config) -> None:
        if config.shadowed:
            note = f"{shown(config.path)} counts; the table in {shown(config.shadowed)} does not"
            if note not in self.found.notes:
                self.found.notes.append(note)

    def _problem(self, path: str, message: str) -> None:
        problem = (shown(path), message)
        if problem not in self.found.problems:
            self.found.problems.append(problem)


def _is_file(entry: os.DirEntry) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror}"


def _inside(folder: str, path: str) -> str | None:
    """The path relative to a folder, or None when it is not inside it."""
    if path == folder:
        return "."
    start = folder.rstrip(os.sep) + os.sep
    return path[len(start) :] if path.startswith(start) else None
