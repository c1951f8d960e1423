"""What Python statements do: the ways through a function, and what each returns."""

from __future__ import annotations

import libcst as cst

from checker.model.shape import (
    NEVER,
    NIL,
    Alt,
    Map,
    Opaque,
    Origin,
    Seq,
    Struct,
    Tup,
    Unknown,
    Value,
    join,
    one,
    only,
    value_key,
)  # fmt: skip
from checker.model.worker import Drop, Handler
from checker.python.calling import PLAIN_DECORATORS
from checker.python.expressions import conditioned, field_key, words_of
from checker.python.names import FunctionDefinition, imported, own_nodes, statements
from checker.python.scope import Env, Exits, Scope, merged
from checker.python.shapes import JOB, SWALLOWING, Coroutine, Ref, unknown

BLANKET = frozenset(("builtins.Exception", "builtins.BaseException"))
STACKS = frozenset(("contextlib.ExitStack", "contextlib.AsyncExitStack"))
TURNS, TURNS_WITHIN = 3, 2  # of a loop, and of one in it; in the last what they set is unknown
CANCELLATION = frozenset(("builtins.BaseException", "asyncio.CancelledError"))


class Statements:
    """The part of the interpreter that follows statements.

    Each gives the way after it, None when there is none.
    """

    def block(self, body, env: Env, scope: Scope) -> Env | None:
        for statement in statements(body):
            if not self.burn():
                return env
            method = getattr(self, "_do_" + type(statement).__name__, None)
            if method is None:
                continue
            if not isinstance(statement, cst.Return):
                env.ends = (None,)  # something is done after an `except` body, perhaps about it
            way = method(statement, env, scope)
            if way is None:
                return None
            env = way
        return env

    # -- simple ones -----------------------------------------------------------------

    def _do_Expr(self, node, env: Env, scope: Scope) -> Env | None:
        value = self.eval(node.value, env, scope)
        shape = only(value)
        if isinstance(shape, Struct) and shape.name == JOB and isinstance(node.value, cst.Call):
            self.drop_job(self.place(node.value, scope))
        if scope.frame.site is None and any(alt.origin.step is not None for alt in value):
            place = self.place(node.value, scope)
            self.drops[place] = Drop(place, value, scope.function, scope.loop, False)
        return env if value != NEVER else None

    def _do_Assign(self, node, env: Env, scope: Scope) -> Env | None:
        value = self.eval(node.value, env, scope)
        if value == NEVER:
            return None
        for target in node.targets:
            self.bind(target.target, value, env, scope)
        return env

    def _do_AnnAssign(self, node, env: Env, scope: Scope) -> Env | None:
        if node.value is not None:
            value = self.eval(node.value, env, scope)
            if value == NEVER:
                return None
            self.bind(node.target, value, env, scope)
        return env

    def _do_AugAssign(self, node, env: Env, scope: Scope) -> Env | None:
        value = self.eval(node.value, env, scope)
        self.change(self.eval(node.target, env, scope))
        words = words_of(node.value) | words_of(node.target)
        origin = self.origin(node, scope)
        origin.words = words
        self.bind(node.target, one(Unknown(), origin), env, scope)
        self.use(value, env, scope)
        return env

    def _do_Return(self, node, env: Env, scope: Scope) -> Env | None:
        if node.value is None:
            value: Value = one(NIL, self.origin(node, scope, literal=True))
        else:
            value = self.eval(node.value, env, scope)
            if isinstance(node.value, (cst.Call, cst.Await)):
                env.ends = (None,)
        value = self._returned(value, node, env, scope)
        if scope.handler is not None:
            self.handler_tail(scope.handler, value)
        scope.frame.returns.append(conditioned(value, env))
        return None

    def _returned(self, value: Value, node, env: Env, scope: Scope) -> Value:
        """A None that is returned right after an `except` body is that body's end."""
        ends = [end for end in env.ends if end is not None]
        if not ends or node.value is not None and only(value) != NIL:
            return value
        found = list(value)
        for handler, span in ends:
            origin = Origin(span, scope.function, implicit="except", handler=handler)
            if scope.frame.site is not None:
                origin.span, origin.trail = scope.frame.site
            found.append(Alt(NIL, origin))
        return tuple(found)

    def _do_Raise(self, node, env: Env, scope: Scope) -> Env | None:
        from checker.python.interpreter import Raised

        value = None
        if node.exc is not None:
            value = self.eval(node.exc, env, scope)
        if scope.handler is not None:
            scope.handler.reraises = True
        if not self._caught(value, scope):
            place = self.place(node, scope)
            raised = Raised(place, scope.function, value, scope.handler)
            raised.untraced = _is_from_none(node)
            raised.words = frozenset().union(*(c.names for c in env.conditions), ())
            self.raised.setdefault(place, raised)
        return None

    def _caught(self, value: Value | None, scope: Scope) -> bool:
        if value is None:
            return False
        if BLANKET & set(scope.rescues):
            return True
        shape = only(value)
        name = shape.name if isinstance(shape, (Struct, Ref)) else None
        return name in scope.rescues

    def _do_Assert(self, node, env: Env, scope: Scope) -> Env | None:
        holds, _fails = self.branch(node.test, env, scope)
        return holds

    def _do_Import(self, node, env: Env, scope: Scope) -> Env:
        return self._do_ImportFrom(node, env, scope)

    def _do_ImportFrom(self, node, env: Env, scope: Scope) -> Env:
        for name, full in imported(node, scope.frame.file._package):
            if name != "*":
                self.assign(name, self.reference(full, node, scope), env, scope)
        return env

    def _do_FunctionDef(self, node, env: Env, scope: Scope) -> Env:
        definition = FunctionDefinition(node, None, scope.frame.file, scope.function)
        self.shares(node)
        scope.frame.lends = True
        function = self.function_value(definition, env)
        known = all(name in PLAIN_DECORATORS for name in definition.decorators)
        held = one(function, self.origin(node, scope)) if known else self.unknown(node, scope)
        self.assign(node.name.value, held, env, scope)
        return env

    def _do_ClassDef(self, node, env: Env, scope: Scope) -> Env:
        self.assign(node.name.value, self.unknown(node, scope), env, scope)
        return env

    def _do_Del(self, node, env: Env, scope: Scope) -> Env:
        targets = node.target
        listed = targets.elements if isinstance(targets, (cst.Tuple, cst.List)) else None
        for target in [e.value for e in listed] if listed is not None else [targets]:
            if isinstance(target, (cst.Subscript, cst.Attribute)):
                self.change(self.eval(target.value, env, scope))
            elif isinstance(target, cst.Name):
                env.vars.pop(target.value, None)
        return env

    def _do_Break(self, node, env: Env, scope: Scope) -> None:
        if scope.exits is not None:
            scope.exits.breaks.append(env)

    def _do_Continue(self, node, env: Env, scope: Scope) -> None:
        if scope.exits is not None:
            scope.exits.continues.append(env)

    # -- branches --------------------------------------------------------------------

    def _do_If(self, node, env: Env, scope: Scope) -> Env | None:
        holds, fails = self.branch(node.test, env, scope)
        ways = [self.block(node.body, holds, scope) if holds is not None else None]
        if fails is not None and isinstance(node.orelse, cst.If):
            fails = self._do_If(node.orelse, fails, scope)
        elif fails is not None and node.orelse is not None:
            fails = self.block(node.orelse.body, fails, scope)
        return merged([*ways, fails])

    def _do_Match(self, node, env: Env, scope: Scope) -> Env | None:
        subject = self.eval(node.subject, env, scope)
        ways, rest = [], env
        for case in node.cases:
            inner = rest.copy()
            self._bind_pattern(case.pattern, subject, inner, scope)
            asked = self.condition(node.subject, inner, scope, [], absent=_is_nothing(case.pattern))
            inner.conditions += (asked,)
            self._leaks(inner, rest, scope)
            if case.guard is not None:
                inner, _fails = self.branch(case.guard, inner, scope)
            if inner is not None:
                ways.append(self.block(case.body, inner, scope))
            if _takes_all(case.pattern) and case.guard is None:
                return merged(ways)
        return merged([*ways, rest])

    def _leaks(self, inner: Env, rest: Env, scope: Scope) -> None:
        """What a pattern binds stays bound, though the case may not be taken."""
        for name, value in inner.vars.items():
            held = rest.vars.get(name)
            if held is not value:
                rest.vars[name] = join(held or NEVER, value)

    def _bind_pattern(self, pattern, subject: Value, env: Env, scope: Scope) -> None:
        if isinstance(pattern, cst.MatchAs) and pattern.name is not None:
            held = subject if pattern.pattern is None else unknown()
            self.assign(pattern.name.value, held, env, scope)
        for inner in pattern.children:
            if isinstance(inner, (cst.MatchStar, cst.MatchMapping)):
                name = getattr(inner, "name", None) or getattr(inner, "rest", None)
                if isinstance(name, cst.Name):
                    self.assign(name.value, unknown(), env, scope)
            if not isinstance(inner, cst.Name):
                self._bind_inner(inner, env, scope)

    def _bind_inner(self, node, env: Env, scope: Scope) -> None:
        if isinstance(node, cst.MatchAs) and node.name is not None:
            self.assign(node.name.value, unknown(), env, scope)
        for inner in node.children:
            self._bind_inner(inner, env, scope)

    # -- loops -----------------------------------------------------------------------

    def _do_For(self, node, env: Env, scope: Scope) -> Env | None:
        items = self.eval(node.iter, env, scope)
        if items == NEVER:
            return None
        chosen = self.chosen(node.iter, items, env, scope)
        item = self.item_of(items, node.iter, scope)
        exits, given = Exits(), {}
        inner = scope.with_(loop=True, exits=exits, watching=(*scope.watching, given))
        begins = env
        turns = TURNS_WITHIN if scope.loop else TURNS
        for turn in range(turns):  # the next time with what the one before left
            way = begins.copy()
            way.conditions += chosen
            self.bind(node.target, item, way, inner)
            after = self.block(node.body, way, inner)
            again = merged([begins, after, *exits.continues])
            if self.fuel < 0 or not self._goes_on(begins, again, turn + 2 == turns, given):
                begins = again
                break
            begins = again
        begins.conditions = env.conditions
        return self._after_loop(node, begins, exits, scope)

    def _after_loop(self, node, ended: Env | None, exits: Exits, scope: Scope) -> Env | None:
        if ended is not None and node.orelse is not None:
            ended = self.block(node.orelse.body, ended, scope)
        return merged([ended, *exits.breaks])

    def _do_While(self, node, env: Env, scope: Scope) -> Env | None:
        exits, given = Exits(), {}
        inner = scope.with_(loop=True, exits=exits, watching=(*scope.watching, given))
        begins, ended = env, None
        turns = TURNS_WITHIN if scope.loop else TURNS
        for turn in range(turns):
            holds, ended = self.branch(node.test, begins, scope)
            if holds is None:
                break
            after = self.block(node.body, holds, inner)
            again = merged([begins, after, *exits.continues])
            if self.fuel < 0 or not self._goes_on(begins, again, turn + 2 == turns, given):
                break
            begins = again
        if ended is not None:
            ended.vars = {**begins.vars, **again.vars} if holds is not None else ended.vars
            ended.done = begins.done | (again.done if holds is not None else frozenset())
        return self._after_loop(node, ended, exits, scope)

    def _goes_on(self, before: Env, after: Env, is_last: bool, given: dict) -> bool:
        """Whether another turn of a loop may tell more; for the last one what is set is unknown."""
        changes = any(
            name not in before.vars or value_key(before.vars[name]) != value_key(value)
            for name, value in after.vars.items()
        )
        if changes and is_last:
            after.vars |= {name: unknown() for name in given if name in after.vars}
        return changes

    # -- with ------------------------------------------------------------------------

    def _do_With(self, node, env: Env, scope: Scope) -> Env | None:
        inner = scope
        tasks: list[Value] = []
        suppressed = False
        given: dict[str, Value] = {}
        for item in node.items:
            value = self.eval(item.item, env, scope)
            if value == NEVER:
                return None
            if self.is_transaction(item.item, value):
                inner = inner.with_(transaction=node)
            names = self._suppressed(item.item, value, scope)
            if names:
                suppressed = True
                inner = inner.with_(
                    rescues=(*inner.rescues, *names), watching=(*scope.watching, given)
                )
            entered = self.entered(value, item.item, node.asynchronous is not None, env, scope)
            tasks.append(entered)
            if item.asname is not None:
                self.bind(item.asname.name, entered, env, scope)
        before = env.copy()
        after = self.block(node.body, env, inner)
        return merged([after, _whenever(before, given)]) if suppressed else after

    def _suppressed(self, node, value: Value, scope: Scope) -> tuple[str, ...]:
        """The exceptions that `contextlib.suppress(…)` keeps back, or an own manager may."""
        if not isinstance(node, cst.Call):
            return ()
        if scope.frame.file.dotted(node.func) in STACKS or any(map(self._may_swallow, value)):
            return ("builtins.BaseException",)
        if scope.frame.file.dotted(node.func) != "contextlib.suppress":
            return ()
        return tuple(scope.frame.file.dotted(arg.value) or "" for arg in node.args)

    def _may_swallow(self, alt: Alt) -> bool:
        """Whether a manager of the project keeps exceptions back, as far as its code tells."""
        shape = alt.shape
        if isinstance(shape, Opaque):
            return shape.kind == SWALLOWING
        definition = self.definition_of(shape) if isinstance(shape, Struct) else None
        for name in ("__exit__", "__aexit__") if definition is not None else ():
            method = self.method(definition, name)
            if method is not None and any(map(_returns_something, own_nodes(method.node.body))):
                return True
        return False

    # -- try -------------------------------------------------------------------------

    def _do_TryStar(self, node, env: Env, scope: Scope) -> Env | None:
        return self._do_Try(node, env, scope)

    def _do_Try(self, node, env: Env, scope: Scope) -> Env | None:
        if node.finalbody is not None:
            return self._with_finally(node, env, scope)
        before = env.copy()
        names = [self.exceptions(handler, env, scope) for handler in node.handlers]
        rescued = tuple(name for group in names for name in group)
        given: dict[str, Value] = {}
        inner = scope.with_(
            rescues=(*scope.rescues, *rescued), watching=(*scope.watching, given)
        )
        after = self.block(node.body, env, inner)
        failed = _whenever(before, given)
        failed.done = failed.done | env.done
        failed.conditions = before.conditions
        if after is not None and node.orelse is not None:
            after = self.block(node.orelse.body, after, scope)
        ways = [after]
        for handler, group in zip(node.handlers, names, strict=True):
            ways.append(self._handled(handler, group, failed.copy(), scope))
            taken = self.handlers[self.place(handler, scope)]
            taken.awaits |= any(isinstance(inner, cst.Await) for inner in own_nodes(node.body))
        return merged(ways)

    def _with_finally(self, node, env: Env, scope: Scope) -> Env | None:
        """`finally` runs on every way out; where it does not end, none of them is taken."""
        before, given, exits = env.copy(), {}, Exits()
        returned, raised = len(scope.frame.returns), set(self.raised)
        inner = scope.with_(watching=(*scope.watching, given), exits=exits)
        end = self._do_Try(node.with_changes(finalbody=None), env, inner) if node.handlers else (
            self.block(node.body, env, inner)
        )
        kept = scope.frame.returns[returned:]
        lost = set(self.raised) - raised
        left = _whenever(before, given)
        left.done = left.done | env.done
        del scope.frame.returns[returned:]
        gone = self.block(node.finalbody.body, left, scope)
        if gone is None:
            for place in lost:
                del self.raised[place]
            return None
        scope.frame.returns += kept
        for ways, outer in ((exits.breaks, "breaks"), (exits.continues, "continues")):
            for way in ways if scope.exits is not None else ():
                after = self.block(node.finalbody.body, way, scope)
                if after is not None:
                    getattr(scope.exits, outer).append(after)
        return self.block(node.finalbody.body, end, scope) if end is not None else None

    def exceptions(self, handler: cst.ExceptHandler, env: Env, scope: Scope) -> tuple[str, ...]:
        """Full names of what an `except` takes; of a bare one `BaseException`."""
        if handler.type is None:
            return ("builtins.BaseException",)
        types = handler.type
        listed = types.elements if isinstance(types, (cst.Tuple, cst.List)) else None
        nodes = [element.value for element in listed] if listed is not None else [types]
        return tuple(scope.frame.file.dotted(node) or "" for node in nodes)

    def _handled(self, node, names: tuple[str, ...], env: Env, scope: Scope) -> Env | None:
        place = self.place(node, scope)
        blanket = bool(BLANKET & set(names))
        handler = self.handlers.get(place)
        if handler is None:
            handler = Handler("rescue", blanket, place, scope.function, scope.loop)
            handler.exceptions = names
            self.handlers[place] = handler
        handler.loop = handler.loop or scope.loop
        if node.name is not None and isinstance(node.name.name, cst.Name):
            caught = Origin(place, scope.function, handler=handler)
            caught.words = frozenset((node.name.name.value,))
            shape = Struct(names[0] or None) if len(names) == 1 else Struct(None)
            self.assign(node.name.name.value, one(shape, caught), env, scope)
        condition = self.condition(node, env, scope, [], absent=False, words=frozenset(names))
        env.conditions += (condition,)
        body = statements(node.body)
        after = self.block(node.body, env, scope.with_(handler=handler))
        if after is None:
            return None
        last = body[-1] if body else node
        span = self.place(last, scope)
        self.handler_tail(
            handler, one(NIL, Origin(span, scope.function, implicit="except", handler=handler))
        )
        if scope.handler is None:
            after.ends = ((handler, span),)
        after.conditions = tuple(c for c in after.conditions if c is not condition)
        return after

    # -- binding ---------------------------------------------------------------------

    def bind(self, target, value: Value, env: Env, scope: Scope) -> None:
        """Give a variable, or the parts of a pattern, their values."""
        if isinstance(target, cst.Name):
            for alt in value:
                if alt.origin.step is not None:
                    alt.origin.step.bound = True
            self.assign(target.value, value, env, scope)
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(target, value, env, scope)
        elif isinstance(target, cst.StarredElement):
            self.bind(target.value, unknown(), env, scope)
        elif isinstance(target, cst.Attribute):
            self._set_attribute(target, value, env, scope)
        elif isinstance(target, cst.Subscript):
            self.eval(target.value, env, scope)
            self._set_item(target, value, env, scope)

    def _unpack(self, target, value: Value, env: Env, scope: Scope) -> None:
        shape = only(value)
        items = shape.items if isinstance(shape, (Tup, Seq)) else None
        plain = not any(isinstance(e, cst.StarredElement) for e in target.elements)
        known = plain and items is not None and len(items) == len(target.elements)
        for index, element in enumerate(target.elements):
            if known:
                part = items[index]
            else:
                part = tuple(
                    Alt(Unknown(None, _from_args(a)), a.origin) for a in value
                ) or unknown()
            if isinstance(element, cst.StarredElement):
                part = unknown()
            self.bind(element.value, part, env, scope)

    def _set_attribute(self, target: cst.Attribute, value: Value, env: Env, scope: Scope) -> None:
        base = target.value
        if isinstance(base, cst.Name) and base.value in env.vars:
            shape = only(self.current(env.vars[base.value]))
            new = None
            if isinstance(shape, Struct):
                new = self.fields_set(shape, target.attr.value, value)
            if new is not None:
                self.replace(base.value, new, env, scope, target.attr.value)
                return
        self.change(self.eval(base, env, scope), target.attr.value)
        self.mentions.add(target.attr.value)
        self.assigned.add(target.attr.value)
        self.use(value, env, scope)

    def _set_item(self, target: cst.Subscript, value: Value, env: Env, scope: Scope) -> None:
        base, key = target.value, None
        if len(target.slice) == 1 and isinstance(target.slice[0].slice, cst.Index):
            key = field_key(self.eval(target.slice[0].slice.value, env, scope))
        if isinstance(base, cst.Name) and base.value in env.vars:
            shape = only(self.current(env.vars[base.value]))
            if isinstance(shape, Map):
                if key is not None:
                    new = Map({**shape.fields, key: value}, shape.open)
                else:
                    new = Map({k: join(v, value) for k, v in shape.fields.items()}, True)
                self.replace(base.value, new, env, scope)
                return
        self.change(self.eval(base, env, scope))
        self.use(value, env, scope)

    def use(self, value: Value, env: Env, scope: Scope) -> None:
        """A value goes somewhere that is not followed: whoever has it may await it."""
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Coroutine):
                if shape.span not in self.awaited:
                    self.awaited.add(shape.span)
                    shape.run(env, scope)
            elif isinstance(shape, Struct):
                self._escapes(alt)
            elif isinstance(shape, (Tup, Seq)) and shape.items is not None:
                for item in shape.items:
                    self.use(item, env, scope)
            elif isinstance(shape, Seq) or getattr(shape, "element", None):
                self.use(shape.element, env, scope)
            elif isinstance(shape, Map):
                for item in shape.fields.values():
                    self.use(item, env, scope)


def _whenever(before: Env, given: dict[str, Value]) -> Env:
    """The way on from any moment of a block: variables as before, or as they were set in it."""
    way = before.copy()
    for name, value in given.items():
        way.vars[name] = join(before.vars.get(name, NEVER), value)
    return way


def _returns_something(node) -> bool:
    if not isinstance(node, cst.Return) or node.value is None:
        return False
    return not (isinstance(node.value, cst.Name) and node.value.value in ("None", "False"))


def _is_from_none(node: cst.Raise) -> bool:
    cause = node.cause.item if node.cause is not None else None
    return isinstance(cause, cst.Name) and cause.value == "None"


def _from_args(alt: Alt) -> bool:
    return isinstance(alt.shape, Unknown) and alt.shape.from_args


def _takes_all(pattern) -> bool:
    return isinstance(pattern, cst.MatchAs) and (
        pattern.pattern is None or _takes_all(pattern.pattern)
    )


def _is_nothing(pattern) -> bool:
    return isinstance(pattern, cst.MatchSingleton) and pattern.value.value == "None"


