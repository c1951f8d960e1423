"""Cron expressions of oban for Python.

The grammar is that of oban 0.7.0 (PyPI; oban/_scheduler.py, `Expression.parse`). It differs
from Elixir's: there is no `@reboot`, a weekday may be 7 for Sunday, a day that no month has is
taken, and blanks stand between the fields alone.
"""

from __future__ import annotations

import re

from checker.model.cron_fields import FIELDS, NICKNAMES, CronError, part_pattern, values
from checker.model.oban_config import Schedule

SUNDAY = 7  # besides 0
_FIELDS = (*FIELDS[:4], ("weekday", 0, SUNDAY))
_PART = part_pattern(r"\d{1,4300}", r"\d")  # int() takes no more digits


def parse(expression: str) -> tuple[frozenset[int], ...]:
    """The values that each of the five fields takes, Sunday as 0.

    Raises CronError where `Expression.parse` raises.
    """
    if expression.startswith("@") and expression not in NICKNAMES:
        raise CronError(f"`{expression}` is no nickname; there are {', '.join(NICKNAMES)}")
    written = re.split(r"\s+", NICKNAMES.get(expression, expression))
    if expression != expression.strip():
        raise CronError(f"`{expression}` begins or ends in a blank, which Oban does not take")
    if len(written) != len(_FIELDS):
        count = len(expression.split())
        raise CronError(f"a cron expression has five fields, `{expression}` has {count}")
    fields = [values(text, field, _PART) for text, field in zip(written, _FIELDS, strict=True)]
    fields[-1] = frozenset(day % SUNDAY for day in fields[-1])
    return tuple(fields)


def schedule(expression: str) -> Schedule:
    """The expression for the rules. Raises CronError as `parse` does."""
    written = () if expression in NICKNAMES else tuple(expression.split())
    return Schedule(written, parse(expression))
