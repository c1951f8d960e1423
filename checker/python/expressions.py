"""What Python expressions give."""

from __future__ import annotations

from functools import lru_cache

import libcst as cst

from checker.model.shape import (
    FALSE,
    MOST_PARTS,
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
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    join,
    one,
    only,
    size_of,
)  # fmt: skip
from checker.python.changes import is_changed_in
from checker.python.names import APART, ClassDefinition, FunctionDefinition, parts_of, walk
from checker.python.scope import Env, Frame, Scope, merged
from checker.python.shapes import HERE, JOB, Class, Coroutine, Ref, of_ref, unknown

DISPLAYS = (cst.List, cst.Dict, cst.Set, cst.Call, cst.ListComp, cst.DictComp, cst.SetComp)
_CONSTANTS = {"None": NIL, "True": TRUE, "False": FALSE}


@lru_cache(maxsize=4096)
def words_of(node: cst.CSTNode) -> frozenset[str]:
    """Names, attributes and short strings that an expression speaks of.

    Kept, since every link of a chain is asked, and each holds all those before it.
    """
    if isinstance(node, cst.Name):
        return frozenset((node.value,))
    if isinstance(node, cst.SimpleString):
        text = string_value(node)
        return frozenset((text,)) if isinstance(text, str) and len(text) < 40 else frozenset()
    return frozenset().union(
        *(words_of(part) for part in parts_of(node) if not isinstance(part, APART))
    )


def string_value(node: cst.CSTNode) -> str | bytes | None:
    """The text of a string literal; None where it holds what only running tells."""
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        try:
            return node.evaluated_value
        except (ValueError, SyntaxError, TypeError):
            return None
    return None


def fresh_in(*values: Value):
    """Where a value, or a part of it, is made anew at every attempt."""
    for value in values:
        for alt in value:
            if alt.origin.fresh:
                return alt.origin.fresh
            for part in _parts(alt.shape):
                found = fresh_in(part)
                if found:
                    return found
    return None


def _parts(shape) -> list[Value]:
    if isinstance(shape, (Map, Struct)):
        return list(shape.fields.values()) if isinstance(shape, Map) else []
    if isinstance(shape, (Tup, Seq)):
        return list(shape.items or ())
    return []


