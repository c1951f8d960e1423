"""Shape inference: follows every way through a function and records what happens.

An abstract interpreter over the syntax tree. `eval` gives the value of an
expression (all alternatives it can have, each with the place that decides it)
and keeps a record of calls, dropped values, handlers and throws. What it cannot
decide is `Unknown`. Work is bounded by `FUEL`, not by a clock, so the answer for
a text is always the same.
"""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.asked import behind, counts, decided_by, is_given
from checker.elixir.calls import Calls
from checker.elixir.conditions import Conditions, freshness
from checker.elixir.fields import Fields, put_all
from checker.elixir.foreign import FUEL as FOREIGN_FUEL
from checker.elixir.foreign import OtherFiles, Foreign
from checker.elixir.library import Library
from checker.elixir.modules import Function, ModuleDef, declare_alias
from checker.elixir.patterns import ANY, Matcher
from checker.elixir.scope import Env, Scope
from checker.elixir.subject import (
    Subject,
    body_of,
    called_words,
    clause_words,
    failure_kind,
    ignores_value,
    is_absence,
    is_specific,
    pattern_words,
    steps_of,
)  # fmt: skip
from checker.elixir.widening import covers, widen
from checker.model.shape import (
    MOST_PARTS,
    NEVER,
    NIL,
    Alt,
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Origin,
    Seq,
    Struct,
    Text,
    Trail,
    Tup,
    Unknown,
    Value,
    is_unknown,
    join,
    of,
    one,
    size_of,
    value_key,
)  # fmt: skip
from checker.model.worker import (
    AtomKey, AtomValue, Drop, Ending, Handler, Match, Raise, Step, Throw, Unparsed,
)  # fmt: skip

FUEL = 12_000
MOST_CALLS_DEEP = 24
MOST_PASSES = 8
FIRST_WIDENED = 2

NO_EFFECTS: frozenset = frozenset()
_KINDS_CAUGHT = of(Atom("error"), Atom("throw"), Atom("exit"))
HERE = "here"  # freshness of the attempt's number: its place is where it is used

# How nodes are evaluated: the names of the interpreter's methods, as one kind of it has its own.
EVALUATORS = {
    syntax.Atom: "_atom",
    syntax.Int: "_int",
    syntax.Float: "_float",
    syntax.Str: "_string",
    syntax.Charlist: "_charlist",
    syntax.Sigil: "_sigil",
    syntax.Var: "_variable",
    syntax.Attr: "_attribute",
    syntax.SetAttr: "_set_attribute",
    syntax.Module: "_module",
    syntax.Tuple: "_tuple",
    syntax.List: "_list",
    syntax.Map: "_map",
    syntax.Bits: "_bits",
    syntax.Call: "_call",
    syntax.Field: "_field",
    syntax.Apply: "_apply",
    syntax.Access: "_access",
    syntax.Op: "_operator",
    syntax.Unary: "_unary",
    syntax.Match: "_match",
    syntax.Fn: "_fn",
    syntax.Capture: "_capture",
    syntax.CaptureArg: "_capture_argument",
    syntax.FnRef: "_function_reference",
    syntax.Block: "_block",
}


