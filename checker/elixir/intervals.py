"""Arithmetic on numbers of which only bounds are known, as Elixir does it.

Every operation gives the numbers it may answer: none when it raises, two when the answer is an
integer or a float. What grows beyond `LARGEST` has no bound any more, so nothing here takes long.
"""

from __future__ import annotations

import math

LARGEST = 10**30
INFINITE = math.inf
MOST_BITS = 128
MOST_DIGITS = 80  # of a float as large as that, with fifteen decimals
BELOW_ONE = 1 - 2**-53  # the largest number that :rand.uniform/0 gives
BELOW_HALF = 0.5 - 2**-53


class Number:
    """From `low` to `high`, both included; infinite where there is no bound. An integer when
    `whole`, else a float."""

    __slots__ = ("low", "high", "whole")

    def __init__(self, low: float, high: float, whole: bool) -> None:
        known = not (math.isnan(low) or math.isnan(high))
        self.low = _low(low) if known else -INFINITE
        self.high = _high(high) if known else INFINITE
        self.whole = whole

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def above(self, least: float) -> Number | None:
        """The part that is no less than a number."""
        return None if self.high < least else Number(max(self.low, least), self.high, self.whole)

    def below(self, most: float) -> Number | None:
        """The part that is no more than a number."""
        return None if self.low > most else Number(self.low, min(self.high, most), self.whole)


def whole(low: float, high: float | None = None) -> Number:
    return Number(low, low if high is None else high, True)


def real(low: float, high: float | None = None) -> Number:
    return Number(low, low if high is None else high, False)


def _low(value: float) -> float:
    return LARGEST if value > LARGEST else -INFINITE if value < -LARGEST else value


def _high(value: float) -> float:
    return INFINITE if value > LARGEST else -LARGEST if value < -LARGEST else value


def hull(numbers: list[Number]) -> list[Number]:
    """The same numbers as at most one range of integers and one of floats."""
    found = []
    for kind in (True, False):
        same = [n for n in numbers if n.whole is kind]
        if same:
            found.append(Number(min(n.low for n in same), max(n.high for n in same), kind))
    return found


# -- operators ------------------------------------------------------------------------


def add(a: Number, b: Number) -> list[Number]:
    return [Number(a.low + b.low, a.high + b.high, a.whole and b.whole)]


def subtract(a: Number, b: Number) -> list[Number]:
    return [Number(a.low - b.high, a.high - b.low, a.whole and b.whole)]


def multiply(a: Number, b: Number) -> list[Number]:
    return [_corners(_times, a, b, a.whole and b.whole)]


def divide(a: Number, b: Number) -> list[Number]:
    return _divided(_ratio, a, b, False)


def quotient(a: Number, b: Number) -> list[Number]:
    """`div`: what is cut off is cut off towards zero."""
    return _divided(_cut, a, b, True) if a.whole and b.whole else []


def remainder(a: Number, b: Number) -> list[Number]:
    """`rem`: has the sign of `a`."""
    if not (a.whole and b.whole) or b.low == b.high == 0:
        return []
    if a.exact and b.exact and _finite(a, b):
        return [whole(int(math.copysign(1, a.low)) * (abs(a.low) % abs(b.low)))]
    most = max(abs(b.low), abs(b.high)) - 1
    return [whole(max(-most, a.low) if a.low < 0 else 0, min(most, a.high) if a.high > 0 else 0)]


def modulo(a: Number, b: Number) -> list[Number]:
    """`Integer.mod`: has the sign of `b`."""
    if not (a.whole and b.whole) or b.low == b.high == 0:
        return []
    if a.exact and b.exact and _finite(a, b):
        return [whole(a.low % b.low)]
    return [whole(b.low + 1 if b.low < 0 else 0, b.high - 1 if b.high > 0 else 0)]


def floor_quotient(a: Number, b: Number) -> list[Number]:
    """`Integer.floor_div`."""
    return _divided(_cut_down, a, b, True) if a.whole and b.whole else []


def operator_power(a: Number, b: Number) -> list[Number]:
    """`**`: an integer for integers, unless the exponent is negative."""
    if not (a.whole and b.whole):
        return real_power(a, b)
    negative = b.below(-1)
    return integer_power(a, b) + (real_power(a, negative) if negative else [])


def integer_power(a: Number, b: Number) -> list[Number]:
    """`Integer.pow`: raises for a negative exponent."""
    if not (a.whole and b.whole):
        return []
    exponent = b.above(0)
    if exponent is None:
        return []
    grows = a.low >= 1 or (a.low >= 0 and exponent.low >= 1)
    if not grows and not (a.exact and exponent.exact):
        return [whole(-INFINITE, INFINITE)]
    return [whole(_power(a.low, exponent.low), _power(a.high, exponent.high))]


