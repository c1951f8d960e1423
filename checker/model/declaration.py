"""How a worker of oban for Python is declared: what only Python has to say about it."""

from __future__ import annotations

from checker.model.shape import Span, Value


class Parameter:
    """A parameter of a job function. `kind`: plain, positional, args or kwargs."""

    __slots__ = ("name", "span", "kind", "required")

    def __init__(self, name: str, span: Span, kind: str, required: bool) -> None:
        self.name = name
        self.span = span
        self.kind = kind
        self.required = required


class Declaration:
    """`@worker(…) class` or `@job(…) def`.

    `function`: it is a job function. `bare`: the decorator is not called. `nested`: it stands
    in a function. `sync`: place of a `process` that cannot be awaited. `needs`: place of an
    `__init__` that asks for arguments. `parameters`: of a job function. `awaited_backoff`:
    place of an `async def backoff`. `cron`: the expression and its place, where it is written
    down.
    """

    def __init__(self, function: bool) -> None:
        self.function = function
        self.bare = False
        self.nested = False
        self.sync: Span | None = None
        self.needs: Span | None = None
        self.parameters: list[Parameter] = []
        self.awaited_backoff: Span | None = None
        self.cron: tuple[str, Span] | None = None


class Unawaited:
    """A coroutine that nobody awaits: its place, what it is called, where it stands."""

    __slots__ = ("span", "name", "function", "returned")

    def __init__(self, span: Span, name: str, function: str, returned: bool) -> None:
        self.span = span
        self.name = name
        self.function = function
        self.returned = returned


class Failure:
    """A `raise` in a job: the exception's value, None of a bare one; the handler it stands in;
    words of what decided that it comes to it. `untraced`: `from None`."""

    __slots__ = ("span", "function", "value", "handler", "words", "untraced")

    def __init__(self, span: Span, function: str, value: Value | None, handler) -> None:
        self.span = span
        self.function = function
        self.value = value
        self.handler = handler
        self.words: frozenset[str] = frozenset()
        self.untraced = False