class Expressions:
    """The part of the interpreter that evaluates expressions."""

    def eval(self, node: cst.CSTNode, env: Env, scope: Scope) -> Value:
        """What an expression gives; NEVER when it does not come to an end."""
        if not self.burn():
            return self.unknown(node, scope)
        method = getattr(self, "_" + type(node).__name__, self._parts_of)
        value = method(node, env, scope)
        if size_of(value) <= MOST_PARTS:
            return value
        self.use(value, env, scope)
        return self.unknown(node, scope)

    def _parts_of(self, node, env: Env, scope: Scope) -> Value:
        for child in node.children:
            if isinstance(child, cst.BaseExpression):
                self.eval(child, env, scope)
        return self.unknown(node, scope)

    def literal(self, node, shape, scope: Scope) -> Value:
        return one(shape, self.origin(node, scope, literal=True))

    # -- names -----------------------------------------------------------------------

    def _Name(self, node: cst.Name, env: Env, scope: Scope) -> Value:
        if node.value in _CONSTANTS:
            return self.literal(node, _CONSTANTS[node.value], scope)
        return self.named(node, node.value, env, scope)

    def named(self, node, name: str, env: Env, scope: Scope) -> Value:
        """What a variable holds: here, in the functions around, or at the file's top."""
        held = env.vars.get(name)
        if held is None and scope.frame.closure is not None:
            held = scope.frame.closure.vars.get(name)
        if held is not None and name in self.shared:
            self.use(held, env, scope)
            return self.unknown(node, scope)
        if held is not None:
            return self._placed(self.current(held), node, scope)
        return self._of_file(node, name, scope)

    def _placed(self, value: Value, node, scope: Scope) -> Value:
        """With a place, where the value had none: a parameter, something looked up."""
        if all(alt.origin.span is not None for alt in value):
            return value
        found = []
        for alt in value:
            if alt.origin.span is None and not self.is_own_object(alt.shape):
                origin = self.origin(node, scope, call=alt.origin.call, step=alt.origin.step)
                origin.arg = alt.origin.arg
                origin.fresh = origin.span if alt.origin.fresh == HERE else alt.origin.fresh
                origin.words, origin.conditions = alt.origin.words, alt.origin.conditions
                alt = Alt(alt.shape, origin)
            found.append(alt)
        return tuple(found)

    def _of_file(self, node, name: str, scope: Scope) -> Value:
        file = scope.frame.file
        bound = file.bound.get(name)
        if isinstance(bound, FunctionDefinition):
            return one(self.function_value(bound), self.origin(node, scope))
        if isinstance(bound, ClassDefinition):
            return one(self.class_value(bound), self.origin(node, scope))
        if name in file.globals:
            return self.unknown(node, scope)
        if isinstance(bound, cst.CSTNode):
            value = self._constant(bound, node, scope)
            if isinstance(bound, DISPLAYS) and is_changed_in(name, file.tree.data):
                self.change(value)
            return self.current(value)
        full = file.full_name(name)
        return self.reference(full, node, scope) if full else self.unknown(node, scope)

    def reference(self, full: str, node, scope: Scope) -> Value:
        """Something imported: followed into the project where it can be."""
        found = self.project.definition(full) if self.project is not None else None
        if isinstance(found, FunctionDefinition):
            return one(self.function_value(found), self.origin(node, scope, call=full))
        if isinstance(found, ClassDefinition):
            return one(self.class_value(found), self.origin(node, scope, call=full))
        if isinstance(found, str):
            full = found
        entry = self.library.call(full)
        if entry is not None and entry.has("attribute"):
            return self.typed(entry, node, scope)
        return of_ref(full, self.origin(node, scope, call=full))

    def _constant(self, bound, node, scope: Scope) -> Value:
        """A constant of the file's top, or what its call makes, with the place of its use."""
        if any(bound is followed for followed in self._following):
            return self.unknown(node, scope)
        self._following.append(bound)
        frame = Frame(scope.frame.file, None, "", None, scope.frame.depth + 1)
        frame.site = scope.frame.site
        steps = dict(self.steps)
        try:
            value = self.eval(bound, Env({}), Scope(frame))
        finally:
            self._following.pop()
        self.steps = steps  # they ran once, when the file was imported
        return tuple(self._without_fresh(alt) for alt in value)

    def _without_fresh(self, alt: Alt) -> Alt:
        """What was new once is the same for every attempt of a process: not certain."""
        if not alt.origin.fresh:
            return alt
        return Alt(Unknown(), Origin(alt.origin.span, alt.origin.function))

    def function_value(self, definition: FunctionDefinition, closure: Env | None = None) -> Func:
        return Func(("def", id(definition.node)), None, (definition, closure), definition.name)

    # -- literals --------------------------------------------------------------------

    def _SimpleString(self, node, env: Env, scope: Scope) -> Value:
        text = string_value(node)
        shape = Opaque("bytes") if isinstance(text, bytes) else Text(text)
        return self.literal(node, shape, scope)

    def _ConcatenatedString(self, node, env: Env, scope: Scope) -> Value:
        text = string_value(node)
        if text is not None:
            return self._SimpleString(node, env, scope)
        left, right = self.eval(node.left, env, scope), self.eval(node.right, env, scope)
        return self._text_of(node, [left, right], scope)

    def _FormattedString(self, node, env: Env, scope: Scope) -> Value:
        values, written = [], []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                written.append(part.value)
            else:
                values.append(self.eval(part.expression, env, scope))
                written.append("…")
        if any(value == NEVER for value in values):
            return NEVER
        return self._text_of(node, values, scope, "".join(written))

    def _text_of(self, node, values, scope: Scope, written: str | None = None) -> Value:
        origin = self.origin(node, scope, fresh=fresh_in(*values))
        origin.words = words_of(node)
        return one(Text(None, written), origin)

    def _Integer(self, node, env: Env, scope: Scope) -> Value:
        number = node.evaluated_value
        return self.literal(node, Int(number, number), scope)

    def _Float(self, node, env: Env, scope: Scope) -> Value:
        return self.literal(node, Float(node.evaluated_value), scope)

    def _Ellipsis(self, node, env: Env, scope: Scope) -> Value:
        return self.unknown(node, scope)

    def _Tuple(self, node, env: Env, scope: Scope) -> Value:
        items = self._elements(node, env, scope)
        if items is None:
            return self.literal(node, Opaque("tuple"), scope)
        if any(item == NEVER for item in items):
            return NEVER
        return self.literal(node, Tup(tuple(items)), scope)

    def _List(self, node, env: Env, scope: Scope) -> Value:
        items = self._elements(node, env, scope)
        shape = Seq(None, unknown()) if items is None else Seq(tuple(items))
        return self.literal(node, shape, scope)

    def _Set(self, node, env: Env, scope: Scope) -> Value:
        items = self._elements(node, env, scope) or []
        return self.literal(node, Opaque("set", join(*items) if items else NEVER), scope)

    def _elements(self, node, env: Env, scope: Scope) -> list[Value] | None:
        """The items of a display; None where some are spread into it."""
        spread, items = False, []
        for element in node.elements:
            value = self.eval(element.value, env, scope)
            if isinstance(element, cst.StarredElement):
                self.use(value, env, scope)
                spread = True
            items.append(value)
        return None if spread else items

    def _Dict(self, node, env: Env, scope: Scope) -> Value:
        fields, is_open = {}, False
        for element in node.elements:
            value = self.eval(element.value, env, scope)
            if isinstance(element, cst.StarredDictElement):
                shape = only(value)
                if isinstance(shape, Map):
                    fields.update(shape.fields)
                    is_open = is_open or shape.open
                else:
                    is_open = True
                continue
            key = field_key(self.eval(element.key, env, scope))
            if key is not None:
                fields[key] = value
            else:
                fields, is_open = {known: join(v, value) for known, v in fields.items()}, True
        return self.literal(node, Map(fields, is_open), scope)

    # -- comprehensions ----------------------------------------------------------------

    def _ListComp(self, node, env: Env, scope: Scope) -> Value:
        element = self._each(node, [node.elt], env, scope)[0]
        return self.literal(node, Seq(None, element), scope)

    def _GeneratorExp(self, node, env: Env, scope: Scope) -> Value:
        element = self._each(node, [node.elt], env, scope)[0]
        return one(Opaque("generator", element), self.origin(node, scope))

    def _SetComp(self, node, env: Env, scope: Scope) -> Value:
        element = self._each(node, [node.elt], env, scope)[0]
        return self.literal(node, Opaque("set", element), scope)

    def _DictComp(self, node, env: Env, scope: Scope) -> Value:
        self._each(node, [node.key, node.value], env, scope)
        return self.literal(node, Map({}, True), scope)

    def _each(self, node, made: list, env: Env, scope: Scope) -> list[Value]:
        """What a comprehension makes of one item."""
        inner = env.copy()
        self._for_in(node.for_in, inner, scope)
        found = [self.eval(part, inner, scope.with_(loop=True)) for part in made]
        env.done = inner.done
        for part in walk(node):
            if isinstance(part, cst.NamedExpr) and part.target.value in inner.vars:
                name = part.target.value
                held = join(env.vars.get(name, ()), inner.vars[name])
                self.assign(name, held, env, scope)
        return found

    def _for_in(self, part: cst.CompFor, env: Env, scope: Scope) -> None:
        items = self.eval(part.iter, env, scope)
        self.bind(part.target, self.item_of(items, part.iter, scope), env, scope)
        inner = scope.with_(loop=True)
        env.conditions += self.chosen(part.iter, items, env, scope)
        for test in part.ifs:
            holds, _fails = self.branch(test.test, env, inner)
            if holds is not None:
                env.take(holds)
        if part.inner_for_in is not None:
            self._for_in(part.inner_for_in, env, inner)

    def item_of(self, items: Value, node, scope: Scope) -> Value:
        """One item of what is looped over."""
        found = []
        for alt in items:
            shape = alt.shape
            if isinstance(shape, (Seq, Opaque)) and shape.element:
                found.append(shape.element)
            elif isinstance(shape, Tup) and shape.items:
                found.append(join(*shape.items))
            else:
                origin = self.origin(node, scope, call=alt.origin.call)
                origin.words = alt.origin.words
                from_args = isinstance(shape, Unknown) and shape.from_args
                found.append(one(Unknown(None, from_args), origin))
        return join(*found) if found else unknown()

    # -- operators -------------------------------------------------------------------

    def _BooleanOperation(self, node, env: Env, scope: Scope) -> Value:
        left = self.eval(node.left, env, scope)
        keep_true = isinstance(node.operator, cst.Or)
        kept = tuple(alt for alt in left if truth(alt.shape) is not (not keep_true))
        goes_on = any(truth(alt.shape) is not keep_true for alt in left)
        if not goes_on:
            return kept
        holds, fails = self.branch(node.left, env.copy(), scope)
        way = fails if keep_true else holds
        right = self.eval(node.right, way if way is not None else env, scope)
        if way is not None:
            env.done = env.done | way.done
        return join(kept, right)

    def _UnaryOperation(self, node, env: Env, scope: Scope) -> Value:
        value = self.eval(node.expression, env, scope)
        shape = only(value)
        if isinstance(node.operator, cst.Minus):
            if isinstance(shape, Int) and shape.value is not None:
                return self.literal(node, Int(-shape.value, -shape.value), scope)
            if isinstance(shape, Float) and shape.value is not None:
                return self.literal(node, Float(-shape.value), scope)
        if isinstance(node.operator, cst.Not):
            return self._boolean(node, scope)
        return self.unknown(node, scope)

    def _boolean(self, node, scope: Scope) -> Value:
        origin = self.origin(node, scope)
        origin.words = words_of(node)
        return (Alt(TRUE, origin), Alt(FALSE, origin))

    def _BinaryOperation(self, node, env: Env, scope: Scope) -> Value:
        left, right = self.eval(node.left, env, scope), self.eval(node.right, env, scope)
        if left == NEVER or right == NEVER:
            return NEVER
        a, b = only(left), only(right)
        origin = self.origin(node, scope, fresh=fresh_in(left, right))
        origin.words = words_of(node)
        if isinstance(node.operator, (cst.Add, cst.Subtract)):
            origin.relative = self._relative(node, left, right)
        shape = combined(node.operator, a, b)
        if shape is None:
            return one(Unknown(), origin)
        if isinstance(shape, Struct):
            kept = next((alt.origin.step for v in (left, right) for alt in v if alt.origin.step), None)
            origin.step = kept
        origin.literal = all(alt.origin.literal for v in (left, right) for alt in v)
        return one(shape, origin)

    def _relative(self, node, left: Value, right: Value):
        """`x.count + 1`: the field of something, and what it is a field of."""
        for side in (node.left, node.right):
            if isinstance(side, cst.Attribute):
                return (None, side.attr.value)
        return None

    def _Comparison(self, node, env: Env, scope: Scope) -> Value:
        self.eval(node.left, env, scope)
        for target in node.comparisons:
            self.eval(target.comparator, env, scope)
        return self._boolean(node, scope)

    def _IfExp(self, node, env: Env, scope: Scope) -> Value:
        holds, fails = self.branch(node.test, env, scope)
        found, ways = [], []
        for part, way in ((node.body, holds), (node.orelse, fails)):
            if way is not None:
                value = self.eval(part, way, scope)
                found.append(conditioned(value, way))
                ways.append(way)
        after = merged(ways)
        if after is not None:
            env.done = after.done
        return join(*found) if found else NEVER

    def _NamedExpr(self, node, env: Env, scope: Scope) -> Value:
        value = self.eval(node.value, env, scope)
        self.bind(node.target, value, env, scope)
        return value

    def _Await(self, node, env: Env, scope: Scope) -> Value:
        value = self.eval(node.expression, env, scope)
        return self.awaited_value(value, node, env, scope)

    def awaited_value(self, value: Value, node, env: Env, scope: Scope) -> Value:
        """What awaiting a value gives."""
        found = []
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Coroutine):
                self.awaited.add(shape.span)
                found.append(shape.run(env, scope))
            elif isinstance(shape, Struct) and shape.result is not None:
                self._escapes(alt)
                found.append(shape.result)
            else:
                origin = self.origin(node, scope, call=alt.origin.call, step=alt.origin.step)
                origin.words = alt.origin.words | words_of(node)
                found.append(one(Unknown(alt.origin.call), origin))
        return join(*found) if found else NEVER

    def _Yield(self, node, env: Env, scope: Scope) -> Value:
        given = node.value
        if isinstance(given, cst.From):
            given = given.item
        if given is not None:
            self.use(self.eval(given, env, scope), env, scope)
        return self.unknown(node, scope)

    def _Lambda(self, node, env: Env, scope: Scope) -> Value:
        scope.frame.lends = True
        return one(Func(("lambda", id(node)), None, (node, env), None), self.origin(node, scope))

    # -- parts of values -----------------------------------------------------------------

    def _Attribute(self, node, env: Env, scope: Scope) -> Value:
        base = self.eval(node.value, env, scope)
        name = node.attr.value
        self.mentions.add(name)
        found = [self._attribute(alt, name, node, env, scope) for alt in base]
        return join(*found) if found else NEVER

    def _attribute(self, alt: Alt, name: str, node, env: Env, scope: Scope) -> Value:
        shape = alt.shape
        if isinstance(shape, Ref):
            return self.reference(f"{shape.name}.{name}", node, scope)
        if isinstance(shape, Class):
            return self._class_attribute(shape, name, node, scope)
        if isinstance(shape, Struct):
            found = shape.fields.get(("atom", name))
            if found is not None:
                return self._placed(self.current(found), node, scope)
            return self._object_attribute(alt, name, node, scope)
        origin = self.origin(node, scope, fresh=alt.origin.fresh)
        origin.words = alt.origin.words | frozenset((name,))
        origin.step = alt.origin.step
        from_args = isinstance(shape, Unknown) and shape.from_args
        return one(Unknown(None, from_args), origin)

    def _class_attribute(self, shape: Class, name: str, node, scope: Scope) -> Value:
        definition = shape.definition
        constant = self.class_constant(definition, name)
        if constant is not None and name not in self.assigned:
            return self._constant(constant, node, scope)
        method = self.method(definition, name)
        if method is not None and not method.is_property:
            return one(self.function_value(method), self.origin(node, scope))
        return self.unknown(node, scope)

    def _object_attribute(self, alt: Alt, name: str, node, scope: Scope) -> Value:
        """An attribute of an instance: a class's, or what the library table says."""
        shape = alt.shape
        definition = self.definition_of(shape)
        if definition is not None:
            if self.is_changed(alt, name):
                return self.unknown(node, scope)
            return self._class_attribute(self.class_value(definition), name, node, scope)
        full = f"{shape.name}.{name}"
        entry = self.library.call(full) if shape.name else None
        if name == "headers" and alt.origin.step is not None and alt.origin.step.has("build"):
            alt.origin.step.escapes = True  # the client's headers, that may get a key
        if entry is None:
            origin = self.origin(node, scope, step=alt.origin.step, fresh=alt.origin.fresh)
            origin.words = alt.origin.words | frozenset((name,))
            self._escapes(alt)
            return one(Unknown(full if shape.name else None), origin)
        if entry.has("status"):
            self._read_status(alt)
        elif shape.step is not None and isinstance(shape.step.reads, set):
            shape.step.reads.add(name)
        if not entry.has("attribute"):
            return of_ref(full, self.origin(node, scope, call=full, step=alt.origin.step))
        return self.typed(entry, node, scope, owner=alt)

    def _read_status(self, alt: Alt) -> None:
        if alt.shape.step is not None:
            alt.shape.step.reads.add("status")

    def _escapes(self, alt: Alt) -> None:
        if isinstance(alt.shape, Struct) and alt.shape.step is not None:
            alt.shape.step.escapes = True

    def _Subscript(self, node, env: Env, scope: Scope) -> Value:
        base = self.eval(node.value, env, scope)
        keys = []
        for element in node.slice:
            if isinstance(element.slice, cst.Index):
                keys.append(self.eval(element.slice.value, env, scope))
        key = only(keys[0]) if len(keys) == 1 and len(node.slice) == 1 else None
        found = [self._item(alt, key, node, scope) for alt in base]
        return join(*found) if found else NEVER

    def _item(self, alt: Alt, key, node, scope: Scope) -> Value:
        shape = alt.shape
        origin = self.origin(node, scope, fresh=alt.origin.fresh, step=alt.origin.step)
        origin.words = alt.origin.words | words_of(node)
        if isinstance(shape, Args):
            if isinstance(key, Text) and key.value is not None:
                origin.arg = key.value
            return one(Unknown(None, True), origin)
        if isinstance(shape, Map) and isinstance(key, (Text, Int)) and key.value is not None:
            held = shape.fields.get(("text" if isinstance(key, Text) else "int", key.value))
            if held is not None:
                return self._placed(held, node, scope)
        if isinstance(shape, (Tup, Seq)) and isinstance(key, Int) and key.value is not None:
            items = shape.items
            if items is not None and -len(items) <= key.value < len(items):
                return self._placed(items[key.value], node, scope)
        if isinstance(shape, Seq) and shape.element and isinstance(key, Int):
            return self._placed(shape.element, node, scope)
        from_args = isinstance(shape, Unknown) and shape.from_args
        return one(Unknown(None, from_args), origin)


