"""What only the project around a file can tell."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property

from checker.elixir.foreign import OtherFiles
from checker.language import ELIXIR, language_of
from checker.places import PlaceError, data_folder
from checker.project.index import Index, lib_of, tests_of
from checker.project.mix import MixApp, MixError, app_around, apps_of
from checker.project.modules import Modules
from checker.project.surroundings import Surroundings


class Project:
    """An application that a file belongs to, with those beside it in an umbrella.

    `data` is the data folder, None to keep nothing of what is found.
    """

    def __init__(self, app: MixApp, data: str | None = None) -> None:
        self._set(app, Modules(app, lib_of(app, data)), tests_of(app, data))

    def _set(self, app: MixApp, modules: Modules, tests: Index) -> None:
        self.app = app
        self.modules = modules
        self.tests = tests
        self.others = OtherFiles(modules.find, modules.wrapper, modules.worker)

    def with_text(self, path: str, text: bytes) -> Project:
        """The same, but for what the file at an absolute path is to be taken for holding."""
        other = Project.__new__(Project)
        other._set(
            self.app, self.modules.with_text(path, text), self.tests.with_text(path, text)
        )
        return other

    def build(self, over: Callable = map, until: float | None = None) -> None:
        """Bring what is kept of its files up to date, as `Index.build` does it."""
        self.modules.index.build(over, until)
        self.tests.build(over, until)

    @property
    def folder(self) -> str:
        return self.app.folder

    @property
    def folders(self) -> list[str]:
        """The folders of code and tests, if all their files could be seen."""
        return [
            folder
            for index in (self.modules.index, self.tests)
            if index.complete
            for folder in index.folders
        ]

    def naming(self, words: set[str]) -> set[str]:
        """Paths of the files in them that have any of some capitalised words."""
        indexes = (self.modules.index, self.tests)
        return {path for index in indexes for word in words for path in index.naming(word)}

    @cached_property
    def enqueues(self):
        """Where jobs are built (checker.project.enqueues.Enqueues)."""
        from checker.project.enqueues import Enqueues  # for the rule that asks

        folders = [app.folder for app in apps_of(self.app)]
        return Enqueues(self.modules.index, folders, self.others)

    @cached_property
    def around(self) -> Surroundings:
        """What it tells the rules."""
        return Surroundings(self.app, self.modules, self.tests, lambda: self.enqueues)


_known: dict[tuple[str, str], object] = {}  # by language and folder


def project_of(path: str):
    """The Project or PythonProject that a file belongs to; None outside of one.

    Kept for the whole run.
    """
    language, folder = language_of(path), os.path.dirname(os.path.abspath(path))
    if (language, folder) not in _known:
        found = _around(folder) if language == ELIXIR else _python_around(folder)
        _known[language, folder] = _the_same(language, found)
    return _known[language, folder]


def forget() -> None:
    """Read projects anew: files of theirs have changed."""
    _known.clear()


def _around(folder: str) -> Project | None:
    try:
        app = app_around(folder)
    except MixError:
        return None
    return Project(app, _data())


def _python_around(folder: str):
    from checker.project.python import project_around  # no Elixir project needs it

    return project_around(folder)


def _the_same(language: str, project):
    """The project as another file of it has it, where one was asked for before."""
    if project is None:
        return None
    others = (other for (kind, _), other in _known.items() if kind == language and other)
    return next((other for other in others if other.folder == project.folder), project)


def _data() -> str | None:
    try:
        return data_folder()
    except PlaceError:
        return None
