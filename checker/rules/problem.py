"""What a rule reports."""

from __future__ import annotations

from checker.finding import ADVICE, ERROR, WARNING
from checker.model.shape import Span


class Problem:
    """A problem at `span`.

    `message` goes on after the offending text: a fact, as a sentence without
    its beginning. `help` is an imperative sentence, with the literal replacement
    where there is one. `severity` overrides the rule's. `edits` are
    `(span, text)` pairs that mend it; `safe` when they can never hurt.
    """

    __slots__ = ("span", "message", "help", "severity", "function", "edits", "safe")

    def __init__(
        self,
        span: Span,
        message: str,
        help: str,
        severity: str | None = None,
        function: str = "",
        edits: tuple = (),
        safe: bool = False,
    ) -> None:
        self.span = span
        self.message = message
        self.help = help
        self.severity = severity
        self.function = function
        self.edits = edits
        self.safe = safe


__all__ = ["ADVICE", "ERROR", "WARNING", "Problem"]
