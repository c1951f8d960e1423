"""Pattern matching on values: which alternatives match, which are left, what is bound.

`split` is exact where shapes allow it and otherwise keeps an alternative on both
sides. An alternative that a pattern narrowed has no place of its own: its origin
has no span until an expression uses it.
"""

from __future__ import annotations

from checker.elixir import syntax
from checker.model.shape import (
    NEVER,
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
    of,
    one,
)  # fmt: skip

ANY = of(Unknown())

_MAPS = (Map, Struct, Args)
_JSON_ATOMS = frozenset(("true", "false", "nil"))
_BINARY_TYPES = frozenset(("binary", "bytes", "bitstring", "bits"))


class Matcher:
    """Splits and binds. `literal(node)` gives the value of a pattern's constant or pinned part,
    `resolve(name)` a module's full name, `atom_key(node, key)` hears of atom keys on args,
    `atom_value(node, name)` of atoms that their values are matched with."""

    def __init__(self, literal, resolve, atom_key, atom_value) -> None:
        self.literal = literal
        self.resolve = resolve
        self.atom_key = atom_key
        self.atom_value = atom_value

    # -- which alternatives match ------------------------------------------------

    def split(self, pattern: syntax.Node, value: Value) -> tuple[Value, Value]:
        """(what matches, narrowed; what is left)."""
        yes, no = self._split(pattern, value)
        return yes, join(no, yes) if _repeats_a_name([pattern]) else no

    def _split(self, pattern: syntax.Node, value: Value) -> tuple[Value, Value]:
        if isinstance(pattern, syntax.Var):
            return value, NEVER
        yes: list[Alt] = []
        no: list[Alt] = []
        for alt in value:
            matched, left = self._split_alt(pattern, alt)
            yes.extend(matched)
            no.extend(left)
        return join(tuple(yes)), join(tuple(no))

    def split_all(self, patterns: list[syntax.Node], values: Value) -> tuple[Value, Value]:
        """The same for parameters; `values` are tuples of the arguments."""
        yes: list[Alt] = []
        no: list[Alt] = []
        for alt in values:
            if not isinstance(alt.shape, Tup):
                alt = Alt(Tup((ANY,) * len(patterns)), alt.origin)
            elif len(alt.shape.items) != len(patterns):
                no.append(alt)
                continue
            matched, left = self._product(patterns, alt)
            yes.extend(matched)
            no.extend(left)
        if _repeats_a_name(patterns):
            no.extend(yes)
        return join(tuple(yes)), join(tuple(no))

    def _split_alt(self, pattern: syntax.Node, alt: Alt) -> tuple[Value, Value]:
        method = _SPLITTERS.get(type(pattern))
        if method is None:
            return (alt,), (alt,)
        return method(self, pattern, alt)

    def _constant(self, pattern: syntax.Node, alt: Alt) -> tuple[Value, Value]:
        wanted = self.literal(pattern)
        yes: Value = NEVER
        left: Value = (alt,)
        for choice in wanted:
            matched, rest = _compare(choice.shape, alt)
            yes = join(yes, matched)
            if len(wanted) == 1:
                left = rest
        if not wanted:
            return (alt,), (alt,)
        return yes, left

    def _tuple(self, pattern: syntax.Tuple, alt: Alt) -> tuple[Value, Value]:
        shape = alt.shape
        if isinstance(shape, Unknown):
            items = tuple(self._implied(item, shape.from_args) for item in pattern.items)
            if any(item == NEVER for item in items):
                return (alt,), (alt,)
            return narrowed(Tup(items), alt), (alt,)
        if not isinstance(shape, Tup) or len(shape.items) != len(pattern.items):
            return NEVER, (alt,)
        return self._product(pattern.items, alt)

    def _product(self, patterns: list[syntax.Node], alt: Alt) -> tuple[Value, Value]:
        """Item by item: what is left of T1×T2 is (L1×T2) ∪ (M1×L2) ∪ …"""
        items = alt.shape.items
        done: list[Value] = []
        left: list[Alt] = []
        changed = False
        for index, pattern in enumerate(patterns):
            item = items[index]
            yes, no = self._split(pattern, item)
            if no:
                rest = Tup((*done, no, *items[index + 1 :]))
                left.append(Alt(rest, alt.origin))
            if not yes:
                return NEVER, (alt,)
            changed = changed or yes is not item
            done.append(yes)
        if not changed:
            return (alt,), tuple(left)
        return (Alt(Tup(tuple(done)), alt.origin),), tuple(left)

    def _list(self, pattern: syntax.List, alt: Alt) -> tuple[Value, Value]:
        shape = alt.shape
        if isinstance(shape, Unknown):
            return narrowed(self._implied_list(pattern, shape.from_args), alt), (alt,)
        if not isinstance(shape, Seq):
            return NEVER, (alt,)
        least, open_end = len(pattern.items), pattern.tail is not None
        if shape.items is not None:
            return self._exact_list(pattern, alt, least, open_end)
        if not pattern.items and not open_end:
            left = NEVER if shape.nonempty else None
            if left is not None:
                return NEVER, (alt,)
            return (Alt(Seq(()), alt.origin),), (
                Alt(Seq(None, shape.element, nonempty=True), alt.origin),
            )
        yes = (Alt(Seq(None, shape.element, nonempty=True), alt.origin),)
        easy = open_end and least == 1 and _takes_all(pattern.items[0])
        easy = easy and _takes_all(pattern.tail)
        if easy:
            return yes, NEVER if shape.nonempty else (Alt(Seq(()), alt.origin),)
        return yes, (alt,)

    def _exact_list(self, pattern, alt: Alt, least: int, open_end: bool) -> tuple[Value, Value]:
        items = alt.shape.items
        if len(items) < least or (len(items) > least and not open_end):
            return NEVER, (alt,)
        left: Value = NEVER
        for index, sub in enumerate(pattern.items):
            yes, no = self._split(sub, items[index])
            if not yes:
                return NEVER, (alt,)
            if no:
                left = (alt,)
        if open_end and not isinstance(pattern.tail, syntax.Var):
            rest = one(Seq(items[least:]), alt.origin)
            yes, no = self._split(pattern.tail, rest)
            if not yes:
                return NEVER, (alt,)
            if no:
                left = (alt,)
        return (alt,), left

    def _map(self, pattern: syntax.Map, alt: Alt) -> tuple[Value, Value]:
        shape = alt.shape
        if isinstance(shape, Args):
            return self._args(pattern, alt)
        if isinstance(shape, Unknown):
            if shape.from_args:
                self._note_atom_keys(pattern)
            return narrowed(self._implied_map(pattern, shape.from_args), alt), (alt,)
        if isinstance(shape, Struct):
            return self._struct(pattern, alt, shape)
        if not isinstance(shape, Map) or pattern.struct is not None:
            if isinstance(shape, Map) and shape.open:
                return narrowed(self._implied_map(pattern, False), alt), (alt,)
            return NEVER, (alt,)
        fields, left, certain = dict(shape.fields), [], True
        for key_node, sub in pattern.pairs:
            key = self._key(key_node)
            if key is None or (key not in fields and shape.open):
                certain = False
                if key is not None:
                    fields[key] = self._implied(sub, False) or ANY
                continue
            if key not in fields:
                return NEVER, (alt,)
            yes, no = self._split(sub, fields[key])
            if not yes:
                return NEVER, (alt,)
            if no:
                left.append(Alt(Map({**fields, key: no}, shape.open), alt.origin))
            fields[key] = yes
        rest = tuple(left) if certain else (alt,)
        return (Alt(Map(fields, shape.open), alt.origin),), rest

    def _struct(self, pattern: syntax.Map, alt: Alt, shape: Struct) -> tuple[Value, Value]:
        wanted = self._struct_name(pattern)
        if wanted and shape.name and wanted != shape.name:
            return NEVER, (alt,)
        certain = not wanted or wanted == shape.name
        name = shape.name or wanted or None
        fields, left = dict(shape.fields), []
        for key_node, sub in pattern.pairs:
            key = self._key(key_node)
            if key is None:
                certain = False
                continue
            if key[0] != "atom":
                return NEVER, (alt,)
            if shape.step is not None and key[0] == "atom" and not _ignores(sub):
                shape.step.reads.add(key[1])
            known = fields.get(key, ANY)
            yes, no = self._split(sub, known)
            if not yes:
                return NEVER, (alt,)
            if no:
                left.append(
                    Alt(Struct(name, {**fields, key: no}, shape.step, shape.result), alt.origin)
                )
            fields[key] = yes
        matched = Alt(Struct(name, fields, shape.step, shape.result), alt.origin)
        return (matched,), tuple(left) if certain else (alt,)

    def _struct_name(self, pattern: syntax.Map) -> str | None:
        """Full name, "" for any struct, None for a plain map pattern."""
        if pattern.struct is None:
            return None
        if isinstance(pattern.struct, syntax.Module):
            return self.resolve(pattern.struct.name)
        return ""

    def _args(self, pattern: syntax.Map, alt: Alt) -> tuple[Value, Value]:
        self._note_atom_keys(pattern)
        certain = not pattern.pairs and pattern.struct is None
        return (alt,), NEVER if certain else (alt,)

    def _note_atom_keys(self, pattern: syntax.Node) -> None:
        """What came as JSON has string keys, at every depth."""
        if not isinstance(pattern, syntax.Map) or pattern.struct is not None:
            return
        for key_node, sub in pattern.pairs:
            if isinstance(key_node, syntax.Atom):
                self.atom_key(key_node, key_node.name)
            else:
                self._note_atom_value(sub)
            self._note_atom_keys(sub)

    def _note_atom_value(self, pattern: syntax.Node) -> None:
        """And texts for atoms, but for true, false and nil."""
        if isinstance(pattern, syntax.Match):
            self._note_atom_value(pattern.pattern)
            self._note_atom_value(pattern.value)
        elif isinstance(pattern, syntax.Atom) and pattern.name not in _JSON_ATOMS:
            self.atom_value(pattern, pattern.name)
        elif isinstance(pattern, syntax.Module):
            self.atom_value(pattern, f"Elixir.{self.resolve(pattern.name)}")

    def _both(self, pattern: syntax.Match, alt: Alt) -> tuple[Value, Value]:
        yes, no = self._split(pattern.pattern, (alt,))
        matched, left = self._split(pattern.value, yes)
        return matched, join(no, left)

    def _pin_or_negative(self, pattern: syntax.Unary, alt: Alt) -> tuple[Value, Value]:
        if pattern.op == "^":
            wanted = self.literal(pattern.operand)
            if len(wanted) == 1 and _exact(wanted[0].shape):
                return _compare(wanted[0].shape, alt)
        return (alt,), (alt,)

    def _operator(self, pattern: syntax.Op, alt: Alt) -> tuple[Value, Value]:
        if pattern.op == "<>":
            if isinstance(alt.shape, Unknown):
                return narrowed(Text(), alt), (alt,)
            if not isinstance(alt.shape, Text):
                return NEVER, (alt,)
        return (alt,), (alt,)

    def _bits(self, pattern: syntax.Bits, alt: Alt) -> tuple[Value, Value]:
        if isinstance(alt.shape, Unknown):
            return narrowed(Text(), alt), (alt,)
        if not isinstance(alt.shape, (Text, Opaque)):
            return NEVER, (alt,)
        return (alt,), (alt,)

    # -- what a pattern alone implies ------------------------------------------------

    def _implied(self, pattern: syntax.Node, from_args: bool) -> Value:
        """The value of an unknown thing that matched; it has no place of its own."""
        if isinstance(pattern, syntax.Tuple):
            return of(Tup(tuple(self._implied(item, from_args) for item in pattern.items)))
        if isinstance(pattern, syntax.Map):
            return of(self._implied_map(pattern, from_args))
        if isinstance(pattern, syntax.List):
            return of(self._implied_list(pattern, from_args))
        if isinstance(pattern, syntax.Match):
            left = self._implied(pattern.pattern, from_args)
            if any(isinstance(alt.shape, Unknown) for alt in left):
                return self._implied(pattern.value, from_args)
            return left
        if isinstance(pattern, (syntax.Atom, syntax.Int, syntax.Float, syntax.Str, syntax.Attr)):
            literal = self.literal(pattern)
            return tuple(Alt(a.shape, _placeless(a.origin)) for a in literal) or ANY
        if isinstance(pattern, syntax.Unary) and pattern.op == "^":
            literal = self.literal(pattern.operand)
            return tuple(Alt(a.shape, _placeless(a.origin)) for a in literal) or ANY
        if isinstance(pattern, (syntax.Bits, syntax.Op)):
            return of(Text()) if not isinstance(pattern, syntax.Op) or pattern.op == "<>" else ANY
        return of(Unknown(from_args=from_args))

    def _implied_map(self, pattern: syntax.Map, from_args: bool) -> Shape:
        fields = {}
        for key_node, sub in pattern.pairs:
            key = self._key(key_node)
            if key is not None:
                fields[key] = self._implied(sub, from_args)
        name = self._struct_name(pattern)
        if name is None:
            return Map(fields, open=True)
        return Struct(name or None, fields)

    def _implied_list(self, pattern: syntax.List, from_args: bool) -> Shape:
        if not pattern.items and pattern.tail is None:
            return Seq(())
        items = tuple(self._implied(item, from_args) for item in pattern.items)
        if pattern.tail is None:
            return Seq(items)
        return Seq(None, ANY, nonempty=True)

    def _key(self, node: syntax.Node) -> tuple | None:
        if isinstance(node, syntax.Atom):
            return ("atom", node.name)
        if isinstance(node, syntax.Unary) and node.op == "^":
            node = node.operand
        literal = self.literal(node)
        if len(literal) == 1 and _exact(literal[0].shape):
            return literal[0].shape.key
        return None

    # -- what is bound --------------------------------------------------------------

    def bind(self, pattern: syntax.Node, value: Value, into: dict[str, Value]) -> None:
        """Bind the pattern's variables to their parts of a value that matched."""
        if isinstance(pattern, syntax.Var):
            if pattern.name != "_":
                into[pattern.name] = value
        elif isinstance(pattern, syntax.Match):
            self.bind(pattern.pattern, value, into)
            self.bind(pattern.value, value, into)
        elif isinstance(pattern, syntax.Tuple):
            for index, sub in enumerate(pattern.items):
                self.bind(sub, self._item(value, index, len(pattern.items)), into)
        elif isinstance(pattern, syntax.List):
            self._bind_list(pattern, value, into)
        elif isinstance(pattern, syntax.Map):
            self._bind_map(pattern, value, into)
        elif isinstance(pattern, syntax.Op) and pattern.op == "<>":
            self._bind_inside(pattern, of(Text()), into)
        elif isinstance(pattern, syntax.Bits):
            for segment in pattern.items:
                self._bind_segment(segment, into)
        elif isinstance(pattern, (syntax.Op, syntax.Bad, syntax.Call)):
            self._bind_inside(pattern, ANY, into)

    def _bind_segment(self, segment: syntax.Node, into: dict) -> None:
        """`<<code, rest::binary>>`: an integer unless a type says otherwise."""
        value = of(Int())
        if isinstance(segment, syntax.Op) and segment.op == "::":
            segment, value = segment.left, _segment_value(segment.right)
        if isinstance(segment, syntax.Var):
            self.bind(segment, value, into)

    def _bind_inside(self, node: syntax.Node, value: Value, into: dict) -> None:
        pinned = {id(n.operand) for n in syntax.walk(node) if isinstance(n, syntax.Unary)}
        for inner in syntax.walk(node):
            if isinstance(inner, syntax.Var) and id(inner) not in pinned:
                self.bind(inner, value, into)

    def _item(self, value: Value, index: int, size: int) -> Value:
        parts = []
        for alt in value:
            shape = alt.shape
            if isinstance(shape, Tup) and len(shape.items) == size:
                parts.append(shape.items[index])
            else:
                parts.append(ANY)
        return join(*parts)

    def _bind_list(self, pattern: syntax.List, value: Value, into: dict) -> None:
        for index, sub in enumerate(pattern.items):
            parts = []
            for alt in value:
                shape = alt.shape
                if isinstance(shape, Seq) and shape.items is not None:
                    parts.append(shape.items[index] if index < len(shape.items) else ANY)
                elif isinstance(shape, Seq):
                    parts.append(shape.element)
                else:
                    parts.append(ANY)
            self.bind(sub, join(*parts), into)
        if pattern.tail is not None:
            least = len(pattern.items)
            tails = []
            for alt in value:
                shape = alt.shape
                if isinstance(shape, Seq) and shape.items is not None:
                    tails.append(one(Seq(shape.items[least:]), alt.origin))
                elif isinstance(shape, Seq):
                    tails.append(one(Seq(None, shape.element), alt.origin))
                else:
                    tails.append(of(Seq(None, ANY)))
            self.bind(pattern.tail, join(*tails), into)

    def _bind_map(self, pattern: syntax.Map, value: Value, into: dict) -> None:
        for key_node, sub in pattern.pairs:
            key = self._key(key_node)
            parts = []
            for alt in value:
                shape = alt.shape
                if isinstance(shape, Args):
                    origin = Origin(None)
                    origin.arg = key[1] if key is not None and key[0] == "text" else None
                    parts.append(one(Unknown(from_args=True), origin))
                elif isinstance(shape, (Map, Struct)) and key in shape.fields:
                    parts.append(shape.fields[key])
                else:
                    tainted = isinstance(shape, Unknown) and shape.from_args
                    origin = Origin(None)
                    if key is not None and not tainted:
                        origin.words = frozenset((str(key[1]),))
                    parts.append(one(Unknown(from_args=tainted), origin))
            self.bind(sub, join(*parts), into)
        if isinstance(pattern.struct, syntax.Var) and pattern.struct.name != "_":
            into[pattern.struct.name] = of(Atom(None))

    # -- what a guard tells about the whole --------------------------------------------

    def rebuild(self, pattern: syntax.Node, value: Value, env: dict[str, Value]) -> Value:
        """A matched value again, its parts narrowed to what their variables can be now."""
        if isinstance(pattern, syntax.Var):
            narrowed = env.get(pattern.name)
            return narrowed if narrowed is not None else value
        if isinstance(pattern, syntax.Match):
            for side in (pattern.pattern, pattern.value):
                if not isinstance(side, syntax.Var):  # a name for the whole learns nothing new
                    value = self.rebuild(side, value, env)
            return value
        if isinstance(pattern, syntax.Tuple):
            return self.rebuild_all(pattern.items, value, env)
        return value

    def rebuild_all(self, patterns: list[syntax.Node], value: Value, env: dict) -> Value:
        found = []
        for alt in value:
            shape = alt.shape
            if not isinstance(shape, Tup) or len(shape.items) != len(patterns):
                found.append(alt)
                continue
            items = []
            for sub, item in zip(patterns, shape.items, strict=True):
                new = self.rebuild(sub, item, env)
                items.append(_within(new, item))
            if all(items):
                found.append(Alt(Tup(tuple(items)), alt.origin))
        return join(tuple(found))


