"""Where a worker asks which attempt it is."""

from __future__ import annotations

from checker.model.shape import Span


class AttemptTest:
    """A look at the job's `attempt`.

    `decides` is the place of what it decides: the test of an `if` or `cond`, the clause
    whose pattern or guard it is, else the comparison itself. `falls` are the places of what
    is gone on with where it does not hold: itself for the `else` of an `if`, later clauses
    that are alike. `number` is the literal that the attempt is compared with, None for
    anything else, and `literal` its place; `operator` as with the attempt on the left, `==`
    in a pattern. `function` is where it stands.
    """

    __slots__ = ("decides", "falls", "number", "literal", "operator", "function")

    def __init__(
        self, decides: Span, falls: frozenset[Span], number: int | None, literal: Span,
        operator: str, function: str,
    ) -> None:  # fmt: skip
        self.decides = decides
        self.falls = falls
        self.number = number
        self.literal = literal
        self.operator = operator
        self.function = function