class Interpreter(Conditions, Fields, Calls):
    """Evaluates functions of one file's modules."""

    def __init__(
        self, modules: dict[str, ModuleDef], library: Library, others: OtherFiles | None = None
    ) -> None:
        self.modules = modules
        self.library = library
        self.others = others
        self.trails: dict[tuple, Trail] = {}  # calls into other files → where they lead
        self.way: tuple[Trail, ...] = ()  # functions of other files that led here
        self.fuel = FUEL
        self.steps: dict[tuple, Step] = {}
        self.drops: dict[tuple, Drop] = {}
        self.handlers: dict[tuple, Handler] = {}
        self.throws: dict[tuple, Throw] = {}
        self.raises: dict[tuple, Raise] = {}
        self.callbacks_run: dict[tuple, object] = {}
        self.atom_keys: dict[tuple, AtomKey] = {}
        self.atom_values: dict[tuple, AtomValue] = {}
        self.unparsed: dict[tuple, Unparsed] = {}
        self.enqueues: dict[tuple, object] = {}
        self.recursive: set[str] = set()  # functions that call themselves, perhaps by others
        self.reached: dict[int, Function] = {}
        self._active: dict[int, _Activation] = {}
        self.unknowns = 0  # how often something could not be followed
        self._asked: list[Value] = []
        self._endings: list[Ending] = []

    # -- entry ---------------------------------------------------------------

    def run(self, function: Function, args: list[Value]) -> Value:
        """The value of a function for these arguments."""
        env = Env({}, NO_EFFECTS)
        scope = Scope(function.module, function.label)
        return self.call_function(function, args, env, scope, function.span)

    def below(self, foreign: Foreign) -> Interpreter:
        """An interpreter for another file, one file deeper than this."""
        inner = Interpreter(foreign.modules, self.library, self.others)
        inner.fuel = FOREIGN_FUEL
        inner.way = (*self.way, foreign.trail)
        return inner

    def is_inside(self, foreign: Foreign) -> bool:
        return foreign.trail in self.way

    def eval(self, node: syntax.Node, env: Env, scope: Scope) -> Value:
        self.fuel -= 1
        evaluate = EVALUATORS.get(type(node))
        if evaluate is None or self.fuel < 0:
            return self.unknown(node, scope)
        return getattr(self, evaluate)(node, env, scope)

    # -- values and their places ---------------------------------------------------

    def origin(self, node: syntax.Node, scope: Scope, **more: object) -> Origin:
        origin = Origin(node.span, scope.function, handler=scope.handler, **more)
        origin.conditions = scope.conditions
        return origin

    def unknown(self, node: syntax.Node, scope: Scope, call: str | None = None) -> Value:
        self.unknowns += 1
        return one(Unknown(call), self.origin(node, scope, call=call))

    def _literal(self, shape, node: syntax.Node, scope: Scope) -> Value:
        if shape.size > MOST_PARTS:
            return self.unknown(node, scope)
        return one(shape, self.origin(node, scope, literal=True))

    def placed(self, value: Value, node: syntax.Node, scope: Scope) -> Value:
        """Give alternatives that a pattern narrowed the place where they are used."""
        if all(alt.origin.span is not None for alt in value):
            return value
        placed = []
        for alt in value:
            if alt.origin.span is None:
                fresh = node.span if alt.origin.fresh == HERE else alt.origin.fresh
                origin = self.origin(
                    node, scope, call=alt.origin.call, step=alt.origin.step, fresh=fresh
                )
                origin.words, origin.arg = alt.origin.words, alt.origin.arg
                placed.append(Alt(alt.shape, origin))
            else:
                placed.append(alt)
        return tuple(placed)

    # -- literals --------------------------------------------------------------

    def _atom(self, node: syntax.Atom, env: Env, scope: Scope) -> Value:
        return self._literal(Atom(node.name), node, scope)

    def _int(self, node: syntax.Int, env: Env, scope: Scope) -> Value:
        return self._literal(Int(node.value, node.value), node, scope)

    def _float(self, node: syntax.Float, env: Env, scope: Scope) -> Value:
        return self._literal(Float(node.value), node, scope)

    def _charlist(self, node: syntax.Charlist, env: Env, scope: Scope) -> Value:
        return self._literal(Seq(None, one(Int())), node, scope)

    def _module(self, node: syntax.Module, env: Env, scope: Scope) -> Value:
        return self._literal(Atom(scope.resolve(node.name)), node, scope)

    def _set_attribute(self, node: syntax.SetAttr, env: Env, scope: Scope) -> Value:
        return self._literal(Atom("ok"), node, scope)

    def _capture_argument(self, node: syntax.CaptureArg, env: Env, scope: Scope) -> Value:
        return self.placed(env.vars.get(f"&{node.index}", ANY), node, scope)

    def _string(self, node: syntax.Str, env: Env, scope: Scope) -> Value:
        parts = self.eval_all(node.parts, env, scope)
        if parts is None:
            return NEVER
        origin = self.origin(node, scope, literal=True, fresh=freshness(*parts))
        return one(Text(node.value, node.text if node.parts else None), origin)

    def _sigil(self, node: syntax.Sigil, env: Env, scope: Scope) -> Value:
        for part in node.parts:
            self.eval(part, env, scope)
        name = node.name
        if name in ("s", "S"):
            return self._literal(Text(node.text), node, scope)
        if name in ("w", "W"):
            return self._literal(self._words(node), node, scope)
        struct = {"D": "Date", "T": "Time", "N": "NaiveDateTime", "U": "DateTime", "r": "Regex"}
        if name in struct:
            return self._literal(Struct(struct[name]), node, scope)
        if name in ("c", "C"):
            return self._literal(Seq(None, one(Int())), node, scope)
        return self.unknown(node, scope)

    def _words(self, node: syntax.Sigil) -> Seq:
        if node.text is None:
            return Seq(None, one(Text()))
        kind = Atom if node.modifiers == "a" else Text
        if node.modifiers not in ("", "a", "s"):
            return Seq(None, ANY)
        place = Origin(node.span, literal=True)
        return Seq(tuple(one(kind(word), place) for word in node.text.split()))

    def _variable(self, node: syntax.Var, env: Env, scope: Scope) -> Value:
        value = env.vars.get(node.name)
        if value is not None:
            return self.placed(value, node, scope)
        if scope.module.function(node.name, 0):  # a call without parentheses
            return self._call(syntax.Call(node.span, None, node.name, [], {}, False), env, scope)
        if node.name in ("__STACKTRACE__", "__ENV__", "__CALLER__", "__DIR__"):
            return self.unknown(node, scope)
        call = syntax.Call(node.span, None, node.name, [], {}, False)
        return self._call(call, env, scope)

    def _attribute(self, node: syntax.Attr, env: Env, scope: Scope) -> Value:
        written = scope.module.attribute(node)
        if written is None:
            return self.unknown(node, scope)
        value = self.eval(written, Env({}, NO_EFFECTS), scope)
        return tuple(
            Alt(a.shape, self.origin(node, scope, literal=True, call=a.origin.call)) for a in value
        )

    def _tuple(self, node: syntax.Tuple, env: Env, scope: Scope) -> Value:
        items = self.eval_all(node.items, env, scope)
        if items is None:
            return NEVER
        return self._literal(Tup(tuple(items)), node, scope)

    def _list(self, node: syntax.List, env: Env, scope: Scope) -> Value:
        tailed = [] if node.tail is None else [node.tail]
        items = self.eval_all([*node.items, *tailed], env, scope)
        if items is None:
            return NEVER
        if not tailed:
            return self._literal(Seq(tuple(items)), node, scope)
        *items, tail = items
        found = []
        for alt in tail:
            shape = alt.shape
            if isinstance(shape, Seq) and shape.items is not None and len(shape.items) < 12:
                found.append(Seq((*items, *shape.items)))
            elif isinstance(shape, Seq):
                found.append(Seq(None, widen(join(*items, shape.element)), nonempty=True))
            else:
                found.append(Seq(None, join(*items, ANY), nonempty=True))
        origin = self.origin(node, scope, literal=True)
        return join(tuple(Alt(shape, origin) for shape in found))

    def _map(self, node: syntax.Map, env: Env, scope: Scope) -> Value:
        values = self.eval_all([part for pair in node.pairs for part in pair], env, scope)
        if values is None:
            return NEVER
        pairs = list(zip(values[::2], values[1::2], strict=True))
        if node.base is not None:
            return self._updated_map(node, pairs, env, scope)
        fields, closed = put_all({}, pairs)
        if node.struct is not None:
            name = None
            if isinstance(node.struct, syntax.Module):
                name = scope.resolve(node.struct.name)
            return self._literal(Struct(name, fields), node, scope)
        return self._literal(Map(fields, not closed), node, scope)

    def _updated_map(self, node: syntax.Map, pairs: list, env: Env, scope: Scope) -> Value:
        """`%{base | …}`: the fields are there already, else it raises."""
        base = self.eval(node.base, env, scope)
        unknown = is_unknown(base)
        found = []
        for alt in base:
            shape = alt.shape
            if isinstance(shape, Struct):
                fields, _closed = put_all(shape.fields, pairs)
                found.append(Struct(shape.name, fields, shape.step))
            elif isinstance(shape, Args):
                found.append(Map(put_all({}, pairs)[0], open=True))
            elif unknown:
                found.append(Unknown() if node.struct is None else Struct(None))
            elif isinstance(shape, Map):
                fields, _closed = put_all(shape.fields, pairs)
                if shape.open or len(fields) == len(shape.fields):
                    found.append(Map(fields, shape.open))
        origin = self.origin(node, scope, literal=True)
        return join(tuple(Alt(shape, origin) for shape in found))

    def _bits(self, node: syntax.Bits, env: Env, scope: Scope) -> Value:
        return self._literal(Text(), node, scope)

    # -- functions as values ---------------------------------------------------------

    def _fn(self, node: syntax.Fn, env: Env, scope: Scope) -> Value:
        captured = dict(env.vars)
        arity = len(node.clauses[0].params) if node.clauses else 0

        def call(args: list[Value], caller: Env, at: Scope) -> Value:
            inner = self._enter(scope, at)
            clauses = [(c.params, c.guard, body_of(c), c) for c in node.clauses]
            return self.choose(clauses, args, captured, caller, inner)

        return self._function(node, captured, arity, call, None, scope)

    def _function(
        self, node: syntax.Node, captured: dict, arity: int, call, name: str | None, scope: Scope
    ) -> Value:
        """A function value: where it is written, and what it took along from there."""
        names = sorted(_names_in(node) & captured.keys())
        taken = tuple((name, value_key(captured[name])) for name in names)
        size = 1 + sum(size_of(captured[name]) for name in names)
        return self._literal(Func((node.span, taken), arity, call, name, size), node, scope)

    def _capture(self, node: syntax.Capture, env: Env, scope: Scope) -> Value:
        captured = dict(env.vars)
        arity = max(
            (n.index for n in syntax.walk(node.body) if isinstance(n, syntax.CaptureArg)),
            default=0,
        )
        name = None
        if isinstance(node.body, syntax.Call) and node.body.target is not None:
            name = node.body.name

        def call(args: list[Value], caller: Env, at: Scope) -> Value:
            inner_env = Env(
                {**captured, **{f"&{i}": a for i, a in enumerate(args, 1)}}, caller.done
            )
            value = self.eval(node.body, inner_env, self._enter(scope, at))
            caller.merge(inner_env)
            return value

        return self._function(node, captured, arity, call, name, scope)

    def _function_reference(self, node: syntax.FnRef, env: Env, scope: Scope) -> Value:
        def call(args: list[Value], caller: Env, at: Scope) -> Value:
            inner = Env({f"&{i}": a for i, a in enumerate(args, 1)}, caller.done)
            params = [syntax.CaptureArg(node.span, i + 1) for i in range(node.arity)]
            written = syntax.Call(node.span, node.target, node.name, params, {}, False)
            value = self.eval(written, inner, self._enter(scope, at))
            caller.merge(inner)
            return value

        return self._function(node, {}, node.arity, call, node.name, scope)

    def _enter(self, written: Scope, caller: Scope) -> Scope:
        """The scope inside a function value: written there, run by the caller."""
        return caller.with_(
            module=written.module,
            function=written.function,
            aliases=written.aliases,
            depth=caller.depth + 1,
        )

    def call_value(self, value: Value, args: list[Value], env: Env, scope: Scope, node) -> Value:
        """Call a function value; what is not known to be one gives unknown."""
        if scope.depth > MOST_CALLS_DEEP * 2:
            return self.unknown(node, scope)
        found = []
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Func):
                branch = env.copy()
                found.append(shape.call(args, branch, scope))
                env.merge(branch)
            else:
                found.append(self.unknown(node, scope))
        return join(*found)

    def _apply(self, node: syntax.Apply, env: Env, scope: Scope) -> Value:
        fun = self.eval(node.fun, env, scope)
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        if not any(isinstance(alt.shape, Func) for alt in fun):
            self.escape(*args)
        return self.call_value(fun, args, env, scope, node)

    def eval_all(self, nodes: list[syntax.Node], env: Env, scope: Scope) -> list[Value] | None:
        """The values of arguments; None when evaluating one never ends.

        What one of them binds is seen by what follows, not by the others.
        """
        values = []
        before = env.vars if len(nodes) < 2 else dict(env.vars)
        bound: dict[str, Value] = {}
        for node in nodes:
            count = env.bindings
            value = self.eval(node, env, scope)
            if not value:
                return None
            values.append(value)
            if env.bindings != count:
                bound.update((k, v) for k, v in env.vars.items() if before.get(k) is not v)
                env.vars = dict(before)
        env.vars.update(bound)
        return values

    # -- clauses -----------------------------------------------------------------

    def matcher(self, scope: Scope, env: Env) -> Matcher:
        def literal(node: syntax.Node) -> Value:
            return self.eval(node, env, scope)

        def atom_key(node: syntax.Node, key: str) -> None:
            self.record_atom_key(node, key, f'"{key}" => ', scope)

        def atom_value(node: syntax.Node, name: str) -> None:
            self.record_atom_value(node, [name], scope)

        return Matcher(literal, scope.resolve, atom_key, atom_value)

    def record_atom_key(self, node: syntax.Node, key: str, fixed: str, scope: Scope) -> None:
        if node.span not in self.atom_keys and not self._is_another_clause(node, scope):
            start, end = node.span
            if isinstance(node, (syntax.Access, syntax.Field)):  # what stands after the args
                start = node.base.span[1]
            self.atom_keys[node.span] = AtomKey(node.span, (start, end), key, fixed, scope.function)

    def record_atom_value(self, node: syntax.Node, names: list[str], scope: Scope) -> None:
        """Not in a public function besides perform: others may call it, with atoms."""
        if names and node.span not in self.atom_values and not self._is_shared(scope):
            fixed = ", ".join(f'"{name}"' for name in names)
            self.atom_values[node.span] = AtomValue(node.span, fixed, scope.function)

    def _is_another_clause(self, node: syntax.Node, scope: Scope) -> bool:
        """In the head of one of several clauses of a public function: it may be there for others
        who call it."""
        function = self._shared(scope)
        if function is None or len(function.clauses) == 1:
            return False
        return any(
            param.span[0] <= node.span[0] < param.span[1]
            for clause in function.clauses
            for param in clause.params
        )

    def _is_shared(self, scope: Scope) -> bool:
        return self._shared(scope) is not None

    def _shared(self, scope: Scope) -> Function | None:
        """The public function that we are in, if it is another than perform."""
        within = [self.reached[key] for key in self._active]
        function = next((f for f in reversed(within) if f.label == scope.function), None)
        if function is None or function is within[0] or function.private:
            return None
        return function

    def record_unparsed(self, node: syntax.Node, kind: str, scope: Scope) -> None:
        self.unparsed.setdefault(node.span, Unparsed(node.span, kind, scope.function))

    def choose(
        self, clauses: list, args: list[Value], captured: dict, env: Env, scope: Scope
    ) -> Value:
        """Pattern-match arguments against clauses: (params, guard, body, clause node)."""
        return self.choose_from(clauses, (Alt(Tup(tuple(args)), Origin(None)),), captured, env,
                                scope)  # fmt: skip

    def choose_from(
        self, clauses: list, remaining: Value, captured: dict, env: Env, scope: Scope,
        subject=None, handle=None, waits=False,
    ) -> Value:  # fmt: skip
        """As `choose`; `subject` is (names looked at, steps asked) of a scrutinee.

        Each body runs in its own copy of the variables. `handle` names the kind of
        handler that clauses for failures are ("clause", "else"). What no clause takes raises,
        unless it `waits` for something else.
        """
        found, branches = [], []
        earlier: set[str] = set()
        for params, guard, body, node in clauses:
            if not remaining:
                break
            own = Env(dict(captured), env.done)
            matcher = self.matcher(scope, own)
            yes, no = matcher.split_all(params, remaining)
            if not yes:
                continue
            self._bind_all(matcher, params, yes, own)
            if guard is not None:
                holds, fails = self.guard(guard, own, scope)
                if holds is None:
                    continue
                if fails is not None:
                    no = join(no, matcher.rebuild_all(params, yes, fails.vars))
                own = holds
                yes = matcher.rebuild_all(params, yes, own.vars)
                self._bind_aliases(matcher, params, yes, own)
            remaining = no
            inner = self._clause_scope(params, guard, node, yes, subject, earlier, scope, handle)
            if subject is not None:
                subject.narrow(own, yes, params)
            value = body(self, own, inner)
            if inner.handler is not scope.handler and inner.handler is not None:
                inner.handler.tail = join(inner.handler.tail, value)
            found.append(value)
            branches.append(own)
        if remaining and clauses and not waits:
            self.may_raise(clauses[0][3].span, scope)
        env.merge(*branches)
        return join(*found)

    def _bind_all(self, matcher: Matcher, params: list, yes: Value, own: Env) -> None:
        for index, param in enumerate(params):
            items = join(*(alt.shape.items[index] for alt in yes))
            matcher.bind(param, items, own.vars)

    def _bind_aliases(self, matcher: Matcher, params: list, yes: Value, own: Env) -> None:
        """After a guard: names for whole patterns see what the guard said of their parts."""
        for index, param in enumerate(params):
            if isinstance(param, syntax.Match):
                items = join(*(alt.shape.items[index] for alt in yes))
                for side in (param.pattern, param.value):
                    if isinstance(side, syntax.Var):
                        own.vars[side.name] = items

    def _clause_scope(
        self, params, guard, node, yes: Value, subject, earlier: set, scope: Scope, handle
    ) -> Scope:
        kind = failure_kind(params, handle)
        handler = None if kind is None else self.handler(kind, False, node.span, scope, yes)
        words = self._tested_words(params, guard, node, yes)
        items = join(*(i for alt in yes for i in alt.shape.items))
        names, steps = behind(items, scope)
        asked = steps_of(items)
        if subject is not None:
            names |= subject.names
            steps = (*steps, *subject.steps)
            asked = subject.steps
        for step in asked:
            match = self.match_record(params[0] if params else node, guard, yes)
            match.handler = handler
            step.matches.append(match)
        names |= words | earlier
        earlier |= words
        if names or steps:
            absent = any(is_absence(param) for param in params)
            scope = self.under(
                scope, node, names, tuple(steps), absent, counts(params, guard or ())
            )
        return scope if handler is None else scope.with_(handler=handler)

    def _tested_words(self, params, guard, node, yes: Value) -> frozenset[str]:
        """The words a clause tests; not those asked of the args or of an HTTP answer."""
        items = [join(*(alt.shape.items[i] for alt in yes)) for i in range(len(params))]
        if not any(map(is_given, items)):
            return clause_words(node, params, guard)
        asked = [p for p, item in zip(params, items, strict=True) if not is_given(item)]
        return frozenset(pattern_words(asked, None))

    def match_record(self, pattern: syntax.Node, guard, yes: Value) -> Match:
        failing = failure_kind([pattern], None) is not None
        match = Match(pattern.span, failing, guard is not None or is_specific([pattern]))
        match.ignores = ignores_value(pattern)
        match.value = yes
        return match

    def handler(
        self, kind: str, blanket: bool, span, scope: Scope, reason: Value = NEVER
    ) -> Handler:
        handler = self.handlers.get(span)
        if handler is None:
            handler = Handler(kind, blanket, span, scope.function, scope.loop)
            self.handlers[span] = handler
        handler.reason = join(handler.reason, reason)
        return handler

    # -- constructs -------------------------------------------------------------------

    def _block(self, node: syntax.Block, env: Env, scope: Scope) -> Value:
        return self.statements(node.exprs, env, scope, node)

    def statements(self, exprs: list, env: Env, scope: Scope, node: syntax.Node) -> Value:
        if not exprs:
            return one(NIL, self.origin(node, scope, implicit="empty"))
        before = len(self._endings)
        for expr in exprs[:-1]:
            value = self.eval(expr, env, scope)
            if not value:
                return self._ended(before, NEVER)
            if not isinstance(expr, syntax.Match):
                self.dropped(expr, value, scope)
            scope = self._after_statement(expr, value, scope)
        inside = len(self._endings)
        value = self.eval(exprs[-1], env, scope)
        return self._ended(before, value, inside)

    def _ended(self, start: int, value: Value, end: int | None = None) -> Value:
        """What was dropped since `start` is followed by this value."""
        for ending in self._endings[start:end]:
            ending.value = value
        return value

    def _after_statement(self, expr, value: Value, scope: Scope) -> Scope:
        """Statements that let go on only in some cases are conditions of what follows."""
        if isinstance(expr, syntax.Call) and expr.target is None:
            if expr.name == "alias":
                aliases = dict(scope.aliases or {})
                declare_alias(expr, aliases, scope.resolve)
                return scope.with_(aliases=aliases)
        if isinstance(expr, syntax.Match) and not isinstance(expr.pattern, syntax.Var):
            names, steps = behind(value, scope)
            if not is_given(value):
                names |= pattern_words([expr.pattern], None)
            names |= called_words(expr.value)
            return self.under(scope, expr, names, tuple(steps), is_absence(expr.pattern),
                              counts(expr.pattern))  # fmt: skip
        went = decided_by(value, scope)
        return scope.with_(conditions=(*scope.conditions, *went)) if went else scope

    def dropped(
        self,
        node: syntax.Node,
        value: Value,
        scope: Scope,
        per_item: bool = False,
        ending: Value = NEVER,
    ) -> None:
        """Nothing looks at a value; `ending` follows it unless the block goes on."""
        if scope.cleanup:  # what `after` does is tidying up
            return
        key = (node.span, per_item)
        drop = self.drops.get(key)
        if drop is None:
            drop = Drop(node.span, value, scope.function, scope.loop, per_item)
            self.drops[key] = drop
        else:
            drop.value = join(drop.value, value)
        followed = Ending()
        followed.value = ending
        drop.endings.append(followed)
        self._endings.append(followed)

    def _match(self, node: syntax.Match, env: Env, scope: Scope) -> Value:
        value = self.eval(node.value, env, scope)
        if not value:
            return NEVER
        matcher = self.matcher(scope, env)
        yes, no = matcher.split(node.pattern, value)
        for step in steps_of(value):
            if not isinstance(node.pattern, syntax.Var):
                step.matches.append(self.match_record(node.pattern, None, yes))
        if no:
            self.may_raise(node.span, scope)
        if not yes:
            return NEVER
        matcher.bind(node.pattern, yes, env.vars)
        env.bindings += 1
        if isinstance(node.pattern, syntax.Var) and node.pattern.name == "_":
            return tuple(Alt(a.shape, self.origin(node, scope)) for a in yes)  # let go on purpose
        return yes

    def body(self, block, env: Env, scope: Scope) -> Value:
        """The value of a do-block."""
        if isinstance(block, list):
            return self.unknown(block[0], scope) if block else NEVER
        return self.eval(block, env, scope)

    def escape(self, *values: Value) -> None:
        """These values went into something we do not follow further."""
        for value in values:
            for alt in value:
                shape = alt.shape
                if isinstance(shape, Struct) and shape.step is not None:
                    shape.step.escapes = True
                elif isinstance(shape, Map):
                    self.escape(*shape.fields.values())
                elif isinstance(shape, Seq):
                    self.escape(shape.element)
                elif isinstance(shape, Tup):
                    self.escape(*shape.items)

    def throw(self, kind: str, node: syntax.Node, value: Value, scope: Scope) -> Value:
        for catching in reversed(scope.catching):
            value = catching.take(kind, value)
            if not value:
                return NEVER
        known = self.throws.get(node.span)
        if known is None:
            self.throws[node.span] = Throw(kind, node.span, value, scope.function)
        else:
            known.value = join(known.value, value)
        return NEVER

    def may_raise(self, span, scope: Scope) -> None:
        """Note a place that may raise, unless something around it takes any error."""
        if "*" not in scope.rescues and not any(c.takes_errors() for c in scope.catching):
            self.raises.setdefault(span, Raise(span, scope.function))

    # -- functions of this file --------------------------------------------------------

    def call_function(
        self, function: Function, args: list[Value], env: Env, scope: Scope, span
    ) -> Value:
        """Follow a call into a function; recursion is solved by a fixed point."""
        if function.broken or not function.clauses or scope.depth > MOST_CALLS_DEEP:
            return one(Unknown(function.label), Origin(span, scope.function))
        args = [_unplaced(arg) for arg in self._with_defaults(function, args, scope)]
        self.reached[id(function)] = function
        active = self._active.get(id(function))
        if active is not None:
            within = list(self._active)
            cycle = within[within.index(id(function)) :]
            self.recursive.update(self.reached[each].label for each in cycle)
            return active.again(args)
        active = self._active[id(function)] = _Activation(args)
        try:
            return self._fixed_point(function, active, env, scope, span)
        finally:
            del self._active[id(function)]

    def _fixed_point(self, function, active, env: Env, scope: Scope, span) -> Value:
        inner = self._inside(function, scope)
        for number in range(MOST_PASSES):
            active.changed = False
            value = self._function_body(function, active.args, env, inner)
            if not active.recursive:
                return value
            if covers(active.result, value) and not active.changed:
                return join(active.result, value)
            active.result = join(active.result, value)
            if number >= FIRST_WIDENED:
                active.result = widen(active.result)
        return join(active.result, one(Unknown(function.label), Origin(span, scope.function)))

    def _inside(self, function: Function, scope: Scope) -> Scope:
        return scope.with_(
            module=function.module, function=function.label, aliases=None, depth=scope.depth + 1
        )

    def _function_body(self, function: Function, args: list[Value], env: Env, scope: Scope):
        clauses = [(c.params, c.guard, _function_clause(c), c) for c in function.clauses]
        return self.choose(clauses, args, {}, env, scope)

    def _with_defaults(self, function: Function, args: list[Value], scope: Scope) -> list[Value]:
        missing = function.arity - len(args)
        if missing <= 0:
            return args
        given, full = list(args), []
        filled = sorted(function.defaults)[-missing:] if missing < len(function.defaults) else (
            sorted(function.defaults)
        )  # fmt: skip
        for index in range(function.arity):
            if index in filled and missing:
                empty = Env({}, NO_EFFECTS)
                inner = self._inside(function, scope)
                full.append(self.eval(function.defaults[index], empty, inner))
            elif given:
                full.append(given.pop(0))
            else:
                full.append(ANY)
        return full

    # -- try ----------------------------------------------------------------------------

    def attempt(self, blocks: dict, node: syntax.Node, env: Env, scope: Scope) -> Value:
        """`try` (or a function's implicit one): body, else, rescue, catch, after."""
        catching = _Catching(_clauses(blocks.get("catch")), self.matcher(scope, env))
        exceptions = _rescued(blocks.get("rescue"), scope)
        guarded = scope
        if blocks.get("catch"):
            guarded = guarded.with_(catching=(*scope.catching, catching))
        if exceptions:
            guarded = guarded.with_(rescues=(*scope.rescues, *exceptions))
        body_env = env.copy()
        before = self.unknowns
        value = self.body(blocks["do"], body_env, guarded)
        catching.all_known = self.unknowns == before
        if isinstance(blocks.get("else"), list) and value:
            clauses = [(c.params, c.guard, body_of(c), c) for c in blocks["else"]]
            subject = Subject(set(), steps_of(value))
            tried = tuple(Alt(Tup((((alt,)),)), alt.origin) for alt in value)
            value = self.choose_from(clauses, tried, env.vars, body_env, scope, subject, "clause")
        found = [value]
        for clause in _clauses(blocks.get("rescue")):
            found.append(self._rescue(clause, env, scope))
        found.append(self._catch(catching, env, scope))
        env.merge(body_env)
        after = blocks.get("after")
        if after is not None and not isinstance(after, list):
            self.eval(after, env.copy(), scope.with_(cleanup=True))
        return join(*found)

    def _rescue(self, clause: syntax.Clause, env: Env, scope: Scope) -> Value:
        param = clause.params[0] if clause.params else None
        own = env.copy()
        blanket, names = rescue_names(param)
        handler = self.handler("rescue", blanket, clause.span, scope)
        handler.exceptions = tuple(scope.resolve(name) for name in names)
        _note_reporting(handler, clause)
        for name in _rescue_variables(param):
            own.vars[name] = one(Struct(None), Origin(None))
        value = self.eval(clause.body, own, scope.with_(handler=handler))
        handler.tail = join(handler.tail, value)
        env.merge(own)
        return value

    def _catch(self, catching: _Catching, env: Env, scope: Scope) -> Value:
        found = []
        for clause in catching.clauses:
            own = env.copy()
            matcher = self.matcher(scope, own)
            given = [_KINDS_CAUGHT, catching.given(clause)][-len(clause.params) :]
            yes, _no = matcher.split_all(clause.params, one(Tup(tuple(given))))
            if not yes:
                continue
            self._bind_all(matcher, clause.params, yes, own)
            handler = self.handler("catch", _catches_all(clause), clause.span, scope)
            _note_reporting(handler, clause)
            value = self.eval(clause.body, own, scope.with_(handler=handler))
            handler.tail = join(handler.tail, value)
            env.merge(own)
            found.append(value)
        return join(*found)


