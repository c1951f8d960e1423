"""Maps, keyword lists and a job's args: looking up and putting in, by key."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.fields import exact_key, is_pair, key_shape, may_equal, put_all
from checker.elixir.known.site import CallSite
from checker.elixir.patterns import ANY
from checker.model.shape import (
    FALSE,
    NEVER,
    NIL,
    OK,
    TRUE,
    Alt,
    Args,
    Atom,
    Map,
    Opaque,
    Seq,
    Shape,
    Struct,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
    only,
)  # fmt: skip

# -- looking up ---------------------------------------------------------------------


def look_up(call: CallSite) -> Value:
    """get, fetch, fetch!, has_key? of something whose keys are known as far as they are."""
    if len(call.args) < 2 or not all(_has_keys(alt.shape) for alt in call.args[0]):
        return call.library()
    value, may_miss = call.interpreter.keyed(
        call.node, call.args[0], call.args[1], call.scope, call.node.args[1]
    )
    return _answer(call, value, may_miss)


def _has_keys(shape: Shape) -> bool:
    return isinstance(shape, (Args, Map, Struct, Seq)) or shape == NIL


def _answer(call: CallSite, value: Value, may_miss: bool) -> Value:
    origin = call.origin(f"{call.module}.{call.name}")
    if call.name == "has_key?":
        there, missing = one(TRUE, origin), one(FALSE, origin)
        return join(there if value else NEVER, missing if may_miss else NEVER)
    if call.name == "fetch":
        found = one(Tup((one(OK, origin), value)), origin) if value else NEVER
        return join(found, one(Atom("error"), origin) if may_miss else NEVER)
    if call.name == "fetch!":
        if may_miss:
            call.interpreter.may_raise(call.node.span, call.scope)
        return value
    if not may_miss:
        return value
    if call.name == "get_lazy":
        return join(value, call.run(call.args[2], []))
    return join(value, call.args[2] if len(call.args) > 2 else one(NIL, origin))


def get_in(call: CallSite) -> Value:
    """`get_in(args, ["user", "id"])`: nil once something is missing."""
    path = only(call.args[1]) if len(call.args) == 2 else None
    call.interpreter.escape(*call.args)
    if not isinstance(path, Seq) or not path.items:
        return call.unknown()
    value, keys = call.args[0], call.node.args[1]
    for index, key in enumerate(path.items):
        if exact_key(key) is None:
            return call.unknown()
        place = keys.items[index] if isinstance(keys, syntax.List) else keys
        value, missing = call.interpreter.keyed(call.node, value, key, call.scope, place)
        if missing and not any(isinstance(alt.shape, Unknown) for alt in value):
            value = join(value, one(NIL, call.origin()))
    return value


# -- putting in -----------------------------------------------------------------------


def put(call: CallSite) -> Value:
    if len(call.args) != 3:
        return call.library()
    return _changed(call, lambda shape: _put(shape, [(call.args[1], call.args[2])]))


def put_new(call: CallSite) -> Value:
    if len(call.args) != 3:
        return call.library()
    key, value = call.args[1:]

    def changed(shape: Shape) -> Shape:
        name = exact_key(key)
        if name is None or _is_closed(shape) and name not in shape.fields:
            return _put(shape, [(key, value)])
        known = shape.fields if isinstance(shape, (Map, Struct)) else {}
        return _put(shape, [(key, known.get(name) or join(value, ANY))])

    return _changed(call, changed)


def update(call: CallSite) -> Value:
    """update/4 and update!/3: what a function makes of the old value."""
    if len(call.args) != (4 if call.name == "update" else 3):
        return call.library()
    key, function = call.args[1], call.args[-1]

    def changed(shape: Shape) -> Shape | None:
        name = exact_key(key)
        if name is None:
            return _put(shape, [(key, join(call.run(function, [ANY]), *call.args[2:-1]))])
        old = shape.fields.get(name) if isinstance(shape, (Map, Struct)) else None
        new = call.run(function, [old or ANY]) if old or not _is_closed(shape) else NEVER
        if not old:
            new = join(new, *call.args[2:-1])
        return _put(shape, [(key, new)]) if new else None

    return _changed(call, changed)


def merge(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.library()
    return join(*(_changed(call, lambda shape, a=a: _merged(shape, a.shape)) for a in call.args[1]))


def _merged(shape: Shape, added: Shape) -> Shape | None:
    if not isinstance(added, (Map, Args, Unknown)):
        return None if isinstance(added, Atom) else Map({}, open=True)
    pairs = []
    if not _is_closed(added):  # it may hold any key
        pairs.append((ANY, ANY))
    if isinstance(added, Map):
        pairs += [(of(key_shape(name)), value) for name, value in added.fields.items()]
    return _put(shape, pairs)


def _put(shape: Shape, pairs: list[tuple[Value, Value]]) -> Shape | None:
    """A map or struct with pairs put in, None for what can hold none."""
    if isinstance(shape, Struct):
        return Struct(shape.name, put_all(shape.fields, pairs)[0], shape.step)
    if isinstance(shape, Map):
        fields, certain = put_all(shape.fields, pairs)
        return Map(fields, shape.open or not certain)
    if isinstance(shape, (Args, Unknown, Opaque)):
        return Map(put_all({}, pairs)[0], open=True)
    return None


def _is_closed(shape: Shape) -> bool:
    return isinstance(shape, Map) and not shape.open


def _changed(call: CallSite, change) -> Value:
    """The first argument, each alternative changed; where that gives None it raises."""
    call.interpreter.escape(*call.args[1:])
    origin = call.origin()
    shapes = (change(alt.shape) for alt in call.args[0])
    return join(tuple(Alt(shape, origin) for shape in shapes if shape is not None))


def new_map(call: CallSite) -> Value:
    """Map.new of a list of pairs that is written down."""
    shape = only(call.args[0]) if len(call.args) == 1 else None
    pairs = written_pairs(shape)
    if pairs is None:
        return call.library() if call.args else one(Map({}), call.origin())
    fields, certain = put_all({}, pairs)
    return one(Map(fields, not certain), call.origin())


def written_pairs(shape: Shape | None) -> list[tuple[Value, Value]] | None:
    """The pairs of a list that is known item by item, else None."""
    if not isinstance(shape, Seq) or shape.items is None:
        return None
    pairs = [only(item) for item in shape.items]
    return [pair.items for pair in pairs] if all(map(is_pair, pairs)) else None


# -- taking out -----------------------------------------------------------------------


def delete(call: CallSite) -> Value:
    """delete, drop and take; args keep their string keys."""
    if len(call.args) != 2:
        return call.library()
    if call.name == "take":
        note_atom_keys(call)
    return _deleted(call)


def _deleted(call: CallSite) -> Value:
    several = call.name in ("take", "drop")
    keys = _listed(call.args[1]) if several else [call.args[1]]
    names = None if keys is None else [exact_key(key) for key in keys]

    def changed(shape: Shape) -> Shape | None:
        if isinstance(shape, Args):
            return shape
        if not isinstance(shape, (Map, Struct)):
            return Map({}, open=True) if isinstance(shape, (Unknown, Opaque)) else None
        if names is None or None in names:
            return Map({}, open=True)
        kept = {n: v for n, v in shape.fields.items() if (n in names) == (call.name == "take")}
        if isinstance(shape, Struct) and call.name != "take":
            return Struct(shape.name, kept, shape.step)
        return Map(kept, not _is_closed(shape))

    return _changed(call, changed)


def note_atom_keys(call: CallSite) -> None:
    """Atom keys that args are asked for."""
    if any(isinstance(alt.shape, Args) for alt in call.args[0]):
        written = call.node.args[1]
        for place in written.items if isinstance(written, syntax.List) else [written]:
            if isinstance(place, syntax.Atom):
                call.interpreter.record_atom_key(place, place.name, f'"{place.name}"', call.scope)


def asks_key(call: CallSite) -> Value:
    """is_map_key: the answer is the table's."""
    if len(call.args) > 1:
        note_atom_keys(call)
    return call.library()


