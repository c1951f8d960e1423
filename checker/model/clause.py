"""What args a clause of perform asks for."""

from __future__ import annotations

from checker.model.shape import Shape, Span


class Clause:
    """One clause of perform, as a job sees it.

    `matched`: keys that its pattern asks for, each with the literal it must be or None for
    any value. `read`: keys that its body cannot do without (`Map.fetch!`), `asked`: those
    that may be missing (`args["key"]`, `Map.get`). `takes_all`: its pattern says nothing
    about the args. `conditional`: a guard, or a pattern on something else of the job
    (`meta`, `attempt`), decides as well. `readable`: False when the pattern of the args
    holds something that could not be read, so that nothing is known of what it takes.
    """

    __slots__ = ("span", "matched", "read", "asked", "takes_all", "conditional", "readable")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.matched: dict[str, Shape | None] = {}
        self.read: set[str] = set()
        self.asked: set[str] = set()
        self.takes_all = False
        self.conditional = False
        self.readable = True

    @property
    def keys(self) -> list[str]:
        """Every key that it speaks of, those of the pattern first."""
        return [*self.matched, *sorted((self.read | self.asked) - self.matched.keys())]
