"""Reads what the tests of a file do with jobs."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef, keyword
from checker.model.tests import (
    ASSERT,
    ASSERT_ENQUEUED,
    BY_HAND,
    DRAIN,
    ENQUEUE,
    OTHER,
    REFUTE_ENQUEUED,
    RUN,
    SLEEP,
    Action,
    HandMade,
    Test,
    Tests,
)

TESTING = "Oban.Testing"
BLOCKS = frozenset(("test", "property"))
ASSERTIONS = frozenset(("assert", "refute"))
HELPERS = {
    "perform_job": RUN, "assert_enqueued": ASSERT_ENQUEUED, "refute_enqueued": REFUTE_ENQUEUED,
    "all_enqueued": ASSERT_ENQUEUED,
}  # fmt: skip
REMOTE = {
    "Oban.drain_queue": DRAIN, "Oban.insert": ENQUEUE, "Oban.insert!": ENQUEUE,
    "Oban.insert_all": ENQUEUE, "Process.sleep": SLEEP, ":timer.sleep": SLEEP,
}  # fmt: skip
BRANCHES = frozenset(("if", "unless", "case", "cond", "with", "for", "try"))
# What calls a function given to it at once, and gives its value back.
AROUND = frozenset(("capture_log", "with_log", "capture_io", "with_testing_mode", "tap", "then"))
BUILDERS = frozenset(("new",))
STARTERS = frozenset(("start_supervised", "start_supervised!", "start_supervised_oban!",
                      "start_oban!"))  # fmt: skip


def tests(modules: list[ModuleDef]) -> Tests:
    """The tests of a file; functions beside them count as some of their own."""
    found = Tests()
    for module in modules:
        written = [node for node in _in_body(module.node) if _is_test(node)]
        if not written:
            continue
        found.helped |= any(use.name == TESTING for use in module.uses)
        found.runs_queues |= any(_starts_oban(node, module) for node in syntax.walk(module.node))
        for node in written:
            found.tests.append(_read(module, _name(node), node.blocks, helper=False))
        for function in module.functions.values():
            for clause in function.clauses:
                found.tests.append(_read(module, function.label, clause.blocks, helper=True))
    return found


def _in_body(node: syntax.Call):
    """The calls in a module's body, and in those of its `describe`s."""
    body = node.blocks.get("do")
    for inner in body.exprs if isinstance(body, syntax.Block) else [body]:
        if isinstance(inner, syntax.Call) and inner.target is None:
            if inner.name == "describe":
                yield from _in_body(inner)
            else:
                yield inner


def _is_test(node: syntax.Call) -> bool:
    return node.name in BLOCKS and bool(node.args) and "do" in node.blocks


def _name(node: syntax.Call) -> str:
    named = node.args[0]
    return named.value or "" if isinstance(named, syntax.Str) else ""


def _starts_oban(node: syntax.Node, module: ModuleDef) -> bool:
    if not isinstance(node, syntax.Call):
        return False
    if _full_name(node, module) == "Oban.start_link":
        return True
    return node.name in STARTERS and (
        "oban" in node.name
        or any(
            isinstance(inner, syntax.Module) and module.resolve(inner.name) == "Oban"
            for inner in syntax.walk(node.args)
        )
    )


def _full_name(node: syntax.Call, module: ModuleDef) -> str:
    if isinstance(node.target, syntax.Module):
        return f"{module.resolve(node.target.name)}.{node.name}"
    return f":{node.target.name}.{node.name}" if isinstance(node.target, syntax.Atom) else ""


def _read(module: ModuleDef, name: str, blocks: dict, helper: bool) -> Test:
    reader = _Reader(module)
    for block in blocks.values():
        reader.visit(block, dropped=not helper)  # a function's last value is its answer
    return Test(name, helper, sorted(reader.actions, key=lambda action: action.span))


