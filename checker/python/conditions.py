"""What a condition tells when it holds, and when it fails."""

from __future__ import annotations

import libcst as cst

from checker.model.shape import (
    NIL,
    Alt,
    Args,
    Atom,
    Float,
    Int,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    only,
)  # fmt: skip
from checker.model.worker import Condition
from checker.python.expressions import truth, words_of
from checker.python.names import own_nodes
from checker.python.scope import Env, Scope, merged
from checker.python.shapes import JOB

# Methods that ask whether something is there.
NUMERIC = {Int, Float, Atom}
EXISTS = frozenset(("exists", "aexists", "seen", "contains", "is_duplicate", "has_key"))


class Conditions:
    """The part of the interpreter that goes both ways of a condition."""

    def branch(self, test, env: Env, scope: Scope) -> tuple[Env | None, Env | None]:
        """The ways where a test holds and where it fails; None where it cannot."""
        asked: list = []
        outer, self._asked_steps = self._asked_steps, asked
        holds, fails = self._split(test, env, scope)
        self._asked_steps = outer
        if outer is not None:
            outer.extend(asked)
        sign = polarity(test)
        for way, positive in ((holds, True), (fails, False)):
            if way is not None:
                absent = sign == (-1 if positive else 1)
                way.conditions += (self.condition(test, env, scope, asked, absent),)
        return holds, fails

    def condition(
        self, node, env: Env, scope: Scope, asked: list, absent: bool, words=None
    ) -> Condition:
        """What was asked there: words, and calls whose answer decided."""
        names, steps = set(), list(asked)
        if words is None:
            for word, value in self._spoken(node, env):
                if value is None or not is_given(value):
                    names.add(word)
                for alt in value or ():
                    if not is_given((alt,)):
                        names |= alt.origin.words
                    if alt.origin.step is not None:
                        steps.append(alt.origin.step)
                    for condition in alt.origin.conditions:
                        if condition not in env.conditions:
                            names |= condition.names
        else:
            names |= words
        counted = any(isinstance(inner, cst.Integer) for inner in own_nodes(node))
        place = self.place(node, scope)
        return Condition(
            place, frozenset(names), tuple(dict.fromkeys(steps)), absent, counted, scope.loop
        )

    def _spoken(self, node, env: Env):
        """Words of a test, with the value of those that are variables; not those that are
        asked of the job's args or of an HTTP answer."""
        todo = [node]
        while todo:
            inner = todo.pop()
            root = _root(inner)
            if root is not None and root.value in env.vars and is_given(env.vars[root.value]):
                continue
            if isinstance(inner, cst.Attribute) and inner.attr.value == "args":
                continue
            if isinstance(inner, cst.Subscript) and _is_args(inner.value):
                continue
            if isinstance(inner, cst.Call) and isinstance(inner.func, cst.Attribute):
                if _is_args(inner.func.value):
                    continue
            if isinstance(inner, cst.Call):
                yield question(called_name(inner)), None
            if isinstance(inner, cst.Attribute) and _is_job(root, env):
                yield f"job.{inner.attr.value}", None
            if isinstance(inner, cst.Name):
                yield inner.value, env.vars.get(inner.value)
            elif isinstance(inner, cst.SimpleString):
                for word in words_of(inner):
                    yield word, None
            todo.extend(c for c in inner.children if isinstance(c, cst.CSTNode))

    def chosen(self, node, items: Value, env: Env, scope: Scope) -> tuple:
        """How the items of a loop were chosen, as a condition on each."""
        words = set(words_of(node))
        for alt in items:
            words |= alt.origin.words
            if alt.origin.step is not None:
                words |= alt.origin.step.words
        place = self.place(node, scope)
        return (Condition(place, frozenset(words), (), False, False, True),)

    def _split(self, test, env: Env, scope: Scope) -> tuple[Env | None, Env | None]:
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            holds, fails = self._split(test.expression, env, scope)
            return fails, holds
        if isinstance(test, cst.BooleanOperation):
            return self._both(test, env, scope)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            found = self._compared(test, env, scope)
            if found is not None:
                return found
        value = self.eval(test, env, scope)
        self._note(value)
        name = _variable(test)
        yes = tuple(alt for alt in value if truth(alt.shape) is not False)
        no = tuple(alt for alt in value if truth(alt.shape) is not True)
        return self._ways(name, yes, no, env)

    def _note(self, value: Value) -> None:
        if self._asked_steps is not None:
            self._asked_steps += [alt.origin.step for alt in value if alt.origin.step is not None]

    def _ways(self, name: str | None, yes: Value, no: Value, env: Env):
        found = []
        for part in (yes, no):
            way = env.copy() if part else None
            if way is not None and name is not None and name in env.vars:
                way.vars[name] = part
            found.append(way)
        return found[0], found[1]

    def _both(self, test, env: Env, scope: Scope):
        holds, fails = self._split(test.left, env, scope)
        if isinstance(test.operator, cst.And):
            if holds is None:
                return None, fails
            right_holds, right_fails = self._split(test.right, holds, scope)
            return right_holds, merged([fails, right_fails])
        if fails is None:
            return holds, None
        right_holds, right_fails = self._split(test.right, fails, scope)
        return merged([holds, right_holds]), right_fails

    def _compared(self, test, env: Env, scope: Scope):
        target = test.comparisons[0]
        operator, other = target.operator, target.comparator
        positive = isinstance(operator, (cst.Is, cst.Equal))
        if not positive and not isinstance(operator, (cst.IsNot, cst.NotEqual)):
            return None
        value, wanted = self.eval(test.left, env, scope), self.eval(other, env, scope)
        self._note(value)
        self._note(wanted)
        shape = only(wanted)
        if shape is None or not _is_constant(shape):
            return (env.copy(), env.copy()) if value and wanted else (None, None)
        yes, no = [], []
        for alt in value:
            same = _same(alt.shape, shape)
            if same is not False:
                yes.append(_told(alt, shape))
            if same is not True:
                no.append(alt)
        ways = self._ways(_variable(test.left), tuple(yes), tuple(no), env)
        return ways if positive else (ways[1], ways[0])


