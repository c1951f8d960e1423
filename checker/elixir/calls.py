"""Calls: functions of this file, library calls from the table, and the few with rules of
their own (collections, transactions, tasks, job args)."""

from __future__ import annotations

from checker.elixir import syntax, typespec
from checker.elixir.conditions import boolean, freshness, holding
from checker.elixir.constructs import Constructs, element_of, item_words
from checker.elixir.library import Entry
from checker.elixir.patterns import ANY
from checker.elixir.scope import Env, Scope, Transaction
from checker.elixir.subject import called_words
from checker.model.shape import (
    NEVER,
    NIL,
    OK,
    Alt,
    Args,
    Atom,
    Func,
    Map,
    Opaque,
    Origin,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    expand,
    join,
    of,
    one,
    only,
    only_atom,
)  # fmt: skip
from checker.model.worker import Callback, Condition, Context, Enqueue, Step
from checker.vocabulary import own_effect

CONSTRUCTS = {
    "case": "do_case",
    "cond": "do_cond",
    "if": "do_if",
    "unless": "do_if",
    "with": "do_with",
    "for": "do_for",
    "receive": "do_receive",
    "try": "do_try",
    "raise": "do_raise",
    "reraise": "do_raise",
    "throw": "do_throw",
    "exit": "do_throw",
    "then": "do_then",
    "tap": "do_tap",
    "dbg": "do_dbg",
    "quote": "do_quote",
    "alias": "do_alias",
    "import": "do_alias",
    "require": "do_alias",
    "use": "do_alias",
}

ITEMWISE = frozenset((
    "each", "map", "flat_map", "filter", "reject", "map_join", "map_every", "flat_map_reduce",
    "map_reduce", "group_by", "uniq_by", "sort_by", "all?", "any?", "count", "split_with",
    "with_index", "into", "to_list", "zip_with", "frequencies_by", "max_by", "min_by", "sum_by",
    "chunk_by", "dedup_by", "partition", "take_while", "drop_while", "find_index", "reduce",
    "reduce_while", "find", "find_value",
))  # fmt: skip
SAME_ITEMS = frozenset((
    "filter", "reject", "sort", "sort_by", "uniq", "uniq_by", "take", "drop", "reverse", "shuffle",
    "take_while", "drop_while", "dedup", "dedup_by", "to_list", "slice", "take_every", "take_random",
))  # fmt: skip
QUERY_MACROS = frozenset((
    "from", "where", "or_where", "select", "select_merge", "join", "order_by", "group_by",
    "having", "limit", "offset", "lock", "update", "distinct", "preload", "dynamic", "exclude",
    "with_cte", "windows", "union", "union_all", "subquery",
))  # fmt: skip
LINKED = frozenset(("Kernel.spawn_link", "Task.start_link", "Task.async", "Kernel.spawn_monitor"))
QUIET = frozenset(("Kernel.inspect", "Kernel.is_struct", "Kernel.is_map", "Kernel.is_nil"))


