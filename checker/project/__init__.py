"""What only the project around a file can tell."""

from __future__ import annotations

import os

from checker.elixir.foreign import OtherFiles
from checker.project.mix import MixError, app_around
from checker.project.modules import Modules


class Project:
    """An application that a file belongs to, with those beside it in an umbrella."""

    def __init__(self, app) -> None:
        self.app = app
        self.modules = Modules(app)
        self.others = OtherFiles(self.modules.find, self.modules.wrapper, self.modules.worker)


_known: dict[str, Project | None] = {}


def project_of(path: str) -> Project | None:
    """The project that a file belongs to; None outside of one. Kept for the whole run."""
    folder = os.path.dirname(os.path.abspath(path))
    if folder not in _known:
        _known[folder] = _around(folder)
    return _known[folder]


def _around(folder: str) -> Project | None:
    try:
        app = app_around(folder)
    except MixError:
        return None
    for other in _known.values():
        if other is not None and other.app.folder == app.folder:
            return other
    return Project(app)