class _Activation:
    """A function being followed: its (widened) arguments and what it gave so far."""

    __slots__ = ("args", "result", "changed", "recursive")

    def __init__(self, args: list[Value]) -> None:
        self.args = args
        self.result: Value = NEVER
        self.changed = False
        self.recursive = False

    def again(self, args: list[Value]) -> Value:
        self.recursive = True
        wider = [
            old if covers(old, new) else widen(join(old, new))
            for old, new in zip(self.args, args, strict=False)
        ]
        if any(a is not b for a, b in zip(wider, self.args, strict=False)):
            self.args = wider
            self.changed = True
        return self.result


class _Catching:
    """The catch clauses around an expression, and what is thrown to them."""

    __slots__ = ("clauses", "matcher", "thrown", "all_known")

    def __init__(self, clauses: list, matcher: Matcher) -> None:
        self.clauses = clauses
        self.matcher = matcher
        self.thrown: list[tuple[str, Value]] = []
        self.all_known = False  # whether nothing else can be thrown

    def take(self, kind: str, value: Value) -> Value:
        """Throw a value (or exit with it); gives what no clause takes."""
        self.thrown.append((kind, value))
        for clause in self.clauses:
            if _catches(clause, kind) and value:
                yes, value = self.matcher.split(clause.params[-1], value)
                if clause.guard is not None:
                    value = join(value, yes)
        return value

    def takes_errors(self) -> bool:
        return any(_catches(c, "error") and _takes_anything(c) for c in self.clauses)

    def given(self, clause: syntax.Clause) -> Value:
        """What a clause may get: raised errors too, and exits of what is called."""
        thrown = join(*(value for kind, value in self.thrown if _catches(clause, kind)))
        throws_only = len(clause.params) == 1 or _catches_only(clause, "throw")
        if throws_only and (thrown or self.all_known):
            return thrown
        return join(thrown, ANY)


