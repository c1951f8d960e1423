"""What the cron grammars of Oban for Elixir and for Python have in common: their fields."""

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
Field = tuple[str, int, int]  # its name, its lowest and highest value
FIELDS: tuple[Field, ...] = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 6),
)
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()
_NAMES = {"month": {name: str(i + 1) for i, name in enumerate(_MONTHS)},
          "weekday": {name: str(i) for i, name in enumerate(_WEEKDAYS)}}  # fmt: skip


class CronError(ValueError):
    """An expression that Oban refuses; the message is a sentence that says why."""


def part_pattern(number: str, digit: str) -> re.Pattern:
    """One part of a list, with the patterns of a number and of a step's second digit."""
    step = f"/(?P<{{}}>[1-9]{digit}?)"
    return re.compile(
        rf"\*(?:{step.format('step')})?"
        rf"|(?P<low>{number})(?:-(?P<high>{number}))?(?:{step.format('each')})?"
    )


def values(written: str, field: Field, pattern: re.Pattern) -> frozenset[int]:
    """The values that a field takes; raises CronError where it takes none."""
    text = written
    for name, number in _NAMES.get(field[0], {}).items():
        text = text.replace(name, number)
    found: set[int] = set()
    for part in text.split(","):
        found.update(_part(pattern.fullmatch(part), written, field))
    return frozenset(found)


def _part(match: re.Match | None, written: str, field: Field) -> range:
    name, lowest, highest = field
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
    return range(low, high + 1, step)
