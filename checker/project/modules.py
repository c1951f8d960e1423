"""Modules of a project, found by name and read when someone asks for one."""

from __future__ import annotations

import os

from checker.elixir import syntax
from checker.elixir.foreign import Foreign
from checker.elixir.library import library
from checker.elixir.modules import ModuleDef, keyword
from checker.elixir.workers import workers
from checker.elixir.wrappers import Wrapper, wrappers
from checker.model.worker import Worker
from checker.project import elixir_files
from checker.project.conventions import underscore
from checker.project.mix import MixApp, apps_of
from checker.source import Source, decode

DEFINES = b"defmodule "
MOST_FILES = 20_000
MOST_DELEGATIONS = 4  # one leading to the next


class Modules:
    """The modules of an application and, in an umbrella, of those beside it."""

    def __init__(self, app: MixApp) -> None:
        self.root = app.root
        beside = [other.folder for other in apps_of(app) if other.folder != app.folder]
        self._folders = [app.folder, *beside]
        self._files: dict[str, dict[str, ModuleDef]] = {}
        self._sources: dict[str, Source] = {}
        self._paths: dict[str, str | None] = {}
        self._index: dict[str, str] | None = None
        self._delegations = 0
        self._workers: dict[str, Worker | None] = {}

    def find(self, module: str, name: str, arity: int) -> Foreign | None:
        """A public function that the project defines, None when there is none to follow."""
        path = self.path(module)
        if path is None:
            return None
        modules = self._modules(path)
        defined = modules[module].function(name, arity)
        if defined is None:
            return self._delegated(modules[module].delegates.get((name, arity)), modules[module])
        if defined.private or defined.broken or not defined.clauses:
            return None
        line = self._sources[path].line_of(defined.span[0])
        return Foreign(defined, modules, os.path.relpath(path, self.root), line)

    def performs(self, module: str) -> bool | None:
        """Whether a module defines `perform/1`; None where a `use` or a macro may do it."""
        path = self.path(module)
        if path is None:
            return None
        defined = self._modules(path)[module]
        if ("perform", 1) in defined.functions or ("process", 1) in defined.functions:
            return True
        return None if defined.uses or defined.broken else False

    def wrapper(self, module: str) -> Wrapper | None:
        """What a module's `use` gives to a worker, None when it makes none."""
        path = self.path(module)
        return wrappers(list(self._modules(path).values())).get(module) if path else None

    def worker(self, module: str) -> Worker | None:
        """The model of a worker that the project defines, as its file alone tells it."""
        if module not in self._workers:
            path = self.path(module)
            found = workers(list(self._modules(path).values()), library()) if path else []
            self._workers.update({worker.name: worker for worker in found})
            self._workers.setdefault(module, None)
        return self._workers[module]

    def _delegated(self, node, module: ModuleDef) -> Foreign | None:
        """The function that a `defdelegate` leads to."""
        if node is None or self._delegations > MOST_DELEGATIONS:
            return None
        to, name = keyword(node.args[1:], "to"), keyword(node.args[1:], "as")
        if not isinstance(to, syntax.Module):
            return None
        head = node.args[0]
        self._delegations += 1
        try:
            return self.find(
                module.resolve(to.name), name.name if name else head.name, len(head.args)
            )
        finally:
            self._delegations -= 1

    def path(self, module: str) -> str | None:
        """The file that defines a module, None when none does."""
        if module not in self._paths:
            self._paths[module] = self._found(module)
        return self._paths[module]

    def _found(self, module: str) -> str | None:
        """Where Mix would have it, else wherever it is."""
        if not module[:1].isupper():
            return None
        for folder in self._folders:
            path = os.path.join(folder, "lib", underscore(module) + ".ex")
            if os.path.isfile(path) and module in self._modules(path):
                return path
        path = self._places().get(module)
        return path if path is not None and module in self._modules(path) else None

    def _modules(self, path: str) -> dict[str, ModuleDef]:
        if path not in self._files:
            self._sources[path] = Source(path, decode(elixir_files.read(path)))
            self._files[path] = {m.name: m for m in elixir_files.modules_of(path)}
        return self._files[path]

    def _places(self) -> dict[str, str]:
        """Names after `defmodule` in all files; whether they are modules, parsing tells."""
        if self._index is None:
            self._index = {}
            for folder in self._folders:
                paths = elixir_files.below(os.path.join(folder, "lib"), DEFINES)
                for path in paths[:MOST_FILES]:
                    for name in _named(elixir_files.read(path)):
                        self._index.setdefault(name, path)
        return self._index


def _named(data: bytes) -> list[str]:
    names = []
    for line in data.splitlines():
        words = line.split(None, 3)
        if len(words) > 2 and words[0] == b"defmodule" and words[2].startswith(b"do"):
            names.append(words[1].decode("utf-8", "replace"))
    return names