def _within(narrow: Value, wide: Value) -> Value:
    """The alternatives of `narrow` that `wide` allows."""
    if narrow is wide:
        return wide
    return tuple(a for a in narrow if any(overlap(a.shape, b.shape) for b in wide))


def overlap(a: Shape, b: Shape) -> bool:
    """Whether one value may have both shapes."""
    if a.key == b.key or isinstance(a, Unknown) or isinstance(b, Unknown):
        return True
    if isinstance(a, Int) and isinstance(b, Int):
        return _no_less(a.high, b.low) and _no_less(b.high, a.low)
    if isinstance(a, _MAPS) and isinstance(b, _MAPS):
        return True
    return type(a) is type(b) and not (_exact(a) and _exact(b))


def _no_less(high: int | None, low: int | None) -> bool:
    return high is None or low is None or high >= low


def _segment_value(type_: syntax.Node) -> Value:
    """What a segment of a binary binds, by the type after `::`."""
    words = {node.name for node in syntax.walk(type_) if isinstance(node, syntax.Var)}
    if words & _BINARY_TYPES:
        return of(Text())
    return of(Float()) if "float" in words else of(Int())


def _placeless(origin: Origin) -> Origin:
    return Origin(None, call=origin.call, step=origin.step)


def narrowed(shape: Shape, alt: Alt) -> Value:
    origin = Origin(None, call=alt.origin.call, step=alt.origin.step)
    origin.arg = alt.origin.arg
    return one(shape, origin)


