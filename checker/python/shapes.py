"""Shapes that only Python has."""

from __future__ import annotations

from checker.model.shape import Alt, Func, Origin, Shape, Unknown, Value, one, only

JOB = "oban.Job"
SWALLOWING = "swallowing"  # a manager of the project that keeps some exceptions back
HERE = "attempt"  # mark of what changes with the attempt: new wherever it is used


class Ref(Unknown):
    """Something of another module, by its full name: `httpx.AsyncClient`, `oban.Cancel`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.key = ("ref", name)


class Class(Func):
    """A class of this project: `definition` is a ClassDefinition."""

    __slots__ = ("definition",)

    def __init__(self, definition, call) -> None:
        super().__init__(("class", definition.path, definition.name), None, call, definition.name)
        self.definition = definition


class Coroutine(Shape):
    """What calling an `async def` gives; `run()` is the value once it is awaited.

    `enqueues`: it is that of `enqueue` of a worker or an Oban.
    """

    __slots__ = ("run", "span", "name", "function", "enqueues")

    def __init__(self, run, span, name: str, function: str, enqueues: bool = False) -> None:
        self.run = run
        self.span = span
        self.name = name
        self.function = function
        self.enqueues = enqueues
        self.key = ("coroutine", span, name)
        self.size = 1


def unknown(call: str | None = None, origin: Origin | None = None) -> Value:
    """A value that nothing is known of."""
    return (Alt(Unknown(call), origin or Origin(None)),)


def ref_name(value: Value) -> str | None:
    """The full name of what a value refers to, where it is sure to."""
    shape = only(value)
    return shape.name if isinstance(shape, Ref) else None


def of_ref(name: str, origin: Origin) -> Value:
    """A value that refers to something of another module."""
    return one(Ref(name), origin)


def coroutines_in(value: Value):
    """The coroutines that a value is, or holds."""
    for alt in value:
        if isinstance(alt.shape, Coroutine):
            yield alt.shape
        for part in getattr(alt.shape, "items", None) or ():
            yield from coroutines_in(part)
        element = getattr(alt.shape, "element", None)
        if element:
            yield from coroutines_in(element)
