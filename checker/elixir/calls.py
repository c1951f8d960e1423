"""Calls: functions of this file, library calls from the table, and the few with rules of
their own (collections, transactions, tasks, job args)."""

from __future__ import annotations

from checker.elixir import syntax, typespec
from checker.elixir.asked import item_words
from checker.elixir.conditions import freshness
from checker.elixir.constructs import Constructs, element_of
from checker.elixir.known import known_function
from checker.elixir.foreign import Foreign, follow
from checker.elixir.known.jobs import MaybeJob
from checker.elixir.known.processes import Boundary, isolated
from checker.elixir.known.site import CallSite, keyword_options
from checker.elixir.library import Entry
from checker.elixir.patterns import ANY
from checker.elixir.scope import Env, Scope
from checker.elixir.subject import called_words
from checker.model.shape import (
    NEVER,
    Atom,
    Func,
    Int,
    Opaque,
    Origin,
    Seq,
    Struct,
    Text,
    Unknown,
    Value,
    join,
    one,
    only,
)  # fmt: skip
from checker.model.worker import Context, Step
from checker.vocabulary import changes_record, own_effect

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

OPERATORS = frozenset((
    "+", "-", "*", "/", "++", "--", "<>", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&",
    "||", "and", "or", "in",
))  # fmt: skip
QUERY_MACROS = frozenset((
    "from", "where", "or_where", "select", "select_merge", "join", "order_by", "group_by",
    "having", "limit", "offset", "lock", "update", "distinct", "preload", "dynamic", "exclude",
    "with_cte", "windows", "union", "union_all", "subquery",
))  # fmt: skip
LINKED = frozenset(("Kernel.spawn_link", "Task.start_link", "Task.async", "Kernel.spawn_monitor"))
TAKE_ANYTHING = frozenset(
    ("insert_all", "preload", "transaction", "transact", "query", "query!", "rollback")
)
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
        listed = self.library.find("Kernel", name, arity) is not None
        if listed or known_function("Kernel", name) is not None:
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
        self.run_functions(args, env, scope, node)
        for block in node.blocks.values():
            if isinstance(block, syntax.Block):
                self.eval(block, env.copy(), scope)
        value = self.unknown(node, scope, name)
        value[0].origin.words = item_words(node, args[0] if args else NEVER)
        return value

    def run_functions(self, args: list[Value], env: Env, scope: Scope, node) -> None:
        """Follow functions handed to something unknown, which may catch what they throw."""
        scope = scope.with_(catching=(*scope.catching, Boundary()))
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
        if module == "Kernel" and arity == 2 and name in OPERATORS:
            return self.eval(syntax.Op(node.span, name, *node.args), env, scope)
        if module == "Ecto.Query" and name in QUERY_MACROS:
            return self._query(node, env, scope)
        if name == "with_span" and "do" in node.blocks:  # OpenTelemetry: the block's value
            self.eval_all(node.args, env, scope)
            return self.body(node.blocks["do"], env, scope)
        args = self.eval_all(node.args, env, scope)
        if args is None:
            return NEVER
        foreign = self.others.find(module, name, arity) if self.others is not None else None
        if foreign is not None:
            return self._foreign_call(foreign, node, module, args, env, scope)
        entry = self.library.find(module, name, arity)
        if entry is not None and entry.call.startswith("Repo."):
            own = _same_project(module, scope.module.name)
            if not _fits_ecto(name, args, own):
                return self._project_call(node, module, args, env, scope)
        known = known_function(module, name)
        if known is not None:
            return known(CallSite(self, node, module, args, entry, env, scope))
        if entry is not None:
            return self.library_call(node, module, args, entry, env, scope)
        return self._project_call(node, module, args, env, scope)

    def _foreign_call(
        self, foreign: Foreign, node: syntax.Call, module: str, args: list[Value], env: Env,
        scope: Scope,
    ) -> Value:  # fmt: skip
        """A function of another file. Its name counts where not all of it could be followed."""
        unknowns = self.unknowns
        value = follow(self, foreign, node, args, env, scope)
        if args and _is_new(args[0]):
            for alt in value:
                alt.origin.on_new = True
        kind = self._named_effect(module, node.name, args, scope)
        if kind is None or self.unknowns == unknowns or self._has_effect_at(node.span):
            return value
        step = self.step(foreign.name, frozenset((kind, "own")), node, args, env, scope)
        step.result = join(step.result, value)
        self._ran(step, env)
        for alt in value:
            alt.origin.step = alt.origin.step or step
        return value

    def _has_effect_at(self, span: tuple) -> bool:
        return any(step.span == span and step.has(*EFFECTS) for step in self.steps.values())

    def _named_effect(self, module: str, name: str, args: list[Value], scope: Scope) -> str | None:
        """What a function of the project does to the world, by its name."""
        if not _same_project(module, scope.module.name) or _tells_of_job(args):
            return None
        return own_effect(module.split("."), name)

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
        kind = self._named_effect(module, node.name, args, scope)
        if kind is None and _looks_up(node.name):
            self.step(call, frozenset(("lookup_bang",)), node, args, env, scope)
        if kind is None and scope.loop and changes_record(node.name):
            self._ran(self.step(call, frozenset(("change",)), node, args, env, scope), env)
        if kind is None:
            if _may_build_job(module, node):
                return self._maybe_job(call, module, node, args, env, scope)
            self.run_functions(args, env, scope, node)
            for block in node.blocks.values():
                if isinstance(block, syntax.Block):
                    self.eval(block, env.copy(), scope)
            value = self.unknown(node, scope, call)
            value[0].origin.words = item_words(node, args[0] if args else NEVER)
            value[0].origin.on_new = bool(args) and _is_new(args[0])
            return value
        step = self.step(call, frozenset((kind, "own")), node, args, env, scope)
        self.run_functions(args, env, scope, node)
        step.result = one(Unknown(call), self.origin(node, scope, call=call, step=step))
        self._ran(step, env)
        return step.result

    def _maybe_job(self, call, module: str, node, args, env: Env, scope: Scope) -> Value:
        """`X.new(map)`: a job if `X` is a worker, which this file does not tell."""
        self.run_functions(args, env, scope, node)
        step = self.step(call, frozenset(("build",)), node, args, env, scope)
        return one(MaybeJob(call, module), self.origin(node, scope, call=call, step=step))

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
        if step.has("lookup", "exists"):
            step.words |= _tested_options(step.options)
        context = Context(
            scope.conditions, scope.loop, scope.transaction is not None, scope.handler,
            env.done, scope.rescues, any(isinstance(c, Boundary) for c in scope.catching),
        )  # fmt: skip
        if len(step.contexts) < 40:
            step.contexts.append(context)
        return step

    def _ran(self, step: Step, env: Env) -> None:
        env.done = env.done | {step}

    def library_call(
        self, node: syntax.Call, module: str, args: list[Value], entry: Entry, env: Env,
        scope: Scope, run=None,
    ) -> Value:  # fmt: skip
        call = f"{module}.{node.name}"
        step = self.step(call, entry.traits, node, args, env, scope) if entry.traits else None
        if call not in QUIET and "log" not in entry.traits:
            self.escape(*args)
        fresh = node.span if "fresh" in entry.traits else None
        if fresh is None and (step is None or not step.has("coarse", *EFFECTS)):
            fresh = freshness(*args)
        if node.name.endswith("!"):
            self.may_raise(node.span, scope)
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
        if module == "Decimal" and node.name in ("add", "sub"):
            self._relative_sum(node, origin)
        return value

    def _relative_sum(self, node: syntax.Call, origin: Origin) -> None:
        first = node.args[0]
        if isinstance(first, syntax.Field) and isinstance(first.base, syntax.Var):
            origin.relative = (first.base.name, first.name)

    def _query(self, node: syntax.Call, env: Env, scope: Scope) -> Value:
        """Ecto's query macros: their arguments are queries, not values."""
        first = node.args[0] if node.args else None
        base = NEVER
        if isinstance(first, syntax.Op) and first.op == "in":
            first = first.right if isinstance(first.right, syntax.Module) else None
        if first is not None:
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

    def item_scope(self, scope: Scope, node: syntax.Node, items: Value) -> Scope:
        """Inside a loop: what chose the items decided what runs for each."""
        return self.under(scope.with_(loop=True), node, item_words(node, items), (), False)


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
            return isolated(self.interpreter, function, given, self.env, self.scope, self.node)
        return self.interpreter.call_value(function, given, self.env, self.scope, self.node)

    def run_rest(self) -> None:
        for index, arg in enumerate(self.args):
            if index not in self.done and any(isinstance(a.shape, Func) for a in arg):
                self.run(index)


