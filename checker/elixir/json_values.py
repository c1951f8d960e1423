"""Values of the args as JSON gives them back: texts where atoms, dates and times went in."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.patterns import exact
from checker.model.shape import Atom, Seq, Struct, Text, Tup, Unknown, Value, only

JSON_ATOMS = frozenset(("true", "false", "nil"))
TIMES = frozenset(("Date", "Time", "DateTime", "NaiveDateTime"))
EQUALITY = frozenset(("==", "===", "!=", "!=="))
ORDER = frozenset(("<", ">", "<=", ">="))


def came_as_json(alt) -> bool:
    """Whether it is a value of the args, as it came."""
    shape = alt.shape
    if isinstance(shape, Unknown):
        return shape.from_args
    return isinstance(shape, Text) and alt.origin.arg is not None


def from_json(value: Value) -> bool:
    """Whether that is all a value can be."""
    return bool(value) and all(map(came_as_json, value))


def never_is(value: Value, name: str) -> bool:
    """Whether a value of the args is never this atom, nor what stands in for it."""
    if name in JSON_ATOMS or not any(map(came_as_json, value)):
        return False
    return all(came_as_json(a) or (exact(a.shape) and a.shape != Atom(name)) for a in value)


def dead_atoms(patterns: list[syntax.Node], value: Value, resolve) -> list[tuple]:
    """The atoms among these patterns that a value of the args never is: (node, name).

    A text of the same name beside it says that both are meant to be taken.
    """
    found: list[tuple] = []
    for pattern in patterns:
        _dead(pattern, value, resolve, found)
    texts = {node.value for node in syntax.walk(patterns) if isinstance(node, syntax.Str)}
    return [(node, name) for node, name in found if name not in texts]


def _dead(pattern: syntax.Node, value: Value, resolve, found: list[tuple]) -> None:
    if isinstance(pattern, syntax.Op) and pattern.op == "when":
        _dead(pattern.left, value, resolve, found)
    elif isinstance(pattern, syntax.Match):
        _dead(pattern.pattern, value, resolve, found)
        _dead(pattern.value, value, resolve, found)
    elif isinstance(pattern, syntax.Tuple):
        shape = only(value)
        if isinstance(shape, Tup) and len(shape.items) == len(pattern.items):
            for item, part in zip(pattern.items, shape.items, strict=True):
                _dead(item, part, resolve, found)
    else:
        name = atom_name(pattern, resolve)
        if name is not None and never_is(value, name):
            found.append((pattern, name))


def atom_name(node: syntax.Node, resolve) -> str | None:
    """The atom that is written there, as JSON has it."""
    if isinstance(node, syntax.Atom):
        return node.name
    return as_text(resolve(node.name)) if isinstance(node, syntax.Module) else None


def as_text(name: str) -> str:
    """An atom as JSON has it; that of a module in full."""
    return f"Elixir.{name}" if name[:1].isupper() else name


def unequal_atoms(op: str, value: Value, other: Value) -> list[str]:
    """The atoms that a value of the args is compared with in vain, if it is with nothing else."""
    shape = only(other)
    if op in EQUALITY:
        alike = [other]
    elif op in ("in", "not in") and isinstance(shape, Seq) and shape.items is not None:
        alike = list(shape.items)
    else:
        return []
    names = []
    for item in alike:
        atom = only(item)
        if not isinstance(atom, Atom) or atom.name is None:
            return []
        if atom.name not in JSON_ATOMS:
            if not never_is(value, atom.name):
                return []
            names.append(as_text(atom.name))
    return names


def compared_time(op: str, value: Value, other: Value) -> str | None:
    """The kind of date or time that a value of the args is compared with as it came."""
    shape = only(other)
    if op in EQUALITY | ORDER and from_json(value) and isinstance(shape, Struct):
        return shape.name if shape.name in TIMES else None
    return None