class Calls(Constructs):
    """The part of the interpreter that follows calls."""

    def _call(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        if node.target is not None:
            return self._targeted(node, env, scope)
        construct = CONSTRUCTS.get(node.name)
        module = scope.module
        if construct is not None and module.function(node.name, len(node.args)) is None:
            return getattr(self, construct)(node, env, scope)
        function = module.function(node.name, len(node.args))
        if function is not None:
            args = self.eval_all(node.args, env, scope)
            if args is None:
                return NEVER
            return self.call_function(function, args, env, scope, node.span)
        return self._unqualified(node, env, scope)

    def _unqualified(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        module, name, arity = scope.module, node.name, len(node.args)
        if (name, arity) in module.delegates or name in module.macros:
            return self._opaque_call(node, name, env, scope)
        if name == "new" and arity in (1, 2) and self.is_worker(module):
            return self._new_job(module.name, node, env, scope)
        for imported in reversed(module.imports):
            if imported == "Ecto.Query" and name in QUERY_MACROS:
                return self._query(node, env, scope)
            if imported in self.modules and self.modules[imported].function(name, arity):
                return self._remote(imported, node, env, scope)
            if self.library.find(imported, name, arity) is not None:
                return self._remote(imported, node, env, scope)
        if self.library.find("Kernel", name, arity) is not None:
            return self._remote("Kernel", node, env, scope)
        return self._opaque_call(node, name, env, scope)

    def _targeted(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        target = node.target
        if isinstance(target, syntax.Module):
            return self._remote(scope.resolve(target.name), node, env, scope)
        if isinstance(target, syntax.Atom):
            return self._remote(f":{target.name}", node, env, scope)
        value = self.eval(target, env, scope)
        if not value:
            return NEVER
        shape = only(value)
        if isinstance(shape, Atom) and shape.name and shape.name[:1].isupper():
            return self._remote(shape.name, node, env, scope)
        if isinstance(shape, Opaque) and shape.kind == "repo":
            return self._remote("Repo", node, env, scope)
        return self._opaque_call(node, None, env, scope)

    # -- calls nothing is known of -------------------------------------------------

    def _opaque_call(self, node: syntax.Call, name: str | None, env: Env, scope: Scope) -> Value:
        """Unknown answer; functions handed over may run, so they are followed."""
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        self.escape(*args)
        self._run_functions(args, env, scope, node)
        for block in node.blocks.values():
            if isinstance(block, syntax.Block):
                self.eval(block, env.copy(), scope)
        value = self.unknown(node, scope, name)
        value[0].origin.chosen = item_words(node, args[0] if args else NEVER)
        return value

    def _run_functions(self, args: list[Value], env: Env, scope: Scope, node) -> None:
        for arg in args:
            if any(isinstance(alt.shape, Func) for alt in arg):
                self.call_value(arg, self._anything(arg), env, scope, node)

    def _anything(self, function: Value) -> list[Value]:
        arity = max((alt.shape.arity or 0 for alt in function if isinstance(alt.shape, Func)),
                    default=0)  # fmt: skip
        return [ANY] * arity

    # -- remote calls -----------------------------------------------------------------

    def _remote(self, module: str, node: syntax.Call, env: Env, scope: Scope) -> Value:
        name, arity = node.name, len(node.args)
        local = self.modules.get(module)
        if local is not None:
            found = self._local_remote(local, node, env, scope)
            if found is not None:
                return found
        if module == "Kernel" and name in CONSTRUCTS:
            return getattr(self, CONSTRUCTS[name])(node, env, scope)
        if module == "Ecto.Query" and name in QUERY_MACROS:
            return self._query(node, env, scope)
        if name == "with_span" and "do" in node.blocks:  # OpenTelemetry: the block's value
            self.eval_all(node.args, env, scope)
            return self.body(node.blocks["do"], env, scope)
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        entry = self.library.find(module, name, arity)
        special = self._special(module, name)
        if special is not None:
            return special(self, node, module, args, entry, env, scope)
        if entry is not None:
            return self._library(node, module, args, entry, env, scope)
        return self._project_call(node, module, args, env, scope)

    def _local_remote(self, local, node: syntax.Call, env: Env, scope: Scope) -> Value | None:
        function = local.function(node.name, len(node.args))
        if function is not None:
            args = self.eval_all(node.args, env, scope)
            if args is None:
                return NEVER
            return self.call_function(function, args, env, scope, node.span)
        if node.name == "new" and len(node.args) in (1, 2) and self.is_worker(local):
            return self._new_job(local.name, node, env, scope)
        return None

    def is_worker(self, module) -> bool:
        return any(use.name in ("Oban.Worker", "Oban.Pro.Worker") for use in module.uses)

    def _project_call(
        self, node: syntax.Call, module: str, args: list[Value], env: Env, scope: Scope
    ) -> Value:
        """A call we cannot follow; one of the project's own may say by its name what it does."""
        call = f"{module}.{node.name}"
        self.escape(*args)
        kind = None
        if _same_project(module, scope.module.name) and not _tells_of_job(args):
            kind = own_effect(module.split("."), node.name)
        if kind is None and _looks_up(node.name):
            self.step(call, frozenset(("lookup_bang",)), node, args, env, scope)
        if kind is None:
            if node.name == "new" and len(args) in (1, 2) and module[:1].isupper():
                return self._maybe_job(call, module, node, args, env, scope)
            self._run_functions(args, env, scope, node)
            for block in node.blocks.values():
                if isinstance(block, syntax.Block):
                    self.eval(block, env.copy(), scope)
            value = self.unknown(node, scope, call)
            value[0].origin.chosen = item_words(node, args[0] if args else NEVER)
            value[0].origin.on_new = bool(args) and _is_new_struct(args[0])
            return value
        step = self.step(call, frozenset((kind, "own")), node, args, env, scope)
        self._run_functions(args, env, scope, node)
        step.result = one(Unknown(call), self.origin(node, scope, call=call, step=step))
        self._ran(step, env)
        return step.result

    def _maybe_job(self, call, module: str, node, args, env: Env, scope: Scope) -> Value:
        """`X.new(map)`: a job if `X` is a worker, which this file does not tell."""
        fields = {("atom", "__job__"): one(Atom(module))}
        self._run_functions(args, env, scope, node)
        return one(Unknown(call), self.origin(node, scope, call=call)) if not args else (
            Alt(_JobOrUnknown(call, module, args, fields), self.origin(node, scope, call=call)),
        )  # fmt: skip

    # -- library calls -------------------------------------------------------------------

    def step(
        self, call: str, traits: frozenset, node: syntax.Node, args: list[Value], env: Env,
        scope: Scope,
    ) -> Step:  # fmt: skip
        """The record of a call; every way that leads to it is one context."""
        key = (node.span, call)
        step = self.steps.get(key)
        if step is None:
            step = self.steps[key] = Step(call, traits, node.span, scope.function)
            step.order = len(self.steps)
        step.traits = step.traits | traits
        step.args = args if not step.args else [
            join(a, b) for a, b in zip(step.args, args, strict=False)
        ]  # fmt: skip
        step.options = keyword_options(step.args)
        context = Context(
            scope.conditions, scope.loop, scope.transaction is not None, scope.handler,
            env.done, scope.rescues,
        )  # fmt: skip
        if len(step.contexts) < 40:
            step.contexts.append(context)
        return step

    def _ran(self, step: Step, env: Env) -> None:
        env.done = env.done | {step}

    def _library(
        self, node: syntax.Call, module: str, args: list[Value], entry: Entry, env: Env,
        scope: Scope, run=None,
    ) -> Value:  # fmt: skip
        call = f"{module}.{node.name}"
        step = self.step(call, entry.traits, node, args, env, scope) if entry.traits else None
        if call not in QUIET and "log" not in entry.traits:
            self.escape(*args)
        fresh = node.span if "fresh" in entry.traits else None
        if fresh is None and (step is None or not step.has(*EFFECTS)):
            fresh = freshness(*args)
        origin = self.origin(node, scope, call=entry.call, step=step, fresh=fresh)
        runner = _Runner(self, args, entry, env, scope, node)
        answer = step if step is not None and step.has("http") else None
        site = typespec.Site(args, run or runner.run, origin, answer)
        value = typespec.value_of(typespec.parse(entry.returns), site)
        if run is None:
            runner.run_rest()
        if step is not None:
            step.result = join(step.result, value)
            self._ran(step, env)
        return value

    def _query(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        """Ecto's query macros: their arguments are queries, not values."""
        first = node.args[0] if node.args else None
        base = NEVER
        if first is not None and not (isinstance(first, syntax.Op) and first.op == "in"):
            base = self.eval(first, env, scope)
        traits = frozenset(("build", "query"))
        if node.name in ("update", "from") and _adds_to_column(node.args):
            traits |= {"relative"}
        step = self.step(f"Ecto.Query.{node.name}", traits, node, [base], env, scope)
        step.words = frozenset(called_words(node.args) | _query_words(base))
        if _locks(node):
            step.traits |= {"lock"}
            self._ran(step, env)
        return one(Struct("Ecto.Query"), self.origin(node, scope, call="Ecto.Query", step=step))

    # -- jobs ----------------------------------------------------------------------------

    def _new_job(self, worker: str, node: syntax.Call, env: Env, scope: Scope) -> Value:
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        step = self.step(f"{worker}.new", frozenset(("build", "job")), node, args, env, scope)
        fields = {("atom", "__job__"): one(Atom(worker))}
        value = one(
            Struct("Ecto.Changeset", fields), self.origin(node, scope, call="Worker.new", step=step)
        )
        return value

    def record_enqueue(self, step: Step, args: list[Value]) -> None:
        for arg in args:
            for alt in _with_elements(arg):
                target = _job_target(alt.shape)
                if target is not None and (step.span, target) not in self.enqueues:
                    self.enqueues[(step.span, target)] = Enqueue(
                        step.span, target, (), {}, step.function
                    )

    # -- functions with rules of their own ----------------------------------------------

    def _special(self, module: str, name: str):
        if module in ("Enum", "Stream"):
            return _COLLECTIONS.get(name) or (_same_items if name in SAME_ITEMS else None)
        found = _SPECIAL.get((module, name))
        if found is None and any(part.endswith("Repo") for part in module.split(".")):
            found = _REPO.get(name)
        return found

    def collected(self, node: syntax.Call, module: str, args: list[Value], scope: Scope) -> Origin:
        """The origin of a collection made from another; it remembers what chose the items."""
        call = "Stream" if module == "Stream" else f"Enum.{node.name}"
        origin = self.origin(node, scope, call=call)
        origin.chosen = item_words(node, args[0])
        return origin

    def item_scope(self, scope: Scope, node: syntax.Node, items: Value) -> Scope:
        """Inside a loop: what chose the items decided what runs for each."""
        names = item_words(node, items)
        condition = Condition(node.span, frozenset(names), (), False)
        return scope.with_(loop=True, conditions=(*scope.conditions, condition))


EFFECTS = ("mail", "payment", "sms", "push", "chat", "http_write", "publish", "webhook")


class _Runner:
    """Runs the functions among a call's arguments, each once."""

    def __init__(self, interpreter, args, entry: Entry, env: Env, scope: Scope, node) -> None:
        self.interpreter = interpreter
        self.args = args
        self.itemwise = "per_item" in entry.traits
        self.env = env
        self.scope = scope
        if self.itemwise and args:
            self.scope = interpreter.item_scope(scope, node.args[0], args[0])
        self.isolated = bool(entry.traits & {"detached", "async"})
        self.node = node
        self.done: dict[int, Value] = {}

    def run(self, index: int) -> Value:
        if index not in self.done and 0 <= index < len(self.args):
            self.done[index] = self._run(self.args[index])
        return self.done.get(index, ANY)

    def _run(self, function: Value) -> Value:
        given = self.interpreter._anything(function)
        if self.itemwise and given and self.args:
            given[0] = element_of(self.args[0]) or ANY
        if self.isolated:
            return _isolated(self.interpreter, function, given, self.env, self.scope, self.node)
        return self.interpreter.call_value(function, given, self.env, self.scope, self.node)

    def run_rest(self) -> None:
        for index, arg in enumerate(self.args):
            if index not in self.done and any(isinstance(a.shape, Func) for a in arg):
                self.run(index)


class _Swallow:
    """Stands in for the process boundary: what is thrown there does not reach the job."""

    def __init__(self) -> None:
        self.exits: list[Value] = []

    def take(self, kind: str, value: Value) -> Value:
        if kind == "exit":
            self.exits.append(value)
        return NEVER


def _isolated(interpreter, function: Value, given, env: Env, scope: Scope, node) -> Value:
    """Run a function as another process would; a linked one that shuts down takes us along."""
    boundary = _Swallow()
    inner = scope.with_(catching=(*scope.catching, boundary))
    value = interpreter.call_value(function, given, env, inner, node)
    call = node.name
    if call in ("spawn_link", "start_link", "async"):
        for exited in boundary.exits:
            if only_atom(exited) == "shutdown":
                interpreter.throw("linked", node, exited, scope.with_(catching=()))
    return value


class _JobOrUnknown(Unknown):
    """What `X.new(args)` gives while `X` is not known to be a worker."""

    __slots__ = ("module", "args")

    def __init__(self, call: str, module: str, args: list[Value], fields: dict) -> None:
        super().__init__(call)
        self.module = module
        self.args = args


# -- collections ---------------------------------------------------------------------


def _each(it, node, module, args, entry, env, scope) -> Value:
    if len(args) != 2:
        return it.unknown(node, scope)
    result = it.call_value(
        args[1],
        [element_of(args[0]) or ANY],
        env,
        it.item_scope(scope, node.args[0], args[0]),
        node,
    )
    it.dropped(node, result, scope, per_item=True)
    origin = it.origin(node, scope, call=f"{module}.each")
    if module == "Stream":
        return one(Opaque("stream", element_of(args[0])), it.origin(node, scope, call="Stream"))
    return one(OK, origin)


def _map(it, node, module, args, entry, env, scope) -> Value:
    if len(args) != 2:
        return it.unknown(node, scope)
    items = element_of(args[0])
    result = it.call_value(
        args[1], [items or ANY], env, it.item_scope(scope, node.args[0], args[0]), node
    )
    if node.name == "flat_map":
        result = element_of(result)
    origin = it.collected(node, module, args, scope)
    if module == "Stream":
        return one(Opaque("stream", result), origin)
    return one(Seq(None, result) if items else Seq(()), origin)


def _same_items(it, node, module, args, entry, env, scope) -> Value:
    """filter, sort, uniq …: a list of some of the items."""
    if not args:
        return it.unknown(node, scope)
    items = element_of(args[0])
    for function in args[1:]:
        if any(isinstance(alt.shape, Func) for alt in function):
            it.call_value(
                function, [items or ANY], env, it.item_scope(scope, node.args[0], args[0]), node
            )
    origin = it.collected(node, module, args, scope)
    return one(Opaque("stream", items) if module == "Stream" else Seq(None, items), origin)


def _reduce(it, node, module, args, entry, env, scope) -> Value:
    inner = it.item_scope(scope, node.args[0], args[0])
    if len(args) == 2:
        start = element_of(args[0])
    elif len(args) == 3:
        start = args[1]
    else:
        return it.unknown(node, scope)
    items = element_of(args[0]) or ANY
    return it.repeat(start, lambda acc: it.call_value(args[-1], [items, acc], env, inner, node))


def _reduce_while(it, node, module, args, entry, env, scope) -> Value:
    if len(args) != 3:
        return it.unknown(node, scope)
    items = element_of(args[0]) or ANY
    inner = it.item_scope(scope, node.args[0], args[0])
    halted: list[Value] = []

    def once(acc: Value) -> Value:
        going = []
        for alt in it.call_value(args[2], [items, acc], env, inner, node):
            for shape in expand(alt.shape):
                head = only_atom(shape.items[0]) if _is_pair(shape) else None
                if head == "halt":
                    halted.append(shape.items[1])
                elif head == "cont":
                    going.append(shape.items[1])
                elif head is None:
                    going.append(it.unknown(node, scope))
        return join(*going)

    result = it.repeat(args[1], once)
    return join(result, *halted)


def _is_pair(shape) -> bool:
    return isinstance(shape, Tup) and len(shape.items) == 2


def _find(it, node, module, args, entry, env, scope) -> Value:
    if len(args) not in (2, 3):
        return it.unknown(node, scope)
    items = element_of(args[0])
    it.call_value(args[-1], [items or ANY], env, it.item_scope(scope, node.args[0], args[0]), node)
    items = tuple(_matching(alt, node, args[-1], it, scope) for alt in items)
    default = args[1] if len(args) == 3 else one(
        NIL, it.origin(node, scope, call="Enum.find")
    )  # fmt: skip
    return join(it.placed(items, node, scope), default)


def _matching(alt: Alt, node, function, it, scope) -> Alt:
    return Alt(alt.shape, Origin(None, call="Enum.find", step=alt.origin.step))


def _find_value(it, node, module, args, entry, env, scope) -> Value:
    if len(args) not in (2, 3):
        return it.unknown(node, scope)
    items = element_of(args[0]) or ANY
    result = it.call_value(
        args[-1], [items], env, it.item_scope(scope, node.args[0], args[0]), node
    )
    found, _rest = holding(result)
    default = args[1] if len(args) == 3 else one(
        NIL, it.origin(node, scope, call="Enum.find_value")
    )  # fmt: skip
    return join(found, default)


def _run_stream(it, node, module, args, entry, env, scope) -> Value:
    element = element_of(args[0]) if args else ANY
    it.dropped(node, element, scope, per_item=True)
    return one(OK, it.origin(node, scope, call="Stream.run"))


def _async_stream(it, node, module, args, entry, env, scope) -> Value:
    function = next((a for a in args if any(isinstance(x.shape, Func) for x in a)), None)
    source = args[1] if module == "Task.Supervisor" and len(args) > 1 else args[0]
    result: Value = ANY
    if function is not None:
        items = element_of(source) or ANY
        result = it.call_value(
            function, [items], env, it.item_scope(scope, node.args[0], args[0]), node
        )
    origin = it.origin(node, scope, call="Task.async_stream")
    element = join(
        one(Tup((one(OK, origin), result)), origin),
        one(Tup((one(Atom("exit"), origin), ANY)), origin),
    )
    return one(Opaque("stream", element), origin)


_COLLECTIONS = {
    "each": _each, "map": _map, "flat_map": _map, "reduce": _reduce,
    "reduce_while": _reduce_while, "find": _find, "find_value": _find_value, "run": _run_stream,
}  # fmt: skip


# -- maps and args ----------------------------------------------------------------------


def _look_up(it, node, module, args, entry, env, scope) -> Value:
    """Map.get, Map.fetch, Access.get, Keyword.get … on what is known of the map."""
    key = only(args[1]) if len(args) > 1 else None
    name = node.name
    if isinstance(key, (Atom, Text)):
        known = [
            alt for alt in args[0]
            if isinstance(alt.shape, (Args, Map, Struct)) or _keyword_list(alt.shape)
        ]  # fmt: skip
        if known and len(known) == len(args[0]):
            return _looked_up(it, node, args, key, name, env, scope)
    if entry is not None:
        return it._library(node, module, args, entry, env, scope)
    return it.unknown(node, scope)


def _looked_up(it, node, args, key, name: str, env: Env, scope: Scope) -> Value:
    written = node.args[1]
    origin = it.origin(node, scope, call=f"Map.{name}")
    value, may_miss = NEVER, False
    for alt in args[0]:
        shape = alt.shape
        if isinstance(shape, Args):
            if isinstance(key, Atom):
                it.record_atom_key(written, key.name, f'"{key.name}"', scope)
            value = join(value, one(Unknown(from_args=True), origin))
            may_miss = True
        elif isinstance(shape, (Map, Struct)):
            if key.key in shape.fields:
                value = join(value, shape.fields[key.key])
            else:
                may_miss = True
                if isinstance(shape, Struct) or shape.open:
                    value = join(value, one(Unknown(), origin))
        else:
            value, may_miss = join(value, one(Unknown(), origin)), True
    if name == "has_key?":
        return boolean(origin)
    if name == "fetch":
        found = one(Tup((one(OK, origin), value)), origin) if value else NEVER
        return join(found, one(Atom("error"), origin) if may_miss else NEVER)
    if name in ("fetch!",):
        return value
    if not may_miss:
        return value
    default = args[2] if len(args) > 2 else one(NIL, origin)
    return join(value, default)


def _keyword_list(shape) -> bool:
    return isinstance(shape, Seq)


def _keep_args(it, node, module, args, entry, env, scope) -> Value:
    """Map.take and the like leave args with string keys."""
    if args and any(isinstance(alt.shape, Args) for alt in args[0]):
        return tuple(Alt(alt.shape, it.origin(node, scope)) for alt in args[0])
    if entry is not None:
        return it._library(node, module, args, entry, env, scope)
    return it.unknown(node, scope)


def _get_in(it, node, module, args, entry, env, scope) -> Value:
    path = only(args[1]) if len(args) == 2 else None
    if isinstance(path, Seq) and path.items:
        key = only(path.items[0])
        if isinstance(key, (Atom, Text)) and any(isinstance(a.shape, Args) for a in args[0]):
            keys = node.args[1]
            place = keys.items[0] if isinstance(keys, syntax.List) and keys.items else keys
            if isinstance(key, Atom):
                it.record_atom_key(place, key.name, f'"{key.name}"', scope)
            return one(Unknown(from_args=True), it.origin(node, scope))
    return it.unknown(node, scope)


# -- transactions --------------------------------------------------------------------------


def _transaction(it, node, module, args, entry, env, scope) -> Value:
    """Repo.transaction: wraps what its function answers, and commits whatever that is."""
    if not args:
        return it.unknown(node, scope)
    step = it.step(f"{module}.{node.name}", _traits(entry, "transaction"), node, args, env, scope)
    origin = it.origin(node, scope, call="Repo.transaction", step=step)
    found = []
    for alt in args[0]:
        shape = alt.shape
        if isinstance(shape, Func):
            found.append(_in_transaction(it, node, alt, args, env, scope, origin, wraps=True))
        elif isinstance(shape, Struct) and shape.name == "Ecto.Multi":
            step.traits |= {"multi"}
            found.append(_multi_result(origin))
        else:
            found.append(it.unknown(node, scope, "Repo.transaction"))
    step.result = join(step.result, *found)
    return join(*found)


def _transact(it, node, module, args, entry, env, scope) -> Value:
    """Repo.transact: gives back what its function answers; anything but a result raises."""
    if not args:
        return it.unknown(node, scope)
    step = it.step(f"{module}.{node.name}", _traits(entry, "transact"), node, args, env, scope)
    origin = it.origin(node, scope, call="Repo.transact", step=step)
    found = []
    for alt in args[0]:
        shape = alt.shape
        if isinstance(shape, Func):
            found.append(_in_transaction(it, node, alt, args, env, scope, origin, wraps=False))
        elif isinstance(shape, Struct) and shape.name == "Ecto.Multi":
            step.traits |= {"multi"}
            found.append(_multi_result(origin))
        else:
            found.append(it.unknown(node, scope, "Repo.transact"))
    step.result = join(step.result, *found)
    return join(*found)


def _traits(entry: Entry | None, trait: str) -> frozenset:
    return frozenset((trait,)) | (entry.traits if entry is not None else frozenset())


def _multi_result(origin: Origin) -> Value:
    failed = Tup((one(Atom("error"), origin), of(Atom(None)), ANY, ANY))
    done = Tup((one(OK, origin), one(Map({}, open=True), origin)))
    return join(one(done, origin), one(failed, origin))


def _in_transaction(it, node, alt: Alt, args, env, scope, origin: Origin, wraps: bool) -> Value:
    transaction = Transaction()
    inner = scope.with_(transaction=transaction)
    given = [one(Opaque("repo"))] * (alt.shape.arity or 0)
    body = it.call_value((alt,), given, env, inner, node)
    kind = "transaction" if wraps else "transact"
    _record_callback(it, kind, node.span, body, scope)
    rolled_back = [
        one(Tup((one(Atom("error"), origin), reason)), origin) for reason in transaction.rollbacks
    ]
    if wraps:
        wrapped = [one(Tup((one(OK, origin), (inner_alt,))), origin) for inner_alt in body]
        return join(*wrapped, *rolled_back)
    kept = tuple(a for a in body if _is_result(a.shape))
    return join(kept, *rolled_back)


def _is_result(shape) -> bool:
    if isinstance(shape, Unknown):
        return True
    return isinstance(shape, Tup) and len(shape.items) == 2 and shape.head in ("ok", "error", None)


def _record_callback(it, kind: str, span, body: Value, scope: Scope) -> None:
    known = it.callbacks_run.get((span, kind))
    if known is None:
        it.callbacks_run[(span, kind)] = Callback(kind, span, body, scope.function)
    else:
        known.value = join(known.value, body)


def _rollback(it, node, module, args, entry, env, scope) -> Value:
    if scope.transaction is not None and args:
        scope.transaction.rollbacks.append(args[0])
    return NEVER


def _multi_run(it, node, module, args, entry, env, scope) -> Value:
    origin = it.origin(node, scope, call="Ecto.Multi.run")
    step = it.step("Ecto.Multi.run", frozenset(("build", "multi")), node, args, env, scope)
    origin.step = step
    function = args[-1] if args else NEVER
    if any(isinstance(alt.shape, Func) for alt in function):
        given = [one(Opaque("repo")), one(Map({}, open=True))]
        inner = scope.with_(transaction=Transaction())
        body = it.call_value(function, given, env, inner, node)
        _record_callback(it, "multi_run", node.span, body, scope)
    return one(Struct("Ecto.Multi"), origin)


def _checkout(it, node, module, args, entry, env, scope) -> Value:
    if not args:
        return it.unknown(node, scope)
    return it.call_value(args[0], it._anything(args[0]), env, scope, node)


_REPO = {
    "transaction": _transaction, "transact": _transact, "rollback": _rollback,
    "checkout": _checkout,
}  # fmt: skip


# -- processes, telemetry, jobs -------------------------------------------------------------


def _span(it, node, module, args, entry, env, scope) -> Value:
    """:telemetry.span: its function answers {result, metadata}; the span answers result."""
    if len(args) != 3:
        return it.unknown(node, scope)
    found = []
    for alt in it.call_value(args[2], it._anything(args[2]), env, scope, node):
        shape = alt.shape
        if isinstance(shape, Tup) and len(shape.items) in (2, 3):
            found.append(shape.items[0])
        else:
            found.append(it.unknown(node, scope))
    return join(*found)


def _task(it, node, module, args, entry, env, scope) -> Value:
    """Task.async and async_nolink: the task remembers what its function answers."""
    call = f"{module}.{node.name}"
    step = it.step(call, frozenset(("async",)), node, args, env, scope)
    function = args[-1] if args else NEVER
    result: Value = ANY
    if any(isinstance(alt.shape, Func) for alt in function):
        result = _isolated(it, function, it._anything(function), env, scope, node)
    origin = it.origin(node, scope, call=call, step=step)
    return one(Struct("Task", step=step, result=result), origin)


def _await(it, node, module, args, entry, env, scope) -> Value:
    tasks = args[0] if args else NEVER
    found = []
    for alt in tasks:
        shape = alt.shape
        if isinstance(shape, Struct) and shape.step is not None:
            shape.step.reads.add("await")
        awaited = shape.result if isinstance(shape, Struct) and shape.result is not None else None
        if node.name == "await":
            found.append(awaited if awaited is not None else it.unknown(node, scope))
    for arg in args:
        _awaited_inside(arg)
    if node.name == "await":
        return join(*found)
    if node.name == "await_many":
        results = [
            a.shape.result
            for a in element_of(tasks)
            if isinstance(a.shape, Struct) and a.shape.result is not None
        ]
        element = join(*results) if results else ANY
        return one(Seq(None, element), it.origin(node, scope, call="Task.await_many"))
    if node.name in ("yield", "shutdown"):
        return _yielded(it, node, tasks, scope)
    if entry is not None:
        return it._library(node, module, args, entry, env, scope)
    return it.unknown(node, scope)


def _yielded(it, node, tasks: Value, scope: Scope) -> Value:
    origin = it.origin(node, scope, call=f"Task.{node.name}")
    results = [
        a.shape.result for a in tasks if isinstance(a.shape, Struct) and a.shape.result is not None
    ]
    answer = join(*results) if results else ANY
    return join(
        one(Tup((one(OK, origin), answer)), origin) if answer else NEVER,
        one(Tup((one(Atom("exit"), origin), ANY)), origin),
        one(NIL, origin),
    )


def _awaited_inside(value: Value) -> None:
    for alt in element_of(value):
        if isinstance(alt.shape, Struct) and alt.shape.step is not None:
            alt.shape.step.reads.add("await")


def _process_exit(it, node, module, args, entry, env, scope) -> Value:
    origin = it.origin(node, scope, call="Process.exit")
    target = args[0] if args else NEVER
    to_self = any(isinstance(a.shape, Opaque) and a.shape.kind == "self" for a in target)
    if to_self and len(args) == 2:
        it.throw("signal", node, args[1], scope.with_(catching=()))
    return one(Atom("true"), origin)


def _self(it, node, module, args, entry, env, scope) -> Value:
    return one(Opaque("self"), it.origin(node, scope, literal=True))


def _insert_job(it, node, module, args, entry, env, scope) -> Value:
    if len(args) >= 3 or (args and _is_multi(args[0])):
        origin = it.origin(node, scope, call="Ecto.Multi")
        it._run_functions(args, env, scope, node)
        return one(Struct("Ecto.Multi"), origin)
    if entry is None:
        return it.unknown(node, scope)
    value = it._library(node, module, args, entry, env, scope)
    step = it.steps.get((node.span, f"{module}.{node.name}"))
    if step is not None:
        it.record_enqueue(step, args)
    return value


def _query_words(value: Value) -> set[str]:
    words: set[str] = set()
    for alt in value:
        if alt.origin.step is not None:
            words |= alt.origin.step.words
    return words


def _is_multi(value: Value) -> bool:
    shape = only(value)
    return isinstance(shape, Struct) and shape.name == "Ecto.Multi"


def _change(it, node, module, args, entry, env, scope) -> Value:
    """Ecto.Changeset.change: may set a field to its old value plus something."""
    step = it.step("Ecto.Changeset.change", frozenset(("build",)), node, args, env, scope)
    if len(args) > 1 and _sets_relatively(args[1]):
        step.traits |= {"relative"}
    origin = it.origin(node, scope, call="Ecto.Changeset.change", step=step)
    fields = {("atom", "data"): args[0]} if args else {}
    return one(Struct("Ecto.Changeset", fields), origin)


def _sets_relatively(changes: Value) -> bool:
    for alt in changes:
        shape = alt.shape
        pairs = []
        if isinstance(shape, Seq):
            for item in shape.items or ():
                pair = only(item)
                if isinstance(pair, Tup) and len(pair.items) == 2:
                    pairs.append((only_atom(pair.items[0]), pair.items[1]))
        elif isinstance(shape, Map):
            pairs = [(key[1], value) for key, value in shape.fields.items()]
        for name, value in pairs:
            if any(a.origin.relative == name for a in value):
                return True
    return False


def _bulk_write(it, node, module, args, entry, env, scope) -> Value:
    if entry is None:
        return it.unknown(node, scope)
    value = it._library(node, module, args, entry, env, scope)
    step = it.steps.get((node.span, f"{module}.{node.name}"))
    if step is not None and ("inc" in step.options or "push" in step.options):
        step.traits |= {"relative"}
    return value


_REPO["update_all"] = _bulk_write
_SPECIAL = {
    ("Map", "get"): _look_up, ("Map", "fetch"): _look_up, ("Map", "fetch!"): _look_up,
    ("Map", "has_key?"): _look_up, ("Access", "get"): _look_up, ("Access", "fetch"): _look_up,
    ("Map", "take"): _keep_args, ("Map", "drop"): _keep_args, ("Map", "delete"): _keep_args,
    ("Kernel", "get_in"): _get_in,
    ("Kernel", "self"): _self,
    (":telemetry", "span"): _span,
    ("Ecto.Multi", "run"): _multi_run,
    ("Ecto.Multi", "update_all"): _bulk_write,
    ("Ecto.Changeset", "change"): _change,
    ("Task", "async"): _task, ("Task.Supervisor", "async"): _task,
    ("Task.Supervisor", "async_nolink"): _task,
    ("Task", "await"): _await, ("Task", "await_many"): _await, ("Task", "yield"): _await,
    ("Task", "yield_many"): _await, ("Task", "shutdown"): _await,
    ("Task", "async_stream"): _async_stream,
    ("Task.Supervisor", "async_stream"): _async_stream,
    ("Task.Supervisor", "async_stream_nolink"): _async_stream,
    ("Process", "exit"): _process_exit,
    ("Oban", "insert"): _insert_job, ("Oban", "insert!"): _insert_job,
    ("Oban", "insert_all"): _insert_job,
}  # fmt: skip


def keyword_options(args: list[Value]) -> dict[str, Value]:
    """The options of a call: its last argument when that is a keyword list."""
    if not args:
        return {}
    shape = only(args[-1])
    options: dict[str, Value] = {}
    if isinstance(shape, Seq) and shape.items:
        for item in shape.items:
            pair = only(item)
            if isinstance(pair, Tup) and len(pair.items) == 2:
                name = only_atom(pair.items[0])
                if name is not None:
                    options[name] = pair.items[1]
    return options


def _with_elements(value: Value) -> list[Alt]:
    return [*value, *(a for alt in value if isinstance(alt.shape, Seq) for a in alt.shape.element)]


def _job_target(shape) -> str | None:
    if isinstance(shape, Struct) and ("atom", "__job__") in shape.fields:
        return only_atom(shape.fields[("atom", "__job__")])
    if isinstance(shape, _JobOrUnknown):
        return shape.module
    return None


def _looks_up(name: str) -> bool:
    """`get_user!`, `fetch!`: raises when there is none."""
    return name.endswith("!") and name.split("_")[0].rstrip("!") in ("get", "fetch")


def _tells_of_job(args: list[Value]) -> bool:
    """Given the job itself: a message about the job, not to a person."""
    shape = only(args[0]) if args else None
    return isinstance(shape, Struct) and shape.name == "Oban.Job"


def _is_new_struct(value: Value) -> bool:
    shape = only(value)
    return isinstance(shape, Struct) and shape.step is None and value[0].origin.literal


def _same_project(module: str, worker: str) -> bool:
    def root(name: str) -> str:
        return name.split(".")[0].removesuffix("Web")

    return root(module) == root(worker)


def _adds_to_column(args: list[syntax.Node]) -> bool:
    """`update: [inc: …]`, or a fragment that adds to a column."""
    for node in syntax.walk(args):
        if isinstance(node, syntax.Tuple) and len(node.items) == 2:
            key = node.items[0]
            if isinstance(key, syntax.Atom) and key.name in ("inc", "push"):
                return True
            if isinstance(key, syntax.Atom) and key.name == "set":
                if any(_is_sum_fragment(inner) for inner in syntax.walk(node.items[1])):
                    return True
    return False


def _is_sum_fragment(node: syntax.Node) -> bool:
    if not isinstance(node, syntax.Call) or node.name != "fragment" or not node.args:
        return False
    text = node.args[0].value if isinstance(node.args[0], syntax.Str) else None
    words = (text or "").split()
    return any(a == "?" and b in ("+", "-", "||") for a, b in zip(words, words[1:], strict=False))


def _locks(node: syntax.Call) -> bool:
    if node.name == "lock":
        return True
    return any(
        isinstance(inner, syntax.Tuple)
        and len(inner.items) == 2
        and isinstance(inner.items[0], syntax.Atom)
        and inner.items[0].name == "lock"
        for inner in syntax.walk(node.args)
    )