def field_key(value: Value) -> tuple | None:
    """A key as mappings keep it; None for one that is not known, or equal to others: `True`."""
    key = only(value)
    if isinstance(key, (Text, Int)) and key.value is not None:
        return ("text" if isinstance(key, Text) else "int", key.value)
    return None


def conditioned(value: Value, env: Env) -> Value:
    """Values that are there only because of what was decided before."""
    if not env.conditions:
        return value
    for alt in value:
        if not alt.origin.conditions:
            alt.origin.conditions = env.conditions
    return value


def truth(shape) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    if isinstance(shape, Atom):
        return shape.name == "true"
    if isinstance(shape, Text):
        return None if shape.value is None else bool(shape.value)
    if isinstance(shape, (Int, Float)):
        return None if shape.value is None else bool(shape.value)
    if isinstance(shape, (Tup, Seq)) and shape.items is not None:
        return bool(shape.items)
    if isinstance(shape, Map) and not shape.open:
        return bool(shape.fields)
    if isinstance(shape, (Class, Func, Coroutine)):
        return True
    if isinstance(shape, Struct) and shape.name in (JOB, "oban.Cancel", "oban.Snooze"):
        return True
    return None


_NUMBERS = {
    cst.Add: lambda a, b: a + b, cst.Subtract: lambda a, b: a - b, cst.Multiply: lambda a, b: a * b,
    cst.Divide: lambda a, b: a / b, cst.FloorDivide: lambda a, b: a // b,
    cst.Modulo: lambda a, b: a % b,
}  # fmt: skip
_LARGEST = 10**15


