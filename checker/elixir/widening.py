"""Widening: forgetting detail so that loops and recursion come to an end."""

from __future__ import annotations

from checker.elixir.patterns import ANY
from checker.model.shape import (
    NEVER,
    Alt,
    Float,
    Func,
    Int,
    Map,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    join,
)  # fmt: skip

MOST_NESTED = 2


def covers(known: Value, new: Value) -> bool:
    """Whether alternatives say nothing new, exact contents left aside."""
    keys = {alt.shape.key for alt in known}
    if any(isinstance(alt.shape, Unknown) for alt in known):
        return not any(isinstance(alt.shape, Func) and alt.shape.key not in keys for alt in new)
    return all(
        alt.shape.key in keys or all(wide.shape.key in keys for wide in widen((alt,)))
        for alt in new
    )


def widen(value: Value, depth: int = 0) -> Value:
    """Forget exact numbers, texts, list contents and what nests deep, so that repetition comes
    to an end."""
    found = []
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Int):
            shape = Int()
        elif isinstance(shape, Float):
            shape = Float()
        elif isinstance(shape, Text):
            shape = Text()
        elif isinstance(shape, Seq):
            if shape.items != ():
                flat = _flat(shape.element) and depth < MOST_NESTED
                shape = Seq(None, widen(shape.element, depth + 1) if flat else ANY)
        elif isinstance(shape, Tup):
            deep = depth >= MOST_NESTED
            shape = Tup(tuple(ANY if deep else widen(item, depth + 1) for item in shape.items))
        elif isinstance(shape, Map) and shape.fields:
            shape = Map({}, open=True)
        elif isinstance(shape, Struct) and shape.fields:
            shape = Struct(shape.name, None, shape.step, shape.result)
        found.append(Alt(shape, alt.origin))
    return join(tuple(found), NEVER) if len(found) < 2 else _unique(found)


def _unique(alts: list[Alt]) -> Value:
    return join(tuple(alts[:1]), tuple(alts[1:]))


def _flat(value: Value) -> bool:
    return all(not isinstance(alt.shape, (Seq, Map)) for alt in value)
