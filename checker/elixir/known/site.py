"""A call as the functions that follow it see it."""

from __future__ import annotations

from checker.elixir.asked import item_words
from checker.elixir.constructs import element_of
from checker.elixir.patterns import ANY
from checker.model.shape import (
    Alt,
    Func,
    Origin,
    Seq,
    Tup,
    Value,
    only_atom,
)


class CallSite:
    """A remote call with its evaluated arguments, and where it stands.

    `entry` is its row of the library table, or None.
    """

    __slots__ = ("interpreter", "node", "module", "args", "entry", "env", "scope")

    def __init__(self, interpreter, node, module: str, args: list[Value], entry, env, scope):
        self.interpreter = interpreter
        self.node = node
        self.module = module
        self.args = args
        self.entry = entry
        self.env = env
        self.scope = scope

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.node.name}"

    def origin(self, call: str | None = None, **more: object) -> Origin:
        return self.interpreter.origin(self.node, self.scope, call=call, **more)

    def unknown(self, call: str | None = None) -> Value:
        return self.interpreter.unknown(self.node, self.scope, call)

    def library(self) -> Value:
        """What the table says, or unknown."""
        if self.entry is None:
            self.interpreter.escape(*self.args)
            return self.unknown()
        return self.interpreter.library_call(self.node, self.module, self.args, self.entry,
                                             self.env, self.scope)  # fmt: skip

    def step(self, *traits: str):
        """The record of this call, with these traits besides the table's."""
        own = frozenset(traits)
        if self.entry is not None:
            own |= self.entry.traits
        return self.interpreter.step(
            self.full_name, own, self.node, self.args, self.env, self.scope
        )

    def recorded(self):
        """The record that `library` made of this call, or None."""
        return self.interpreter.steps.get((self.node.span, self.full_name))

    def run(self, function: Value, args: list[Value], scope=None) -> Value:
        return self.interpreter.call_value(function, args, self.env, scope or self.scope, self.node)

    def anything(self, function: Value) -> list[Value]:
        """Arguments of which nothing is known, as many as a function takes."""
        arities = [a.shape.arity or 0 for a in function if isinstance(a.shape, Func)]
        return [ANY] * max(arities, default=0)

    def items(self) -> Value:
        """What one item of the first argument looks like; empty when it has none."""
        return element_of(self.args[0]) if self.args else ANY

    def picked(self, items: Value) -> Value:
        """Items as what this call answers."""
        found = []
        for alt in items:
            origin = Origin(None, call=self.full_name, step=alt.origin.step)
            origin.fresh, origin.words = alt.origin.fresh, alt.origin.words
            found.append(Alt(alt.shape, origin))
        return self.interpreter.placed(tuple(found), self.node, self.scope)

    def item_scope(self):
        """The scope of what runs once per item of the first argument."""
        return self.interpreter.item_scope(self.scope, self.node.args[0], self.args[0])

    def collected(self) -> Origin:
        """The origin of a collection made from the first argument."""
        origin = self.origin("Stream" if self.module == "Stream" else f"Enum.{self.name}")
        origin.words = item_words(self.node, self.args[0])
        return origin


def is_function(value: Value) -> bool:
    return any(isinstance(alt.shape, Func) for alt in value)


def keyword_options(args: list[Value]) -> dict[str, Value]:
    """The options of a call, as far as they are known: its last argument, when a keyword list."""
    options: dict[str, Value] = {}
    for alt in args[-1] if args else ():
        shape = alt.shape
        if not isinstance(shape, Seq):
            continue
        for item in shape.items if shape.items is not None else [shape.element]:
            for inner in item:
                pair = inner.shape
                if isinstance(pair, Tup) and len(pair.items) == 2:
                    name = only_atom(pair.items[0])
                    if name is not None:
                        options[name] = pair.items[1]
    return options
