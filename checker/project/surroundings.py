"""What a project tells the rules of a file in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property

from checker.elixir import syntax
from checker.elixir.library import library
from checker.elixir.modules import modules
from checker.elixir.oban_config import code_configs, script_configs
from checker.model.around import Around
from checker.project.index import Index
from checker.project.mix import MixApp, apps_of, has_pro
from checker.project.modules import Modules
from checker.source import decode

CONFIG_FILES = ("config.exs", "dev.exs", "prod.exs", "runtime.exs", "test.exs")
STARTS_OBAN = (b"{Oban,", b"Oban.start_link")
STARTS_QUEUES = (b"start_queue", b"DynamicQueues")


class Surroundings(Around):
    """Answers about a project; each is looked for when it is first asked.

    Where not all files could be seen, nothing is said that one of them may contradict.
    """

    def __init__(self, app: MixApp, modules: Modules, tests: Index, enqueues: Callable) -> None:
        self._app = app
        self._modules = modules
        self._lib = modules.index
        self._tests = tests
        self._read_enqueues = enqueues
        self.worker = modules.worker
        self.performs = modules.performs
        self.encodes = modules.encodes

    @cached_property
    def version(self) -> tuple:
        return self._modules.version

    @cached_property
    def pro(self) -> bool:
        return has_pro(self._app)

    @cached_property
    def bases(self) -> frozenset[str]:
        return frozenset(app.base for app in apps_of(self._app))

    def defines(self, name: str) -> bool:
        return self._modules.path(name) is not None or not self._lib.complete

    def enqueues(self, name: str) -> list | None:
        return self._read_enqueues().of(name)

    @cached_property
    def starts_queues(self) -> bool:
        return not self._lib.complete or bool(self._lib.holding(*STARTS_QUEUES))

    @cached_property
    def has_tests(self) -> bool:
        return not self._tests.empty

    def tested(self, name: str) -> bool | None:
        """Whether a test names the module, by its last part; None without any tests."""
        if self._tests.empty:
            return None
        return bool(self._tests.naming(name.rpartition(".")[2]))

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
