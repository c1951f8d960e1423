"""What stands under a key of a map, a struct, a keyword list or the args, and putting it there."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.asked import is_given
from checker.elixir.patterns import ANY, exact, overlap
from checker.elixir.scope import Env, Scope
from checker.model.shape import (
    NEVER,
    NIL,
    Alt,
    Args,
    Atom,
    Int,
    Map,
    Opaque,
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    is_unknown,
    join,
    of,
    one,
    only,
)


class Fields:
    """The part of the interpreter that looks under keys."""

    def _field(self, node: syntax.Field, env: Env, scope: Scope) -> Value:
        if isinstance(node.base, (syntax.Module, syntax.Atom)):
            call = syntax.Call(node.span, node.base, node.name, [], {}, False)
            return self.eval(call, env, scope)
        found = []
        for alt in self.eval(node.base, env, scope):
            if isinstance(alt.shape, Atom) and alt.shape != NIL:  # a module's function
                found.append(self.unknown(node, scope))
            elif not isinstance(alt.shape, Seq):
                value, missing = self.keyed(node, (alt,), one(Atom(node.name)), scope)
                found.append(value)
                if missing and isinstance(alt.shape, (Args, Map)):
                    self.may_raise(node.span, scope)
        return join(*found)

    def _access(self, node: syntax.Access, env: Env, scope: Scope) -> Value:
        base = self.eval(node.base, env, scope)
        key = self.eval(node.key, env, scope)
        if not base or not key:
            return NEVER
        return self.value_or_nil(node, base, key, scope)

    def value_or_nil(self, node: syntax.Node, base: Value, key: Value, scope: Scope) -> Value:
        """`base[key]`: nil where it is missing."""
        value, missing = self.keyed(node, base, key, scope)
        if missing and not is_unknown(value):
            return join(value, one(NIL, self.origin(node, scope)))
        return value

    def keyed(
        self, node: syntax.Node, base: Value, key: Value, scope: Scope, place=None
    ) -> tuple[Value, bool]:
        """(what stands under a key, whether it may be missing).

        Looking is noted on answers, and on args when the key is an atom: `place` is where the
        key stands, when it is not part of `node`.
        """
        values, may_miss = [], False
        for alt in base:
            value, missing = self._keyed(node, alt, key, scope, place)
            values.append(value)
            may_miss = may_miss or missing
        return join(*values), may_miss

    def _keyed(self, node: syntax.Node, alt: Alt, key: Value, scope: Scope, place):
        shape, name = alt.shape, exact_key(key)
        from_args = isinstance(shape, Args) or (isinstance(shape, Unknown) and shape.from_args)
        if from_args and name is not None and name[0] == "atom":
            fixed = f'["{name[1]}"]' if place is None else f'"{name[1]}"'
            self.record_atom_key(place or node, name[1], fixed, scope)
        if isinstance(shape, Args):
            if name is not None and name[0] == "atom" and not isinstance(node, syntax.Field):
                return NEVER, True  # the keys are strings; `args.key` raises
            origin = self.origin(node, scope)
            origin.arg = name[1] if name is not None and name[0] == "text" else None
            return one(Unknown(from_args=True), origin), True
        if isinstance(shape, Struct) and shape.step is not None and name is not None:
            if name[0] == "atom":
                shape.step.reads.add(name[1])
        if isinstance(shape, (Struct, Map)):
            value, missing = _named_field(shape, name)
            if value is None:
                return self._unread(node, alt, name, scope), True
            return self.placed(value, node, scope), missing
        if isinstance(shape, Seq):
            value, missing = _keyword_value(shape, key)
            return self.placed(value, node, scope), missing
        if isinstance(shape, (Unknown, Opaque)):
            return self._unread(node, alt, name, scope), True
        return NEVER, isinstance(shape, Atom)  # nil[:key] is nil; all else raises

    def _unread(self, node: syntax.Node, alt: Alt, name: tuple | None, scope: Scope) -> Value:
        """A field that nothing is known of but its name."""
        origin = self.origin(node, scope)
        if name is not None and not is_given((alt,)):
            origin.words = frozenset((str(name[1]),))
        tainted = isinstance(alt.shape, Unknown) and alt.shape.from_args
        return one(Unknown(from_args=tainted), origin)


def _named_field(shape: Map | Struct, name: tuple | None) -> tuple[Value | None, bool]:
    """The value is None when nothing is known of it."""
    may_have_more = isinstance(shape, Struct) or shape.open
    if name in shape.fields:
        return shape.fields[name], False
    if may_have_more:
        return None, True
    if name is None:
        return join(*shape.fields.values()), True
    return NEVER, True


def _keyword_value(shape: Seq, key: Value) -> tuple[Value, bool]:
    found = []
    for item in shape.items if shape.items is not None else (shape.element,):
        for alt in item:
            if isinstance(alt.shape, Unknown):
                found.append(ANY)
            elif is_pair(alt.shape) and may_equal(alt.shape.items[0], key):
                found.append(alt.shape.items[1])
                if shape.items is not None and len(item) == 1:
                    if exact_key(key) is not None and exact_key(key) == exact_key(
                        alt.shape.items[0]
                    ):
                        return join(*found), False
    return join(*found), True


def is_pair(shape) -> bool:
    return isinstance(shape, Tup) and len(shape.items) == 2


def may_equal(a: Value, b: Value) -> bool:
    """Whether two values may be the same."""
    return any(overlap(x.shape, y.shape) for x in a for y in b)


def exact_key(key: Value) -> tuple | None:
    """The key under which a map's shape keeps a field; None when that is not certain."""
    shape = only(key)
    return shape.key if isinstance(shape, (Atom, Text, Int)) and exact(shape) else None


def key_shape(name: tuple):
    """The shape of a key that a map's shape keeps a field under."""
    kinds = {"atom": Atom, "text": Text, "int": Int}
    return kinds[name[0]](*name[1:])


def put_all(fields: dict, pairs: list[tuple[Value, Value]]) -> tuple[dict, bool]:
    """Fields with pairs put in; whether all their keys are certain."""
    fields, certain = dict(fields), True
    for key, value in pairs:
        name = exact_key(key)
        if name is not None:
            fields[name] = value
        else:  # it may be the key of any of them
            fields = {known: join(old, value) for known, old in fields.items()}
            certain = False
    return fields, certain


def pairs_of(shape: Map) -> Value:
    """What an item of a map looks like: {key, value}."""
    found = [one(Tup((of(key_shape(name)), value))) for name, value in shape.fields.items()]
    return join(*found, *([of(Tup((ANY, ANY)))] if shape.open else []))


def poured(shape, items: Value):
    """What a collection is after any number of items went into it, None when not known."""
    if not items:
        return shape
    if isinstance(shape, Seq):
        return Seq(None, join(shape.element, items), shape.nonempty)
    if isinstance(shape, Text):
        return Text()
    if isinstance(shape, Map):
        return _poured_map(shape, items)
    return Struct("MapSet") if isinstance(shape, Struct) and shape.name == "MapSet" else None


def _poured_map(shape: Map, items: Value) -> Map:
    fields, new = dict(shape.fields), shape.open
    for alt in items:
        pair = alt.shape.items if is_pair(alt.shape) else (ANY, ANY)
        name = exact_key(pair[0])
        if name is None:
            fields = {known: join(old, pair[1]) for known, old in fields.items()}
        elif name in fields:
            fields[name] = join(fields[name], pair[1])
        new = new or name not in fields
    return Map(fields, new)
