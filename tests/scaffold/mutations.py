"""A generated worker, broken on purpose in the ways that people break workers."""

from __future__ import annotations

from collections.abc import Iterator

from checker.elixir import syntax
from checker.source import Source

SWAPPED = {"cancel": "error", "error": "cancel", "snooze": "cancel"}
FRESH = 'Integer.to_string(System.unique_integer())'


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a name and the text of a broken worker."""
    source = Source("worker.ex", text)
    tree = syntax.parse(source.data)
    seen = {text}
    for kind in (_outcomes, _guards, _keys, _clauses):
        for number, (span, replacement) in enumerate(kind(source, tree)):
            start, end = span
            mutant = (source.data[:start] + replacement.encode() + source.data[end:]).decode()
            if mutant not in seen:
                seen.add(mutant)
                yield f"{kind.__name__.strip('_')}-{number}", mutant


def _outcomes(source: Source, tree: syntax.Tree):
    """Another outcome where one is decided."""
    for value in _decided(tree):
        if isinstance(value, syntax.Tuple) and isinstance(value.items[0], syntax.Atom):
            other = SWAPPED[value.items[0].name]
            yield value.span, f"{{:{other}, {source.slice(value.items[1].span)}}}"
        elif isinstance(value, syntax.Atom):
            yield value.span, "{:error, :swapped}"
        elif isinstance(value, syntax.Call) and value.name in ("snooze", "put!"):
            yield value.span, ":ok"


def _decided(tree: syntax.Tree):
    for node in syntax.walk(tree.exprs):
        if isinstance(node, syntax.Clause):
            yield _last(node.body)
        elif isinstance(node, syntax.Call) and node.name == "if":
            yield from (_last(block) for block in node.blocks.values())


def _last(body: syntax.Node) -> syntax.Node:
    return body.exprs[-1] if isinstance(body, syntax.Block) else body


def _guards(source: Source, tree: syntax.Tree):
    """Nothing that stops a second job or a second attempt."""
    for node in syntax.walk(tree.exprs):
        if isinstance(node, syntax.Call) and node.name in ("exists?", "done?") and node.target:
            yield node.span, "false"
        elif isinstance(node, syntax.Call) and node.name == "put!" and node.target:
            yield node.span, ":ok"
        elif isinstance(node, syntax.Call) and node.name == "idempotency_key":
            if source.data[: node.span[0]].rstrip().endswith(b"defp"):
                continue
            yield node.span, FRESH
        elif isinstance(node, syntax.Call) and node.name == "use" and len(node.args) > 1:
            *_others, before, unique = node.args[1].items
            yield (before.span[1], unique.span[1]), ""


def _keys(source: Source, tree: syntax.Tree):
    """An atom where the job's args have a string."""
    for definition in syntax.walk(tree.exprs):
        if isinstance(definition, syntax.Call) and definition.name == "def":
            for node in syntax.walk([definition.args, definition.blocks]):
                if isinstance(node, syntax.Map):
                    for key, _value in node.pairs:
                        if isinstance(key, syntax.Str):
                            yield key.span, f":{key.value}"


def _clauses(source: Source, tree: syntax.Tree):
    """One clause less: of a `case`, or of perform."""
    for node in syntax.walk(tree.exprs):
        if isinstance(node, syntax.Call) and node.name == "case":
            for clause in node.blocks["do"]:
                yield clause.span, ""
    performs = [
        node
        for node in syntax.walk(tree.exprs)
        if isinstance(node, syntax.Call) and node.name == "def" and _name(node) == "perform"
    ]
    if len(performs) > 1:
        yield from ((node.span, "") for node in performs)


def _name(definition: syntax.Call) -> str:
    head = definition.args[0]
    head = head.left if isinstance(head, syntax.Op) else head
    return head.name
