"""Cron expressions, as `Expression.parse` of oban 0.7.0 for Python took or refused them."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.elixir import cron as elixir
from checker.model.oban_config import CronEntry, ObanConfig
from checker.python.cron import CronError, parse, schedule
from checker.rules import ob708_cron_day_and_weekday as day_and_weekday
from checker.rules import ob709_cron_step as step
from checker.rules import ob710_cron_every_minute as every_minute

EVERY = [frozenset(range(low, high + 1)) for _name, low, high in elixir.FIELDS]


def measured() -> list[tuple[str, str]]:
    """Expressions and their fields, as `0 0 * * 1,2`, or `refused`."""
    path = os.path.join(os.path.dirname(__file__), "expressions.tsv")
    with open(path, encoding="utf-8") as file:
        rows = [line.split("\t") for line in file.read().splitlines() if line[0] != "#"]
    return [(json.loads(f'"{text}"'), verdict) for text, verdict in rows]


def verdict(expression: str) -> str:
    try:
        fields = parse(expression)
    except CronError:
        return "refused"
    return " ".join(
        "*" if field == every else ",".join(map(str, sorted(field)))
        for field, every in zip(fields, EVERY, strict=True)
    )


@pytest.mark.parametrize(("expression", "expected"), measured())
def test_as_measured(expression: str, expected: str) -> None:
    assert verdict(expression) == expected


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("* * * *", "five fields, `* * * *` has 4"),
        ("", "has 0"),
        ("0 0 * * * ", "begins or ends in a blank"),
        (" @daily", "begins or ends in a blank"),
        ("60 * * * *", "a minute is 0 to 59, not `60`"),
        ("* * * * 8", "a weekday is 0 to 7"),
        ("* * * jan *", "does not know `jan` as a month"),
        ("5-1 * * * *", "runs backwards"),
        ("@reboot", "`@reboot` is no nickname; there are @annually, "),
        ("9" * 5000 + " * * * *", "does not know"),
    ],
)
def test_the_error_says_why(expression: str, why: str) -> None:
    with pytest.raises(CronError) as error:
        parse(expression)
    assert why in str(error.value)


@given(st.text(alphabet="0123456789*/-,@ \tJANMOdaily", max_size=40))
def test_any_text_is_taken_or_refused(text: str) -> None:
    """And what is taken lies in the ranges."""
    try:
        fields = parse(text)
    except CronError:
        return
    assert all(f and f <= e for f, e in zip(fields, EVERY, strict=True))


@pytest.mark.parametrize(
    ("expression", "rule", "count"),
    [
        ("0 0 1 * MON", day_and_weekday, 1),
        ("0 0 1-7 * MON", day_and_weekday, 0),
        ("0 0 1 * 0-7", day_and_weekday, 0),
        ("*/90 * * * *", step, 1),
        ("0 0 * * */7", step, 0),
        ("0 0 * * */8", step, 1),
        ("* 3 * * *", every_minute, 1),
        ("* 9-17 * * *", every_minute, 0),
        ("@weekly", day_and_weekday, 0),
    ],
)
def test_the_rules_read_a_schedule(expression: str, rule, count: int) -> None:
    entry = CronEntry((0, 1), (0, 1))
    entry.schedule = schedule(expression)
    config = ObanConfig("Oban", (0, 1))
    config.crontabs = [[entry]]
    assert len(list(rule.check_config(config))) == count


@pytest.mark.parametrize(("expression", "seconds"), [("*/5 * * * *", 300), ("@daily", 86_400)])
def test_a_schedule_tells_its_interval(expression: str, seconds: int) -> None:
    assert schedule(expression).interval == seconds
