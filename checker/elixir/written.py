"""What stands where in a file: entries of maps, names given as arguments, encoders of structs."""

from __future__ import annotations

from functools import cached_property

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef
from checker.elixir.subject import key_name
from checker.model.shape import Span

ENCODERS = frozenset(("Jason.Encoder", "JSON.Encoder"))


class Written:
    """The calls and maps of a file by their places, read when first asked for."""

    def __init__(self, modules: list[ModuleDef]) -> None:
        self.modules = modules

    @cached_property
    def _nodes(self) -> tuple[dict[Span, syntax.Call], dict[tuple, Span]]:
        calls: dict[Span, syntax.Call] = {}
        entries: dict[tuple, Span] = {}
        for module in self.modules:
            for node in module.nodes:
                if isinstance(node, syntax.Call):
                    calls.setdefault(node.span, node)
                elif isinstance(node, syntax.Map):
                    for key, value in node.pairs:
                        place = (min(key.span[0], value.span[0]), value.span[1])
                        entries[node.span, key_name(key)] = place
        return calls, entries

    @property
    def entries(self) -> dict[tuple, Span]:
        """Where each entry of a map stands, by the map's place and the key."""
        return self._nodes[1]

    def argument(self, span: Span) -> str | None:
        """The name of the variable or field that is the first argument of the call there."""
        call = self._nodes[0].get(span)
        first = call.args[0] if call is not None and call.args else None
        return first.name if isinstance(first, (syntax.Var, syntax.Field)) else None


def encoded(modules: list[ModuleDef]) -> frozenset[str]:
    """The structs that say how they become JSON: `@derive`, or a `defimpl` in the module."""
    return frozenset(
        module.name
        for module in modules
        if any(map(_names_encoder, module.attributes.get("derive", ())))
        or ("defimpl" in module.called_macros and _implements(module))
    )


def _implements(module: ModuleDef) -> bool:
    return any(_names_encoder(node) for node in module.nodes)


def _names_encoder(node: syntax.Node) -> bool:
    if isinstance(node, syntax.SetAttr):
        told = node.name == "derive" and syntax.walk(node.value)
    elif isinstance(node, syntax.Call) and node.name == "defimpl":
        told = node.args[:1]
    else:
        return False
    return any(isinstance(n, syntax.Module) and n.name in ENCODERS for n in told or ())