def real_power(a: Number, b: Number) -> list[Number]:
    """`:math.pow`: always a float."""
    if a.low <= 0 and not (a.exact and b.exact):
        return [real(-INFINITE, INFINITE)]
    try:
        power = _corners(_float_power, a, b, False)
    except ValueError:  # of a negative number, or zero to a negative power
        return []
    overflows = _finite(a, b) and power.low == LARGEST and _float_power(a.low, b.low) == INFINITE
    return [] if overflows else [power]


def shift_left(a: Number, b: Number) -> list[Number]:
    """`<<<`; to the right where `b` is negative."""
    if not (a.whole and b.whole):
        return []
    left, right = b.above(0), b.below(-1)
    found = multiply(a, integer_power(whole(2), left)[0]) if left else []
    if right:
        found += floor_quotient(a, integer_power(whole(2), _negated(right))[0])
    return hull(found)


def shift_right(a: Number, b: Number) -> list[Number]:
    """`>>>`."""
    return shift_left(a, _negated(b))


def _negated(a: Number) -> Number:
    return Number(-a.high, -a.low, a.whole)


def _corners(operation, a: Number, b: Number, kind: bool) -> Number:
    """The range of an operation that is monotone in each of its arguments."""
    values = [operation(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Number(min(values), max(values), kind)


def _divided(operation, a: Number, b: Number, kind: bool) -> list[Number]:
    if b.low <= 0 <= b.high:
        return [] if b.exact else [Number(-INFINITE, INFINITE, kind)]
    return [_corners(operation, a, b, kind)]


def _times(x: float, y: float) -> float:
    return 0 if x == 0 or y == 0 else x * y


def _ratio(x: float, y: float) -> float:
    return 0.0 if math.isinf(y) else float(x) / float(y)


def _cut(x: float, y: float) -> float:
    if math.isinf(x) or math.isinf(y):
        return 0 if math.isinf(y) else math.copysign(INFINITE, x) * math.copysign(1, y)
    size = abs(x) // abs(y)
    return size if (x < 0) == (y < 0) else -size


def _cut_down(x: float, y: float) -> float:
    if math.isinf(x) or math.isinf(y):
        same = (x < 0) == (y < 0)
        return (0 if same else -1) if math.isinf(y) else (INFINITE if same else -INFINITE)
    return x // y


def _power(base: float, exponent: float) -> float:
    if math.isinf(base) or math.isinf(exponent):
        return INFINITE if abs(base) > 1 else base
    if abs(base) > 1 and exponent * math.log2(abs(base)) > MOST_BITS:
        return -INFINITE if base < 0 and exponent % 2 else INFINITE
    return base**exponent if abs(base) > 1 else _trivial_power(base, exponent)


def _trivial_power(base: float, exponent: float) -> float:
    """Of 0, 1 and -1, whose exponent may be anything."""
    if base == 0:
        return int(exponent == 0)
    return -1 if base < 0 and exponent % 2 else 1


def _float_power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return INFINITE


def _finite(*numbers: Number) -> bool:
    return not any(math.isinf(end) for n in numbers for end in (n.low, n.high))


# -- functions of one number ------------------------------------------------------------


def truncated(a: Number) -> list[Number]:
    return _rounding(math.trunc, a)


def rounded(a: Number) -> list[Number]:
    return _rounding(_half_away, a)


def ceiling(a: Number) -> list[Number]:
    return _rounding(math.ceil, a)


def floored(a: Number) -> list[Number]:
    return _rounding(math.floor, a)


def absolute(a: Number) -> list[Number]:
    most = max(abs(a.low), abs(a.high))
    least = 0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return [Number(least, most, a.whole)]


def exponential(a: Number) -> list[Number]:
    """`:math.exp`."""
    return [real(_growing(math.exp, a.low), _growing(math.exp, a.high))]


def square_root(a: Number) -> list[Number]:
    return _from(0, math.sqrt, a)


def logarithm(a: Number) -> list[Number]:
    return _above_zero(math.log, a)


def binary_logarithm(a: Number) -> list[Number]:
    return _above_zero(math.log2, a)


def decimal_logarithm(a: Number) -> list[Number]:
    return _above_zero(math.log10, a)


def _decimals(mode: str):
    """`Float.round`, `ceil` and `floor` (`mode` is a rounding of `decimal`): a float stays one."""

    def places(a: Number, digits: Number) -> list[Number]:
        if a.whole or not digits.whole or digits.low < 0 or digits.high > 15:
            return []
        if not digits.exact:
            return [real(-INFINITE, INFINITE)]
        low, high = (_at_places(end, digits.low, mode) for end in (a.low, a.high))
        return [real(low, high)]

    return places


round_decimals = _decimals("ROUND_HALF_UP")
ceil_decimals = _decimals("ROUND_CEILING")
floor_decimals = _decimals("ROUND_FLOOR")


def _rounding(function, a: Number) -> list[Number]:
    if a.whole:
        return [a]
    low, high = (end if math.isinf(end) else function(end) for end in (a.low, a.high))
    return [whole(low, high)]


def _half_away(value: float) -> int:
    size = math.floor(abs(value))
    size += abs(value) - size >= 0.5
    return size if value >= 0 else -size


def _growing(function, value: float) -> float:
    try:
        return function(value)
    except OverflowError:
        return INFINITE


def _from(least: float, function, a: Number) -> list[Number]:
    if a.high < least:
        return []
    low = function(a.low) if a.low >= least else function(least)
    return [real(low, function(a.high))]


def _above_zero(function, a: Number) -> list[Number]:
    if a.high <= 0:
        return []
    return [real(function(a.low) if a.low > 0 else -INFINITE, function(a.high))]


def _at_places(value: float, places: int, mode: str) -> float:
    from decimal import Decimal, localcontext  # rarely needed, and slow to import

    if math.isinf(value):
        return value
    with localcontext() as context:
        context.prec = MOST_DIGITS
        return float(Decimal(value).quantize(Decimal(1).scaleb(-places), mode))


# -- comparing --------------------------------------------------------------------------


def larger(a: Number, b: Number) -> list[Number]:
    """`max`: one of the two, as it is."""
    if a.whole is b.whole:
        return [Number(max(a.low, b.low), max(a.high, b.high), a.whole)]
    if a.low >= b.high or b.low > a.high:
        return [a if a.low >= b.high else b]
    return [n for n in (a.above(b.low), b.above(a.low)) if n]


def smaller(a: Number, b: Number) -> list[Number]:
    """`min`."""
    if a.whole is b.whole:
        return [Number(min(a.low, b.low), min(a.high, b.high), a.whole)]
    if a.high <= b.low or b.high < a.low:
        return [a if a.high <= b.low else b]
    return [n for n in (a.below(b.high), b.below(a.high)) if n]


def compare(op: str, a: Number, b: Number) -> bool | None:
    """The answer of `a op b`; None when the bounds do not decide it."""
    if op in ("===", "!==") and a.whole is not b.whole:
        return op == "!=="
    if op[0] in "=!":
        same = _equal(a, b)
        return same if same is None or op[0] == "=" else not same
    if op[0] == ">":
        a, b = b, a
    surely, never = (a.high < b.low, a.low >= b.high)
    if op.endswith("="):
        surely, never = (a.high <= b.low, a.low > b.high)
    return True if surely else False if never else None


def _equal(a: Number, b: Number) -> bool | None:
    if a.exact and b.exact and _finite(a, b):
        return a.low == b.low
    return None if a.low <= b.high and b.low <= a.high else False


# -- Oban's own -------------------------------------------------------------------------
# lib/oban/backoff.ex and the default of `backoff/1` in lib/oban/worker.ex (oban 2.23.1).

PADDING = 15
CLAMPED = 20


def oban_exponential(attempt: Number, mult: Number, power: Number, pad: Number) -> list[Number]:
    """`pad + mult * 2^min(attempt, power)`."""
    return [
        total
        for exponent in smaller(attempt, power)
        for grown in integer_power(whole(2), exponent)
        for scaled in multiply(mult, grown)
        for total in add(pad, scaled)
    ]


def oban_jitter(time: Number, mode: str, mult: Number) -> list[Number]:
    """`time`, more or less up to its `mult`-th part; `mode` is inc, dec or both."""
    both = mode == "both"  # one half of the random numbers adds, the other takes away
    found = []
    if mode != "dec":
        found += _moved(add, time, real(0.5 if both else 0.0, BELOW_ONE), mult)
    if mode != "inc":
        found += _moved(subtract, time, real(0.0, BELOW_HALF if both else BELOW_ONE), mult)
    return hull(found)


def _moved(operation, time: Number, share: Number, mult: Number) -> list[Number]:
    return [
        moved
        for part in multiply(share, mult)
        for scaled in multiply(part, time)
        for difference in truncated(scaled)
        for moved in operation(time, difference)
    ]


def oban_backoff(attempt: Number, max_attempts: Number) -> list[Number]:
    """Seconds that a worker without a `backoff/1` of its own waits after an attempt."""
    found = []
    if max_attempts.low <= CLAMPED:
        found.append(attempt)
    scaled = max_attempts.above(CLAMPED + 1)
    if scaled is not None:
        shares = divide(attempt, scaled)
        found += [n for s in shares for t in multiply(s, whole(CLAMPED)) for n in rounded(t)]
    return hull([
        wait
        for clamped in found
        for time in oban_exponential(clamped, whole(1), whole(100), whole(PADDING))
        for wait in oban_jitter(time, "inc", real(0.1))
    ])  # fmt: skip
