"""What only the project around a Python file can tell: definitions elsewhere, queues, tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property

from checker.model.around import Around
from checker.project.elixir_files import read
from checker.project.pyproject import Conventions, PythonError, of_folder, python_files
from checker.python.names import ClassDefinition, File, FunctionDefinition
from checker.python.tree import parse
from checker.source import MAX_BYTES, decode

MOST_READ = 60  # files that are followed into from one file
KEPT = 60  # files that are kept as they were parsed, which takes a megabyte each
MOST_HOPS = 6  # names that only stand for another one


class PythonProject:
    """The project that a Python file belongs to."""

    def __init__(self, conventions: Conventions) -> None:
        self.conventions = conventions
        self.folder = conventions.folder
        self._files = Files(conventions, {})

    def build(self, over: Callable = map, until: float | None = None) -> None:
        """Nothing is kept of a Python project: it is read as it is asked."""

    def with_text(self, path: str, text: bytes) -> PythonProject:
        """The same, but for what the file at an absolute path is to be taken for holding."""
        other = PythonProject(self.conventions)
        other._files = Files(self.conventions, {**self._files.texts, path: text})
        return other

    @property
    def others(self) -> Definitions:
        """For one file that is checked: what it is told does not hang on others before it."""
        return Definitions(self._files)

    @cached_property
    def around(self) -> PythonAround:
        return PythonAround(self.conventions)


class Files:
    """The modules of a project as they are parsed. `texts`: what files are to be taken for
    holding, by path."""

    def __init__(self, conventions: Conventions, texts: dict[str, bytes]) -> None:
        self._conventions = conventions
        self.texts = texts
        self._parsed: dict[str, File] = {}

    def module_of(self, path: str) -> str:
        """The full name of a file's module."""
        return self._conventions.module_of(os.path.abspath(path))

    def module(self, name: str) -> File | None:
        """A module; None for what is no part of the project, or cannot be read."""
        if name not in self._parsed:
            file = self._read(name)
            if file is None:
                return None
            if len(self._parsed) >= KEPT:
                del self._parsed[next(iter(self._parsed))]
            self._parsed[name] = file
        return self._parsed[name]

    def _read(self, name: str) -> File | None:
        base = os.path.join(self._conventions.source_root, *name.split("."))
        for path, is_package in ((base + ".py", False), (os.path.join(base, "__init__.py"), True)):
            if os.path.isfile(path) and not os.path.islink(path):
                data = self.texts[path] if path in self.texts else read(path)
                if len(data) > MAX_BYTES or b"\0" in data:
                    return None
                tree = parse(decode(data))
                return File(tree, path, name, is_package) if tree.module is not None else None
        return None


class Definitions:
    """Functions and classes of the project's files, by their full names.

    No more than MOST_READ files are looked into.
    """

    def __init__(self, files: Files) -> None:
        self._all = files
        self._files: dict[str, File | None] = {}
        self._found: dict[str, object] = {}
        self.module_of = files.module_of

    def definition(self, full: str) -> FunctionDefinition | ClassDefinition | str | None:
        """What a full name stands for: a definition, or the name of something else's.

        None for what is no part of the project, or cannot be found in it.
        """
        if full not in self._found:
            self._found[full] = None  # while it is looked for: names that stand for each other
            self._found[full] = self._search(full, MOST_HOPS)
        return self._found[full]

    def _search(self, full: str, hops: int):
        module, _, rest = full.rpartition(".")
        names = [rest]
        while module and hops:
            file = self._file(module)
            if file is not None:
                return self._in_file(file, names, full, hops)
            module, _, rest = module.rpartition(".")
            names.insert(0, rest)
        return None

    def _in_file(self, file: File, names: list[str], full: str, hops: int):
        bound = file.bound.get(names[0])
        if isinstance(bound, (FunctionDefinition, ClassDefinition)):
            return bound if len(names) == 1 else None
        named = file.full_name(names[0]) if names[0] in file.bound or file.stars else None
        if named is None or named.startswith("builtins."):
            return None
        other = ".".join([named, *names[1:]])
        if other == full:
            return None
        found = self._search(other, hops - 1)
        return found if found is not None else other

    def _file(self, module: str) -> File | None:
        if module not in self._files:
            if len(self._files) > MOST_READ * 4 or not module.replace(".", "").isidentifier():
                return None
            if sum(file is not None for file in self._files.values()) >= MOST_READ:
                return None
            self._files[module] = self._all.module(module)
        return self._files[module]


class PythonAround(Around):
    """What a Python project tells the rules."""

    version = (0, 7)

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions

    @cached_property
    def queues(self) -> frozenset[str] | None:
        return self._conventions.queues

    @cached_property
    def rescued_after(self) -> int | None:
        """In milliseconds, as everywhere in the model."""
        seconds = self._conventions.rescued_after
        return None if seconds is None else int(seconds * 1000)

    def tested(self, name: str) -> bool | None:
        if not self._test_texts:
            return None
        last = name.rpartition(".")[2].encode()
        return any(last in text for text in self._test_texts)

    @cached_property
    def _test_texts(self) -> list[bytes]:
        return [read(path) for path in python_files(self._conventions.tests)]


def project_around(folder: str) -> PythonProject | None:
    """The Python project that a folder is in; it is read only as far as is asked."""
    try:
        return PythonProject(of_folder(folder))
    except PythonError:
        return None
