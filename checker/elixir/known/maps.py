"""Maps, keyword lists and a job's args: looking up and putting in, by key."""

from __future__ import annotations

from checker.elixir import syntax
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
    Seq,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    join,
    of,
    one,
    only,
)  # fmt: skip


def look_up(call: CallSite) -> Value:
    """get, fetch, fetch!, has_key? of something whose keys are known as far as they are."""
    key = only(call.args[1]) if len(call.args) > 1 else None
    known = all(isinstance(alt.shape, (Args, Map, Struct)) for alt in call.args[0])
    if not isinstance(key, (Atom, Text)) or not known:
        return call.library()
    values, may_miss = [], False
    for alt in call.args[0]:
        value, missing = _under(call, alt, key)
        values.append(value)
        may_miss = may_miss or missing
    return _answer(call, join(*values), may_miss)


def _under(call: CallSite, alt: Alt, key) -> tuple[Value, bool]:
    """(what stands under the key, whether it may not be there)."""
    shape = alt.shape
    if isinstance(shape, Args):
        if isinstance(key, Atom):
            written = call.node.args[1]
            call.interpreter.record_atom_key(written, key.name, f'"{key.name}"', call.scope)
        return one(Unknown(from_args=True), call.origin()), True
    if isinstance(shape, Struct) and shape.step is not None and isinstance(key, Atom):
        shape.step.reads.add(key.name)
    if key.key in shape.fields:
        return shape.fields[key.key], False
    if isinstance(shape, Struct) or shape.open:
        origin = call.origin()
        origin.words = frozenset((key.key[1],))
        return one(Unknown(), origin), True
    return NEVER, True


def _answer(call: CallSite, value: Value, may_miss: bool) -> Value:
    origin = call.origin(f"Map.{call.name}")
    if call.name == "has_key?":
        return join(one(TRUE, origin), one(FALSE, origin))
    if call.name == "fetch":
        found = one(Tup((one(OK, origin), value)), origin) if value else NEVER
        return join(found, one(Atom("error"), origin) if may_miss else NEVER)
    if call.name == "fetch!" or not may_miss:
        return value
    return join(value, call.args[2] if len(call.args) > 2 else one(NIL, origin))


def get_in(call: CallSite) -> Value:
    path = only(call.args[1]) if len(call.args) == 2 else None
    call.interpreter.escape(*call.args)
    if not isinstance(path, Seq) or not path.items:
        return call.unknown()
    key = only(path.items[0])
    if isinstance(key, (Atom, Text)) and any(isinstance(a.shape, Args) for a in call.args[0]):
        keys = call.node.args[1]
        place = keys.items[0] if isinstance(keys, syntax.List) and keys.items else keys
        if isinstance(key, Atom):
            call.interpreter.record_atom_key(place, key.name, f'"{key.name}"', call.scope)
        return one(Unknown(from_args=True), call.origin())
    return call.unknown()


def keep_args(call: CallSite) -> Value:
    """Map.take and the like leave args with string keys."""
    if call.args and any(isinstance(alt.shape, Args) for alt in call.args[0]):
        return tuple(Alt(alt.shape, call.origin()) for alt in call.args[0])
    return call.library()


def put(call: CallSite) -> Value:
    """Map.put and put_new."""
    if len(call.args) != 3:
        return call.library()
    key = only(call.args[1])
    fields = {key.key: call.args[2]} if isinstance(key, (Atom, Text)) else {}
    return _with_fields(call, call.args[0], fields, of(Map(fields, open=not fields)))