def _compare(wanted: Shape, alt: Alt) -> tuple[Value, Value]:
    """Split one alternative by equality with a constant."""
    shape = alt.shape
    if isinstance(shape, Unknown):
        return narrowed(wanted, alt), (alt,)
    if shape.key == wanted.key:
        exact = _exact(wanted)
        return (alt,), NEVER if exact else (alt,)
    if isinstance(wanted, Int) and isinstance(shape, Int):
        return _compare_int(wanted, alt)
    if isinstance(wanted, Seq) and isinstance(shape, Seq):
        if wanted.items == () and shape.items is None and not shape.nonempty:
            rest = Alt(Seq(None, shape.element, nonempty=True), alt.origin)
            return (Alt(wanted, alt.origin),), (rest,)
        return (alt,), (alt,)
    if isinstance(wanted, (Map, Struct)) and isinstance(shape, (Map, Struct, Args)):
        return (alt,), (alt,)
    if isinstance(wanted, Tup) and isinstance(shape, Tup):
        return ((alt,), (alt,)) if len(wanted.items) == len(shape.items) else (NEVER, (alt,))
    same_kind = type(wanted) is type(shape)
    if same_kind and not _exact(shape):
        return (Alt(wanted, alt.origin),), (alt,)
    if same_kind and not _exact(wanted):
        return (alt,), (alt,)
    if isinstance(shape, Opaque) or isinstance(wanted, (Opaque, Func)):
        return ((alt,), (alt,)) if same_kind else (NEVER, (alt,))
    return NEVER, (alt,)


