"""Type expressions, as in the library table, turned into values."""

from __future__ import annotations

from checker.elixir import syntax
from checker.model.shape import (
    FALSE,
    FALSY,
    NEVER,
    TRUE,
    Alt,
    Atom,
    Float,
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

_WORDS: dict[str, tuple[Shape, ...]] = {
    "integer": (Int(),),
    "non_neg_integer": (Int(0, None),),
    "pos_integer": (Int(1, None),),
    "float": (Float(),),
    "number": (Int(), Float()),
    "boolean": (TRUE, FALSE),
    "atom": (Atom(None),),
    "module": (Atom(None),),
    "binary": (Text(),),
    "string": (Text(),),
    "map": (Map({}, open=True),),
    "struct": (Struct(None),),
    "list": (Seq(None, of(Unknown())),),
    "nonempty_list": (Seq(None, of(Unknown()), nonempty=True),),
    "keyword": (Seq(None, of(Unknown())),),
    "term": (Unknown(),),
    "any": (Unknown(),),
    "pid": (Opaque("pid"),),
    "reference": (Opaque("reference"),),
    "port": (Opaque("port"),),
    "function": (Opaque("function"),),
    "stream": (Opaque("stream"),),
    "charlist": (Seq(None, of(Int())),),
    "iodata": (Text(), Seq(None, of(Unknown()))),
}

_parsed: dict[str, syntax.Node] = {}


def parse(text: str) -> syntax.Node:
    """The expression of a type, parsed once."""
    found = _parsed.get(text)
    if found is None:
        exprs = syntax.parse(text.encode()).exprs
        found = _parsed[text] = exprs[0] if len(exprs) == 1 else syntax.Bad((0, 0))
    return found


class Site:
    """What a call gives its type: arguments, how to run them, and where it stands."""

    __slots__ = ("args", "run", "origin", "step")

    def __init__(self, args: list[Value], run, origin: Origin, step: object = None) -> None:
        self.args = args
        self.run = run  # (index of a function argument) -> Value
        self.origin = origin
        self.step = step


def value_of(node: syntax.Node, site: Site) -> Value:
    """The value a type expression stands for at a call."""
    if isinstance(node, syntax.Op) and node.op == "|":
        return join(value_of(node.left, site), value_of(node.right, site))
    if isinstance(node, syntax.Var):
        return _word(node.name, site)
    if isinstance(node, syntax.Call):
        return _function(node, site)
    shape = _shape(node, site)
    return one(shape, site.origin)


def _word(name: str, site: Site) -> Value:
    index = argument_index(name, site)
    if index is not None:
        return site.args[index] if index < len(site.args) else one(Unknown(), site.origin)
    shapes = _WORDS.get(name, (Unknown(),))
    return tuple(Alt(shape, site.origin) for shape in shapes)


def argument_index(name: str, site: Site) -> int | None:
    if name == "last":
        return len(site.args) - 1
    if name.startswith("arg") and name[3:].isdigit():
        return int(name[3:]) - 1
    return None


def _function(node: syntax.Call, site: Site) -> Value:
    first = node.args[0] if node.args else None
    if node.name == "none":
        return NEVER
    if node.name == "run" and isinstance(first, syntax.Var):
        index = argument_index(first.name, site)
        return site.run(index) if index is not None else one(Unknown(), site.origin)
    if node.name == "list" and first is not None:
        return one(Seq(None, value_of(first, site)), site.origin)
    if node.name == "truthy" and first is not None:
        return tuple(alt for alt in value_of(first, site) if not _falsy(alt.shape))
    if node.name == "element" and len(node.args) == 2 and isinstance(first, syntax.Int):
        return _element(first.value, value_of(node.args[1], site), site)
    if node.name == "struct" and isinstance(first, syntax.Var):
        index = argument_index(first.name, site)
        given = site.args[index] if index is not None and index < len(site.args) else NEVER
        return one(Struct(_schema(given), step=site.step), site.origin)
    return one(Unknown(), site.origin)


def _falsy(shape: Shape) -> bool:
    return isinstance(shape, Atom) and shape.name in FALSY


def _element(position: int, value: Value, site: Site) -> Value:
    found = []
    for alt in value:
        items = alt.shape.items if isinstance(alt.shape, Tup) else ()
        known = len(items) >= position
        found.append(items[position - 1] if known else one(Unknown(), site.origin))
    return join(*found)


def _schema(value: Value) -> str | None:
    """The schema behind an argument: a module, a struct, or a query or changeset of one."""
    names = set()
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Atom) and shape.name and shape.name[:1].isupper():
            names.add(shape.name)
        elif isinstance(shape, Struct) and shape.name and not shape.name.startswith("Ecto."):
            names.add(shape.name)
        elif isinstance(shape, Tup) and len(shape.items) == 2:
            names.add(_schema(shape.items[1]))
        else:
            names.add(None)
    return names.pop() if len(names) == 1 else None


def _shape(node: syntax.Node, site: Site) -> Shape:
    if isinstance(node, syntax.Atom):
        return Atom(node.name)
    if isinstance(node, syntax.Int):
        return Int(node.value, node.value)
    if isinstance(node, syntax.Str):
        return Text(node.value)
    if isinstance(node, syntax.Tuple):
        return Tup(tuple(value_of(item, site) for item in node.items))
    if isinstance(node, syntax.List):
        if not node.items:
            return Seq(())
        return Seq(None, join(*(value_of(item, site) for item in node.items)))
    if isinstance(node, syntax.Module):
        return Atom(node.name)
    if isinstance(node, syntax.Map):
        fields = {
            Atom(key.name).key: value_of(value, site)
            for key, value in node.pairs
            if isinstance(key, syntax.Atom)
        }
        if node.struct is None:
            return Map(fields, open=True)
        name = node.struct.name if isinstance(node.struct, syntax.Module) else None
        return Struct(name, fields, step=site.step)
    return Unknown()
