"""Calls into other modules of the project: what they give, seen from the call.

The other file's function is followed like one of this file, then everything that came
from there gets the call as its place, since findings lie in the file that is checked.
"""

from __future__ import annotations

from checker.elixir.known.processes import Boundary
from checker.elixir.scope import Env, Scope
from checker.elixir.specs import spec_value
from checker.model.shape import (
    NEVER,
    Alt,
    Func,
    Map,
    Opaque,
    Origin,
    Seq,
    Shape,
    Struct,
    Trail,
    Tup,
    Unknown,
    Value,
    value_key,
)  # fmt: skip
from checker.model.worker import Condition, Context, Step, Throw

FUEL = 6_000
MOST_FILES_DEEP = 3
MOST_REMEMBERED = 500


class Foreign:
    """A function of another file, with all modules of that file, and where it stands."""

    __slots__ = ("function", "modules", "path", "line")

    def __init__(self, function, modules: dict, path: str, line: int) -> None:
        self.function = function
        self.modules = modules
        self.path = path
        self.line = line

    @property
    def name(self) -> str:
        return f"{self.function.module.name}.{self.function.name}"

    @property
    def trail(self) -> Trail:
        return Trail(f"{self.function.module.name}.{self.function.label}", self.path, self.line)


class OtherFiles:
    """What the project's other files tell; remembers what following their functions gave.

    `find` takes module, name and arity and gives a Foreign or None; `wrapper` and `worker`
    take a module's name and give a Wrapper, a Worker, or None.
    """

    def __init__(self, find, wrapper, worker) -> None:
        self.find = find
        self.wrapper = wrapper
        self.worker = worker
        self._runs: dict[tuple, tuple] = {}

    def run(self, interpreter, foreign: Foreign, args: list[Value]) -> tuple:
        """A finished interpreter of the other file, and the function's value there."""
        # Also by the way here: a function on it is not followed a second time.
        key = (foreign.path, foreign.name, tuple(map(value_key, args)), interpreter.way)
        if key in self._runs:
            return self._runs[key]
        below = interpreter.below(foreign)
        value = below.run(foreign.function, args)
        if len(self._runs) < MOST_REMEMBERED and not any(map(_has_function, args)):
            self._runs[key] = (below, value)
        return below, value


def _has_function(value: Value) -> bool:
    """Two functions of different files may look the same."""
    return any(isinstance(alt.shape, Func) for alt in value)


def follow(interpreter, foreign: Foreign, node, args: list[Value], env: Env, scope: Scope) -> Value:
    """What a call into another file gives: what following it says, else its `@spec`."""
    move = _Move(interpreter, foreign, node, env, scope)
    too_deep = len(interpreter.way) >= MOST_FILES_DEEP or interpreter.is_inside(foreign)
    if too_deep or interpreter.fuel < FUEL // 4:
        return move.specified()
    below, value = interpreter.others.run(interpreter, foreign, [_given(arg) for arg in args])
    interpreter.fuel -= max(0, FUEL - below.fuel) // 8
    if below.fuel < 0:
        return move.specified()
    moved = move.all(below, value)
    nothing_known = value and all(isinstance(alt.shape, Unknown) for alt in value)
    return move.specified() if nothing_known else moved


def _given(value: Value) -> Value:
    """An argument without places, which mean nothing in another file."""
    return tuple(
        Alt(alt.shape, Origin(None, call=alt.origin.call, step=alt.origin.step)) for alt in value
    )