def called_name(node: cst.Call) -> str:
    """The last part of the name that is called."""
    func = node.func
    return func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")


def question(name: str) -> str:
    """A question as the vocabulary knows it: `is_sent` asks `sent?`, `exists` what is already."""
    if name in EXISTS:
        return f"already_{name}"
    for start in ("is_", "was_", "has_", "has_been_"):
        if name.startswith(start):
            return name.removeprefix(start) + "?"
    return name


def _is_job(root, env: Env) -> bool:
    shape = only(env.vars.get(root.value, ())) if root is not None else None
    return isinstance(shape, Struct) and shape.name == JOB


def polarity(node) -> int:
    """1 when the test holds if something is there, -1 if nothing is, 0 unknown."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        return -polarity(node.expression)
    if isinstance(node, cst.BooleanOperation):
        return polarity(node.left) or polarity(node.right)
    if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
        target = node.comparisons[0]
        nothing = _is_nothing(target.comparator) or _is_nothing(node.left)
        if isinstance(target.operator, (cst.Is, cst.Equal)):
            return -1 if nothing else 0
        if isinstance(target.operator, (cst.IsNot, cst.NotEqual)):
            return 1 if nothing else 0
        return 0
    if isinstance(node, cst.NamedExpr):
        return polarity(node.value)
    return 1 if isinstance(node, (cst.Name, cst.Attribute, cst.Call, cst.Await, cst.Subscript)) else 0


def _is_nothing(node) -> bool:
    if isinstance(node, cst.Name):
        return node.value in ("None", "False")
    return isinstance(node, cst.Integer) and node.value == "0"


def is_given(value: Value) -> bool:
    """The job's args, a part of them, or the answer to an HTTP request."""
    return bool(value) and all(_given(alt.shape) for alt in value)


def _given(shape) -> bool:
    if isinstance(shape, Args):
        return True
    if isinstance(shape, Unknown):
        return shape.from_args
    return isinstance(shape, Struct) and shape.step is not None and shape.step.has("http")


def _root(node) -> cst.Name | None:
    while isinstance(node, (cst.Attribute, cst.Subscript, cst.Call)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node if isinstance(node, cst.Name) else None


def _is_args(node) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == "args"


def _variable(node) -> str | None:
    if isinstance(node, cst.NamedExpr):
        node = node.target
    return node.value if isinstance(node, cst.Name) else None


def _is_constant(shape) -> bool:
    return shape == NIL or getattr(shape, "value", None) is not None or (
        type(shape).__name__ == "Atom"
    )


def _same(shape, wanted) -> bool | None:
    """Whether a value equals a constant; None where it may."""
    if isinstance(shape, Unknown):
        return None
    if type(shape) is not type(wanted):
        if {type(shape), type(wanted)} <= NUMERIC and NIL not in (shape, wanted):
            return None  # `0 == False`
        if isinstance(shape, (Text, Int, Tup, Struct)) or shape == NIL:
            return False
        return None
    if shape == wanted:
        return True if getattr(shape, "value", True) is not None else None
    known = getattr(shape, "value", None) is not None or type(shape).__name__ == "Atom"
    return False if known else None


def _told(alt: Alt, wanted) -> Alt:
    """A value that turned out to be a constant."""
    if isinstance(alt.shape, Unknown):
        return Alt(wanted, alt.origin)
    return alt
