"""What Oban makes of a value that perform returns.

The contract is `Oban.Queue.Executor` (oban 2.23.1, lib/oban/queue/executor.ex
144-180): `:ok`, `{:ok, _}`, `{:error, _}`, `{:cancel, _}`, `:discard`,
`{:discard, _}` and `{:snooze, period}` are recognised. Everything else is logged
and the job completes.
"""

from __future__ import annotations

from checker.model.shape import (
    Alt,
    Atom,
    Float,
    Int,
    Opaque,
    Shape,
    Span,
    Text,
    Tup,
    Unknown,
    Value,
    expand,
    one,
    only,
    only_atom,
)  # fmt: skip

LATEST = (2, 24)  # of Oban, where nothing else is known

COMPLETED = "completed"
RETRIED = "retried"
CANCELLED = "cancelled"
DISCARDED = "discarded"
SNOOZED = "snoozed"
UNRECOGNISED = "unrecognised"
UNKNOWN = "unknown"

_KINDS = {"ok": COMPLETED, "error": RETRIED, "cancel": CANCELLED, "discard": DISCARDED}

# Oban.Period (lib/oban/period.ex): non-negative seconds, or {n, unit}.
_UNITS = ("second", "minute", "hour", "day", "week")
UNITS = frozenset((*_UNITS, *(unit + "s" for unit in _UNITS)))
MONTHS = frozenset(("month", "months"))  # from oban 2.24
PERIOD_TUPLES = (2, 20, 3)  # for a snooze; for other periods sooner
ROLLS_BACK = (2, 24)  # a snooze gives the attempt back from here on


class Outcome:
    """One way a perform can end: its kind, and the alternative that says so."""

    __slots__ = ("kind", "alt", "shape")

    def __init__(self, kind: str, alt: Alt, shape: Shape) -> None:
        self.kind = kind
        self.alt = alt
        self.shape = shape

    @property
    def origin(self):
        return self.alt.origin

    @property
    def tag(self) -> Span | None:
        """Where a tuple that is written down has its first item; None for all else."""
        whole = self.origin.span
        first = self.shape.items[0] if isinstance(self.shape, Tup) and self.shape.items else ()
        place = first[0].origin.span if len(first) == 1 else None
        if whole is None or place is None or not whole[0] < place[0] <= place[1] < whole[1]:
            return None
        return place

    @property
    def foreign(self) -> bool:
        """Whether another file's function decides it, or what is in it."""
        origins = [self.origin, self.origin.source]
        if isinstance(self.shape, Tup):
            origins += [alt.origin for item in self.shape.items for alt in item]
        return any(origin is not None and origin.trail is not None for origin in origins)


def outcomes(value: Value, version: tuple = LATEST) -> tuple[Outcome, ...]:
    """Every way a value can end a job."""
    return tuple(
        Outcome(kind_of(shape, version), alt, shape) for alt in value for shape in _ways(alt.shape)
    )


def _ways(shape: Shape) -> list[Shape]:
    """The shapes that a shape stands for, as far apart as their outcomes may be."""
    found = []
    for way in expand(shape):
        if isinstance(way, Tup) and way.head == "snooze" and len(way.items) == 2:
            for alt in way.items[1]:
                found += [
                    Tup((way.items[0], one(inner, alt.origin))) for inner in expand(alt.shape)
                ]
        else:
            found.append(way)
    return found


def kind_of(shape: Shape, version: tuple = LATEST) -> str:
    """How Oban takes one shape."""
    if isinstance(shape, Unknown):
        return UNKNOWN
    if isinstance(shape, Atom):
        if shape.name is None:
            return UNKNOWN
        return {"ok": COMPLETED, "discard": DISCARDED}.get(shape.name, UNRECOGNISED)
    if not isinstance(shape, Tup):
        return UNRECOGNISED
    if len(shape.items) != 2:
        return UNRECOGNISED
    head = only(shape.items[0])
    if head is None or isinstance(head, Unknown) or head == Atom(None):
        return UNKNOWN
    if not isinstance(head, Atom):
        return UNRECOGNISED
    if head.name == "snooze":
        valid = period(shape.items[1], version)
        if isinstance(only(shape.items[1]), Tup) and version < PERIOD_TUPLES:
            valid = False
        return UNKNOWN if valid is None else SNOOZED if valid else UNRECOGNISED
    return _KINDS.get(head.name, UNRECOGNISED)


def period(value: Value, version: tuple = LATEST) -> bool | None:
    """Whether a value is a period; None when that is not known."""
    verdicts = {_is_period(alt.shape, version) for alt in value}
    return verdicts.pop() if len(verdicts) == 1 else None


def _is_period(shape: Shape, version: tuple) -> bool | None:
    if isinstance(shape, Unknown):
        return None
    if isinstance(shape, Int):
        return _not_negative(shape)
    if not isinstance(shape, Tup) or len(shape.items) != 2:
        return False
    count, unit = only(shape.items[0]), only_atom(shape.items[1])
    known_unit = only(shape.items[1])
    if isinstance(known_unit, Text):
        return False
    if unit is not None and unit not in UNITS:
        return unit in MONTHS and version >= (2, 24)
    if isinstance(count, (Atom, Text, Float, Tup, Opaque)):
        return False
    if unit is None or not isinstance(count, Int):
        return None
    return _not_negative(count)


def _not_negative(number: Int) -> bool | None:
    """An integer that is not known to be negative is taken for a period."""
    if number.high is not None and number.high < 0:
        return False
    return True