class _Move:
    """Moves what a run in another file found to the call that led there."""

    def __init__(self, interpreter, foreign: Foreign, node, env: Env, scope: Scope) -> None:
        self.interpreter = interpreter
        self.foreign = foreign
        self.node = node
        self.env = env
        self.scope = scope
        self.steps: dict[int, Step] = {}
        self._moved: dict[int, Value] = {}
        interpreter.trails[node.span] = foreign.trail

    def all(self, below, value: Value) -> Value:
        for step in below.steps.values():
            self._step(step)
        for step in below.steps.values():
            self._contexts(step)
        if below.raises:
            self.interpreter.may_raise(self.node.span, self.scope)
        for throw in below.throws.values():
            key = (self.node.span, throw.span)
            moved = Throw(throw.kind, self.node.span, self.value(throw.value), self.scope.function)
            self.interpreter.throws.setdefault(key, moved)
        self.env.done = self.env.done | frozenset(self.steps.values())
        self.interpreter.unknowns += below.unknowns
        return self.value(value) if value else NEVER

    def specified(self) -> Value:
        """What the function's spec allows; unknown without one."""
        function = self.foreign.function
        value = spec_value(function.module, function.name, function.arity)
        if value is None:
            return self.interpreter.unknown(self.node, self.scope, self.foreign.name)
        return self.value(value)

    def value(self, value: Value) -> Value:
        found = self._moved.get(id(value))
        if found is None:
            found = self._moved[id(value)] = tuple(map(self._alt, value))
        return found

    def _alt(self, alt: Alt) -> Alt:
        old = alt.origin
        new = self.interpreter.origin(self.node, self.scope, call=old.call)
        new.step = self.steps.get(id(old.step), old.step)
        new.fresh = self.node.span if old.fresh else None
        new.words = old.words
        new.trail = old.trail or self.foreign.trail
        return Alt(self._shape(alt.shape), new)

    def _shape(self, shape: Shape) -> Shape:
        if isinstance(shape, Tup):
            return Tup(tuple(map(self.value, shape.items)))
        if isinstance(shape, Seq):
            if shape.items is not None:
                return Seq(tuple(map(self.value, shape.items)))
            return Seq(None, self.value(shape.element), shape.nonempty)
        if isinstance(shape, Map):
            return Map(self._fields(shape.fields), shape.open)
        if isinstance(shape, Struct):
            step = self.steps.get(id(shape.step), shape.step)
            result = None if shape.result is None else self.value(shape.result)
            return Struct(shape.name, self._fields(shape.fields), step, result)
        if isinstance(shape, Opaque):
            return Opaque(shape.kind, self.value(shape.element))
        return shape

    def _fields(self, fields: dict) -> dict:
        return {key: self.value(value) for key, value in fields.items()}

    def _step(self, step: Step) -> None:
        key = (self.node.span, step.call, step.span)
        moved = self.interpreter.steps.get(key)
        if moved is None:
            moved = Step(step.call, step.traits, self.node.span, self.scope.function)
            moved.order = len(self.interpreter.steps)
            moved.trail = step.trail or self.foreign.trail
            self.interpreter.steps[key] = moved
        self.steps[id(step)] = moved

    def _contexts(self, step: Step) -> None:
        """With what decided, in this file, that the call is made."""
        moved, scope = self.steps[id(step)], self.scope
        moved.args = [self.value(arg) for arg in step.args]
        moved.options = {name: self.value(value) for name, value in step.options.items()}
        moved.result = self.value(step.result)
        moved.reads, moved.words = step.reads, step.words
        moved.escapes = True  # what its answer is matched with stands in the other file
        for context in step.contexts:
            before = frozenset(self.steps.get(id(other), other) for other in context.before)
            moved.contexts.append(
                Context(
                    (*scope.conditions, *map(self._condition, context.conditions)),
                    scope.loop or context.loop,
                    scope.transaction is not None or context.transaction,
                    context.handler or scope.handler,
                    self.env.done | before,
                    (*scope.rescues, *context.rescues),
                    context.apart or any(isinstance(c, Boundary) for c in scope.catching),
                )
            )

    def _condition(self, condition: Condition) -> Condition:
        steps = tuple(self.steps.get(id(step), step) for step in condition.steps)
        return Condition(
            self.node.span, condition.names, steps, condition.absent, condition.counts,
            condition.in_loop,
        )  # fmt: skip
