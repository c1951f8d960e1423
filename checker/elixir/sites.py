"""What code does with workers and jobs besides building them, read as it is written."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import Function, ModuleDef
from checker.model.job import DirectPerform
from checker.model.shape import Span

BULK = "insert_all"
PRO = "Oban.Pro"
DISTINCT = frozenset(("uniq", "uniq_by", "dedup", "dedup_by", "MapSet", "distinct"))
COMMANDS = frozenset(("Mix.Task", "Igniter.Mix.Task"))
# What a worker has besides perform/1 (oban 2.24, lib/oban/worker.ex).
CALLBACKS = (("timeout", 1), ("backoff", 1))
ENVIRONMENT = frozenset((
    "Application.get_env", "Application.fetch_env", "Application.fetch_env!",
    "Application.get_all_env", "System.get_env", "System.fetch_env", "System.fetch_env!",
))  # fmt: skip
LATER = (syntax.Fn, syntax.Capture, syntax.FnRef)
NOT_LISTS = (syntax.Tuple, syntax.Map, syntax.Atom, syntax.Str, syntax.Int)


def handed_on(modules: list[ModuleDef]) -> set[Span]:
    """The places of expressions whose value is given a name, or to something else."""
    found: set[Span] = set()
    for module in modules:
        for node in module.nodes:
            if isinstance(node, syntax.Match):
                found.add(node.value.span)
            elif isinstance(node, syntax.Op):
                found.add(node.right.span)
            elif isinstance(node, (syntax.Call, syntax.Apply)):
                found.update(arg.span for arg in node.args)
            elif isinstance(node, (syntax.Tuple, syntax.List)):
                found.update(item.span for item in node.items)
    return found


def direct_performs(modules: list[ModuleDef], is_worker) -> list[DirectPerform]:
    """Calls of another module's perform, in modules that are no workers themselves."""
    found = []
    for module in modules:
        if is_worker(module.name) or any(use.name in COMMANDS for use in module.uses):
            continue
        for function in module.functions.values():
            for node in function.nodes:
                target = _performed(node, module, is_worker)
                if target is not None:
                    found.append(DirectPerform(target, node.span, function.label))
    return found


def _performed(node: syntax.Node, module: ModuleDef, is_worker) -> str | None:
    """The worker that a call performs: one that is known, or that is given a job."""
    if not isinstance(node, syntax.Call) or node.name not in ("perform", "process"):
        return None
    if not isinstance(node.target, syntax.Module) or len(node.args) != 1:
        return None
    target = module.resolve(node.target.name)
    if target == module.name:
        return None
    return target if is_worker(target) or _is_job(node.args[0], module) else None


def _is_job(node: syntax.Node, module: ModuleDef) -> bool:
    """`%Oban.Job{…}`, written down."""
    if not isinstance(node, syntax.Map) or not isinstance(node.struct, syntax.Module):
        return False
    return node.base is None and module.resolve(node.struct.name) == "Oban.Job"


def mismatches(modules: list[ModuleDef]) -> dict[Span, Span]:
    """Calls of `Oban.insert_all`, and the pattern of no list that takes their answer."""
    found: dict[Span, Span] = {}
    for module in modules:
        for node in module.nodes:
            for pattern, value in _matched(node):
                if _is_bulk(value, module) and isinstance(pattern, NOT_LISTS):
                    found[value.span] = pattern.span
    return found


def _matched(node: syntax.Node):
    """Each pattern with the value that must fit it: of `=`, of `<-`, of a case's only clause."""
    if isinstance(node, syntax.Match):
        yield node.pattern, node.value
    elif isinstance(node, syntax.Op) and node.op == "<-":
        yield node.left, node.right
    elif isinstance(node, syntax.Call) and node.name == "case" and len(node.args) == 1:
        clauses = node.blocks.get("do")
        patterns = [clause.params[0] for clause in clauses or () if clause.params]
        if patterns and all(isinstance(pattern, NOT_LISTS) for pattern in patterns):
            yield patterns[0], node.args[0]


