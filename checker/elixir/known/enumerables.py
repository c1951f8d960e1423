"""Enum and Stream, where the answer depends on the items or on what the function answers."""

from __future__ import annotations

from checker.elixir.conditions import holding
from checker.elixir.constructs import element_of
from checker.elixir.fields import is_pair, poured, put_all
from checker.elixir.known.maps import written_pairs
from checker.elixir.known.site import CallSite, is_function
from checker.elixir.patterns import ANY
from checker.model.shape import (
    NEVER,
    NIL,
    OK,
    Alt,
    Map,
    Opaque,
    Origin,
    Seq,
    Shape,
    Tup,
    Unknown,
    Value,
    expand,
    join,
    of,
    one,
    only,
    only_atom,
)  # fmt: skip

SAME_ITEMS = (
    "filter", "reject", "sort", "sort_by", "uniq", "uniq_by", "take", "drop", "reverse", "shuffle",
    "take_while", "drop_while", "dedup", "dedup_by", "to_list", "slice", "take_every",
    "take_random",
)  # fmt: skip
ALL_ITEMS = frozenset(("sort", "reverse", "shuffle", "to_list", "uniq", "dedup"))


def each(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.unknown()
    result = call.run(call.args[1], [call.items() or ANY], call.item_scope())
    if call.module == "Stream":  # lost where the stream is run
        return one(Opaque("stream", join(call.items(), result)), call.collected())
    call.interpreter.dropped(call.node, result, call.scope, per_item=True)
    return one(OK, call.origin("Enum.each"))


def map_items(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.unknown()
    items = call.items()
    result = call.run(call.args[1], [items or ANY], call.item_scope())
    if call.name == "flat_map":
        result = element_of(result)
    if call.module == "Stream":
        return one(Opaque("stream", result), call.collected())
    return one(Seq(None, result) if items else Seq(()), call.collected())


def same_items(call: CallSite) -> Value:
    """filter, sort, uniq …: a list of some of the items."""
    if not call.args:
        return call.unknown()
    items = call.items()
    if call.name == "reverse" and len(call.args) == 2:
        items = join(items, element_of(call.args[1]))
    for function in call.args[1:]:
        if is_function(function):
            call.run(function, [items or ANY], call.item_scope())
    if call.module == "Stream":
        return one(Opaque("stream", items), call.collected())
    return join(*(one(_some_of(call, alt.shape, items), call.collected()) for alt in call.args[0]))


def _some_of(call: CallSite, shape: Shape, items: Value) -> Seq:
    if call.name in ALL_ITEMS and len(call.args) == 1 and isinstance(shape, Seq):
        if shape.items is not None and call.name in ("reverse", "to_list"):
            return Seq(shape.items if call.name == "to_list" else shape.items[::-1])
        return Seq(None, items, shape.nonempty)
    return Seq(None, items)


def chunked(call: CallSite) -> Value:
    if not call.args:
        return call.unknown()
    chunk = of(Seq(None, call.items(), nonempty=True))
    stream = call.module == "Stream"
    return one(Opaque("stream", chunk) if stream else Seq(None, chunk), call.collected())


def reduce(call: CallSite) -> Value:
    if len(call.args) not in (2, 3):
        return call.unknown()
    inner, items = call.item_scope(), call.items()
    start = items if len(call.args) == 2 else call.args[1]
    if not items:
        return start
    return call.interpreter.repeat(
        start, lambda acc: call.run(call.args[-1], [items, acc], inner)
    )


def map_reduce(call: CallSite) -> Value:
    """map_reduce and flat_map_reduce: {what was made of the items, the accumulator}."""
    if len(call.args) != 3:
        return call.library()
    inner, items = call.item_scope(), call.items()
    if not items:
        return one(Tup((of(Seq(())), call.args[1])), call.collected())
    made: list[Value] = []

    def once(acc: Value) -> Value:
        going = []
        for alt in call.run(call.args[2], [items, acc], inner):
            if is_pair(alt.shape):
                made.append(alt.shape.items[0])
                going.append(alt.shape.items[1])
            elif isinstance(alt.shape, Unknown):
                made.append(ANY)
                going.append(ANY)
        return join(*going)

    result = call.interpreter.repeat(call.args[1], once)
    if call.name == "flat_map_reduce":
        made = [element_of(value) for value in made]
    listed = one(Seq(None, join(*made)), call.collected())
    return one(Tup((listed, result)), call.collected())


def into(call: CallSite) -> Value:
    """Enum.into/2."""
    pairs = written_pairs(only(call.args[0]))
    if len(call.args) != 2:
        return call.library()
    shapes = []
    for alt in call.args[1]:
        if isinstance(alt.shape, Map) and pairs is not None:
            fields, certain = put_all(alt.shape.fields, pairs)
            shapes.append(Map(fields, alt.shape.open or not certain))
        else:
            shapes.append(poured(alt.shape, call.items()))
    if None in shapes:
        return call.library()
    return join(*(one(shape, call.collected()) for shape in shapes))


def reduce_while(call: CallSite) -> Value:
    if len(call.args) != 3:
        return call.unknown()
    inner, items = call.item_scope(), call.items()
    if not items:
        return call.args[1]
    halted: list[Value] = []

    def once(acc: Value) -> Value:
        going = []
        for alt in call.run(call.args[2], [items, acc], inner):
            for shape in expand(alt.shape):
                head = only_atom(shape.items[0]) if is_pair(shape) else None
                if head == "halt":
                    halted.append(shape.items[1])
                elif head == "cont":
                    going.append(shape.items[1])
                elif head is None:
                    going.append(call.unknown())
        return join(*going)

    result = call.interpreter.repeat(call.args[1], once)
    return join(result, *halted)


def find(call: CallSite) -> Value:
    if len(call.args) not in (2, 3):
        return call.unknown()
    call.run(call.args[-1], [call.items() or ANY], call.item_scope())
    found = tuple(
        Alt(alt.shape, Origin(None, call="Enum.find", step=alt.origin.step)) for alt in call.items()
    )
    missing = call.args[1] if len(call.args) == 3 else one(NIL, call.origin("Enum.find"))
    return join(call.interpreter.placed(found, call.node, call.scope), missing)


def find_value(call: CallSite) -> Value:
    if len(call.args) not in (2, 3):
        return call.unknown()
    items = call.items()
    result = call.run(call.args[-1], [items], call.item_scope()) if items else NEVER
    found, _rest = holding(result)
    missing = call.args[1] if len(call.args) == 3 else one(NIL, call.origin("Enum.find_value"))
    return join(found, missing)


def run_stream(call: CallSite) -> Value:
    call.interpreter.dropped(call.node, call.items(), call.scope, per_item=True)
    return one(OK, call.origin("Stream.run"))


FUNCTIONS = {
    **dict.fromkeys(SAME_ITEMS, same_items),
    "each": each, "map": map_items, "flat_map": map_items, "chunk_every": chunked,
    "reduce": reduce, "reduce_while": reduce_while, "find": find, "find_value": find_value,
    "run": run_stream, "map_reduce": map_reduce, "flat_map_reduce": map_reduce, "into": into,
}  # fmt: skip
