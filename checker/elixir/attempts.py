"""Finds where a worker asks for the job's attempt, in patterns, guards and conditions."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import Function, FunctionClause, ModuleDef
from checker.elixir.subject import key_name
from checker.model.attempt import AttemptTest
from checker.model.shape import Span

CALLBACKS = frozenset(("backoff", "timeout"))  # they reckon with it, and end no job
JOB = ("Oban.Job", "Job")
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
COMPARISONS = frozenset(("==", "===", "!=", "!==", "<", ">", "<=", ">=", "in", "not in"))


def attempt_tests(module: ModuleDef) -> list[AttemptTest]:
    """Every test of the attempt in a worker's functions."""
    found: list[AttemptTest] = []
    for function in module.functions.values():
        if function.name in CALLBACKS or not function.clauses:
            continue
        for clause in function.clauses:
            _Clause(module, function, clause, found).read()
    return found


class _Clause:
    """One clause of a function, with the names that the job and its attempt have there."""

    def __init__(
        self, module: ModuleDef, function: Function, clause: FunctionClause, found: list
    ) -> None:
        self.module = module
        self.function = function
        self.clause = clause
        self.found = found
        self.jobs: set[str] = {"job"}
        self.attempts: set[str] = set()

    def read(self) -> None:
        falls = _later(self.function.clauses, self.clause)
        for param in self.clause.params:
            self._pattern(param, self._is_perform(), self.clause.span, falls)
        if self.clause.guard is not None:
            self._tests(self.clause.guard, self.clause.span, falls)
        for node in syntax.walk(self.clause.blocks):
            self._body(node)

    def _is_perform(self) -> bool:
        return self.function.name in ("perform", "process") and self.function.arity == 1

    def _pattern(self, pattern, is_job: bool, decides: Span, falls: frozenset) -> None:
        """Learn the names in a pattern for a job, and note an attempt that is written down."""
        sides = _sides(pattern)
        is_job = is_job or any(map(self._names_job, sides))
        if not is_job:
            return
        self.jobs.update(side.name for side in sides if isinstance(side, syntax.Var))
        for side in sides:
            for key, value in side.pairs if isinstance(side, syntax.Map) else ():
                if isinstance(key, syntax.Atom) and key.name == "attempt":
                    if isinstance(value, syntax.Var):
                        self.attempts.add(value.name)
                    else:
                        self._note(decides, falls, value, "==")

    def _names_job(self, side: syntax.Node) -> bool:
        if not isinstance(side, syntax.Map) or not isinstance(side.struct, syntax.Module):
            return False
        return self.module.resolve(side.struct.name) in JOB

    def _body(self, node: syntax.Node) -> None:
        self._compares(node, node.span, frozenset())
        if isinstance(node, syntax.Match):
            is_job = isinstance(node.value, syntax.Var) and node.value.name in self.jobs
            self._pattern(node.pattern, is_job, node.span, frozenset())
            if isinstance(node.pattern, syntax.Var) and self._is_attempt(node.value):
                self.attempts.add(node.pattern.name)
        elif isinstance(node, syntax.Call) and node.target is None and node.args:
            if node.name in ("if", "unless"):
                self._tests(node.args[0], node.args[0].span, frozenset((node.args[0].span,)))
            elif node.name == "case":
                self._case(node)
        if isinstance(node, syntax.Call) and node.name == "cond":
            tests = [clause.params[0] for clause in _clauses(node) if clause.params]
            for index, test in enumerate(tests):
                self._tests(test, test.span, frozenset(t.span for t in tests[index + 1 :]))

    def _case(self, node: syntax.Call) -> None:
        asked = self._is_attempt(node.args[0])
        clauses = _clauses(node)
        for clause in clauses:
            falls = _later(clauses, clause)
            names = {p.name for p in clause.params if asked and isinstance(p, syntax.Var)}
            for param in clause.params[:1]:
                if asked and not names:
                    self._note(clause.span, falls, param, "==")
            if clause.guard is not None:
                new = names - self.attempts
                self.attempts |= new
                self._tests(clause.guard, clause.span, falls)
                self.attempts -= new

    def _tests(self, condition: syntax.Node, decides: Span, falls: frozenset) -> None:
        """The comparisons of the attempt inside a condition."""
        for node in syntax.walk(condition):
            self._compares(node, decides, falls)

    def _compares(self, node: syntax.Node, decides: Span, falls: frozenset) -> None:
        if not isinstance(node, syntax.Op) or node.op not in COMPARISONS:
            return
        if self._is_attempt(node.left):
            self._note(decides, falls, node.right, node.op)
        elif self._is_attempt(node.right):
            self._note(decides, falls, node.left, FLIPPED.get(node.op, node.op))

    def _is_attempt(self, node: syntax.Node) -> bool:
        if isinstance(node, syntax.Var):
            return node.name in self.attempts
        if isinstance(node, syntax.Field) and node.name == "attempt":
            return isinstance(node.base, syntax.Var) and node.base.name in self.jobs
        return False

    def _note(
        self, decides: Span, falls: frozenset, other: syntax.Node, operator: str
    ) -> None:
        written = self.module.attribute(other) if isinstance(other, syntax.Attr) else other
        number = written.value if isinstance(written, syntax.Int) else None
        self.found.append(
            AttemptTest(decides, falls, number, other.span, operator, self.function.label)
        )


def _later(clauses: list, clause) -> frozenset[Span]:
    """The later clauses that take as much as this one or less, the attempt aside."""
    after = clauses[clauses.index(clause) + 1 :]
    mine = clause.params
    return frozenset(
        other.span
        for other in after
        if _all_cover(other.params, mine) or _all_cover(mine, other.params)
    )


def _all_cover(wide: list[syntax.Node], narrow: list[syntax.Node]) -> bool:
    return len(wide) == len(narrow) and all(map(_covers, wide, narrow))


def _covers(wide: syntax.Node, narrow: syntax.Node) -> bool:
    """Whether a pattern takes all that another one does, for all that can be seen."""
    if isinstance(wide, syntax.Match):
        return all(_covers(side, narrow) for side in _sides(wide))
    if isinstance(wide, syntax.Var):
        return True
    return any(_side_covers(wide, side) for side in _sides(narrow))


def _side_covers(wide: syntax.Node, narrow: syntax.Node) -> bool:
    if type(wide) is not type(narrow):
        return False
    if isinstance(wide, syntax.Map):
        return all(_pair_covers(wide, key, value, narrow) for key, value in wide.pairs)
    if isinstance(wide, (syntax.Tuple, syntax.List)):
        return _all_cover(wide.items, narrow.items)
    if isinstance(wide, (syntax.Atom, syntax.Module)):
        return wide.name == narrow.name
    return isinstance(wide, (syntax.Int, syntax.Str)) and wide.value == narrow.value


def _pair_covers(wide: syntax.Map, key, value, narrow: syntax.Map) -> bool:
    name = key_name(key)
    if name == "attempt" or (wide.struct is not None and isinstance(value, syntax.Var)):
        return True
    return any(key_name(other) == name and _covers(value, held) for other, held in narrow.pairs)


def _sides(pattern: syntax.Node) -> list[syntax.Node]:
    """Both sides of `a = b` in a pattern."""
    if isinstance(pattern, syntax.Match):
        return [*_sides(pattern.pattern), *_sides(pattern.value)]
    return [pattern]


def _clauses(node: syntax.Call) -> list[syntax.Clause]:
    clauses = node.blocks.get("do")
    return clauses if isinstance(clauses, list) else []
