"""What only the project around a file can tell."""

from __future__ import annotations

import os
from functools import cached_property

from checker.elixir.foreign import OtherFiles
from checker.elixir.library import library
from checker.elixir.oban_config import code_configs, script_configs
from checker.model.around import Around
from checker.project import elixir_files
from checker.project.mix import MixError, app_around, apps_of, has_pro, locked_oban
from checker.project.modules import Modules

CONFIG_FILES = ("config.exs", "dev.exs", "prod.exs", "runtime.exs", "test.exs")
STARTS_OBAN = (b"{Oban,", b"Oban.start_link")
STARTS_QUEUES = (b"start_queue", b"DynamicQueues")


class Project:
    """An application that a file belongs to, with those beside it in an umbrella."""

    def __init__(self, app) -> None:
        self.app = app
        self.modules = Modules(app)
        self.others = OtherFiles(self.modules.find, self.modules.wrapper, self.modules.worker)

    @cached_property
    def enqueues(self):
        """Where jobs are built (checker.project.enqueues.Enqueues)."""
        from checker.project.enqueues import Enqueues  # for the rule that asks

        return Enqueues([app.folder for app in apps_of(self.app)], self.others)

    @cached_property
    def around(self) -> Around:
        around = Around()
        around.version = locked_oban(self.app)
        around.pro = has_pro(self.app)
        around.bases = frozenset(app.base for app in apps_of(self.app))
        around.worker = self.modules.worker
        around.defines = lambda name: self.modules.path(name) is not None
        around.performs = self.modules.performs
        around.enqueues = lambda name: self.enqueues.of(name)
        around.tested = self._tested
        around.has_tests = bool(self._test_words)
        around.starts_queues = self._starts_queues
        around.read_configs = self._configs
        return around

    def _configs(self) -> list:
        found = []
        for name in CONFIG_FILES:
            path = os.path.join(self.app.root, "config", name)
            found += script_configs(elixir_files.parsed(path), path, library())
        for app in apps_of(self.app):
            for path in elixir_files.below(os.path.join(app.folder, "lib"), *STARTS_OBAN):
                found += code_configs(elixir_files.modules_of(path), library())
        return found

    @cached_property
    def _starts_queues(self) -> bool:
        return any(
            elixir_files.below(os.path.join(app.folder, "lib"), *STARTS_QUEUES)
            for app in apps_of(self.app)
        )

    def _tested(self, module: str) -> bool | None:
        """Whether a test names the module, by its last part; None without any tests."""
        if not self._test_words:
            return None
        return module.rpartition(".")[2] in self._test_words

    @cached_property
    def _test_words(self) -> frozenset[str]:
        words: set[str] = set()
        for app in apps_of(self.app):
            for data in elixir_files.scripts_below(os.path.join(app.folder, "test")):
                words.update(elixir_files.capitalised(data))
        return frozenset(words)


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
    return Project(app)
