"""What a condition asks about: words, calls, and whether it holds when nothing is there."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.scope import Env, Scope
from checker.elixir.subject import called_words, steps_of
from checker.model.shape import Args, Seq, Struct, Tup, Unknown, Value

_COMPARED = frozenset(("==", "===", "!=", "!=="))


def condition_words(node: syntax.Node, env: Env) -> frozenset[str]:
    """Words of a condition, without those that ask the job's args or an HTTP answer:
    what they say was known before, and says nothing of what was done."""
    words = called_words(node)
    given = {name for name in words if name in env.vars and is_given(env.vars[name])}
    if not given:
        return words
    kept: set[str] = set()
    _words_besides(node, given, kept)
    return frozenset(kept)


def _words_besides(node, given: set[str], kept: set[str]) -> None:
    if isinstance(node, (list, tuple)):
        for inner in node:
            _words_besides(inner, given, kept)
        return
    if not isinstance(node, syntax.Node):
        return
    if isinstance(node, (syntax.Field, syntax.Access)) and _root(node) in given:
        return
    if isinstance(node, syntax.Var):
        if node.name not in given:
            kept.add(node.name)
        return
    if isinstance(node, (syntax.Field, syntax.Call)):
        kept.add(node.name)
    for field in node.fields:
        value = getattr(node, field)
        _words_besides(list(value.values()) if isinstance(value, dict) else value, given, kept)


def _root(node: syntax.Node) -> str | None:
    while isinstance(node, (syntax.Field, syntax.Access)):
        node = node.base
    return node.name if isinstance(node, syntax.Var) else None


def is_given(value: Value) -> bool:
    """The job's args, a part of them, or the answer to an HTTP request."""
    return bool(value) and all(_given(alt.shape) for alt in value)


def _given(shape) -> bool:
    if isinstance(shape, Args):
        return True
    if isinstance(shape, Unknown):
        return shape.from_args
    if isinstance(shape, Struct):
        return shape.step is not None and shape.step.has("http")
    return isinstance(shape, Tup) and len(shape.items) == 2 and is_given(shape.items[1])


def behind(value: Value, scope: Scope) -> tuple[set[str], list]:
    """What decided these alternatives before: words, and calls that were asked."""
    names: set[str] = set()
    steps = {id(step): step for step in steps_of(value)}  # each once: they add up from call to call
    seen = set(map(id, scope.conditions))
    for alt in value:
        origin = alt.origin
        names |= origin.words
        for step in steps_of((alt,)):
            names |= step.words
            for arg in step.args[:1]:
                for inner in arg:
                    names |= inner.origin.words
                    if inner.origin.step is not None:
                        names |= inner.origin.step.words
        for condition in origin.conditions:
            if id(condition) not in seen:
                seen.add(id(condition))
                names |= condition.names
                steps.update((id(step), step) for step in condition.steps)
    return names, list(steps.values())


def decided_by(value: Value, scope: Scope) -> tuple:
    """Conditions that every alternative of a statement's value has gone through: what follows
    runs only because they went that way."""
    if not value:
        return ()
    here = set(map(id, scope.conditions))
    common = [c for c in value[0].origin.conditions if id(c) not in here]
    for alt in value[1:]:
        through = set(map(id, alt.origin.conditions))
        common = [c for c in common if id(c) in through]
    return tuple(common)


def polarity(node: syntax.Node) -> int:
    """1 when the condition holds if something is there, -1 if nothing is, 0 unknown."""
    if isinstance(node, syntax.Unary):
        return -polarity(node.operand) if node.op in ("not", "!") else 0
    if isinstance(node, syntax.Op):
        if node.op in ("and", "&&", "or", "||"):
            return polarity(node.left) or polarity(node.right)
        if node.op in _COMPARED:
            if _is_nothing(node.right) or _is_nothing(node.left):
                return -1 if node.op in ("==", "===") else 1
            return 0
        return 0
    if isinstance(node, syntax.Match):
        return polarity(node.value)
    if isinstance(node, syntax.Call):
        return -1 if node.name in ("is_nil", "empty?") else 1
    return 1 if isinstance(node, (syntax.Var, syntax.Field, syntax.Access)) else 0


def _is_nothing(node: syntax.Node) -> bool:
    if isinstance(node, syntax.Atom):
        return node.name in ("nil", "false")
    if isinstance(node, syntax.Int):
        return node.value == 0
    return isinstance(node, syntax.List) and not node.items and node.tail is None


def counts(*nodes) -> bool:
    """Whether a number is asked for: `{1, _}`, `when count > 0`."""
    return any(isinstance(inner, syntax.Int) for inner in syntax.walk(nodes))


def item_words(node: syntax.Node, items: Value) -> frozenset[str]:
    """Names that say how the items of a loop were chosen: functions and query fields."""
    words = set(called_words(node))
    for alt in items:
        words |= alt.origin.words
        if alt.origin.call:
            words.add(alt.origin.call.rpartition(".")[2])
        for step in steps_of((alt,)):
            words |= step.words
            for arg in step.args[:1]:
                for inner in arg:
                    words |= inner.origin.words
                    if inner.origin.step is not None:
                        words |= inner.origin.step.words
        for condition in alt.origin.conditions:
            words |= condition.names if isinstance(alt.shape, Seq) else frozenset()
    return frozenset(words)
