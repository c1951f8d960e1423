"""Changesets: of which row they are, and whether they add to what is there."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.known.site import CallSite
from checker.model.shape import Map, Seq, Struct, Tup, Value, one, only, only_atom

DATA = ("atom", "data")


def change(call: CallSite) -> Value:
    """change and cast: `change(page, views: page.views + 1)` is relative."""
    step = call.step("build")
    if len(call.args) > 1 and _adds(call, call.args[1]):
        step.traits |= {"relative"}
    data = {DATA: call.args[0]} if call.args else {}
    return one(Struct("Ecto.Changeset", data), call.origin("Ecto.Changeset.change", step=step))


def put_change(call: CallSite) -> Value:
    step = call.step("build")
    name = only_atom(call.args[1]) if len(call.args) == 3 else None
    if name and any(a.origin.relative and a.origin.relative[1] == name for a in call.args[2]):
        step.traits |= {"relative"}
    return one(Struct("Ecto.Changeset", _data(call)), call.origin(call.full_name, step=step))


def refined(call: CallSite) -> Value:
    """Validations and constraints: the changeset they were given."""
    return one(Struct("Ecto.Changeset", _data(call)), call.origin(call.full_name))


def _data(call: CallSite) -> dict:
    shape = only(call.args[0]) if call.args else None
    if isinstance(shape, Struct) and DATA in shape.fields:
        return {DATA: shape.fields[DATA]}
    return {DATA: call.args[0]} if call.args else {}


def _adds(call: CallSite, changes: Value) -> bool:
    """Whether a field is set to the same field of the same thing, plus something."""
    changed = call.node.args[0]
    of = changed.name if isinstance(changed, syntax.Var) else None
    for name, value in _pairs(changes):
        for alt in value:
            if alt.origin.relative is None:
                continue
            whose, field = alt.origin.relative
            if field == name and (of is None or whose == of):
                return True
    return False


def _pairs(changes: Value):
    for alt in changes:
        shape = alt.shape
        if isinstance(shape, Seq):
            for item in shape.items or ():
                pair = only(item)
                if isinstance(pair, Tup) and len(pair.items) == 2:
                    yield only_atom(pair.items[0]), pair.items[1]
        elif isinstance(shape, Map):
            for key, value in shape.fields.items():
                yield key[1], value


FUNCTIONS = {
    ("Ecto.Changeset", "change"): change, ("Ecto.Changeset", "cast"): change,
    ("Ecto.Changeset", "put_change"): put_change, ("Ecto.Changeset", "force_change"): put_change,
    **{
        ("Ecto.Changeset", name): refined
        for name in (
            "validate_required", "validate_length", "validate_number", "validate_format",
            "validate_inclusion", "unique_constraint", "foreign_key_constraint",
            "check_constraint", "put_assoc", "cast_assoc",
        )
    },
}  # fmt: skip