def pop(call: CallSite) -> Value:
    """pop and pop!: {what stood under the key, the rest}."""
    if len(call.args) not in (2, 3) or not all(_has_keys(a.shape) for a in call.args[0]):
        return call.library()
    value, may_miss = call.interpreter.keyed(
        call.node, call.args[0], call.args[1], call.scope, call.node.args[1]
    )
    if may_miss and call.name == "pop":
        value = join(value, call.args[2] if len(call.args) == 3 else one(NIL, call.origin()))
    rest = keyword_delete(call) if call.module == "Keyword" else _deleted(call)
    return one(Tup((value, rest)), call.origin()) if value and rest else NEVER


def _listed(keys: Value) -> list[Value] | None:
    shape = only(keys)
    return list(shape.items) if isinstance(shape, Seq) and shape.items is not None else None


def contents(call: CallSite) -> Value:
    """keys and values of a map that is known."""
    shape = only(call.args[0]) if len(call.args) == 1 else None
    if not _is_closed(shape):
        return call.library()
    keys = [of(key_shape(name)) for name in shape.fields]
    found = keys if call.name == "keys" else list(shape.fields.values())
    return one(Seq(None, join(*found), nonempty=bool(found)), call.origin())


# -- assigning by a path ----------------------------------------------------------------


def put_in(call: CallSite) -> Value:
    """`put_in(order.line[:count], 2)`."""
    if len(call.args) != 2:
        call.interpreter.escape(*call.args)
        return call.unknown()
    return _assigned(call, call.node.args[0], call.args[1])


