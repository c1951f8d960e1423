"""Oban's cron expressions.

The grammar is that of oban 2.24 (lib/oban/cron/expression.ex), the same since 2.14:
five fields of `*`, numbers, ranges, lists and steps; upper-case names of months and
weekdays; `@daily` and its kin. There are no seconds, no `L`, `W` or `#`, and Sunday is 0.
"""

from __future__ import annotations

import re

from checker.model.cron_fields import FIELDS, NICKNAMES, CronError, part_pattern, values

REBOOT = "@reboot"
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = part_pattern("0*[0-9]{1,4}", "[0-9]")


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
    fields = tuple(values(text, field, _PART) for text, field in zip(written, FIELDS, strict=True))
    _possible(fields, expression)
    return fields


def _possible(fields: tuple[frozenset[int], ...], expression: str) -> None:
    """A day that none of the months has is refused (expression.ex, `parse/1`)."""
    days, months = fields[2], fields[3]
    if min(days) > max(_LONGEST_MONTHS[month - 1] for month in months):
        raise CronError(f"no month of `{expression}` has a day {min(days)}")
