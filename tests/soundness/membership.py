"""Whether a term that Elixir gave is one of the values that shapes stand for."""

from __future__ import annotations

from checker.model.shape import (
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Opaque,
    Seq,
    Shape,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
)  # fmt: skip

# What an opaque shape's kind is called among terms.
OPAQUE = {
    "self": ("pid",),
    "pid": ("pid",),
    "port": ("port",),
    "reference": ("reference",),
    "function": ("function",),
    "stream": ("struct", "function"),
}


def is_among(term: tuple, value: Value) -> bool:
    """Whether a term (see beam.term) fits any alternative of an inferred value."""
    return any(fits(term, alt.shape) for alt in value)


def fits(term: tuple, shape: Shape) -> bool:
    """Whether a term is one of those that a shape stands for."""
    if isinstance(shape, Unknown):
        return True
    kind, content = term[0], term[-1]
    if isinstance(shape, Atom):
        return kind == "atom" and shape.name in (None, content)
    if isinstance(shape, Text):
        return kind == "text" and shape.value in (None, content)
    if isinstance(shape, Int):
        return kind == "int" and _within(content, shape)
    if isinstance(shape, Float):
        return kind == "float" and shape.value in (None, content)
    if isinstance(shape, Tup):
        return kind == "tuple" and _each(content, shape.items)
    if isinstance(shape, Seq):
        return kind == "list" and _list_fits(content, shape)
    if isinstance(shape, Map):
        return kind in ("map", "struct") and _map_fits(content, shape)
    if isinstance(shape, Struct):
        named = kind == "struct" and shape.name in (None, term[1])
        return named and _fields_fit(content, shape.fields)
    if isinstance(shape, Args):
        return kind == "map" and all(key[0] == "text" for key in content)
    if isinstance(shape, Func):
        return kind == "function"
    assert isinstance(shape, Opaque), shape
    return kind in OPAQUE[shape.kind]


def _within(number: int, shape: Int) -> bool:
    above = shape.low is None or shape.low <= number
    return above and (shape.high is None or number <= shape.high)


def _each(terms: tuple, values: tuple) -> bool:
    return len(terms) == len(values) and all(map(is_among, terms, values))


def _list_fits(terms: tuple, shape: Seq) -> bool:
    if shape.items is not None:
        return _each(terms, shape.items)
    if shape.nonempty and not terms:
        return False
    return all(is_among(term, shape.element) for term in terms)


def _map_fits(pairs: dict, shape: Map) -> bool:
    return (shape.open or len(pairs) == len(shape.fields)) and _fields_fit(pairs, shape.fields)


def _fields_fit(pairs: dict, fields: dict) -> bool:
    by_key = {_key(key): value for key, value in pairs.items()}
    return all(key in by_key and is_among(by_key[key], value) for key, value in fields.items())


def _key(term: tuple) -> tuple | None:
    """The key under which a map's shape keeps a field."""
    kind, content = term[0], term[-1]
    shapes = {"atom": Atom, "text": Text, "int": lambda number: Int(number, number)}
    return shapes[kind](content).key if kind in shapes else None
