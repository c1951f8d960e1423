"""Whether a text of the `shapes` setting is a type that the checker reads."""

from __future__ import annotations

from checker.elixir import syntax

WORDS = (
    "any", "atom", "binary", "boolean", "charlist", "float", "function", "integer", "iodata",
    "keyword", "list", "map", "module", "non_neg_integer", "nonempty_list", "number", "pid",
    "port", "pos_integer", "reference", "stream", "string", "struct", "term",
)  # fmt: skip
FUNCTIONS = ("element", "list", "none", "run", "struct", "truthy")
LEAVES = (syntax.Atom, syntax.Int, syntax.Str, syntax.Module)


class TypeFault(ValueError):
    """`wrong` is a part that is no type; `choices` what it could have been (may be empty)."""

    def __init__(self, wrong: str, choices: tuple = ()) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.choices = choices


def examine(text: str) -> None:
    """Raise TypeFault when a text is not a type such as `{:ok, map} | {:error, :not_found}`."""
    data = text.encode("utf-8", "replace")
    tree = syntax.parse(data)
    if tree.errors or len(tree.exprs) != 1:
        raise TypeFault(text)
    _examine(tree.exprs[0], data)


def _examine(node: syntax.Node, data: bytes) -> None:
    if isinstance(node, syntax.Var):
        if node.name not in WORDS and not _is_argument(node.name):
            raise TypeFault(node.name, WORDS)
        return
    for part in _parts(node, data):
        _examine(part, data)


def _parts(node: syntax.Node, data: bytes) -> list[syntax.Node]:
    """The types that a type is made of."""
    if isinstance(node, LEAVES):
        return []
    if isinstance(node, syntax.Op) and node.op == "|":
        return [node.left, node.right]
    if isinstance(node, syntax.Tuple) or isinstance(node, syntax.List) and node.tail is None:
        return node.items
    if isinstance(node, syntax.Map) and node.base is None:
        return [value for _, value in node.pairs]
    if isinstance(node, syntax.Call) and node.target is None and not node.blocks:
        if node.name not in FUNCTIONS:
            raise TypeFault(node.name, FUNCTIONS)
        return node.args
    start, end = node.span
    raise TypeFault(data[start:end].decode("utf-8", "replace"))


def _is_argument(name: str) -> bool:
    return name == "last" or name[:3] == "arg" and name[3:].isdigit()
