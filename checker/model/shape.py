"""Shapes: what a value can look like.

A `Value` is a tuple of alternatives (`Alt`), each a shape with its origin: the
place that decides it. The empty value is a value that is never produced (the
code raises, throws or loops). `Unknown` is honest: no rule may read anything
into it.
"""

from __future__ import annotations

Span = tuple  # (start, end): byte offsets into the source


class Shape:
    """A shape; equal shapes have equal `key`. `size` counts the shapes it is made of."""

    __slots__ = ("key", "size")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shape) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.key[1:]}"


class Atom(Shape):
    """An atom, a boolean or nil; Python's None, True and False are these too."""

    __slots__ = ("name",)

    def __init__(self, name: str | None) -> None:
        self.name = name  # None: some atom
        self.key = ("atom", name)
        self.size = 1


class Text(Shape):
    """A string; `value` None when its text is not known, then `written` may be what
    stands around the parts that are filled in."""

    __slots__ = ("value", "written")

    def __init__(self, value: str | None = None, written: str | None = None) -> None:
        self.value = value
        self.written = written
        self.key = ("text", value, written)
        self.size = 1


class Int(Shape):
    """An integer within bounds; None for no bound."""

    __slots__ = ("low", "high")

    def __init__(self, low: int | None = None, high: int | None = None) -> None:
        self.low = low
        self.high = high
        self.key = ("int", low, high)
        self.size = 1

    @property
    def value(self) -> int | None:
        return self.low if self.low is not None and self.low == self.high else None


class Float(Shape):
    __slots__ = ("value",)

    def __init__(self, value: float | None = None) -> None:
        self.value = value
        self.key = ("float", value)
        self.size = 1


class Tup(Shape):
    __slots__ = ("items",)

    def __init__(self, items: tuple[Value, ...]) -> None:
        self.items = items
        self.key = ("tuple", *[value_key(item) for item in items])
        self.size = 1 + sum([size_of(item) for item in items])

    @property
    def head(self) -> str | None:
        """The atom it begins with, where that is certain."""
        return only_atom(self.items[0]) if self.items else None


class Seq(Shape):
    """A list: its exact `items`, or None and what each `element` looks like."""

    __slots__ = ("items", "element", "nonempty")

    def __init__(
        self,
        items: tuple[Value, ...] | None,
        element: Value = (),
        nonempty: bool = False,
    ) -> None:
        self.items = items
        self.element = join(*items) if items is not None else element
        self.nonempty = bool(items) if items is not None else nonempty
        exact = None if items is None else tuple(value_key(item) for item in items)
        self.key = ("list", exact, value_key(self.element), self.nonempty)
        self.size = 1 + size_of(self.element)


class Map(Shape):
    """A map: `fields` by the key of the key's shape; `open` when it may have more."""

    __slots__ = ("fields", "open")

    def __init__(self, fields: dict[tuple, Value], open: bool = False) -> None:
        self.fields = fields
        self.open = open
        self.key = ("map", open, _fields_key(fields))
        self.size = 1 + sum(map(size_of, fields.values()))


class Struct(Shape):
    """A struct or object; `name` None when only that much is known.

    `step` is the call whose answer it is, when a rule may want to know what
    becomes of it. `result` is what a task will answer when awaited.
    """

    __slots__ = ("name", "fields", "step", "result")

    def __init__(
        self,
        name: str | None,
        fields: dict[tuple, Value] | None = None,
        step: object = None,
        result: Value | None = None,
    ) -> None:
        self.name = name
        self.fields = fields or {}
        self.step = step
        self.result = result
        self.key = ("struct", name, _fields_key(self.fields), id(step) if step else 0,
                    value_key(result) if result is not None else None)  # fmt: skip
        self.size = 1 + sum(map(size_of, self.fields.values())) + size_of(result or ())


class Args(Shape):
    """The job's args: a map with string keys and JSON values."""

    __slots__ = ()

    def __init__(self) -> None:
        self.key = ("args",)
        self.size = 1


class Func(Shape):
    """A function value; `call(args, site)` gives its value, `arity` may be None."""

    __slots__ = ("arity", "call", "name")

    def __init__(
        self, identity: object, arity: int | None, call, name: str | None = None, size: int = 1
    ) -> None:
        self.arity = arity
        self.call = call
        self.name = name
        self.key = ("function", identity)
        self.size = size


class Opaque(Shape):
    """A value of a known kind that nothing else is known of: pid, stream, port …

    `element` is what a stream yields.
    """

    __slots__ = ("kind", "element")

    def __init__(self, kind: str, element: Value = ()) -> None:
        self.kind = kind
        self.element = element
        self.key = ("opaque", kind, value_key(element))
        self.size = 1 + size_of(element)


class Unknown(Shape):
    """Anything. `call` names where it came from; `from_args` when it is a value of the args."""

    __slots__ = ("call", "from_args")

    def __init__(self, call: str | None = None, from_args: bool = False) -> None:
        self.call = call
        self.from_args = from_args
        self.key = ("unknown", call, from_args)
        self.size = 1


