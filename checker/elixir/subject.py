"""What a branch looks at: the words of a pattern, the calls that answer, the kind of clause."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.scope import Env
from checker.model.shape import Struct, Value, join


class Subject:
    """What a `case` looks at: words, the calls that answer, and the variable it is."""

    __slots__ = ("names", "steps", "variable")

    def __init__(self, names: set[str], steps: tuple, variable: str | None = None) -> None:
        self.names = names
        self.steps = steps
        self.variable = variable

    def narrow(self, env: Env, yes: Value, params: list) -> None:
        """What the variable is where a clause took it, unless the clause gives its name anew."""
        if self.variable is not None and not binds(params, self.variable):
            env.vars[self.variable] = join(*(alt.shape.items[0] for alt in yes))


def binds(pattern, name: str) -> bool:
    """Whether a pattern (or several) mentions a variable: most likely it gives it a value."""
    return any(isinstance(node, syntax.Var) and node.name == name for node in syntax.walk(pattern))


def body_of(clause: syntax.Clause):
    return lambda interpreter, env, scope: interpreter.eval(clause.body, env, scope)


def steps_of(value: Value) -> tuple:
    """The recorded calls whose answers these alternatives are."""
    found = []
    for alt in value:
        step = alt.origin.step
        if step is not None and step not in found:
            found.append(step)
        if isinstance(alt.shape, Struct) and alt.shape.step is not None:
            if alt.shape.step not in found:
                found.append(alt.shape.step)
    return tuple(found)


def failure_kind(params: list, handle: str | None) -> str | None:
    """Whether a clause is for failures: an error pattern, or a catch-all of a with's else."""
    for param in params:
        for side in _sides(param):
            if isinstance(side, syntax.Atom) and side.name == "error":
                return handle or "clause"
            if isinstance(side, syntax.Tuple) and side.items:
                first = side.items[0]
                if isinstance(first, syntax.Atom) and first.name == "error":
                    return handle or "clause"
    if handle == "else" and params and all(isinstance(p, syntax.Var) for p in params):
        return "else"
    return None


def _sides(pattern) -> list:
    if isinstance(pattern, syntax.Match):
        return [*_sides(pattern.pattern), *_sides(pattern.value)]
    return [pattern]


def is_absence(pattern) -> bool:
    """nil, false, [] or a count of zero: the thing asked for is not there."""
    for side in _sides(pattern):
        if isinstance(side, syntax.Atom) and side.name in ("nil", "false"):
            return True
        if isinstance(side, syntax.List) and not side.items and side.tail is None:
            return True
    return False


def is_specific(params: list) -> bool:
    """A failure pattern that says which failure: more than `{:error, reason}`."""
    for param in params:
        for side in _sides(param):
            if isinstance(side, syntax.Tuple) and len(side.items) > 1:
                if not isinstance(side.items[1], syntax.Var):
                    return True
    return False


def ignores_value(pattern) -> bool:
    """`{:ok, _}`: what it was is not looked at."""
    for side in _sides(pattern):
        if isinstance(side, syntax.Tuple) and len(side.items) == 2:
            head, value = side.items
            if isinstance(head, syntax.Atom) and head.name == "ok":
                return isinstance(value, syntax.Var) and value.name.startswith("_")
    return False


def clause_words(clause, params: list, guard) -> frozenset[str]:
    """`pattern_words` of a clause, read once."""
    if clause.words is None:
        clause.words = frozenset(pattern_words(params, guard))
    return clause.words


def pattern_words(params: list, guard) -> set[str]:
    """Field names that a pattern tests (not merely binds), and words of its guard."""
    words: set[str] = set()
    _tested(params, guard is not None, words)
    if guard is not None:
        words |= called_words(guard)
    return words


def _tested(node, guarded: bool, words: set[str]) -> None:
    if isinstance(node, (list, tuple)):
        for inner in node:
            _tested(inner, guarded, words)
    elif isinstance(node, syntax.Map):
        for key, value in node.pairs:
            name = key_name(key)
            if name == "args":  # what a job was given tells nothing of what was done
                continue
            if name and (guarded or not isinstance(value, syntax.Var)):
                words.add(name)
            _tested(value, guarded, words)
    elif isinstance(node, syntax.Atom):
        words.add(":" + node.name)
    elif isinstance(node, syntax.Node):
        for field in node.fields:
            _tested(getattr(node, field), guarded, words)


def key_name(key: syntax.Node) -> str:
    """The text of an atom or a string; empty for anything else."""
    if isinstance(key, syntax.Atom):
        return key.name
    return key.value or "" if isinstance(key, syntax.Str) else ""


def called_words(node) -> frozenset[str]:
    """Names of variables, fields and functions an expression mentions."""
    if not isinstance(node, syntax.Node):
        return _called_words(node)
    if node.words is None:
        node.words = _called_words(node)
    return node.words


def _called_words(node) -> frozenset[str]:
    return frozenset(filter(None, map(word_of, syntax.walk(node))))


def word_of(node: syntax.Node) -> str | None:
    """The name that a node mentions: of a variable, a field or a function."""
    if isinstance(node, (syntax.Var, syntax.Call, syntax.Field)):
        return node.name
    return key_name(node.key) if isinstance(node, syntax.Access) else None
