"""Lengths of time in milliseconds, where the arguments tell them (OTP, Elixir 1.17)."""

from __future__ import annotations

from checker.elixir.known.site import CallSite, keyword_options
from checker.model.shape import Int, Value, one, only

SIZES = {"seconds": 1000, "minutes": 60_000, "hours": 3_600_000}
PARTS = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000,
         "day": 86_400_000, "week": 604_800_000}  # fmt: skip


def length(call: CallSite) -> Value:
    """`:timer.minutes(5)` and its kin."""
    count = _number(call.args[0]) if len(call.args) == 1 else None
    return call.library() if count is None else _milliseconds(call, count * SIZES[call.name])


def to_timeout(call: CallSite) -> Value:
    """`to_timeout(minute: 5, second: 30)`."""
    parts = keyword_options(call.args)
    numbers = {unit: _number(value) for unit, value in parts.items()}
    if not parts or not numbers.keys() <= PARTS.keys() or None in numbers.values():
        return call.library()
    return _milliseconds(call, sum(count * PARTS[unit] for unit, count in numbers.items()))


def _number(value: Value) -> int | None:
    shape = only(value)
    return shape.value if isinstance(shape, Int) else None


def _milliseconds(call: CallSite, number: int) -> Value:
    return one(Int(number, number), call.origin(call.full_name))


FUNCTIONS = {
    **{(":timer", name): length for name in SIZES},
    ("Kernel", "to_timeout"): to_timeout,
}
