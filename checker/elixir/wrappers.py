"""Project modules whose `use` makes a worker: what they set and define for it."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.modules import DEFINERS, ModuleDef

OBAN_WORKERS = frozenset(("Oban.Worker",))
PRO_WORKERS = frozenset((
    "Oban.Pro.Worker", "Oban.Pro.Workers.Batch", "Oban.Pro.Workers.Chunk",
    "Oban.Pro.Workers.Workflow", "Oban.Pro.Workers.Chain", "Oban.Pro.Batch",
))  # fmt: skip
MERGES = frozenset(("merge", "put_new", "put", "validate!"))


class Wrapper:
    """What `__using__` of a module gives to a worker.

    `options`: names that it sets, each with the node of its value. `defines`: functions, as
    `name/arity`, that it writes into the worker. `pro`: it uses one of Oban Pro's workers.
    """

    __slots__ = ("name", "pro", "options", "defines")

    def __init__(self, name: str, pro: bool) -> None:
        self.name = name
        self.pro = pro
        self.options: dict[str, syntax.Node] = {}
        self.defines: set[str] = set()

    @property
    def performs(self) -> bool:
        return "perform/1" in self.defines or "process/1" in self.defines


def wrappers(found: list[ModuleDef]) -> dict[str, Wrapper]:
    """The wrappers among the modules of a file, by name."""
    known: dict[str, Wrapper] = {}
    for module in found:
        macro = _using(module)
        use = _oban_use(macro) if macro is not None else None
        if use is not None:
            known[module.name] = _wrapper(module.name, macro, use)
    return known


def _using(module: ModuleDef) -> syntax.Call | None:
    if "__using__" not in module.macros:
        return None
    for inner in syntax.walk(module.node.blocks):
        if isinstance(inner, syntax.Call) and inner.name == "defmacro" and inner.args:
            head = inner.args[0]
            if isinstance(head, (syntax.Call, syntax.Var)) and head.name == "__using__":
                return inner
    return None


def _oban_use(macro: syntax.Call) -> syntax.Call | None:
    for inner in syntax.walk(macro.blocks):
        if isinstance(inner, syntax.Call) and inner.name == "use" and inner.args:
            target = inner.args[0]
            if isinstance(target, syntax.Module) and target.name in OBAN_WORKERS | PRO_WORKERS:
                return inner
    return None


def _wrapper(name: str, macro: syntax.Call, use: syntax.Call) -> Wrapper:
    wrapper = Wrapper(name, use.args[0].name in PRO_WORKERS)
    lists = [arg for arg in use.args[1:] if isinstance(arg, syntax.List)]
    for inner in syntax.walk(macro.blocks):
        if not isinstance(inner, syntax.Call):
            continue
        if inner.name in MERGES and _is(inner.target, "Keyword"):
            lists += [arg for arg in inner.args if isinstance(arg, syntax.List)]
            if inner.name.startswith("put") and len(inner.args) == 3:
                _add(wrapper, inner.args[1], inner.args[2])
        elif inner.name in DEFINERS and not DEFINERS[inner.name] and inner.args:
            wrapper.defines.add(_label(inner.args[0]))
    for written in lists:
        for item in written.items:
            if isinstance(item, syntax.Tuple) and len(item.items) == 2:
                _add(wrapper, *item.items)
    return wrapper


def _add(wrapper: Wrapper, key: syntax.Node, value: syntax.Node) -> None:
    if isinstance(key, syntax.Atom):
        wrapper.options.setdefault(key.name, value)


def _is(node: syntax.Node | None, name: str) -> bool:
    return isinstance(node, syntax.Module) and node.name == name


def _label(head: syntax.Node) -> str:
    if isinstance(head, syntax.Op) and head.op == "when":
        head = head.left
    if isinstance(head, syntax.Call):
        return f"{head.name}/{len(head.args)}"
    return f"{head.name}/0" if isinstance(head, syntax.Var) else ""
