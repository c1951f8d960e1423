"""Oban's cron expressions.

The grammar is that of oban 2.24 (lib/oban/cron/expression.ex), the same since 2.14:
five fields of `*`, numbers, ranges, lists and steps; upper-case names of months and
weekdays; `@daily` and its kin. There are no seconds, no `L`, `W` or `#`, and Sunday is 0.
"""

from __future__ import annotations

import re

NICKNAMES = {
    "@annually": "0 0 1 1 *",
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@midnight": "0 0 * * *",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
REBOOT = "@reboot"
FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 6),
)
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()
_NAMES = {3: {name: str(i + 1) for i, name in enumerate(_MONTHS)},
          4: {name: str(i) for i, name in enumerate(_WEEKDAYS)}}  # fmt: skip
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_STEP = r"/(?P<step>[1-9][0-9]?)"
_PART = re.compile(
    rf"\*(?:{_STEP})?|(?P<low>0*[0-9]{{1,4}})(?:-(?P<high>0*[0-9]{{1,4}}))?(?:{_STEP.replace('step', 'each')})?"
)


class CronError(ValueError):
    """An expression that Oban refuses; the message is a sentence that says why."""


def parse(expression: str) -> tuple[frozenset[int], ...] | None:
    """The values that each of the five fields takes; None for `@reboot`.

    Raises CronError where `Oban.Cron.Expression.parse!/1` raises.
    """
    expression = NICKNAMES.get(expression, expression)
    if expression == REBOOT:
        return None
    if expression.startswith("@"):
        names = ", ".join([*NICKNAMES, REBOOT])
        raise CronError(f"`{expression}` is no nickname; there are {names}")
    written = expression.split(None, len(FIELDS) - 1)
    last = re.sub(r"\s*,\s*", ",", written.pop()) if written else ""
    if last != last.rstrip():
        raise CronError(f"`{expression}` ends in a blank, which Oban does not take")
    written += last.split()
    if len(written) != len(FIELDS):
        raise CronError(f"a cron expression has five fields, `{expression}` has {len(written)}")
    fields = tuple(_field(index, text) for index, text in enumerate(written))
    _possible(fields, expression)
    return fields


def _field(index: int, written: str) -> frozenset[int]:
    text = written
    for name, number in _NAMES.get(index, {}).items():
        text = text.replace(name, number)
    name, lowest, highest = FIELDS[index]
    values: set[int] = set()
    for part in text.split(","):
        values |= _part(part, written, name, lowest, highest)
    return frozenset(values)


def _part(part: str, written: str, name: str, lowest: int, highest: int) -> set[int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise CronError(f"Oban does not know `{written}` as a {name}")
    step = int(match["step"] or match["each"] or 1)
    low = lowest if match["low"] is None else int(match["low"])
    high = highest if match["low"] is None or (match["each"] and not match["high"]) else low
    if match["high"] is not None:
        high = int(match["high"])
    if low > high:
        raise CronError(f"the range `{written}` of the {name} runs backwards")
    if low < lowest or high > highest:
        raise CronError(f"a {name} is {lowest} to {highest}, not `{written}`")
    return set(range(low, high + 1, step))


def _possible(fields: tuple[frozenset[int], ...], expression: str) -> None:
    """A day that none of the months has is refused (expression.ex, `parse/1`)."""
    days, months = fields[2], fields[3]
    if min(days) > max(_LONGEST_MONTHS[month - 1] for month in months):
        raise CronError(f"no month of `{expression}` has a day {min(days)}")
