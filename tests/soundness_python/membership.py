"""Whether a value of Python is among those that the model allows for."""

from __future__ import annotations

import types

from checker.model.shape import (
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Opaque,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
)
from checker.python.shapes import Coroutine
from tests.soundness_python.stand_in import Cancel, Snooze

ATOMS = {"nil": None, "true": True, "false": False}
OPAQUE = {"set": (set, frozenset), "range": range, "bytes": bytes, "tuple": tuple}


def is_among(value, known) -> bool:
    """`known`: the alternatives of a model's value."""
    return any(_is_a(value, alt.shape) for alt in known)


def _is_a(value, shape) -> bool:
    if isinstance(shape, (Unknown, Args)):
        return True
    if isinstance(shape, Atom):
        return shape.name is None or shape.name in ATOMS and value is ATOMS[shape.name]
    if isinstance(shape, Int):
        return type(value) is int and _within(value, shape)
    if isinstance(shape, Float):
        return type(value) is float and shape.value in (None, value)
    if isinstance(shape, Text):
        return type(value) is str and shape.value in (None, value)
    if isinstance(shape, Tup):
        return _is_pair(value, shape) or type(value) is tuple and _same(value, shape.items)
    if isinstance(shape, Seq):
        return type(value) is list and _is_list(value, shape)
    if isinstance(shape, Map):
        return type(value) is dict and _is_map(value, shape)
    if isinstance(shape, Struct):
        return _is_object(value, shape)
    if isinstance(shape, Opaque):
        return isinstance(value, OPAQUE.get(shape.kind, object))
    if isinstance(shape, Func):
        return callable(value)
    return isinstance(shape, Coroutine) and isinstance(value, types.CoroutineType)


def _within(value: int, shape: Int) -> bool:
    if shape.value is not None:
        return value == shape.value
    low = shape.low is None or value >= shape.low
    return low and (shape.high is None or value <= shape.high)


def _same(values, known) -> bool:
    return len(values) == len(known) and all(map(is_among, values, known))


def _is_pair(value, shape: Tup) -> bool:
    """A result, as the model has it of what a job returns: a pair of cancel or snooze."""
    if isinstance(value, Cancel):
        return shape.head == "cancel" and is_among(value.reason, shape.items[1])
    if isinstance(value, Snooze):
        return shape.head == "snooze" and is_among(value.seconds, shape.items[1])
    return False


def _is_list(value: list, shape: Seq) -> bool:
    if shape.items is not None:
        return _same(value, shape.items)
    return bool(value or not shape.nonempty) and all(is_among(v, shape.element) for v in value)


def _is_map(value: dict, shape: Map) -> bool:
    for key, item in value.items():
        known = shape.fields.get(("int" if isinstance(key, int) else "text", key))
        if known is None and not shape.open or known is not None and not is_among(item, known):
            return False
    return shape.open or len(value) == len(shape.fields)


def _is_object(value, shape: Struct) -> bool:
    if shape.name is None:
        return isinstance(value, object)
    last = shape.name.rpartition(".")[2]
    return last in {each.__name__ for each in type(value).__mro__}