def _is_bulk(node: syntax.Node, module: ModuleDef) -> bool:
    """`Oban.insert_all(changesets)`, with a name or options; with a Multi it is a Multi."""
    if not isinstance(node, syntax.Call) or node.name != BULK or len(node.args) > 2:
        return False
    return isinstance(node.target, syntax.Module) and module.resolve(node.target.name) == "Oban"


def distinct(modules: list[ModuleDef]) -> list[Span]:
    """Where functions stand that take care of duplicates themselves, or look at jobs: in their
    own code, in that of what leads to them, or in what one of these calls."""
    found: list[Span] = []
    for module in modules:
        functions = list(module.functions.values())
        careful = {f.name for f in functions if _is_careful(f, module)}
        calls = {f.name: set() for f in functions} if careful else {}
        for function in functions if careful else ():
            calls[function.name] |= _called(function) & calls.keys()
        for function in functions if careful else ():
            around = _leading_to(function.name, calls)
            around |= {name for caller in around for name in calls[caller]}
            if around & careful:
                found += [clause.span for clause in function.clauses]
    return found


def _is_careful(function: Function, module: ModuleDef) -> bool:
    return any(_is_distinct(node, module) for node in function.nodes)


def _called(function: Function) -> set[str]:
    """The local functions that a function names."""
    kinds = (syntax.Call, syntax.FnRef, syntax.Var)
    named = [node for node in function.nodes if isinstance(node, kinds)]
    return {node.name for node in named if getattr(node, "target", None) is None}


def _leading_to(name: str, calls: dict[str, set[str]]) -> set[str]:
    """A function with those that call it, and those that call these."""
    found, added = {name}, True
    while added:
        added = {caller for caller, called in calls.items() if called & found} - found
        found |= added
    return found


def _is_distinct(node: syntax.Node, module: ModuleDef) -> bool:
    if isinstance(node, (syntax.Call, syntax.FnRef)) and node.name in DISTINCT:
        return True
    if isinstance(node, syntax.Op) and node.op == "in":
        return isinstance(node.right, syntax.Module) and _names_job(node.right, module)
    return isinstance(node, syntax.Module) and node.name in DISTINCT


def _names_job(node: syntax.Module, module: ModuleDef) -> bool:
    return module.resolve(node.name) == "Oban.Job"


def speaks_of_pro(modules: list[ModuleDef]) -> bool:
    """Whether something of Oban Pro is used or named."""
    return any(
        isinstance(node, syntax.Module) and module.resolve(node.name).startswith(PRO)
        for module in modules
        for node in module.nodes
    )


def looks_like_worker(module: ModuleDef) -> bool:
    """Whether a module that is no worker has a perform, and nothing that could make it one."""
    if ("perform", 1) not in module.functions or module.uses or module.broken:
        return False
    return not all(callback in module.functions for callback in CALLBACKS)


def reads_of_environment(node: syntax.Node | None, module: ModuleDef) -> list[tuple[str, Span]]:
    """Calls in a `use` that ask for what is known at run time, each with its name.

    The body of a function is run later; an attribute is read where it is set.
    """
    found, below = [], [node]
    while below:
        inner = below.pop()
        if isinstance(inner, syntax.Attr):
            below.append(module.attribute(inner))
        elif isinstance(inner, syntax.Call) and isinstance(inner.target, syntax.Module):
            name = f"{inner.target.name}.{inner.name}"
            if name in ENVIRONMENT:
                found.append((name, inner.span))
            below += inner.args
        elif isinstance(inner, syntax.Node) and not isinstance(inner, LATER):
            below += [getattr(inner, branch) for branch in inner.branches]
        elif isinstance(inner, (list, tuple)):
            below += inner
    return sorted(found, key=lambda read: read[1])
