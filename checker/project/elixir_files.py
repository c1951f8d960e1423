"""Elixir files of a project, read with the same parser as workers. Nothing of them is run."""

from __future__ import annotations

import os

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef, modules
from checker.source import MAX_BYTES, decode

SKIPPED = frozenset(("deps", "_build", "node_modules", "assets"))


def below(folder: str, *mentions: bytes) -> list[str]:
    """Paths of the .ex files below a folder that hold any of these, sorted. Raises nothing."""
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if n not in SKIPPED and not n.startswith("."))
        for name in names:
            if name.endswith(".ex"):
                full = os.path.join(path, name)
                data = read(full)
                if any(mark in data for mark in mentions):
                    found.append(full)
    return sorted(found)


def read(path: str) -> bytes:
    """A file's bytes; empty when it cannot be read or is too large to be source."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return b""
    return data if len(data) <= MAX_BYTES else b""


def parsed(path: str) -> syntax.Tree:
    """The syntax tree of a file; an empty one when it cannot be read."""
    return syntax.parse(decode(read(path)).encode("utf-8", "replace"))


def modules_of(path: str) -> list[ModuleDef]:
    """The modules that a file defines, outer before inner."""
    return modules(parsed(path))


def calls(node: object, name: str):
    """Every call of a local function or macro `name` in a node, outer before inner."""
    for node in syntax.walk(node):
        if isinstance(node, syntax.Call) and node.target is None and node.name == name:
            yield node
