"""Whatever numbers lie in the bounds given, what becomes of them lies in those that come out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.elixir import intervals
from checker.elixir.arithmetic import Interval, default_wait
from checker.elixir.intervals import INFINITE, LARGEST, Number, real, whole

FEW = settings(max_examples=400, deadline=None, derandomize=True, database=None)
INTEGERS = st.integers(-12, 12)
FLOATS = st.floats(-12, 12).map(lambda x: round(x, 2))


@st.composite
def number_and_member(draw):
    """A range, and a number in it."""
    kind = draw(st.sampled_from([INTEGERS, FLOATS]))
    low, member, high = sorted(draw(st.tuples(kind, kind, kind)))
    return Number(low, high, kind is INTEGERS), Number(member, member, kind is INTEGERS)


def covers(found: list[Number], member: Number) -> bool:
    return any(
        n.whole is member.whole and n.low <= member.low and member.high <= n.high for n in found
    )


PAIRS = [
    intervals.add, intervals.subtract, intervals.multiply, intervals.divide, intervals.quotient,
    intervals.remainder, intervals.modulo, intervals.floor_quotient, intervals.operator_power,
    intervals.integer_power, intervals.real_power, intervals.larger, intervals.smaller,
    intervals.shift_left, intervals.shift_right,
]  # fmt: skip
SINGLES = [
    intervals.truncated, intervals.rounded, intervals.ceiling, intervals.floored,
    intervals.absolute, intervals.exponential, intervals.square_root, intervals.logarithm,
    intervals.binary_logarithm, intervals.decimal_logarithm,
]  # fmt: skip


@pytest.mark.parametrize("operation", PAIRS, ids=lambda f: f.__name__)
def test_pairs(operation):
    @FEW
    @given(number_and_member(), number_and_member())
    def check(left, right):
        (a, x), (b, y) = left, right
        found = operation(a, b)
        assert all(covers(found, member) for member in operation(x, y))

    check()


@pytest.mark.parametrize("operation", SINGLES, ids=lambda f: f.__name__)
def test_singles(operation):
    @FEW
    @given(number_and_member())
    def check(given_):
        a, x = given_
        assert all(covers(operation(a), member) for member in operation(x))

    check()


@FEW
@given(number_and_member(), number_and_member(), st.sampled_from(["<", ">", "<=", ">=", "==", "!=",
                                                                   "===", "!=="]))  # fmt: skip
def test_comparing(left, right, op):
    (a, x), (b, y) = left, right
    answer = intervals.compare(op, a, b)
    assert answer is None or answer == intervals.compare(op, x, y)


@pytest.mark.parametrize(
    "grown",
    [
        intervals.integer_power(whole(10), whole(10**9))[0],
        intervals.multiply(whole(10**29), whole(10**29))[0],
        intervals.shift_left(whole(1), whole(10**12))[0],
        intervals.integer_power(whole(2), whole(3, INFINITE))[0],
    ],
)
def test_what_grows_too_far_has_no_bound(grown):
    assert grown.high == INFINITE
    assert grown.low <= LARGEST


def test_no_bound_is_no_trouble():
    anything = [whole(-INFINITE, INFINITE), real(-INFINITE, INFINITE), whole(0, INFINITE)]
    for operation in PAIRS:
        for a in anything:
            for b in [*anything, whole(0), whole(-3), real(0.5)]:
                for first, second in ((a, b), (b, a)):
                    for n in operation(first, second):
                        assert not math.isnan(n.low) and not math.isnan(n.high)
    for operation in SINGLES:
        assert all(operation(a) for a in anything)


def test_the_default_waits():
    """As documented and as measured: the 20th attempt starts 12 to 14 days after the first."""
    waits = [default_wait(attempt, 20) for attempt in range(1, 20)]
    assert waits[:3] == [Interval(17, 18), Interval(19, 20), Interval(23, 25)]
    assert waits[-1] == Interval(15 + 2**19, 576_733)
    days = (sum(w.low for w in waits) / 86_400, sum(w.high for w in waits) / 86_400)
    assert 12.1 < days[0] < 12.2 and 13.3 < days[1] < 13.4


def test_the_default_waits_of_many_attempts():
    """Above twenty attempts the exponent is scaled down to twenty."""
    assert default_wait(100, 100).low == default_wait(50, 50).low == 15 + 2**20
    assert default_wait(1, 100).low == 15 + 2**0
    assert default_wait(5, 100).low == 15 + 2**1
    assert default_wait(3, 100).low == 15 + 2**1  # 0.6, rounded
    assert default_wait(20, 21).low == 15 + 2**19
