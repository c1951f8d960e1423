"""Times as people say them: `1 min 30 s`, `3 d 4 h`."""

from __future__ import annotations

from checker.model.duration import human


def milliseconds(amount: int) -> str:
    """As `human`, of milliseconds, which are told below a minute."""
    if amount >= 60_000:
        return human(amount // 1000)
    count, rest = divmod(amount, 1000)
    parts = [f"{count} s"] * bool(count) + [f"{rest} ms"] * bool(rest or not count)
    return " ".join(parts)


def between(low: int, high: int, worded=human) -> str:
    """A range; one time where both ends are called the same."""
    first, last = worded(low), worded(high)
    return first if first == last else f"{first} to {last}"