def _assigned(call: CallSite, path: syntax.Node, value: Value) -> Value:
    if isinstance(path, syntax.Field):
        key = one(Atom(path.name))
    elif isinstance(path, syntax.Access):
        key = call.interpreter.eval(path.key, call.env, call.scope)
    else:
        return value
    base = call.interpreter.eval(path.base, call.env, call.scope)
    origin = call.origin()
    shapes = (_put(a.shape, [(key, value)]) or _keyword_with(a.shape, key, value) for a in base)
    changed = join(tuple(Alt(shape, origin) for shape in shapes if shape is not None))
    return _assigned(call, path.base, changed)


# -- keyword lists ------------------------------------------------------------------------


def keyword_put(call: CallSite) -> Value:
    """Keyword.put and put_new."""
    if len(call.args) != 3:
        return call.library()
    key, value = call.args[1:]

    def changed(shape: Shape) -> Shape:
        if call.name == "put_new":
            rest = _without(shape, key)
            if rest is None:
                return _keyword_with(shape, key, value, certain=False)
            if len(rest) < len(shape.items):
                return shape
        return _keyword_with(shape, key, value)

    return _changed(call, changed)


def _keyword_with(shape: Shape, key: Value, value: Value, certain: bool = True) -> Seq | None:
    """A keyword list with a pair in front, in place of those with the same key."""
    pair = of(Tup((key, value)))
    rest = _without(shape, key) if certain else None
    if rest is not None:
        return Seq((pair, *rest))
    if shape == NIL:  # nil[:key] is nil, and can be put to
        return Seq((pair,))
    element = shape.element if isinstance(shape, Seq) else ANY
    return Seq(None, join(element, pair), nonempty=True)


def _without(shape: Shape, key: Value) -> list[Value] | None:
    """The items of a keyword list with other keys, None when that is not certain."""
    pairs = written_pairs(shape)
    if pairs is None or exact_key(key) is None:
        return None
    if any(exact_key(name) is None and may_equal(name, key) for name, _value in pairs):
        return None
    return [
        item
        for item, (name, _value) in zip(shape.items, pairs, strict=True)
        if exact_key(name) != exact_key(key)
    ]


def keyword_delete(call: CallSite) -> Value:
    if len(call.args) < 2:
        return call.library()

    def changed(shape: Shape) -> Shape:
        rest = _without(shape, call.args[1])
        if rest is not None:
            return Seq(tuple(rest))
        return Seq(None, shape.element if isinstance(shape, Seq) else ANY)

    return _changed(call, changed)


def keyword_merge(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.library()
    pairs = written_pairs(only(call.args[1]))

    def changed(shape: Shape) -> Shape:
        rest = shape
        for key, _value in pairs or ():
            kept = _without(rest, key)
            if kept is None:
                break
            rest = Seq(tuple(kept))
        else:
            if pairs is not None and isinstance(rest, Seq) and rest.items is not None:
                return Seq((*rest.items, *(of(Tup(pair)) for pair in pairs)))
        added = [a.shape.element if isinstance(a.shape, Seq) else ANY for a in call.args[1]]
        return Seq(None, join(shape.element if isinstance(shape, Seq) else ANY, *added))

    return _changed(call, changed)


def keystore(call: CallSite) -> Value:
    """List.keystore and keyreplace."""
    if len(call.args) != 4:
        return call.library()

    def changed(shape: Shape) -> Shape:
        element = shape.element if isinstance(shape, Seq) else ANY
        return Seq(None, join(element, call.args[3]), nonempty=call.name == "keystore")

    return _changed(call, changed)


FUNCTIONS = {
    **{
        (module, name): look_up
        for module in ("Map", "Keyword", "Access")
        for name in ("get", "get_lazy", "fetch", "fetch!", "has_key?")
    },
    ("Kernel", "is_map_key"): asks_key,
    **{(module, name): pop for module in ("Map", "Keyword") for name in ("pop", "pop!")},
    ("Map", "take"): delete, ("Map", "drop"): delete, ("Map", "delete"): delete,
    ("Map", "put"): put, ("Map", "put_new"): put_new, ("Map", "merge"): merge,
    ("Map", "update"): update, ("Map", "update!"): update,
    ("Map", "new"): new_map, ("Map", "keys"): contents, ("Map", "values"): contents,
    ("Keyword", "put"): keyword_put, ("Keyword", "put_new"): keyword_put,
    ("Keyword", "delete"): keyword_delete,
    ("Keyword", "merge"): keyword_merge, ("List", "keystore"): keystore,
    ("List", "keyreplace"): keystore,
    ("Kernel", "get_in"): get_in, ("Kernel", "put_in"): put_in,
}  # fmt: skip