def _compare_int(wanted: Int, alt: Alt) -> tuple[Value, Value]:
    shape = alt.shape
    low, high = shape.low, shape.high
    value = wanted.value
    if value is None:
        return (alt,), (alt,)
    if (low is not None and value < low) or (high is not None and value > high):
        return NEVER, (alt,)
    rest = alt
    if low == value:
        rest = Alt(Int(value + 1, high), alt.origin)
    elif high == value:
        rest = Alt(Int(low, value - 1), alt.origin)
    return (Alt(wanted, alt.origin),), (rest,)


def _exact(shape: Shape) -> bool:
    """Whether only one value has this shape."""
    if isinstance(shape, Atom):
        return shape.name is not None
    if isinstance(shape, (Text, Float)):
        return shape.value is not None
    if isinstance(shape, Int):
        return shape.value is not None
    if isinstance(shape, Tup):
        return all(len(item) == 1 and _exact(item[0].shape) for item in shape.items)
    if isinstance(shape, Seq):
        return shape.items is not None and all(
            len(item) == 1 and _exact(item[0].shape) for item in shape.items
        )
    if isinstance(shape, Map):
        return not shape.open and all(
            len(field) == 1 and _exact(field[0].shape) for field in shape.fields.values()
        )
    return False


exact = _exact


