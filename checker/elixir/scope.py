"""Where evaluation stands: variables, and what encloses the expression."""

from __future__ import annotations

from checker.model.shape import Origin, Value, join


class Env:
    """Variables and the effects that ran before on this way (`done`: steps).

    `bindings` counts the matches that gave variables a value here.
    """

    __slots__ = ("vars", "done", "bindings")

    def __init__(self, variables: dict[str, Value], done: frozenset) -> None:
        self.vars = variables
        self.done = done
        self.bindings = 0

    def copy(self) -> Env:
        return Env(dict(self.vars), self.done)

    def merge(self, *others: Env) -> None:
        """Continue after branches: variables keep what they were, effects add up."""
        for other in others:
            self.done = self.done | other.done

    def adopt(self, branches: list[Env]) -> None:
        """Continue after the ways a condition can have gone, with what it bound."""
        if not branches:
            return
        names = set(branches[0].vars)
        for branch in branches[1:]:
            names &= set(branch.vars)
        self.vars = {name: join(*(b.vars[name] for b in branches)) for name in names}
        self.merge(*branches)


class Scope:
    """What encloses an expression; replaced, never changed.

    `function` labels the function, `conditions` decided that we are here,
    `catches` is how many `catch` clauses would take a throw, `transaction` and
    `loop` what we run inside of, `handler` the failure being dealt with, `cleanup`
    whether it is the `after` of a try.
    """

    __slots__ = (
        "module", "function", "conditions", "loop", "transaction", "handler", "catching", "depth",
        "aliases", "rescues", "cleanup",
    )  # fmt: skip

    def __init__(self, module, function: str) -> None:
        self.module = module
        self.function = function
        self.conditions: tuple = ()
        self.loop = False
        self.transaction = None
        self.handler = None
        self.catching: tuple = ()
        self.rescues: tuple = ()
        self.depth = 0
        self.aliases: dict[str, str] | None = None
        self.cleanup = False

    def with_(self, **changes: object) -> Scope:
        new = Scope.__new__(Scope)
        new.module = self.module
        new.function = self.function
        new.conditions = self.conditions
        new.loop = self.loop
        new.transaction = self.transaction
        new.handler = self.handler
        new.catching = self.catching
        new.rescues = self.rescues
        new.depth = self.depth
        new.aliases = self.aliases
        new.cleanup = self.cleanup
        for name, value in changes.items():
            setattr(new, name, value)
        return new

    def resolve(self, written: str) -> str:
        if self.aliases:
            first, dot, rest = written.partition(".")
            if first in self.aliases:
                return self.aliases[first] + dot + rest
        return self.module.resolve(written)


class Transaction:
    """A running transaction: the reasons it can be rolled back with."""

    __slots__ = ("rollbacks",)

    def __init__(self) -> None:
        self.rollbacks: list[tuple[Value, Origin]] = []  # and where
