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
    for node in syntax.walk([written.guard, written.blocks]):
        _read_access(node, clause, names, jobs)
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


def _read_access(node: syntax.Node, clause: Clause, names: set[str], jobs: set[str]) -> None:
    """`args["key"]`, `Map.get(args, "key")` and `%{"key" => key} = args`."""
    if isinstance(node, syntax.Access) and _is_args(node.base, names, jobs):
        _add(clause.asked, node.key)
    elif isinstance(node, syntax.Match) and _is_args(node.value, names, jobs):
        if isinstance(node.pattern, syntax.Map):
            for key, _value in node.pattern.pairs:
                _add(clause.read, key)
    elif isinstance(node, syntax.Call) and len(node.args) > 1:
        module = node.target.name if isinstance(node.target, syntax.Module) else None
        if module == "Map" and _is_args(node.args[0], names, jobs):
            if node.name in SURE_READERS:
                _add(clause.read, node.args[1])
            elif node.name in READERS:
                _add(clause.asked, node.args[1])


def _is_args(node: syntax.Node, names: set[str], jobs: set[str]) -> bool:
    if isinstance(node, syntax.Var):
        return node.name in names
    if isinstance(node, syntax.Field) and node.name == "args":
        return isinstance(node.base, syntax.Var) and node.base.name in jobs
    return False


def _add(keys: set[str], key: syntax.Node) -> None:
    if isinstance(key, syntax.Str) and key.value is not None:
        keys.add(key.value)
