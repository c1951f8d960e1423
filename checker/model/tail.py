"""The last expression of perform, where a fix may take what it answers apart."""

from __future__ import annotations

from checker.model.shape import Span


class Tail:
    """An expression that has its lines to itself: `span`, and the `indent` of its first line.

    `steps`: it is a pipe, each step of which begins a line. `follows`: where the line, or the
    comment above it, begins that follows another expression without a blank line; else None.
    """

    __slots__ = ("span", "indent", "steps", "follows")

    def __init__(self, span: Span, indent: str, steps: bool, follows: int | None) -> None:
        self.span = span
        self.indent = indent
        self.steps = steps
        self.follows = follows

    def split(self, *clauses: str) -> tuple:
        """Edits that give what it answers to a `case` with these clauses."""
        start, end = self.span
        lines = [f"{self.indent}  {clause}" for clause in clauses]
        body = "\n".join(["", *lines, f"{self.indent}end"])
        if self.steps:
            return (((end, end), f"\n{self.indent}|> case do{body}"),)
        blank = () if self.follows is None else (((self.follows, self.follows), "\n"),)
        return *blank, ((start, start), "case "), ((end, end), f" do{body}")
