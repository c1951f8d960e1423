"""What `backoff/1` and `timeout/1` of a worker answer, attempt by attempt."""

from __future__ import annotations

from checker.model.shape import Span, Value

RAISES = "raises"


class Interval:
    """Integers from `low` to `high`, both included; of a timeout `high` may be infinite."""

    __slots__ = ("low", "high")

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and (self.low, self.high) == (other.low, other.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"


class NotAnInteger:
    """An answer that Oban cannot use; `what` says what it is: `a float`, `nil`, `a tuple` …,
    or `raises`. With `certain` it is always one, else only sometimes."""

    __slots__ = ("what", "certain")

    def __init__(self, what: str, certain: bool = True) -> None:
        self.what = what
        self.certain = certain

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotAnInteger) and (self.what, self.certain) == (
            other.what, other.certain
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.what, self.certain))

    def __repr__(self) -> str:
        return f"NotAnInteger({self.what!r}, {self.certain})"


class Timing:
    """A worker's own `backoff/1` (in seconds) or `timeout/1` (in milliseconds).

    `span` is its first clause, `function` its label. `value` is what it can answer, with the
    places that decide it, whichever attempt it is. `each` is the answer in attempt 1, 2 …,
    None where it cannot be worked out. `pipes`: span of a pipe's step → where the pipe begins.
    """

    __slots__ = ("span", "function", "value", "each", "pipes")

    def __init__(
        self, span: Span, function: str, value: Value,
        each: list[Interval | NotAnInteger | None], pipes: dict[Span, int],
    ) -> None:  # fmt: skip
        self.span = span
        self.function = function
        self.value = value
        self.each = each
        self.pipes = pipes
