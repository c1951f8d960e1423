"""Reads which args each clause of perform asks for."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import Function, FunctionClause
from checker.model.clause import Clause
from checker.model.shape import Atom, Int, Shape, Text

SURE_READERS = frozenset(("fetch!", "pop!"))
READERS = frozenset(("get", "fetch", "pop", "has_key?", "get_lazy"))


def clauses(perform: Function | None) -> list[Clause]:
    """The clauses of a perform, in order; none without one."""
    return [_clause(written) for written in perform.clauses] if perform is not None else []


def _clause(written: FunctionClause) -> Clause:
    clause = Clause(written.span)
    job = written.params[0] if written.params else None
    clause.conditional = written.guard is not None
    names: set[str] = set()
    patterns = _args_patterns(job, clause)
    clause.takes_all = clause.readable and not any(map(_asks, patterns))
    for pattern in patterns:
        _read_pattern(pattern, clause, names)
    jobs = {side.name for side in _sides(job) if isinstance(side, syntax.Var)}
    looks = 0
    for node in syntax.walk([written.guard, written.blocks]):
        found = _lookup(node, names, jobs)
        if found is not None:
            sure, keys = found
            known = [_add(clause.read if sure else clause.asked, key) for key in keys]
            looks += all(known)
    clause.passes_on = _mentions([written.guard, written.blocks], names, jobs) > looks
    return clause


def _args_patterns(job: syntax.Node | None, clause: Clause) -> list[syntax.Node]:
    """What the job's `args` are matched with."""
    found = []
    for side in _sides(job):
        if isinstance(side, syntax.Map):
            for key, value in side.pairs:
                if isinstance(key, syntax.Atom) and key.name == "args":
                    found += _sides(value)
                elif not isinstance(value, syntax.Var):
                    clause.conditional = True
        elif not isinstance(side, syntax.Var):
            clause.readable = False
    return found


def _sides(pattern: syntax.Node | None) -> list[syntax.Node]:
    """Both sides of `a = b` in a pattern."""
    if isinstance(pattern, syntax.Match):
        return [*_sides(pattern.pattern), *_sides(pattern.value)]
    return [pattern] if pattern is not None else []


def _asks(pattern: syntax.Node) -> bool:
    if isinstance(pattern, syntax.Map):
        return bool(pattern.pairs)
    return not isinstance(pattern, syntax.Var)


def _read_pattern(pattern: syntax.Node, clause: Clause, names: set[str]) -> None:
    if isinstance(pattern, syntax.Var):
        names.add(pattern.name)
    elif isinstance(pattern, syntax.Map) and pattern.struct is None:
        for key, value in pattern.pairs:
            if isinstance(key, syntax.Str) and key.value is not None:
                clause.matched[key.value] = _literal(value)
            else:
                clause.readable = False
    else:
        clause.readable = False


def _literal(value: syntax.Node) -> Shape | None:
    if isinstance(value, syntax.Str) and value.value is not None:
        return Text(value.value)
    if isinstance(value, syntax.Int):
        return Int(value.value, value.value)
    if isinstance(value, syntax.Atom):
        return Atom(value.name)
    return None


def _lookup(
    node: syntax.Node, names: set[str], jobs: set[str]
) -> tuple[bool, list[syntax.Node]] | None:
    """A look at the args, `args["key"]`, `Map.get(args, "key")` or `%{"key" => key} = args`:
    whether they must be there, and the keys. None for anything else."""
    if isinstance(node, syntax.Access) and _is_args(node.base, names, jobs):
        return False, [node.key]
    if isinstance(node, syntax.Match) and isinstance(node.pattern, syntax.Map):
        if _is_args(node.value, names, jobs):
            return True, [key for key, _value in node.pattern.pairs]
    elif isinstance(node, syntax.Call) and len(node.args) > 1:
        module = node.target.name if isinstance(node.target, syntax.Module) else None
        if module == "Map" and node.name in SURE_READERS | READERS:
            if _is_args(node.args[0], names, jobs):
                return node.name in SURE_READERS, [node.args[1]]
    return None


def _is_args(node: syntax.Node, names: set[str], jobs: set[str]) -> bool:
    if isinstance(node, syntax.Var):
        return node.name in names
    if isinstance(node, syntax.Field) and node.name == "args":
        return isinstance(node.base, syntax.Var) and node.base.name in jobs
    return False


def _mentions(nodes: list, names: set[str], jobs: set[str]) -> int:
    """How often the args are mentioned, or the job as a whole."""
    nodes = list(syntax.walk(nodes))
    whole = sum(isinstance(node, syntax.Var) and node.name in names | jobs for node in nodes)
    return whole - sum(_is_other_field(node, jobs) for node in nodes)


def _is_other_field(node: syntax.Node, jobs: set[str]) -> bool:
    """`job.attempt` and the like."""
    if not isinstance(node, syntax.Field) or not isinstance(node.base, syntax.Var):
        return False
    return node.base.name in jobs and node.name != "args"


def _add(keys: set[str], key: syntax.Node) -> bool:
    """Note a key; False for one that is not written down."""
    if not isinstance(key, syntax.Str) or key.value is None:
        return False
    keys.add(key.value)
    return True
