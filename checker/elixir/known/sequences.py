"""Lists and tuples: taking items out of them, and making one of another."""

from __future__ import annotations

from checker.elixir.constructs import element_of
from checker.elixir.known.site import CallSite, is_function
from checker.elixir.patterns import ANY
from checker.model.shape import (
    FALSE,
    NEVER,
    NIL,
    OK,
    TRUE,
    Atom,
    Float,
    Int,
    Seq,
    Shape,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
    only,
)

# -- one item -------------------------------------------------------------------------


def elem(call: CallSite) -> Value:
    index = exact_int(call.args[1]) if len(call.args) == 2 else None
    found = []
    for alt in call.args[0]:
        shape = alt.shape
        if isinstance(shape, Tup):
            found.extend(_at(shape.items, index))
        elif isinstance(shape, Unknown):
            found.append(one(shape))
    return call.picked(join(*found))


def _at(items: tuple[Value, ...], index: int | None) -> tuple[Value, ...]:
    """The item at an index, counted from the end when negative; all when it is not known."""
    if index is None:
        return items
    if index < 0:
        index += len(items)
    return (items[index],) if 0 <= index < len(items) else ()


def head(call: CallSite) -> Value:
    return call.picked(join(*(_first(alt.shape) for alt in call.args[0])))


def _first(shape: Shape) -> Value:
    if isinstance(shape, Seq):
        return join(*_at(shape.items, 0)) if shape.items is not None else shape.element
    return of(shape) if isinstance(shape, Unknown) else NEVER


def tail(call: CallSite) -> Value:
    found = []
    for alt in call.args[0]:
        shape = alt.shape
        if isinstance(shape, Seq) and shape.items is not None:
            if shape.items:
                found.append(Seq(shape.items[1:]))
        elif isinstance(shape, (Seq, Unknown)):
            found.append(Seq(None, element_of((alt,))))
    return join(*(one(shape, call.origin()) for shape in found))


def at(call: CallSite) -> Value:
    """Enum.at, fetch and fetch!."""
    if len(call.args) not in (2, 3):
        return call.unknown()
    index = exact_int(call.args[1])
    return _item_or(call, index, index is None, call.args[2] if len(call.args) == 3 else None)


def end(call: CallSite) -> Value:
    """List.first and last."""
    index = 0 if call.name == "first" else -1
    return _item_or(call, index, False, call.args[1] if len(call.args) == 2 else None)


def _item_or(call: CallSite, index: int | None, any_index: bool, default: Value | None) -> Value:
    """An item of the first argument, and what stands for one that is not there."""
    found, may_miss = [], False
    for alt in call.args[0]:
        shape = alt.shape
        if isinstance(shape, Seq) and shape.items is not None:
            items = _at(shape.items, index)
            found.extend(items)
            may_miss = may_miss or any_index or not items
        else:
            found.append(element_of((alt,)))
            certain = isinstance(shape, Seq) and shape.nonempty and index in (0, -1)
            may_miss = may_miss or not certain
    value = call.picked(join(*found))
    origin = call.origin(call.full_name)
    if call.name == "fetch":
        got = one(Tup((one(OK, origin), value)), origin) if value else NEVER
        return join(got, one(Atom("error"), origin) if may_miss else NEVER)
    if call.name == "fetch!" or not may_miss:
        return value
    return join(value, one(NIL, origin) if default is None else default)


def one_of(call: CallSite) -> Value:
    """max, min, max_by, min_by and random: one of the items, or what stands for none."""
    items, fallback = call.items(), NEVER
    for function in filter(is_function, call.args[1:]):
        given = call.anything(function)
        result = call.run(function, [items or ANY] * len(given), call.item_scope())
        if not given:
            fallback = join(fallback, result)
    return join(call.picked(items), fallback)


def key_find(call: CallSite) -> Value:
    """List.keyfind and keyfind!."""
    missing = call.args[3] if len(call.args) == 4 else one(NIL, call.origin(call.full_name))
    return join(call.picked(call.items()), NEVER if call.name.endswith("!") else missing)


# -- lists of lists ---------------------------------------------------------------------


def concat(call: CallSite) -> Value:
    if len(call.args) == 2:
        items = join(call.items(), element_of(call.args[1]))
    else:
        items = element_of(call.items())
    return one(Seq(None, items), call.collected())


