"""Keys that are asked for both as a text and as an atom: `args["id"] || args[:id]`."""

from __future__ import annotations

from checker.elixir import syntax
from checker.model.shape import Span

_GETTERS = frozenset(("get", "get_lazy"))


def asked_as_text_too(nodes: object) -> list[tuple[Span, frozenset[str]]]:
    """Places that may take one value or another, with the texts that stand in them."""
    return [
        (node.span, frozenset(n.value for n in syntax.walk(node) if isinstance(n, syntax.Str)))
        for node in syntax.walk(nodes)
        if _is_either(node)
    ]


def _is_either(node: syntax.Node) -> bool:
    if isinstance(node, syntax.Op):
        return node.op in ("||", "or")
    return isinstance(node, syntax.Call) and node.name in _GETTERS and len(node.args) == 3
