"""What comparing two shapes gives, where that can be told."""

from __future__ import annotations

from checker.elixir.patterns import exact, overlap
from checker.model.shape import Float, Int, Shape

EQUALITY = frozenset(("==", "===", "!=", "!=="))
ORDER = frozenset(("<", ">", "<=", ">="))


def compared(op: str, a: Shape, b: Shape) -> bool | None:
    """The answer of `a op b`; None when the shapes do not decide it."""
    if op in EQUALITY:
        same = _equal(a, b, strict=len(op) == 3)
        return same if same is None or op[0] == "=" else not same
    if op in ORDER:
        return _ordered(op, a, b)
    return None


def _equal(a: Shape, b: Shape, strict: bool) -> bool | None:
    numbers = isinstance(a, (Int, Float)) and isinstance(b, (Int, Float))
    if numbers and type(a) is not type(b):
        return False if strict else None
    if a.key == b.key and exact(a):
        return True
    return None if overlap(a, b) else False


def _ordered(op: str, a: Shape, b: Shape) -> bool | None:
    if not isinstance(a, Int) or not isinstance(b, Int):
        return None
    if op[0] == ">":
        a, b = b, a
    if op in ("<", ">"):  # a < b
        return _decided(_below(a.high, b.low), _below_or_at(b.high, a.low))
    return _decided(_below_or_at(a.high, b.low), _below(b.high, a.low))


def _decided(surely: bool, surely_not: bool) -> bool | None:
    return True if surely else False if surely_not else None


def _below(high: int | None, low: int | None) -> bool:
    return high is not None and low is not None and high < low


def _below_or_at(high: int | None, low: int | None) -> bool:
    return high is not None and low is not None and high <= low
