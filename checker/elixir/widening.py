"""Widening: forgetting detail so that loops and recursion come to an end."""

from __future__ import annotations

from checker.elixir.patterns import ANY
from checker.model.shape import (
    NEVER,
    Alt,
    Float,
    Int,
    Map,
    Seq,
    Struct,
    Text,
    Tup,
    Value,
    join,
)  # fmt: skip


def widen(value: Value) -> Value:
    """Forget exact numbers, texts and list contents, so that repetition comes to an end."""
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
                shape = Seq(None, widen(shape.element) if _flat(shape.element) else ANY)
        elif isinstance(shape, Tup):
            shape = Tup(tuple(widen(item) for item in shape.items))
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