def merge(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.library()
    added = only(call.args[1])
    if isinstance(added, Map):
        return _with_fields(call, call.args[0], added.fields, call.args[1])
    base = only(call.args[0])
    return one(Map(dict(base.fields) if isinstance(base, Map) else {}, open=True), call.origin())


def _with_fields(call: CallSite, base: Value, fields: dict, added: Value) -> Value:
    origin = call.origin()
    opened = any(isinstance(a.shape, Map) and a.shape.open for a in added)
    found = []
    for alt in base:
        shape = alt.shape
        if isinstance(shape, Struct):
            found.append(Struct(shape.name, {**shape.fields, **fields}, shape.step))
        elif isinstance(shape, Map):
            found.append(Map({**shape.fields, **fields}, shape.open or opened))
        else:
            found.append(Map(fields, open=True))
    return join(tuple(Alt(shape, origin) for shape in found))


def new_map(call: CallSite) -> Value:
    """Map.new of a keyword list that is written down."""
    shape = only(call.args[0]) if len(call.args) == 1 else None
    if not isinstance(shape, Seq) or shape.items is None:
        return call.library()
    fields = {}
    for item in shape.items:
        pair = only(item)
        key = only(pair.items[0]) if isinstance(pair, Tup) and len(pair.items) == 2 else None
        if not isinstance(key, (Atom, Text)):
            return call.library()
        fields[key.key] = pair.items[1]
    return one(Map(fields), call.origin())


def keyword_put(call: CallSite) -> Value:
    """Keyword.put and put_new."""
    if len(call.args) != 3:
        return call.library()
    pair = one(Tup((call.args[1], call.args[2])), call.origin())
    return _appended(call, call.args[0], [pair])


def keyword_merge(call: CallSite) -> Value:
    if len(call.args) != 2:
        return call.library()
    added = only(call.args[1])
    if isinstance(added, Seq) and added.items is not None:
        return _appended(call, call.args[0], list(added.items))
    element = added.element if isinstance(added, Seq) else ANY
    return _appended(call, call.args[0], [join(element, ANY)], exact=False)


def keystore(call: CallSite) -> Value:
    if len(call.args) != 4:
        return call.library()
    return _appended(call, call.args[0], [call.args[3]])


def _appended(call: CallSite, base: Value, items: list[Value], exact: bool = True) -> Value:
    """A list with these items more; those with the same key are not taken out."""
    found = []
    for alt in base:
        shape = alt.shape
        if isinstance(shape, Seq) and shape.items is not None and exact:
            found.append(Seq((*shape.items, *items)))
        else:
            element = shape.element if isinstance(shape, Seq) else ANY
            found.append(Seq(None, join(element, *items), nonempty=True))
    origin = call.origin()
    return join(tuple(Alt(shape, origin) for shape in found))


def asks_key(call: CallSite) -> Value:
    """Map.pop, pop!, take and is_map_key: atom keys are noted, the answer is the table's."""
    args_first = call.args and any(isinstance(alt.shape, Args) for alt in call.args[0])
    if args_first and len(call.args) > 1:
        written = call.node.args[1]
        places = written.items if isinstance(written, syntax.List) else [written]
        for place in places:
            if isinstance(place, syntax.Atom):
                call.interpreter.record_atom_key(place, place.name, f'"{place.name}"', call.scope)
    return keep_args(call) if call.name == "take" else call.library()


FUNCTIONS = {
    ("Map", "get"): look_up, ("Map", "fetch"): look_up, ("Map", "fetch!"): look_up,
    ("Map", "has_key?"): look_up, ("Map", "get_lazy"): look_up, ("Access", "get"): look_up, ("Access", "fetch"): look_up,
    ("Map", "take"): asks_key,
    ("Map", "pop"): asks_key,
    ("Map", "pop!"): asks_key,
    ("Kernel", "is_map_key"): asks_key, ("Map", "drop"): keep_args, ("Map", "delete"): keep_args,
    ("Map", "put"): put, ("Map", "put_new"): put, ("Map", "merge"): merge,
    ("Map", "new"): new_map,
    ("Keyword", "put"): keyword_put, ("Keyword", "put_new"): keyword_put,
    ("Keyword", "merge"): keyword_merge, ("List", "keystore"): keystore,
    ("Kernel", "get_in"): get_in,
}  # fmt: skip
