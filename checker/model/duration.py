"""Lengths of time: what counts milliseconds, and seconds of Oban's periods."""

from __future__ import annotations

from checker.model.shape import Atom, Int, Tup, Value, only, only_atom

UNITS = (("y", 31_536_000), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
MILLISECONDS = frozenset((":timer.seconds", ":timer.minutes", ":timer.hours", ":timer.hms",
                          "Kernel.to_timeout"))  # fmt: skip
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800,
           "month": 2_592_000}  # fmt: skip


def in_milliseconds(value: Value) -> bool:
    """Whether a number, for all or some ways, comes from a call that counts milliseconds."""
    return any(alt.origin.call in MILLISECONDS for alt in value)


def seconds(value: Value) -> int | None:
    """How many seconds a period of Oban's is: `300`, `{5, :minutes}`; None when not known."""
    shape = only(value)
    if isinstance(shape, Int):
        return shape.value
    if not isinstance(shape, Tup) or len(shape.items) != 2:
        return None
    count, unit = only(shape.items[0]), only_atom(shape.items[1])
    length = SECONDS.get((unit or "").removesuffix("s"))
    if not isinstance(count, Int) or count.value is None or length is None:
        return None
    return count.value * length


def is_forever(value: Value) -> bool:
    shape = only(value)
    return isinstance(shape, Atom) and shape.name == "infinity"


def human(seconds: int) -> str:
    """Seconds as people say them, `2 h 5 min`: the two largest units, rounded down."""
    for index, (name, size) in enumerate(UNITS):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            further = UNITS[index + 1] if index + 1 < len(UNITS) else None
            more = rest // further[1] if further else 0
            return f"{count:,} {name}" + (f" {more} {further[0]}" if more else "")
    return "0 s"