def _catches(clause: syntax.Clause, kind: str) -> bool:
    """Whether a clause is for throws (or exits, errors)."""
    if len(clause.params) == 1:
        return kind == "throw"
    return isinstance(clause.params[0], syntax.Var) or _catches_only(clause, kind)


def _takes_anything(clause: syntax.Clause) -> bool:
    return clause.guard is None and isinstance(clause.params[-1], syntax.Var)


def _catches_only(clause: syntax.Clause, kind: str) -> bool:
    first = clause.params[0] if len(clause.params) == 2 else None
    return isinstance(first, syntax.Atom) and first.name == kind


def _names_in(node: syntax.Node) -> set[str]:
    """Names of variables, and of arguments of a capture around it."""
    names = set()
    for inner in syntax.walk(node):
        if isinstance(inner, syntax.Var):
            names.add(inner.name)
        elif isinstance(inner, syntax.CaptureArg):
            names.add(f"&{inner.index}")
    return names


def _clauses(block) -> list:
    return block if isinstance(block, list) else []


def _function_clause(clause):
    def body(interpreter: Interpreter, env: Env, scope: Scope) -> Value:
        blocks = clause.blocks
        if len(blocks) > 1:
            return interpreter.attempt(blocks, clause, env, scope)
        return interpreter.body(blocks["do"], env, scope)

    return body


