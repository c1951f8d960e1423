"""Operators, field access, and what a condition that holds (or fails) tells of its variables."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.asked import condition_words, polarity
from checker.elixir.comparison import compared
from checker.elixir.json_values import TIMES, came_as_json, compared_time, unequal_atoms
from checker.elixir.patterns import ANY, exact, narrowed
from checker.elixir.scope import Env, Scope
from checker.model.shape import (
    FALSE,
    FALSY,
    NEVER,
    NIL,
    TRUE,
    Alt,
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Opaque,
    Origin,
    Seq,
    Shape,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    join,
    one,
)  # fmt: skip

# Whether a shape is of a kind; None when it cannot be told.
KINDS = {
    "is_nil": lambda s: isinstance(s, Atom) and _named(s, "nil"),
    "is_atom": lambda s: isinstance(s, Atom),
    "is_boolean": lambda s: isinstance(s, Atom) and _named(s, "true", "false"),
    "is_binary": lambda s: isinstance(s, Text),
    "is_bitstring": lambda s: isinstance(s, Text),
    "is_integer": lambda s: isinstance(s, Int),
    "is_float": lambda s: isinstance(s, Float),
    "is_number": lambda s: isinstance(s, (Int, Float)),
    "is_list": lambda s: isinstance(s, Seq),
    "is_tuple": lambda s: isinstance(s, Tup),
    "is_map": lambda s: isinstance(s, (Map, Struct, Args)) or _perhaps(_is_stream(s)),
    "is_struct": lambda s: isinstance(s, Struct) or _perhaps(_may_be_struct(s)),
    "is_exception": lambda s: _perhaps(isinstance(s, Struct) or _may_be_struct(s)),
    "is_pid": lambda s: isinstance(s, Opaque) and s.kind in ("pid", "self"),
    "is_reference": lambda s: isinstance(s, Opaque) and s.kind == "reference",
    "is_port": lambda s: isinstance(s, Opaque) and s.kind == "port",
    "is_function": lambda s: isinstance(s, Func) or _is_function(s),
}  # fmt: skip

# What an unknown value is when a guard says so.
_IMPLIED: dict[str, tuple[Shape, ...]] = {
    "is_nil": (NIL,),
    "is_boolean": (TRUE, FALSE),
    "is_atom": (Atom(None),),
    "is_binary": (Text(),),
    "is_bitstring": (Text(),),
    "is_integer": (Int(),),
    "is_float": (Float(),),
    "is_number": (Int(), Float()),
    "is_list": (Seq(None, ANY),),
    "is_struct": (Struct(None),),
    "is_pid": (Opaque("pid"),),
    "is_reference": (Opaque("reference"),),
}

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!=", "===": "===",
            "!==": "!=="}  # fmt: skip
_BOOLEAN_OPS = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "not in", "=~"))
_NUMBER_OPS = frozenset(("+", "-", "*"))


def _named(shape: Atom, *names: str):
    """True, False, or None when it is some atom."""
    return None if shape.name is None else shape.name in names


def _perhaps(possible: bool):
    """None when it cannot be told, else False."""
    return None if possible else False


def _is_stream(shape: Shape) -> bool:
    """A stream is a struct or a function."""
    return isinstance(shape, Opaque) and shape.kind == "stream"


def _may_be_struct(shape: Shape) -> bool:
    return _is_stream(shape) or (isinstance(shape, Map) and shape.open)


def _is_function(shape: Shape):
    if _is_stream(shape):
        return None
    return isinstance(shape, Opaque) and shape.kind == "function"


def boolean(origin: Origin) -> Value:
    return (Alt(TRUE, origin), Alt(FALSE, origin))


def truthy(shape: Shape):
    """True, False, or None when it cannot be decided."""
    if isinstance(shape, Unknown):
        return None
    if isinstance(shape, Atom):
        return None if shape.name is None else shape.name not in FALSY
    return True


def holding(value: Value) -> tuple[Value, Value]:
    """(alternatives that count as true, those that count as false)."""
    yes, no = [], []
    for alt in value:
        is_true = truthy(alt.shape)
        if is_true is not False:
            yes.append(alt)
        if is_true is None and isinstance(alt.shape, Unknown):
            no.append(Alt(alt.shape, alt.origin))
        elif is_true is not True:
            no.append(alt)
    return tuple(yes), tuple(no)


class Conditions:
    """The part of the interpreter that evaluates operators and narrows by conditions."""

    # -- branching -------------------------------------------------------------

    def branch(self, node: syntax.Node, env: Env, scope: Scope) -> tuple[Env | None, Env | None]:
        """The variables where a condition holds and where it fails; None where it cannot."""
        if isinstance(node, syntax.Unary) and node.op in ("not", "!"):
            holds, fails = self.branch(node.operand, env, scope)
            return fails, holds
        if isinstance(node, syntax.Op):
            if node.op in ("and", "&&"):
                return self._both_hold(node, env, scope)
            if node.op in ("or", "||"):
                return self._either_holds(node, env, scope)
            narrowed = self._compare_variable(node, env, scope)
            if narrowed is not None:
                return narrowed
        if isinstance(node, syntax.Var) and node.name in env.vars:
            self._asked.append(env.vars[node.name])
            yes, no = holding(env.vars[node.name])
            return self._split_env(env, node.name, yes, no)
        if isinstance(node, syntax.Match) and isinstance(node.pattern, syntax.Var):
            if not self.eval(node, env, scope):
                return None, None
            return self.branch(node.pattern, env, scope)
        if isinstance(node, syntax.Call) and node.target is None:
            narrowed = self._kind_test(node, env, scope)
            if narrowed is not None:
                return narrowed
        value = self.eval(node, env, scope)
        self._asked.append(value)
        yes, no = holding(value)
        return (env.copy() if yes else None), (env.copy() if no else None)

    def guard(self, node: syntax.Node, env: Env, scope: Scope) -> tuple[Env | None, Env | None]:
        """As `branch`, for a guard: one that raises fails, whatever its variables are."""
        holds, fails = self.branch(node, env, scope)
        return holds, env.copy() if _may_raise(node) else fails

    def _split_env(self, env: Env, name: str, yes: Value, no: Value):
        holds = fails = None
        if yes:
            holds = env.copy()
            holds.vars[name] = yes
        if no:
            fails = env.copy()
            fails.vars[name] = no
        return holds, fails

    def _both_hold(self, node: syntax.Op, env: Env, scope: Scope):
        left_holds, left_fails = self.branch(node.left, env, scope)
        if left_holds is None:
            return None, left_fails
        holds, right_fails = self._right(node.right, left_holds, scope)
        return holds, _either(left_fails, right_fails)

    def _right(self, node: syntax.Node, env: Env, scope: Scope):
        """`branch` of the right side of an operator, whose bindings are its own."""
        count, before = env.bindings, dict(env.vars)
        ways = self.branch(node, env, scope)
        if env.bindings != count:
            for way in ways:
                if way is not None:
                    way.vars = dict(before)
        return ways

    def _either_holds(self, node: syntax.Op, env: Env, scope: Scope):
        left_holds, left_fails = self.branch(node.left, env, scope)
        if left_fails is None:
            return left_holds, None
        right_holds, fails = self._right(node.right, left_fails, scope)
        return _either(left_holds, right_holds), fails

    def _compare_variable(self, node: syntax.Op, env: Env, scope: Scope):
        op, variable, other = node.op, node.left, node.right
        if not isinstance(variable, syntax.Var) and isinstance(other, syntax.Var):
            if op not in _FLIPPED:
                return None
            op, variable, other = _FLIPPED[op], other, variable
        if not isinstance(variable, syntax.Var) or variable.name not in env.vars:
            return None
        value = env.vars[variable.name]
        self._asked.append(value)
        if any(map(came_as_json, value)) and _is_plain(other):
            constant = self.eval(other, env, scope)
            self._note_json(node, (variable, value), (other, constant), scope)
        if op in ("in", "not in"):
            parts = self._membership(value, other, env, scope)
        elif op in ("==", "===", "!=", "!=="):
            parts = self._equality(value, other, len(op) == 3, env, scope)
        elif op in ("<", ">", "<=", ">="):
            parts = self._order(value, op, other, env, scope)
        else:
            return None
        if parts is None:
            return None
        yes, no = parts if op not in ("not in", "!=", "!==") else (parts[1], parts[0])
        return self._split_env(env, variable.name, yes, no)

    def _equality(self, value: Value, other: syntax.Node, strict: bool, env: Env, scope: Scope):
        wanted = self.eval(other, env, scope)
        if not wanted:
            return NEVER, NEVER
        if len(wanted) != 1 or not exact(wanted[0].shape):
            return None
        shape = wanted[0].shape
        matcher = self.matcher(scope, env)
        if isinstance(shape, (Int, Float)) and not strict:
            return self._equal_numbers(matcher, other, shape, value)
        if isinstance(shape, (Atom, Int, Text, Float)):
            return matcher.split(_constant(other, shape), value)
        if isinstance(shape, Seq) and shape.items == ():
            return matcher.split(syntax.List(other.span, [], None), value)
        return None

    def _equal_numbers(self, matcher, other: syntax.Node, wanted: Shape, value: Value):
        """1 == 1.0, though no pattern 1 takes 1.0. What is unknown is taken for the number as it
        is written: `status == 404` is about 404, not about 404.0."""
        mixed = Float if isinstance(wanted, Int) else Int
        unsure = tuple(a for a in value if isinstance(a.shape, mixed))
        rest = tuple(a for a in value if a not in unsure)
        yes, no = matcher.split(_constant(other, wanted), rest)
        return join(yes, unsure), join(no, unsure)

    def _membership(self, value: Value, other: syntax.Node, env: Env, scope: Scope):
        if isinstance(other, syntax.Op) and other.op == "..":
            low = self.eval(other.left, env, scope)
            high = self.eval(other.right, env, scope)
            return self._within(value, low, high)
        listed = self.eval(other, env, scope)
        shape = listed[0].shape if len(listed) == 1 else None
        if not isinstance(shape, Seq) or shape.items is None:
            return None
        yes, left = NEVER, value
        matcher = self.matcher(scope, env)
        for item in shape.items:
            if len(item) != 1 or not exact(item[0].shape):
                return None
            if not isinstance(item[0].shape, (Atom, Int, Text, Float)):
                return None
            matched, left = matcher.split(_constant(other, item[0].shape), left)
            yes = join(yes, matched)
        return yes, left

    def _within(self, value: Value, low: Value, high: Value):
        first = low[0].shape.value if len(low) == 1 and isinstance(low[0].shape, Int) else None
        last = high[0].shape.value if len(high) == 1 and isinstance(high[0].shape, Int) else None
        if first is None or last is None or first > last:
            return None
        yes, no = [], []
        for alt in value:
            inside, outside = _cut(alt, first, last)
            yes.extend(inside)
            no.extend(outside)
        return tuple(yes), tuple(no)

    def _order(self, value: Value, op: str, other: syntax.Node, env: Env, scope: Scope):
        bound = self.eval(other, env, scope)
        if not bound:
            return NEVER, NEVER
        limit = (
            bound[0].shape.value if len(bound) == 1 and isinstance(bound[0].shape, Int) else None
        )
        if limit is None:
            return None
        low, high = {
            ">": (limit + 1, None), ">=": (limit, None), "<": (None, limit - 1), "<=": (None, limit)
        }[op]  # fmt: skip
        yes, no = [], []
        for alt in value:
            inside, outside = _cut(alt, low, high)
            yes.extend(inside)
            no.extend(outside)
        return tuple(yes), tuple(no)

    def _kind_test(self, node: syntax.Call, env: Env, scope: Scope):
        name = node.name
        if name == "match?" and len(node.args) == 2:
            return self._match_test(node, env, scope)
        test = KINDS.get(name)
        if test is None or not node.args or not isinstance(node.args[0], syntax.Var):
            return None
        variable = node.args[0].name
        if variable not in env.vars:
            return None
        self._asked.append(env.vars[variable])
        if name == "is_struct" and len(node.args) == 2:
            return self._struct_test(node, variable, env, scope)
        yes, no = [], []
        for alt in env.vars[variable]:
            verdict = None if isinstance(alt.shape, Unknown) else test(alt.shape)
            if verdict and len(node.args) > 1:  # of this arity, of this name
                verdict = None
            if verdict is not False:
                yes.extend(_told(alt, name))
            if verdict is not True:
                no.append(alt)
        return self._split_env(env, variable, tuple(yes), tuple(no))

    def _struct_test(self, node: syntax.Call, variable: str, env: Env, scope: Scope):
        wanted = self.eval(node.args[1], env, scope)
        name = (
            wanted[0].shape.name if len(wanted) == 1 and isinstance(wanted[0].shape, Atom) else None
        )
        yes, no = [], []
        for alt in env.vars[variable]:
            shape = alt.shape
            if isinstance(shape, Unknown):
                yes.append(Alt(Struct(name), Origin(None, call=alt.origin.call)))
                no.append(alt)
            elif not isinstance(shape, Struct) and not _may_be_struct(shape):
                no.append(alt)
            elif isinstance(shape, Struct) and name and shape.name and shape.name != name:
                no.append(alt)
            elif isinstance(shape, Struct) and name and shape.name == name:
                yes.append(alt)
            else:
                yes.append(alt)
                no.append(alt)
        return self._split_env(env, variable, tuple(yes), tuple(no))

    def _match_test(self, node: syntax.Call, env: Env, scope: Scope):
        value = self.eval(node.args[1], env, scope)
        pattern, guard = node.args[0], None
        if isinstance(pattern, syntax.Op) and pattern.op == "when":
            pattern, guard = pattern.left, pattern.right
        yes, no = self.matcher(scope, env).split(pattern, value)
        if guard is not None:
            no = join(no, yes)
        if isinstance(node.args[1], syntax.Var) and node.args[1].name in env.vars:
            return self._split_env(env, node.args[1].name, yes, no)
        return (env.copy() if yes else None), (env.copy() if no else None)

    # -- operators -------------------------------------------------------------------

    def _operator(self, node: syntax.Op, env: Env, scope: Scope) -> Value:
        op = node.op
        if op in ("&&", "and", "||", "or"):
            return self._logic(node, env, scope)
        if op in ("in", "not in") or op in _BOOLEAN_OPS:
            return self._comparison(node, env, scope)
        if op == "|":
            return self.unknown(node, scope)
        sides = self.eval_all([node.left, node.right], env, scope)
        if sides is None:
            return NEVER
        left, right = sides
        origin = self.origin(node, scope, literal=True, fresh=freshness(left, right))
        if op == "<>":
            return one(_concatenated(left, right), origin)
        if op in ("++", "--"):
            return one(_lists(op, left, right), origin)
        if op in ("..", "..//"):
            return one(Struct("Range"), origin)
        if op == "/":
            return one(Float(), origin)
        if op in _NUMBER_OPS:
            return self._arithmetic(node, left, right, origin)
        return self.unknown(node, scope)

    def _arithmetic(self, node: syntax.Op, left: Value, right: Value, origin: Origin) -> Value:
        for value in (left, right):  # twice :timer.hours(1) is still milliseconds
            if len(value) == 1 and (value[0].origin.call or "").startswith(":timer."):
                origin.call = value[0].origin.call
        for side in (node.left, node.right):
            if isinstance(side, syntax.Field) and node.op in ("+", "-"):
                whose = side.base.name if isinstance(side.base, syntax.Var) else None
                origin.relative = (whose, side.name)
        return self._products(node.op, left, right, origin)

    def _products(self, op: str, left: Value, right: Value, origin: Origin) -> Value:
        shapes: dict[Shape, None] = {}  # in order: what is told must not vary
        for a in left:
            for b in right:
                shapes.update(dict.fromkeys(_numbers(op, a.shape, b.shape)))
        return join(tuple(Alt(shape, origin) for shape in shapes))

    def _comparison(self, node: syntax.Op, env: Env, scope: Scope) -> Value:
        sides = self.eval_all([node.left, node.right], env, scope)
        if sides is None:
            return NEVER
        left, right = sides
        self._note_json(node, (node.left, left), (node.right, right), scope)
        origin = self.origin(node, scope, literal=True)
        origin.words = condition_words(node, env)
        answers = {compared(node.op, a.shape, b.shape) for a in left for b in right}
        if len(answers) == 1 and None not in answers:
            return one(TRUE if answers.pop() else FALSE, origin)
        return boolean(origin)

    def _note_json(self, node: syntax.Op, left: tuple, right: tuple, scope: Scope) -> None:
        """Note a value of the args that is compared with what JSON never gives back."""
        for (_, value), (written, other) in ((left, right), (right, left)):
            names = unequal_atoms(node.op, value, other)
            self.record_atom_value(written, names, scope)
            kind = compared_time(node.op, value, other)
            if kind is not None:
                self.record_unparsed(node, kind, scope)

    def _logic(self, node: syntax.Op, env: Env, scope: Scope) -> Value:
        """`a && b`: a where it counts as false, else b; `||` the other way round."""
        stops_when = node.op in ("||", "or")
        holds, fails, names, steps = self.ask(node.left, env, scope)
        left = self.eval(node.left, env, scope)
        yes, no = holding(left)
        kept = yes if stops_when else no
        go_on = fails if stops_when else holds
        if not stops_when:
            kept = tuple(Alt(a.shape, self._implicit(a.origin, node, node.op)) for a in kept)
        if go_on is None:
            return join(kept)
        there = polarity(node.left)
        inner = self.under(scope, node.left, names, steps, there > 0 if stops_when else there < 0)
        right = self.eval(node.right, go_on, inner)
        env.merge(go_on)
        return join(kept, right)

    def _implicit(self, origin: Origin, node: syntax.Node, construct: str) -> Origin:
        implicit = Origin(
            node.span, origin.function, origin.call, origin.step, construct, origin.handler,
            source=origin,
        )  # fmt: skip
        implicit.words, implicit.conditions = origin.words, origin.conditions
        return implicit

    def _unary(self, node: syntax.Unary, env: Env, scope: Scope) -> Value:
        value = self.eval(node.operand, env, scope)
        if not value:
            return NEVER
        origin = self.origin(node, scope, literal=True)
        origin.words = condition_words(node, env)
        if node.op in ("!", "not"):
            yes, no = holding(value)
            found = []
            if no:
                found.append(Alt(TRUE, origin))
            if yes:
                found.append(Alt(FALSE, origin))
            return tuple(found)
        if node.op in ("-", "+"):
            negative = one(Int(-1, -1) if node.op == "-" else Int(1, 1))
            return self._products("*", value, negative, origin)
        return self.unknown(node, scope)


def freshness(*values: Value):
    """The place of something that is new each time in these values or inside them, or None."""
    for value in values:
        for alt in value:
            if alt.origin.fresh is not None:
                return alt.origin.fresh
            shape = alt.shape
            inner = ()
            if isinstance(shape, Tup) or (isinstance(shape, Seq) and shape.items is not None):
                inner = shape.items
            elif isinstance(shape, Map):
                inner = tuple(shape.fields.values())
            found = freshness(*inner) if inner else None
            if found is not None:
                return found
    return None


def _is_plain(node: syntax.Node) -> bool:
    """Whether evaluating it does nothing: a constant, a variable, the date of today."""
    if isinstance(node, syntax.Call):
        return isinstance(node.target, syntax.Module) and node.target.name in TIMES
    return isinstance(
        node,
        (syntax.Atom, syntax.Module, syntax.List, syntax.Sigil, syntax.Attr, syntax.Var),
    )


def _either(first: Env | None, second: Env | None) -> Env | None:
    if first is None or second is None:
        return first or second
    joined = first.copy()
    joined.adopt([first, second])
    return joined


def _constant(node: syntax.Node, shape: Shape) -> syntax.Node:
    """A literal pattern for an exact shape."""
    if isinstance(shape, Atom):
        return syntax.Atom(node.span, shape.name)
    if isinstance(shape, Int):
        return syntax.Int(node.span, shape.value)
    if isinstance(shape, Float):
        return syntax.Float(node.span, shape.value)
    return syntax.Str(node.span, shape.value, [], shape.value)


def _cut(alt: Alt, low: int | None, high: int | None) -> tuple[list[Alt], list[Alt]]:
    """The parts of an integer inside and outside of bounds."""
    shape = alt.shape
    if isinstance(shape, Unknown) and low is not None and high is not None:
        return list(narrowed(Int(low, high), alt)), [alt]
    if not isinstance(shape, Int):  # every two terms have an order
        return [alt], [alt]
    start = _most(shape.low, low)
    end = _least(shape.high, high)
    inside = [] if start is not None and end is not None and start > end else [
        Alt(Int(start, end), alt.origin)
    ]  # fmt: skip
    outside = []
    if low is not None and (shape.low is None or shape.low < low):
        outside.append(Alt(Int(shape.low, _least(shape.high, low - 1)), alt.origin))
    if high is not None and (shape.high is None or shape.high > high):
        outside.append(Alt(Int(_most(shape.low, high + 1), shape.high), alt.origin))
    return inside, outside


def _most(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _told(alt: Alt, name: str) -> list[Alt]:
    implied = _IMPLIED.get(name)
    if not isinstance(alt.shape, Unknown) or implied is None:
        return [alt]
    return [narrowed(shape, alt)[0] for shape in implied]


def _concatenated(left: Value, right: Value) -> Text:
    if len(left) == 1 and len(right) == 1:
        a, b = left[0].shape, right[0].shape
        if (
            isinstance(a, Text)
            and isinstance(b, Text)
            and a.value is not None
            and b.value is not None
        ):
            return Text(a.value + b.value)
    return Text()


def _lists(op: str, left: Value, right: Value) -> Seq:
    if op == "--":
        return Seq(None, _elements(left))
    if len(left) == 1 and len(right) == 1:
        a, b = left[0].shape, right[0].shape
        if isinstance(a, Seq) and isinstance(b, Seq) and a.items is not None:
            if b.items is not None and len(a.items) + len(b.items) < 12:
                return Seq((*a.items, *b.items))
    nonempty = any(all(_is_nonempty(alt.shape) for alt in value) for value in (left, right))
    return Seq(None, join(_elements(left), _elements(right)), nonempty)


def _is_nonempty(shape: Shape) -> bool:
    return isinstance(shape, Seq) and shape.nonempty


def _elements(value: Value) -> Value:
    """What the items of lists look like."""
    return join(*(alt.shape.element if isinstance(alt.shape, Seq) else ANY for alt in value))


def _numbers(op: str, a: Shape, b: Shape) -> tuple[Shape, ...]:
    """What adding, subtracting or multiplying gives; nothing when it raises."""
    if not _may_be_number(a) or not _may_be_number(b):
        return ()
    if isinstance(a, Float) or isinstance(b, Float):
        return (Float(),)
    if not isinstance(a, Int) or not isinstance(b, Int):
        return (Unknown(),)
    if a.value is not None and b.value is not None:
        value = {"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value}[op]
        return (Int(value, value),)
    positive = all(s.low is not None and s.low >= 0 for s in (a, b))
    return (Int(0, None) if positive and op in ("+", "*") else Int(),)


def _may_be_number(shape: Shape) -> bool:
    return isinstance(shape, (Int, Float, Unknown))


# Allowed in guards, and raise for some values.
_RAISING = frozenset((
    "length", "hd", "tl", "elem", "map_size", "tuple_size", "byte_size", "bit_size", "rem", "div",
    "abs", "round", "trunc", "ceil", "floor", "binary_part", "is_map_key",
))  # fmt: skip


def _may_raise(guard: syntax.Node) -> bool:
    """Whether a guard can fail because something in it raises, or is no boolean."""
    if not _is_test(guard):
        return True
    for node in syntax.walk(guard):
        if isinstance(node, (syntax.Field, syntax.Access)):
            return True
        if isinstance(node, syntax.Call) and (node.target is not None or node.name in _RAISING):
            return True
        if isinstance(node, syntax.Op):
            if node.op in ("+", "-", "*", "/"):
                return True
            if node.op in ("and", "or") and not (_is_test(node.left) and _is_test(node.right)):
                return True
        if isinstance(node, syntax.Unary) and node.op == "not" and not _is_test(node.operand):
            return True
    return False


def _is_test(node: syntax.Node) -> bool:
    """Whether it can be nothing but true or false."""
    if isinstance(node, syntax.Atom):
        return node.name in ("true", "false")
    return isinstance(node, (syntax.Op, syntax.Unary, syntax.Call))