def flatten(call: CallSite) -> Value:
    items = _flat(call.items(), 0)
    if len(call.args) == 2:
        items = join(items, element_of(call.args[1]))
    return one(Seq(None, items), call.collected())


def _flat(items: Value, depth: int) -> Value:
    found = []
    for alt in items:
        if isinstance(alt.shape, Seq):
            found.append(_flat(alt.shape.element, depth + 1) if depth < 4 else ANY)
        else:
            found.append((alt,))
    return join(*found)


def wrap(call: CallSite) -> Value:
    found = []
    for alt in call.args[0]:
        shape = alt.shape
        if shape == NIL:
            found.append(Seq(()))
        elif isinstance(shape, Seq):
            found.append(shape)
        elif isinstance(shape, Unknown) or shape == Atom(None):
            found.append(Seq(None, ANY))
        else:
            found.append(Seq(((alt,),)))
    return join(*(one(shape, call.origin()) for shape in found))


def duplicate(call: CallSite) -> Value:
    return one(Seq(None, call.args[0]), call.origin())


def delete(call: CallSite) -> Value:
    """List.delete, delete_at: some of the items."""
    return one(Seq(None, call.items()), call.collected())


def halves(call: CallSite) -> Value:
    """split, split_with, split_while: two lists."""
    items = call.items()
    for function in filter(is_function, call.args[1:]):
        call.run(function, [items or ANY], call.item_scope())
    part = one(Seq(None, items), call.collected())
    return one(Tup((part, part)), call.collected())


def zipped(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.library()
    pair = of(Tup((call.items(), element_of(call.args[1]))))
    both = call.items() and element_of(call.args[1])
    return one(Seq(None, pair) if both else Seq(()), call.collected())


def with_index(call: CallSite) -> Value:
    start = 0 if len(call.args) == 1 else exact_int(call.args[1])
    if len(call.args) == 2 and is_function(call.args[1]):
        return call.library()
    items = call.items()
    pair = of(Tup((items, of(Int(start, None)))))
    return one(Seq(None, pair) if items else Seq(()), call.collected())


def to_list(call: CallSite) -> Value:
    """Tuple.to_list."""
    shape = only(call.args[0])
    return one(Seq(shape.items), call.origin()) if isinstance(shape, Tup) else call.library()


# -- numbers ------------------------------------------------------------------------------


def total(call: CallSite) -> Value:
    """sum and product."""
    items = call.items()
    whole = all(isinstance(alt.shape, Int) for alt in items)
    return join(
        one(Int(), call.origin(call.full_name)),
        NEVER if whole else one(Float(), call.origin(call.full_name)),
    )


def is_empty(call: CallSite) -> Value:
    """Enum.empty?: told where the list is known."""
    verdicts = {_is_empty(alt.shape) for alt in call.args[0]}
    answers = [TRUE, FALSE] if None in verdicts else [TRUE if v else FALSE for v in verdicts]
    return join(*(one(answer, call.origin(call.full_name)) for answer in answers))


def _is_empty(shape: Shape) -> bool | None:
    if isinstance(shape, Seq) and (shape.items is not None or shape.nonempty):
        return not shape.nonempty
    return None


def exact_int(value: Value) -> int | None:
    shape = only(value)
    return shape.value if isinstance(shape, Int) else None


ENUM = {
    "at": at, "fetch": at, "fetch!": at, "max": one_of, "min": one_of, "max_by": one_of,
    "min_by": one_of, "random": one_of, "concat": concat, "split": halves, "split_with": halves,
    "split_while": halves, "zip": zipped, "with_index": with_index, "sum": total,
    "product": total, "empty?": is_empty,
}  # fmt: skip

FUNCTIONS = {
    ("Kernel", "elem"): elem, ("Kernel", "hd"): head, ("Kernel", "tl"): tail,
    ("List", "first"): end, ("List", "last"): end, ("List", "keyfind"): key_find,
    ("List", "keyfind!"): key_find, ("List", "flatten"): flatten, ("List", "wrap"): wrap,
    ("List", "duplicate"): duplicate, ("List", "delete"): delete, ("List", "delete_at"): delete,
    ("Tuple", "to_list"): to_list,
}  # fmt: skip