def rescue_names(param) -> tuple[bool, list[str]]:
    """(takes any exception, the exception modules named) of a rescue pattern."""
    if isinstance(param, syntax.Op) and param.op == "in":
        return rescue_names(param.right) if not isinstance(param.right, syntax.Var) else (True, [])
    if isinstance(param, syntax.Module):
        return False, [param.name]
    if isinstance(param, syntax.List):
        return False, [item.name for item in param.items if isinstance(item, syntax.Module)]
    if isinstance(param, syntax.Map):
        return False, []
    return isinstance(param, syntax.Var) or param is None, []


def _rescue_variables(param) -> list[str]:
    if isinstance(param, syntax.Op) and param.op == "in":
        param = param.left
    return [param.name] if isinstance(param, syntax.Var) and param.name != "_" else []


def _rescued(clauses, scope: Scope) -> tuple:
    found = []
    for clause in _clauses(clauses):
        _blanket, names = rescue_names(clause.params[0] if clause.params else None)
        found.extend([scope.resolve(name) for name in names] or ["*"])
    return tuple(found)


def _catches_all(clause: syntax.Clause) -> bool:
    """Every exception too: `catch kind, reason` and `catch :error, reason`."""
    if clause.guard is not None or len(clause.params) != 2:  # one parameter: throws only
        return False
    kind, reason = clause.params
    takes_errors = isinstance(kind, syntax.Var) or (
        isinstance(kind, syntax.Atom) and kind.name == "error"
    )
    return takes_errors and isinstance(reason, syntax.Var)


def _note_reporting(handler: Handler, clause: syntax.Clause) -> None:
    for node in syntax.walk(clause.body):
        if isinstance(node, syntax.Call) and node.name in ("reraise", "raise"):
            handler.reraises = True
        elif isinstance(node, syntax.Var) and node.name == "__STACKTRACE__":
            handler.reports = True


def _unplaced(value: Value) -> Value:
    """An argument: a number or text written at the call is decided where it is used."""
    if not any(alt.origin.literal and isinstance(alt.shape, (Int, Float, Text)) for alt in value):
        return value
    found = []
    for alt in value:
        origin = alt.origin
        if origin.literal and isinstance(alt.shape, (Int, Float, Text)):
            origin = Origin(None, call=origin.call, step=origin.step, fresh=origin.fresh)
            origin.words = alt.origin.words
        found.append(Alt(alt.shape, origin))
    return tuple(found)
