"""Cron expressions, as `Oban.Cron.Expression.parse/1` of oban 2.23.1 took or refused them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.elixir.cron import FIELDS, CronError, parse

EVERY = [frozenset(range(low, high + 1)) for _name, low, high in FIELDS]


@pytest.mark.parametrize(
    ("expression", "field", "values"),
    [
        ("*/15 * * * *", 0, {0, 15, 30, 45}),
        ("*/90 * * * *", 0, {0}),
        ("7/20 * * * *", 0, {7, 27, 47}),
        ("10-20/5,59 * * * *", 0, {10, 15, 20, 59}),
        ("007 * * * *", 0, {7}),
        ("* 9-17/4 * * *", 1, {9, 13, 17}),
        ("* * 31 * *", 2, {31}),
        ("* * * JAN,JUN-AUG *", 3, {1, 6, 7, 8}),
        ("* * * * MON-FRI", 4, {1, 2, 3, 4, 5}),
        ("* * * * 0, SAT", 4, {0, 6}),
        ("@hourly", 0, {0}),
        ("@weekly", 4, {0}),
        ("\t0  0 1 1 *", 2, {1}),
    ],
)
def test_taken(expression: str, field: int, values: set[int]) -> None:
    assert parse(expression)[field] == values


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("* * * *", "five fields, `* * * *` has 4"),
        ("0 0 * * * *", "has 6"),
        ("", "has 0"),
        ("0 0 * * * ", "ends in a blank"),
        ("60 * * * *", "a minute is 0 to 59, not `60`"),
        ("* * 0 * *", "a day of the month is 1 to 31"),
        ("* * * * 7", "a weekday is 0 to 6"),
        ("* * * jan *", "does not know `jan` as a month"),
        ("* * L * *", "does not know `L`"),
        ("* * * * 1#2", "does not know"),
        ("*/0 * * * *", "does not know"),
        ("*/100 * * * *", "does not know"),
        ("1, 2 * * * *", "has 6"),
        ("5-1 * * * *", "runs backwards"),
        ("* * 31 FEB *", "no month of `* * 31 FEB *` has a day 31"),
        ("* * 31 4,6 *", "no month"),
        ("@every 5m", "`@every 5m` is no nickname"),
        (" @daily", "has 1"),
        ("9" * 5000 + " * * * *", "does not know"),
    ],
)
def test_refused(expression: str, why: str) -> None:
    with pytest.raises(CronError) as error:
        parse(expression)
    assert why in str(error.value)


def test_reboot_has_no_times() -> None:
    assert parse("@reboot") is None


@given(st.text(alphabet="0123456789*/-,@ \tJANMOdaily", max_size=40))
def test_any_text_is_taken_or_refused(text: str) -> None:
    """And what is taken lies in the ranges."""
    try:
        fields = parse(text)
    except CronError:
        return
    assert fields is None or all(f and f <= e for f, e in zip(fields, EVERY, strict=True))
