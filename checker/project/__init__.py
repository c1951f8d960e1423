"""What only the project around a file can tell."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property

from checker.elixir import syntax
from checker.elixir.foreign import OtherFiles
from checker.elixir.library import library
from checker.elixir.modules import modules
from checker.elixir.oban_config import code_configs, script_configs
from checker.model.around import Around
from checker.places import PlaceError, data_folder
from checker.project.index import Index, lib_of, tests_of
from checker.project.mix import MixApp, MixError, app_around, apps_of, has_pro, locked_oban
from checker.project.modules import Modules
from checker.source import decode

CONFIG_FILES = ("config.exs", "dev.exs", "prod.exs", "runtime.exs", "test.exs")
STARTS_OBAN = (b"{Oban,", b"Oban.start_link")
STARTS_QUEUES = (b"start_queue", b"DynamicQueues")


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

    @cached_property
    def enqueues(self):
        """Where jobs are built (checker.project.enqueues.Enqueues)."""
        from checker.project.enqueues import Enqueues  # for the rule that asks

        folders = [app.folder for app in apps_of(self.app)]
        return Enqueues(self.modules.index, folders, self.others)

    @cached_property
    def around(self) -> Around:
        return _Around(self)


class _Around(Around):
    """Answers about a project; each is looked for when it is first asked.

    Where not all files could be seen, nothing is said that one of them may contradict.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._app = project.app
        self._modules = project.modules
        self._lib = project.modules.index
        self.worker = project.modules.worker
        self.performs = project.modules.performs

    @cached_property
    def version(self) -> tuple:
        return locked_oban(self._app)

    @cached_property
    def pro(self) -> bool:
        return has_pro(self._app)

    @cached_property
    def bases(self) -> frozenset[str]:
        return frozenset(app.base for app in apps_of(self._app))

    def defines(self, name: str) -> bool:
        return self._modules.path(name) is not None or not self._lib.complete

    def enqueues(self, name: str) -> list | None:
        return self._project.enqueues.of(name)

    @cached_property
    def starts_queues(self) -> bool:
        return not self._lib.complete or bool(self._lib.holding(*STARTS_QUEUES))

    @cached_property
    def has_tests(self) -> bool:
        return not self._project.tests.empty

    def tested(self, name: str) -> bool | None:
        """Whether a test names the module, by its last part; None without any tests."""
        tests = self._project.tests
        if tests.empty:
            return None
        return bool(tests.naming(name.rpartition(".")[2]))

    @cached_property
    def configs(self) -> list:
        if not self._lib.complete:
            return []
        found = []
        for name in CONFIG_FILES:
            path = os.path.join(self._app.root, "config", name)
            found += script_configs(self._parsed(path), path, library())
        for path in self._lib.holding(*STARTS_OBAN):
            found += code_configs(modules(self._parsed(path)), library())
        return found

    def _parsed(self, path: str) -> syntax.Tree:
        return syntax.parse(decode(self._lib.read(path)).encode("utf-8", "replace"))


_known: dict[str, Project | None] = {}


def project_of(path: str) -> Project | None:
    """The project that a file belongs to; None outside of one. Kept for the whole run."""
    folder = os.path.dirname(os.path.abspath(path))
    if folder not in _known:
        _known[folder] = _around(folder)
    return _known[folder]


def forget() -> None:
    """Read projects anew: files of theirs have changed."""
    _known.clear()


def _around(folder: str) -> Project | None:
    try:
        app = app_around(folder)
    except MixError:
        return None
    for other in _known.values():
        if other is not None and other.app.folder == app.folder:
            return other
    return Project(app, _data())


def _data() -> str | None:
    try:
        return data_folder()
    except PlaceError:
        return None