class Origin:
    """Where an alternative was decided.

    `span` is the deciding expression, None until one uses it (a value that a
    pattern merely narrowed). `call` is the library call it comes from and
    `step` its record; `implicit` names the construct that yields it because
    a branch was not written. `handler` is the failure handler it was written
    in. `function` is `name/arity` of the function that holds the span. `source`
    is where an implicit value came from. `fresh` is the place of something that
    is new on every attempt, when the value is made from it; `relative` says whose
    field, and which, the value adds to; `on_new` marks what a function made of a
    struct that was written down at the call; `words` are those of the expression
    that made it, and `conditions` what had to hold for it to be made. `arg` is the key of the
    job's args whose value it is, unchanged. `trail` names the function of another file that
    it came from, with its place.
    """

    __slots__ = (
        "span", "call", "step", "implicit", "handler", "function", "literal", "source", "fresh",
        "relative", "on_new", "words", "conditions", "arg", "trail",
    )  # fmt: skip

    def __init__(
        self,
        span: Span | None,
        function: str = "",
        call: str | None = None,
        step: object = None,
        implicit: str | None = None,
        handler: object = None,
        literal: bool = False,
        source: Origin | None = None,
        fresh: Span | str | None = None,
    ) -> None:
        self.span = span
        self.function = function
        self.call = call
        self.step = step
        self.implicit = implicit
        self.handler = handler
        self.literal = literal
        self.source = source
        self.fresh = fresh
        self.relative: tuple[str | None, str] | None = None
        self.on_new = False
        self.words: frozenset[str] = frozenset()
        self.arg: str | None = None
        self.conditions: tuple = ()
        self.trail: Trail | None = None


class Trail:
    """A function of another file, `Shop.Billing.sync/1`, and where it stands."""

    __slots__ = ("name", "path", "line")

    def __init__(self, name: str, path: str, line: int) -> None:
        self.name = name
        self.path = path
        self.line = line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trail) and (self.name, self.path) == (other.name, other.path)

    def __hash__(self) -> int:
        return hash((self.name, self.path))

    def __str__(self) -> str:
        return f"`{self.name}` ({self.path}:{self.line})"


class Alt:
    __slots__ = ("shape", "origin")

    def __init__(self, shape: Shape, origin: Origin) -> None:
        self.shape = shape
        self.origin = origin

    def __repr__(self) -> str:
        return f"{self.shape!r}@{self.origin.span}"


Value = tuple  # of Alt

NEVER: Value = ()
NOWHERE = Origin(None)
MOST_ALTERNATIVES = 300
MOST_PARTS = 400

NIL, TRUE, FALSE, OK = Atom("nil"), Atom("true"), Atom("false"), Atom("ok")
FALSY = frozenset(("nil", "false"))


def one(shape: Shape, origin: Origin = NOWHERE) -> Value:
    return (Alt(shape, origin),)


def of(*shapes: Shape) -> Value:
    return tuple(Alt(shape, NOWHERE) for shape in shapes)


def size_of(value: Value) -> int:
    """How many shapes a value is made of."""
    if len(value) == 1:
        return value[0].shape.size
    return sum(alt.shape.size for alt in value)


def value_key(value: Value) -> tuple:
    """Equal for values of the same shapes, whatever their order."""
    if len(value) == 1:
        return (value[0].shape.key,)
    return tuple(sorted([alt.shape.key for alt in value], key=hash))


def _fields_key(fields: dict) -> frozenset:
    return frozenset([(key, value_key(value)) for key, value in fields.items()])


def join(*values: Value) -> Value:
    """All alternatives of several values; one entry per shape and deciding place."""
    if len(values) == 1:
        return values[0]
    values = [v for v in values if v]
    if not values:
        return NEVER
    if len(values) == 1:
        return values[0]
    seen, found = set(), []
    for value in values:
        for alt in value:
            mark = (alt.shape.key, alt.origin.span, alt.origin.implicit, alt.origin.arg)
            if mark not in seen:
                seen.add(mark)
                found.append(alt)
    if len(found) > MOST_ALTERNATIVES:
        return one(Unknown())
    return tuple(found)


def only(value: Value) -> Shape | None:
    """The shape, where all alternatives agree on one."""
    if not value:
        return None
    first = value[0].shape
    if len(value) == 1:
        return first
    return first if all(alt.shape.key == first.key for alt in value[1:]) else None


def only_atom(value: Value) -> str | None:
    shape = only(value)
    return shape.name if isinstance(shape, Atom) else None


def is_unknown(value: Value) -> bool:
    return any(isinstance(alt.shape, Unknown) for alt in value)


def is_written(value: Value) -> bool:
    """Whether a value is one literal, all of whose parts are known."""
    shape = only(value)
    if isinstance(shape, Atom):
        return shape.name is not None
    if isinstance(shape, (Text, Int, Float)):
        return shape.value is not None
    if isinstance(shape, Map):
        return not shape.open and all(map(is_written, shape.fields.values()))
    if isinstance(shape, (Tup, Seq)):
        return shape.items is not None and all(map(is_written, shape.items))
    return False


def expand(shape: Shape, limit: int = 16) -> list[Shape]:
    """A tuple whose items have several alternatives, as the tuples it stands for."""
    if not isinstance(shape, Tup) or all(len(item) == 1 for item in shape.items):
        return [shape]
    rows: list[tuple[Value, ...]] = [()]
    for item in shape.items:
        if len(rows) * max(1, len(item)) > limit:
            return [shape]
        rows = [(*row, (alt,)) for row in rows for alt in item]
    return [Tup(row) for row in rows]