class _Reader:
    """Walks a body. `mode` is the testing mode, `nested` whether somebody else calls it."""

    def __init__(self, module: ModuleDef) -> None:
        self.module = module
        self.actions: list[Action] = []
        self.mode: str | None = None
        self.nested = False

    def visit(self, node: object, dropped: bool = False) -> None:
        """`dropped`: nothing looks at the value."""
        if isinstance(node, syntax.Block):
            for expr in node.exprs[:-1]:
                self.visit(expr, True)
            for expr in node.exprs[-1:]:
                self.visit(expr, dropped)
        elif isinstance(node, syntax.Clause):
            self.visit(node.body, dropped)
        elif isinstance(node, syntax.Call):
            self._call(node, dropped)
        elif isinstance(node, syntax.Fn):
            self._function(node, dropped, nested=True)
        elif isinstance(node, (list, tuple)):
            for inner in node:
                self.visit(inner, dropped)
        elif isinstance(node, syntax.Node):
            for field in node.branches[::-1]:
                self.visit(getattr(node, field))

    def _function(self, node: syntax.Fn, dropped: bool, nested: bool) -> None:
        before, self.nested = self.nested, self.nested or nested
        self.visit(node.clauses, dropped)
        self.nested = before

    def _call(self, node: syntax.Call, dropped: bool) -> None:
        if node.target is None and node.name in ASSERTIONS:
            return self._assertion(node)
        if node.target is None and node.name == "quote":
            return None
        kind = self._kind(node)
        if kind is not None:
            self._add(kind, node).dropped = dropped
        if node.target is not None and kind is None:
            self.visit(node.target)
        self._arguments(node, dropped)
        for block in node.blocks.values():
            self.visit(block, dropped and node.name in BRANCHES)
        return None

    def _arguments(self, node: syntax.Call, dropped: bool) -> None:
        before, mode = self.mode, self._mode(node)
        self.mode = mode if mode is not None else before
        for arg in node.args:
            if not isinstance(arg, syntax.Fn):
                self.visit(arg)
            elif node.name == "each":
                self._function(arg, True, nested=False)
            else:
                kept = node.name in AROUND and dropped and mode is not None
                self._function(arg, kept, nested=node.name not in AROUND)
        self.mode = before

    def _mode(self, node: syntax.Call) -> str | None:
        """The mode that `with_testing_mode` sets."""
        if node.name != "with_testing_mode" or not node.args:
            return None
        return node.args[0].name if isinstance(node.args[0], syntax.Atom) else None

    def _kind(self, node: syntax.Call) -> str | None:
        full = _full_name(node, self.module)
        ours = node.target is None and (node.name, len(node.args)) not in self.module.functions
        if node.name in HELPERS and (ours or full == f"{TESTING}.{node.name}"):
            return HELPERS[node.name]
        if full in REMOTE:
            return REMOTE[full]
        if _job_given(node, self.module) is not None:
            return BY_HAND
        return None if node.name in AROUND | BRANCHES | BUILDERS else OTHER

    def _add(self, kind: str, node: syntax.Call) -> Action:
        action = Action(kind, node.span)
        action.mode, action.nested = self.mode, self.nested
        if kind == ENQUEUE:
            action.workers = self._built(node)
        elif kind in (ASSERT_ENQUEUED, REFUTE_ENQUEUED):
            named = keyword(node.args, "worker")
            if isinstance(named, syntax.Module):
                action.workers = frozenset((self.module.resolve(named.name),))
        elif kind == DRAIN:
            action.partial = keyword(node.args, "with_limit") is not None
        elif kind == BY_HAND:
            action.job = _hand_made(node, self.module)
        self.actions.append(action)
        return action

    def _built(self, node: syntax.Call) -> frozenset[str]:
        """The workers whose jobs are built, without options, for an insert."""
        return frozenset(
            self.module.resolve(inner.target.name)
            for inner in syntax.walk(node.args)
            if isinstance(inner, syntax.Call) and isinstance(inner.target, syntax.Module)
            if inner.name == "new" and len(inner.args) == 1
        )

    def _assertion(self, node: syntax.Call) -> None:
        """`assert` and `refute`: of no jobs enqueued, of what a call answers, of anything else."""
        known = len(self.actions)
        self.visit(node.args)
        inside = self.actions[known:]
        self.actions[known:] = [action for action in inside if action.kind != OTHER]
        listed = _nothing_of(node)
        for action in inside:
            if listed is not None and action.span == listed.span:
                action.kind = REFUTE_ENQUEUED
        if len(self.actions) == known:
            self._add(ASSERT, node)


def _nothing_of(node: syntax.Call) -> syntax.Call | None:
    """The `all_enqueued(…)` that is said to be empty."""
    claim = node.args[0] if node.args else None
    sides: list = []
    if isinstance(claim, syntax.Op) and claim.op in ("==", "==="):
        sides = [claim.left, claim.right]
    elif isinstance(claim, syntax.Match):
        sides = [claim.pattern, claim.value]
    elif isinstance(claim, syntax.Call) and claim.name == "empty?":
        sides = [syntax.List(claim.span, [], None), *claim.args]
    if node.name != "assert" or len(sides) != 2 or not any(map(_is_empty, sides)):
        return None
    calls = [s for s in sides if isinstance(s, syntax.Call) and s.name == "all_enqueued"]
    return calls[0] if calls else None


def _is_empty(node: syntax.Node) -> bool:
    return isinstance(node, syntax.List) and not node.items and node.tail is None


def _job_given(node: syntax.Call, module: ModuleDef) -> syntax.Map | None:
    """The job that is written down in `Worker.perform(%Oban.Job{…})`."""
    if node.name != "perform" or len(node.args) != 1 or not isinstance(node.target, syntax.Module):
        return None
    job = node.args[0]
    if not isinstance(job, syntax.Map) or job.base is not None:
        return None
    named = isinstance(job.struct, syntax.Module) and module.resolve(job.struct.name)
    has_args = job.struct is None and _args_of(job) is not None
    return job if named == "Oban.Job" or has_args else None


def _args_of(job: syntax.Map) -> syntax.Node | None:
    pairs = [v for k, v in job.pairs if isinstance(k, syntax.Atom) and k.name == "args"]
    return pairs[0] if pairs else None


def _hand_made(node: syntax.Call, module: ModuleDef) -> HandMade:
    job = _job_given(node, module)
    args = _args_of(job)
    made = HandMade(node.target.span, args.span if args is not None else None)
    made.is_struct = job.struct is not None
    made.piped = node.piped
    made.alone = args is not None and len(job.pairs) == 1
    if isinstance(args, syntax.Map):
        made.atom_keys = any(isinstance(key, syntax.Atom) for key, _value in args.pairs)
        made.plain = args.base is None and all(_is_plain(value) for _key, value in args.pairs)
    return made


def _is_plain(node: syntax.Node) -> bool:
    """A literal that JSON gives back as it is."""
    if isinstance(node, syntax.Str):
        return node.value is not None
    if isinstance(node, syntax.Atom):
        return node.name in ("true", "false", "nil")
    return isinstance(node, syntax.Int)