def _query_words(value: Value) -> set[str]:
    words: set[str] = set()
    for alt in value:
        if alt.origin.step is not None:
            words |= alt.origin.step.words
    return words


def _may_build_job(module: str, node: syntax.Call) -> bool:
    """`X.new(args)` of what may be a worker: nothing of Oban's own is one."""
    own = module.split(".")[0] == "Oban" or not module[:1].isupper()
    return node.name == "new" and len(node.args) in (1, 2) and not own


def _looks_up(name: str) -> bool:
    """`get_user!`, `fetch!`: raises when there is none."""
    return name.endswith("!") and name.split("_")[0].rstrip("!") in ("get", "fetch")


def _tells_of_job(args: list[Value]) -> bool:
    """Given the job itself: a message about the job, not to a person."""
    shape = only(args[0]) if args else None
    return isinstance(shape, Struct) and shape.name == "Oban.Job"


def _fits_ecto(name: str, args: list[Value], own: bool) -> bool:
    """Whether a call of something named Repo is one of Ecto's: it takes a query or a row."""
    shape = only(args[0]) if args else None
    if isinstance(shape, (Text, Int, Seq)):
        return name in TAKE_ANYTHING
    if isinstance(shape, Atom) and shape.name:
        return shape.name[:1].isupper() or name == "rollback"
    if isinstance(shape, Unknown) and name in ("get", "get!", "get_by", "get_by!"):
        return own and not shape.from_args  # no schema comes out of JSON
    return True