def combined(operator, a, b):
    """The shape of `a operator b`; None when nothing is known."""
    numbers = (Int, Float)
    if isinstance(a, numbers) and isinstance(b, numbers):
        return _number(operator, a, b)
    if isinstance(operator, cst.Add):
        if isinstance(a, Text) and isinstance(b, Text):
            both = None if a.value is None or b.value is None else a.value + b.value
            return Text(both, None if both is not None else _written(a) + _written(b))
        if isinstance(a, Seq) and isinstance(b, Seq) and a.items is not None and b.items is not None:
            return Seq((*a.items, *b.items))
    if isinstance(operator, cst.Modulo) and isinstance(a, Text):
        return Text(None, a.value)
    for one_side in (a, b):  # a date moved, a duration added to
        if isinstance(one_side, Struct) and (one_side.name or "").startswith("datetime."):
            if isinstance(operator, (cst.Add, cst.Subtract, cst.Multiply)):
                return _moment(operator, a, b)
    return None


def _moment(operator, a, b):
    dates = [s for s in (a, b) if isinstance(s, Struct) and s.name != "datetime.timedelta"]
    if len(dates) == 2:
        return Struct("datetime.timedelta") if isinstance(operator, cst.Subtract) else None
    return dates[0] if dates else Struct("datetime.timedelta")


def _written(text: Text) -> str:
    return text.value if text.value is not None else text.written or "…"


def _number(operator, a, b):
    if a.value is not None if isinstance(a, (Int, Float)) else False:
        if b.value is not None:
            return _computed(operator, a.value, b.value)
    is_float = isinstance(a, Float) or isinstance(b, Float) or isinstance(operator, cst.Divide)
    if isinstance(operator, cst.Power) and not isinstance(b, Float):
        is_float = isinstance(a, Float)
    return Float() if is_float else Int()


def _computed(operator, a, b):
    try:
        if isinstance(operator, cst.Power):
            if abs(b) > 64 or abs(a) > 10**6:
                return None
            result = a**b
        else:
            result = _NUMBERS[type(operator)](a, b)
    except (KeyError, ArithmeticError):
        return None
    if isinstance(result, complex) or abs(result) > _LARGEST:
        return None
    return Float(result) if isinstance(result, float) else Int(result, result)


