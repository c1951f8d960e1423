"""Modules of a project, found by name and read when someone asks for one."""

from __future__ import annotations

import os
import re
from functools import cached_property

from checker.elixir import syntax
from checker.elixir.foreign import Foreign
from checker.elixir.library import library
from checker.elixir.modules import ModuleDef, keyword, modules
from checker.elixir.workers import workers
from checker.elixir.wrappers import Wrapper, wrappers
from checker.elixir.written import encoded
from checker.model.worker import Worker
from checker.project.index import Index, lib_of
from checker.project.mix import MixApp, apps_of, locked_oban
from checker.source import Source, decode

MOST_DELEGATIONS = 4  # one leading to the next


class Modules:
    """The modules of an application and, in an umbrella, of those beside it."""

    def __init__(self, app: MixApp, index: Index | None = None) -> None:
        self.index = lib_of(app, None) if index is None else index
        self._app = app
        self._files: dict[tuple, tuple[Source, dict[str, ModuleDef]]] = {}
        self._paths: dict[str, str | None] = {}
        self._delegations = 0
        self._workers: dict[str, Worker | None] = {}

    def with_text(self, path: str, text: bytes) -> Modules:
        """The same, but for what one file is to be taken for holding."""
        other = Modules(self._app, self.index.with_text(path, text))
        other._files = self._files
        return other

    @cached_property
    def _folders(self) -> list[str]:
        beside = [app.folder for app in apps_of(self._app) if app.folder != self._app.folder]
        return [self._app.folder, *beside]

    @cached_property
    def version(self) -> tuple:
        """That of Oban, as locked."""
        return locked_oban(self._app)

    def find(self, module: str, name: str, arity: int) -> Foreign | None:
        """A public function that the project defines, None when there is none to follow."""
        path = self.path(module)
        if path is None:
            return None
        source, beside = self._file(path)
        defined = beside[module].function(name, arity)
        if defined is None:
            return self._delegated(beside[module].delegates.get((name, arity)), beside[module])
        if defined.private or defined.broken or not defined.clauses:
            return None
        line = source.line_of(defined.span[0])
        return Foreign(defined, beside, os.path.relpath(path, self._app.root), line)

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

    def encodes(self, module: str) -> bool:
        """Whether a struct says how it becomes JSON."""
        path = self.path(module)
        return path is not None and module in encoded(list(self._modules(path).values()))

    def worker(self, module: str) -> Worker | None:
        """The model of a worker that the project defines, as its file alone tells it but for
        the version of Oban."""
        if module not in self._workers:
            path = self.path(module)
            found = workers(list(self._modules(path).values()), library()) if path else []
            for worker in found:
                worker.version = self.version
                self._workers[worker.name] = worker
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
        libs = [os.path.join(folder, "lib") + os.sep for folder in self._folders]
        for path in (lib + underscore(module) + ".ex" for lib in libs):
            if self.index.holds(path) and module in self._modules(path):
                return path
        named = self.index.defining(module)
        for path in (path for lib in libs for path in named if path.startswith(lib)):
            return path if module in self._modules(path) else None
        return self._nested(module)

    def _nested(self, module: str) -> str | None:
        """The file of the module around it, if that holds it under its last name."""
        outer, _, last = module.rpartition(".")
        if self.index.complete and not self.index.defining(last):
            return None  # most calls lead out of the project: no file is read for them
        around = self.path(outer)
        return around if around is not None and module in self._modules(around) else None

    def _modules(self, path: str) -> dict[str, ModuleDef]:
        return self._file(path)[1]

    def _file(self, path: str) -> tuple[Source, dict[str, ModuleDef]]:
        """A file's text and what it defines; kept also for those with another text of a file."""
        key = path, self.index.texts.get(path)
        if key not in self._files:
            source = Source(path, decode(self.index.read(path)))
            self._files[key] = source, {m.name: m for m in modules(syntax.parse(source.data))}
        return self._files[key]


def underscore(module: str) -> str:
    """The path of a module's file without its ending, as `Macro.underscore/1` gives it."""
    path = module.replace(".", "/")
    path = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", path)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", path).lower()
