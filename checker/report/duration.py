"""Times as people say them: `1 min 30 s`, `3 d 4 h`."""

from __future__ import annotations

UNITS = (("y", 31_536_000), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def duration(seconds: int) -> str:
    """The two largest units of a time, rounded down."""
    for index, (name, size) in enumerate(UNITS):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            further = UNITS[index + 1] if index + 1 < len(UNITS) else None
            more = rest // further[1] if further else 0
            return f"{count:,} {name}" + (f" {more} {further[0]}" if more else "")
    return "0 s"


def milliseconds(amount: int) -> str:
    """As `duration`, of milliseconds, which are told below a minute."""
    if amount >= 60_000:
        return duration(amount // 1000)
    count, rest = divmod(amount, 1000)
    parts = [f"{count} s"] * bool(count) + [f"{rest} ms"] * bool(rest or not count)
    return " ".join(parts)


def between(low: int, high: int, worded=duration) -> str:
    """A range; one time where both ends are called the same."""
    first, last = worded(low), worded(high)
    return first if first == last else f"{first} to {last}"