def _takes_all(pattern: syntax.Node) -> bool:
    return isinstance(pattern, syntax.Var)


def _ignores(pattern: syntax.Node) -> bool:
    return isinstance(pattern, syntax.Var) and pattern.name.startswith("_")


def _repeats_a_name(patterns: list[syntax.Node]) -> bool:
    if len(patterns) == 1 and not patterns[0].branches:
        return False
    seen = set()
    for node in syntax.walk(patterns):
        if isinstance(node, syntax.Var) and node.name != "_":
            if node.name in seen:
                return True
            seen.add(node.name)
    return False


_SPLITTERS = {
    syntax.Atom: Matcher._constant,
    syntax.Int: Matcher._constant,
    syntax.Float: Matcher._constant,
    syntax.Str: Matcher._constant,
    syntax.Attr: Matcher._constant,
    syntax.Module: Matcher._constant,
    syntax.Charlist: Matcher._constant,
    syntax.Sigil: Matcher._constant,
    syntax.Tuple: Matcher._tuple,
    syntax.List: Matcher._list,
    syntax.Map: Matcher._map,
    syntax.Match: Matcher._both,
    syntax.Unary: Matcher._pin_or_negative,
    syntax.Op: Matcher._operator,
    syntax.Bits: Matcher._bits,
}
