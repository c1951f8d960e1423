"""What args a clause of perform asks for."""

from __future__ import annotations

from checker.model.shape import Atom, Int, Shape, Span, Text, Value

JSON_ATOMS = frozenset(("true", "false", "nil"))


class Clause:
    """One clause of perform, as a job sees it.

    `matched`: keys that its pattern asks for, each with the literal it must be or None for
    any value. `read`: keys that its body cannot do without (`Map.fetch!`), `asked`: those
    that may be missing (`args["key"]`, `Map.get`). `takes_all`: its pattern says nothing
    about the args. `passes_on`: the args as a whole go somewhere that may ask for more.
    `conditional`: a guard, or a pattern on something else of the job
    (`meta`, `attempt`), decides as well. `readable`: False when the pattern of the args
    holds something that could not be read, so that nothing is known of what it takes.
    """

    __slots__ = (
        "span", "matched", "read", "asked", "takes_all", "passes_on", "conditional", "readable",
    )  # fmt: skip

    def __init__(self, span: Span) -> None:
        self.span = span
        self.matched: dict[str, Shape | None] = {}
        self.read: set[str] = set()
        self.asked: set[str] = set()
        self.takes_all = False
        self.passes_on = False
        self.conditional = False
        self.readable = True

    @property
    def keys(self) -> list[str]:
        """Every key that it speaks of, those of the pattern first."""
        return [*self.matched, *sorted((self.read | self.asked) - self.matched.keys())]

    def takes(self, fields: dict[str, Value]) -> bool:
        """Whether it takes args with these fields, or may."""
        if not self.readable:
            return True
        return all(
            key in fields and _may_be(fields[key], wanted) for key, wanted in self.matched.items()
        )


def _may_be(value: Value, wanted: Shape | None) -> bool:
    """Whether a value, once it comes back from JSON, may be what a pattern asks for."""
    if wanted is None or (isinstance(wanted, Atom) and wanted.name not in JSON_ATOMS):
        return True  # OB508 has a word for the atom
    return any(_as_json(alt.shape) in (None, wanted) for alt in value)


def _as_json(shape: Shape) -> Shape | None:
    """What a value comes back as; None when that is not certain."""
    if isinstance(shape, Atom) and shape.name is not None:
        return shape if shape.name in JSON_ATOMS else Text(shape.name)
    if isinstance(shape, Text) and shape.value is not None:
        return shape
    return shape if isinstance(shape, Int) and shape.value is not None else None
