"""What a function's `@spec` says that it gives, as a value."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef
from checker.model.shape import (
    NEVER,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Opaque,
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

PLAIN = {
    "integer": (Int(),), "pos_integer": (Int(1, None),), "non_neg_integer": (Int(0, None),),
    "neg_integer": (Int(None, -1),), "float": (Float(),), "number": (Int(), Float()),
    "boolean": (Atom("true"), Atom("false")), "atom": (Atom(None),), "module": (Atom(None),),
    "binary": (Text(),), "list": (Seq(None, one(Unknown())),), "map": (Map({}, open=True),),
    "tuple": (Unknown(),), "pid": (Opaque("pid"),), "reference": (Opaque("reference"),),
}  # fmt: skip
NOTHING = frozenset(("no_return", "none"))
MOST_DEEP = 8


def spec_value(module: ModuleDef, name: str, arity: int) -> Value | None:
    """All that the specs of a function allow; None when it has none, or one with variables."""
    found = []
    for spec in module.attributes.get("spec", ()):
        result = _result(spec.value, name, arity)
        if result is not None:
            found.append(_type(result, 0))
    return join(*found) if found else None


def _result(spec: syntax.Node | None, name: str, arity: int) -> syntax.Node | None:
    """The type after `::` when this is the spec of that function."""
    if not isinstance(spec, syntax.Op) or spec.op != "::":
        return None
    head = spec.left
    if isinstance(head, syntax.Var):
        return spec.right if (head.name, 0) == (name, arity) else None
    if isinstance(head, syntax.Call) and head.name == name and len(head.args) == arity:
        return spec.right
    return None


def _type(node: syntax.Node, depth: int) -> Value:
    if depth > MOST_DEEP:
        return one(Unknown())
    if isinstance(node, syntax.Op) and node.op == "|":
        return join(_type(node.left, depth + 1), _type(node.right, depth + 1))
    if isinstance(node, syntax.Op) and node.op == "::":  # `name :: type`
        return _type(node.right, depth + 1)
    if isinstance(node, syntax.Var):
        return _named(node.name)
    if isinstance(node, syntax.Call):
        return _called(node)
    return one(_shape(node, depth))


def _named(name: str) -> Value:
    if name in NOTHING:
        return NEVER
    return of(*PLAIN.get(name, (Unknown(),)))


def _called(node: syntax.Call) -> Value:
    if node.target is None:
        return _named(node.name) if not node.args else one(Unknown())
    written = node.target.name if isinstance(node.target, syntax.Module) else ""
    if (written, node.name) == ("String", "t"):
        return one(Text())
    return one(Unknown())


def _shape(node: syntax.Node, depth: int) -> Shape:
    if isinstance(node, syntax.Atom):
        return Atom(node.name)
    if isinstance(node, syntax.Int):
        return Int(node.value, node.value)
    if isinstance(node, syntax.Tuple):
        return Tup(tuple(_type(item, depth + 1) for item in node.items))
    if isinstance(node, syntax.List):
        items = [_type(item, depth + 1) for item in node.items]
        return Seq(None, join(*items)) if items else Seq(())
    if isinstance(node, syntax.Map):
        if isinstance(node.struct, syntax.Module):
            return Struct(None)
        return Map({}, open=True)
    if isinstance(node, syntax.Fn):
        return Func(node.span, None, None)
    return Unknown()