def _is_new(value: Value) -> bool:
    """A struct written down here, or what a project's function made of one."""
    shape = only(value)
    if value and value[0].origin.on_new:
        return True
    return isinstance(shape, Struct) and shape.step is None and value[0].origin.literal


def _same_project(module: str, worker: str) -> bool:
    def root(name: str) -> str:
        return name.split(".")[0].removesuffix("Web")

    return root(module) == root(worker)


def _tested_options(options: dict[str, Value]) -> frozenset[str]:
    """Filters of a lookup that are written down: `sent: false`."""
    return frozenset(
        name
        for name, value in options.items()
        if not isinstance(only(value), (Unknown, type(None)))
    )


def _adds_to_column(args: list[syntax.Node]) -> bool:
    """`update: [inc: …]`, or a fragment that adds to a column."""
    for node in syntax.walk(args):
        if isinstance(node, syntax.Tuple) and len(node.items) == 2:
            key = node.items[0]
            if isinstance(key, syntax.Atom) and key.name in ("inc", "push"):
                return True
            if isinstance(key, syntax.Atom) and key.name == "set":
                if any(_is_sum(inner) for inner in syntax.walk(node.items[1])):
                    return True
    return False


def _is_sum(node: syntax.Node) -> bool:
    """`[n: d.n + 1]`, or a fragment that adds to a column."""
    if isinstance(node, syntax.Tuple) and len(node.items) == 2:
        key, value = node.items
        if isinstance(key, syntax.Atom) and isinstance(value, syntax.Op) and value.op in "+-":
            sides = (value.left, value.right)
            return any(isinstance(side, syntax.Field) and side.name == key.name for side in sides)
    if not isinstance(node, syntax.Call) or node.name != "fragment" or not node.args:
        return False
    text = node.args[0].value if isinstance(node.args[0], syntax.Str) else None
    squeezed = "".join((text or "").split())
    return any(sign in squeezed for sign in ("?+", "?-", ")+", ")-", "+?", "?||"))


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
