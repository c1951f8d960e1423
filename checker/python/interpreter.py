"""Follows a Python function: what it can return, what it does to the world, in which order.

An abstract interpreter over libcst's tree. What cannot be decided is unknown, and a function
that is too large to follow leaves everything unknown.
"""

from __future__ import annotations

import libcst as cst

from checker.model.shape import NEVER, NIL, Alt, Origin, Span, Trail, Value, join, one
from checker.model.worker import Drop, Handler, Raise, Step
from checker.python.calling import Calling, Given
from checker.python.changes import Changes
from checker.python.conditions import Conditions
from checker.python.expressions import Expressions
from checker.python.names import ClassDefinition, File, FunctionDefinition
from checker.python.scope import Env, Frame, Scope
from checker.python.shapes import Class, Coroutine, unknown
from checker.python.statements import Statements

FUEL = 36_000  # nodes looked at
MOST_DEEP = 8  # calls within calls


class Raised(Raise):
    """A `raise`: `value` is the exception, None of a bare one; `handler` it stands in."""

    __slots__ = ("value", "handler", "words", "untraced")

    def __init__(self, span: Span, function: str, value: Value | None, handler) -> None:
        super().__init__(span, function)
        self.value = value
        self.handler = handler
        self.untraced = False


class Interpreter(Expressions, Calling, Conditions, Statements, Changes):
    """Follows functions of `file`; `project` (or None) finds those of other files.

    Everything it finds is in the dictionaries below, by place.
    """

    def __init__(self, file: File, library, project=None) -> None:
        self.file = file
        self.library = library
        self.project = project
        self.fuel = FUEL
        self.steps: dict[tuple, Step] = {}
        self.handlers: dict[Span, Handler] = {}
        self.raised: dict[Span, Raised] = {}
        self.drops: dict[Span, Drop] = {}
        self.coroutines: dict[Span, Coroutine] = {}
        self.awaited: set[Span] = set()
        self.jobs: dict[Span, object] = {}
        self.called_jobs: dict[Span, str] = {}
        self.definitions: dict[str, ClassDefinition] = {}
        self.trails: dict[Span, Trail] = {}
        self.mentions: set[str] = set()
        self.changed: dict[int, tuple] = {}
        self.assigned: set[str] = set()
        self.shared: set[str] = set()
        self._following: list = []
        self._classes: dict[tuple, Class] = {}
        self._asked_steps: list | None = None

    # -- places ----------------------------------------------------------------------

    def place(self, node: cst.CSTNode, scope: Scope) -> Span:
        """Where a node stands; for one of another file, where the call stands that leads there."""
        if scope.frame.site is not None:
            return scope.frame.site[0]
        return scope.frame.file.tree.spans.get(node, (0, 0))

    def origin(self, node: cst.CSTNode, scope: Scope, **known) -> Origin:
        found = Origin(self.place(node, scope), scope.function, handler=scope.handler, **known)
        if scope.frame.site is not None:
            found.trail = scope.frame.site[1]
        return found

    def unknown(self, node: cst.CSTNode, scope: Scope, call: str | None = None) -> Value:
        return unknown(call, self.origin(node, scope, call=call))

    def burn(self) -> bool:
        """Use up some fuel; False when there is none left."""
        self.fuel -= 1
        return self.fuel > 0

    # -- functions -------------------------------------------------------------------

    def run(self, function: FunctionDefinition, given: dict[str, Value]) -> Value:
        """What a function of the file returns, called with some parameters given."""
        frame = Frame(function.file, function.owner, function.label, None, 0)
        frame.is_async = function.is_async
        variables = self.parameters(function.node.params, frame)
        variables.update(given)
        return self.body(function, Env(variables), frame)

    def body(self, function: FunctionDefinition, env: Env, frame: Frame) -> Value:
        """Follow a function's body; `env` holds its parameters, and is the way after it."""
        self._following.append(function.node)
        scope = Scope(frame)
        try:
            after = self.block(function.node.body, env, scope)
        finally:
            self._following.pop()
        if after is not None:
            self._falls_off(function, after, frame, scope)
            env.take(after)
        return join(*frame.returns) if frame.returns else NEVER

    def _falls_off(self, function, after: Env, frame: Frame, scope: Scope) -> None:
        """The None of a function that ends without a `return`, once for each way there."""
        for end in after.ends:
            origin = Origin(None, frame.label, implicit="def")
            origin.conditions = after.conditions
            if end is not None:
                origin = Origin(end[1], frame.label, implicit="except", handler=end[0])
            if frame.site is not None:
                origin.span, origin.trail = frame.site
            elif origin.span is None:
                origin.source = Origin(frame.file.tree.spans.get(function.node.name, (0, 0)))
            frame.returns.append(one(NIL, origin))

    def parameters(self, params: cst.Parameters, frame: Frame) -> dict[str, Value]:
        """Every parameter, of which nothing is known."""
        found: dict[str, Value] = {}
        for param in all_parameters(params):
            name = param.name.value
            origin = Origin(None, frame.label)
            origin.words = frozenset((name,))
            found[name] = unknown(None, origin)
        return found

    def instance(self, definition: ClassDefinition) -> Value:
        """An instance of a class, made without arguments."""
        frame = Frame(definition.file, None, "", None, 0)
        value = self._made(definition, Given(), definition.node.name, Env({}), Scope(frame))
        return tuple(Alt(alt.shape, Origin(None)) for alt in value)

    def class_value(self, definition: ClassDefinition) -> Class:
        key = (definition.path, definition.name)
        if key not in self._classes:
            self._classes[key] = Class(definition, None)
        return self._classes[key]

    def is_following(self, node: cst.CSTNode) -> bool:
        return any(node is followed for followed in self._following)

    def handler_tail(self, handler: Handler, value: Value) -> None:
        handler.tail = join(handler.tail, value)


def all_parameters(params: cst.Parameters) -> list[cst.Param]:
    """Every parameter, `*args` and `**kwargs` too."""
    found = [*params.posonly_params, *params.params, *params.kwonly_params]
    for star in (params.star_arg, params.star_kwarg):
        if isinstance(star, cst.Param):
            found.append(star)
    return found


__all__ = ["Alt", "Interpreter", "Raised", "all_parameters"]
