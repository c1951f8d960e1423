"""Elixir's syntax tree in Elixir's own terms, and the parser that builds it.

tree-sitter-elixir's concrete tree is lowered once per file. A pipe becomes the
call it stands for, `do:` keywords become blocks, a keyword list becomes a list
of pairs, so nothing downstream sees two spellings of one thing.

Every node has `span`, byte offsets into the source. A region that did not parse
is a `Bad` node.
"""

from __future__ import annotations

import tree_sitter_elixir

from checker.treesitter import Language, Parser

HEREDOCS = ('"""', "'''")
BLOCKS = ("do", "else", "rescue", "catch", "after")
_FURTHER_BLOCKS = {f"{name}_block": name for name in BLOCKS}
MAX_DEPTH = 200
MOST_DIGITS = 4000  # of a number, before Python refuses to read it

_LEAVES = frozenset(("name", "text", "modifiers", "op", "index", "arity", "piped"))
_GOES_ON = frozenset((*(name.encode() for name in BLOCKS), b"fn", b"and", b"or", b"in", b"when"))
_parser = None


class Node:
    """`words` keeps what was read off a node (see `subject`), None until asked for.

    `branches` are the fields that may hold nodes, last first. The most frequent nodes have
    an `__init__` of their own, which is faster.
    """

    __slots__ = ("span", "words")
    fields: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        cls.fields = cls.__slots__
        cls.branches = tuple(field for field in cls.fields[::-1] if field not in _LEAVES)

    def __init__(self, span: tuple[int, int], *values: object) -> None:
        self.span = span
        self.words = None
        for field, value in zip(self.fields, values, strict=True):
            setattr(self, field, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(getattr(self, f)) for f in self.fields)})"


class Atom(Node):
    """`:ok`, `true`, `nil`."""

    __slots__ = ("name",)

    def __init__(self, span: tuple[int, int], name: str) -> None:
        self.span = span
        self.words = None
        self.name = name


class Int(Node):
    __slots__ = ("value",)


class Float(Node):
    __slots__ = ("value",)


class Str(Node):
    """A string or heredoc; `value` is None when it has `parts` (interpolations), then `text` is
    what stands around them."""

    __slots__ = ("value", "parts", "text")


class Charlist(Node):
    __slots__ = ("parts",)


class Sigil(Node):
    __slots__ = ("name", "text", "modifiers", "parts")


class Var(Node):
    __slots__ = ("name",)

    def __init__(self, span: tuple[int, int], name: str) -> None:
        self.span = span
        self.words = None
        self.name = name


class Attr(Node):
    """`@name` read."""

    __slots__ = ("name",)


class SetAttr(Node):
    """`@name value`."""

    __slots__ = ("name", "value")


class Module(Node):
    """A module name as written: `Repo`, `Shop.Repo`, `__MODULE__`."""

    __slots__ = ("name",)

    def __init__(self, span: tuple[int, int], name: str) -> None:
        self.span = span
        self.words = None
        self.name = name


class Tuple(Node):
    __slots__ = ("items",)

    def __init__(self, span: tuple[int, int], items: list[Node]) -> None:
        self.span = span
        self.words = None
        self.items = items


class List(Node):
    """`tail` is the part after `|`, or None."""

    __slots__ = ("items", "tail")


class Map(Node):
    """`%{…}` or `%Name{…}`: pairs of (key, value); `base` before `|`; `struct` a node or None."""

    __slots__ = ("pairs", "base", "struct")


class Bits(Node):
    __slots__ = ("items",)


class Call(Node):
    """A call of a named function or macro, local (`target` None) or remote.

    `args` include what was piped in (`piped`). `blocks` maps do/else/rescue/
    catch/after to a Block or to a list of Clauses.
    """

    __slots__ = ("target", "name", "args", "blocks", "piped")

    def __init__(
        self,
        span: tuple[int, int],
        target: Node | None,
        name: str,
        args: list[Node],
        blocks: dict,
        piped: bool,
    ) -> None:
        self.span = span
        self.words = None
        self.target = target
        self.name = name
        self.args = args
        self.blocks = blocks
        self.piped = piped


class Field(Node):
    """`base.name` without parentheses: a map field, or a call of a module's function."""

    __slots__ = ("base", "name")


class Apply(Node):
    """`fun.(args)`."""

    __slots__ = ("fun", "args")


class Access(Node):
    __slots__ = ("base", "key")


class Op(Node):
    __slots__ = ("op", "left", "right")


class Unary(Node):
    __slots__ = ("op", "operand")


class Match(Node):
    __slots__ = ("pattern", "value")


class Fn(Node):
    __slots__ = ("clauses",)


class Capture(Node):
    """`&(&1 + 1)`, `&f(&1)`."""

    __slots__ = ("body",)


class CaptureArg(Node):
    __slots__ = ("index",)


class FnRef(Node):
    """`&name/1`, `&Mod.name/1`."""

    __slots__ = ("target", "name", "arity")


class Block(Node):
    __slots__ = ("exprs",)

    def __init__(self, span: tuple[int, int], exprs: list[Node]) -> None:
        self.span = span
        self.words = None
        self.exprs = exprs


class Clause(Node):
    """`params when guard -> body`; `guard` may be None."""

    __slots__ = ("params", "guard", "body")


class Bad(Node):
    """A region that did not parse, or that means nothing here."""

    __slots__ = ()


class Tree:
    """A parsed file: top-level `exprs`, lowered when asked for, and the spans of `errors`."""

    __slots__ = ("errors", "_root", "_data", "_exprs")

    def __init__(self, root, data: bytes) -> None:
        self.errors = _error_spans(root) if root.has_error else []
        self._root = root
        self._data = data
        self._exprs: list[Node] | None = None

    @property
    def exprs(self) -> list[Node]:
        if self._exprs is None:
            self._exprs = _Lowering(self._data).body(self._root)
        return self._exprs

    def comments(self) -> list[tuple[int, int]]:
        """Spans of all comments, in order. Walks the whole tree: ask only when needed."""
        spans, stack = [], [self._root]
        while stack:
            node = stack.pop()
            if node.type == "comment":
                spans.append(span(node))
            stack.extend(reversed(node.named_children))
        return spans


def parse(data: bytes) -> Tree:
    """Parse UTF-8 Elixir source. Never raises for what the source holds."""
    global _parser
    if _parser is None:
        _parser = Parser(Language(tree_sitter_elixir.language()))
    return Tree(_parser.parse(_without_traps(data)).root_node, data)


def _without_traps(data: bytes) -> bytes:
    """The same, with the end of a line before a clause `-1 -> …` as a semicolon: the grammar
    would go on to read a difference."""
    arrow = data.find(b"->")
    while arrow >= 0:
        start = data.rfind(b"\n", 0, arrow) + 1
        head = data[start:arrow].lstrip()
        if head[:1] in (b"-", b"+") and head[1:2].isdigit():
            end = len(data[:start].rstrip())
            line = data[data.rfind(b"\n", 0, end) + 1 : end]
            if _is_complete(line):
                data = data[:end] + b";" + data[end + 1 :]
        arrow = data.find(b"->", arrow + 2)
    return data


def _is_complete(line: bytes) -> bool:
    """Whether an expression may end with a line; no when there is a comment behind it."""
    last = line[-1:]
    if b"#" in line or not (last.isalnum() or last in (b")", b"]", b"}", b'"', b"'", b"?", b"!")):
        return False
    return line.split()[-1] not in _GOES_ON


def pipe_starts(nodes: object) -> dict[tuple[int, int], int]:
    """Span of each piped call → where its pipe begins."""
    starts: dict[tuple[int, int], int] = {}
    for node in walk(nodes):
        if isinstance(node, Call) and node.piped:
            first = node
            while isinstance(first, Call) and first.piped:
                first = first.args[0]
            starts[node.span] = first.span[0]
    return starts


def walk(node: object):
    """Every node below (and with) a node, in source order of its fields."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Node):
            yield item
            for branch in item.branches:
                below = getattr(item, branch)
                if below:
                    stack.append(below)
        elif isinstance(item, (list, tuple)):
            stack.extend(item[::-1])
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))


def _error_spans(root) -> list[tuple[int, int]]:
    spans, stack = [], [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            spans.append((node.start_byte, node.end_byte))
        elif node.has_error:
            stack.extend(reversed(node.children))
    return sorted(spans)


class _Lowering:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.depth = 0
        self.by_type = {
            "call": self.call,
            "identifier": self.identifier,
            "binary_operator": self.binary_operator,
            "unary_operator": self.unary_operator,
            "atom": lambda n: Atom(span(n), self.text(n)[1:]),
            "quoted_atom": lambda n: Atom(span(n), self.quoted(n)[0] or ""),
            "alias": lambda n: Module(span(n), "".join(self.text(n).split())),
            "tuple": lambda n: Tuple(span(n), self.body(n)),
            "list": self.list,
            "map": self.map,
            "string": self.string,
            "charlist": lambda n: Charlist(span(n), self.quoted(n)[1]),
            "sigil": self.sigil,
            "integer": self.integer,
            "float": lambda n: Float(span(n), float(self.text(n).replace("_", ""))),
            "char": self.char,
            "boolean": lambda n: Atom(span(n), self.text(n)),
            "nil": lambda n: Atom(span(n), "nil"),
            "keywords": lambda n: List(span(n), self.pairs(n), None),
            "access_call": self.access,
            "dot": self.dot,
            "anonymous_function": lambda n: Fn(span(n), self.clauses(n)),
            "block": self.paren_block,
            "comment": lambda n: None,
            "bitstring": lambda n: Bits(span(n), self.body(n)),
            "body": lambda n: Block(span(n), self.body(n)),
        }

    def text(self, node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def lower(self, node) -> Node:
        """The node that a concrete one stands for; None for a comment."""
        handler = self.by_type.get(node.type)
        if handler is None or self.depth > MAX_DEPTH:
            return Bad(span(node))
        self.depth += 1
        lowered = handler(node)
        self.depth -= 1
        return lowered

    def named(self, node) -> list:
        """Named children without comments."""
        return [child for child in node.named_children if child.type != "comment"]

    def body(self, node) -> list[Node]:
        lowered = [self.lower(child) for child in node.named_children]
        return [child for child in lowered if child is not None]

    def pairs(self, node) -> list[Node]:
        """The pairs of a `keywords` node, each as a two-element tuple."""
        found = []
        for pair in self.named(node):
            if pair.type != "pair":
                found.append(Bad(span(pair)))
                continue
            key, value = self.pair(pair)
            found.append(Tuple(span(pair), [key, value]))
        return found

    def pair(self, node) -> tuple[Node, Node]:
        key = node.child_by_field_name("key")
        value = node.child_by_field_name("value")
        if key is None or value is None:
            return Bad(span(node)), Bad(span(node))
        if key.type == "keyword":
            name = self.text(key).rstrip().rstrip(":")
        else:
            name = self.quoted(key)[0] or ""
        return Atom(span(key), name), self.lower(value)

    def quoted(self, node) -> tuple[str | None, list[Node]]:
        """Plain content (None when interpolated) and the interpolated parts."""
        pieces, parts = [], []
        indent = self.heredoc_indent(node)
        for child in node.named_children:
            if child.type == "interpolation":
                parts.extend(self.body(child))
            elif child.type == "quoted_content":
                text = self.text(child)
                pieces.append(text if indent is None else _dedented(text, indent))
            elif child.type == "escape_sequence":
                pieces.append(_unescape(self.text(child)))
        if parts:
            return None, parts
        return "".join(pieces)[0 if indent is None else 1 :], parts

    def heredoc_indent(self, node) -> int | None:
        """How far the end of a heredoc is indented, which its lines are not; else None."""
        end = node.children[-1] if node.children else None
        if end is None or end.type not in HEREDOCS:
            return None
        line = self.data.rfind(b"\n", 0, end.start_byte) + 1
        return end.start_byte - line

    def string(self, node) -> Node:
        value, parts = self.quoted(node)
        return Str(span(node), value, parts, self._around(node) if parts else value)

    def _around(self, node) -> str:
        """The text around interpolations."""
        contents = [c for c in node.named_children if c.type == "quoted_content"]
        return " … ".join(self.text(content) for content in contents)

    def sigil(self, node) -> Node:
        name = modifiers = ""
        for child in node.named_children:
            if child.type == "sigil_name":
                name = self.text(child)
            elif child.type == "sigil_modifiers":
                modifiers = self.text(child)
        value, parts = self.quoted(node)
        return Sigil(span(node), name, value, modifiers, parts)

    def integer(self, node) -> Node:
        written = self.text(node).replace("_", "")
        if len(written) > MOST_DIGITS:
            return Bad(span(node))
        try:
            return Int(span(node), int(written, 0))
        except ValueError:  # 0010 is ten in Elixir
            return Int(span(node), int(written or "0"))

    def char(self, node) -> Node:
        char = self.text(node)[1:]
        return Int(span(node), ord(_unescape(char)[:1] or "\0"))

    def list(self, node) -> Node:
        items = self.body(node)
        if items and isinstance(items[-1], Op) and items[-1].op == "|":
            last = items.pop()
            return List(span(node), [*items, last.left], last.right)
        if items and isinstance(items[-1], List) and self._is_keywords(node):
            last = items.pop()
            return List(span(node), [*items, *last.items], None)
        return List(span(node), items, None)

    def _is_keywords(self, node) -> bool:
        return bool(node.named_children) and any(
            child.type == "keywords" for child in node.named_children
        )

    def map(self, node) -> Node:
        struct, content = None, None
        for child in self.named(node):
            if child.type == "struct":
                inner = self.named(child)
                struct = self.lower(inner[0]) if inner else Bad(span(child))
            elif child.type == "map_content":
                content = child
            else:
                return Bad(span(node))
        pairs: list[tuple[Node, Node]] = []
        base = self._map_content(content, pairs) if content is not None else None
        return Map(span(node), pairs, base, struct)

    def _map_content(self, content, pairs: list) -> Node | None:
        base = None
        for child in self.named(content):
            operator = self._operator(child)
            if operator == "|":
                base = self.lower(child.child_by_field_name("left"))
                self._map_pair(child.child_by_field_name("right"), pairs)
            else:
                self._map_pair(child, pairs)
        return base

    def _map_pair(self, node, pairs: list) -> None:
        if node.type == "keywords":
            pairs.extend(tuple(p.items) for p in self.pairs(node) if isinstance(p, Tuple))
        elif self._operator(node) == "=>":
            left = self.lower(node.child_by_field_name("left"))
            pairs.append((left, self.lower(node.child_by_field_name("right"))))
        else:
            pairs.append((Bad(span(node)), self.lower(node)))

    def _operator(self, node) -> str:
        if node.type != "binary_operator":
            return ""
        operator = node.child_by_field_name("operator")
        return self.text(operator) if operator is not None else ""

    def identifier(self, node) -> Node:
        name = self.text(node)
        if name == "__MODULE__":
            return Module(span(node), name)
        return Var(span(node), name)

    def access(self, node) -> Node:
        target = node.child_by_field_name("target")
        key = node.child_by_field_name("key")
        if target is None or key is None:
            return Bad(span(node))
        return Access(span(node), self.lower(target), self.lower(key))

    def dot(self, node) -> Node:
        """`Mod.{A, B}`; other dots are met inside a call."""
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        if left is None or right is None:
            return Bad(span(node))
        if right.type == "tuple":
            return Call(span(node), self.lower(left), "{}", self.body(right), {}, False)
        if right.type == "alias":  # __MODULE__.Name
            base = self.lower(left)
            if isinstance(base, Module):
                return Module(span(node), f"{base.name}.{self.text(right)}")
        return Bad(span(node))

    def paren_block(self, node) -> Node:
        children = self.named(node)
        if len(children) == 1 and children[0].type != "stab_clause":
            return self.lower(children[0])
        return Block(span(node), [self.lower(child) for child in children])

    def unary_operator(self, node) -> Node:
        operator = node.child_by_field_name("operator")
        operand = node.child_by_field_name("operand")
        if operand is not None and not operand.is_named:  # `&(…)`: the field is the parenthesis
            inside = self.named(node)
            operand = inside[0] if len(inside) == 1 else None
        if operator is None or operand is None:
            return Bad(span(node))
        op = self.text(operator)
        if op == "@":
            return self.attribute(node, operand)
        if op == "&":
            return self.capture(node, operand)
        inner = self.lower(operand)
        if op == "-" and isinstance(inner, (Int, Float)):
            return type(inner)(span(node), -inner.value)
        return Unary(span(node), op, inner)

    def attribute(self, node, operand) -> Node:
        if operand.type == "identifier":
            return Attr(span(node), self.text(operand))
        inner = self.lower(operand)
        if isinstance(inner, Call) and inner.target is None and len(inner.args) == 1:
            return SetAttr(span(node), inner.name, inner.args[0])
        return Bad(span(node))

    def capture(self, node, operand) -> Node:
        if operand.type == "integer":
            return CaptureArg(span(node), int(self.text(operand)))
        if self._operator(operand) == "/":
            left = operand.child_by_field_name("left")
            right = operand.child_by_field_name("right")
            if right is not None and right.type == "integer" and left is not None:
                name = self.lower(left)
                arity = int(self.text(right))
                if isinstance(name, Var):
                    return FnRef(span(node), None, name.name, arity)
                if isinstance(name, Field):
                    return FnRef(span(node), name.base, name.name, arity)
        return Capture(span(node), self.lower(operand))

    def binary_operator(self, node) -> Node:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        op = self._operator(node)
        if left is None or right is None:
            return Bad(span(node))
        if op == "|>":
            return self.pipe(node)
        if op == "=":
            return Match(span(node), self.lower(left), self.lower(right))
        return Op(span(node), op, self.lower(left), self.lower(right))

    def pipe(self, node) -> Node:
        """A chain of pipes, lowered in a loop: chains can be long."""
        steps = []
        while self._operator(node) == "|>":
            right = node.child_by_field_name("right")
            left = node.child_by_field_name("left")
            if left is None or right is None:
                return Bad(span(node))
            steps.append(right)
            if len(steps) > MAX_DEPTH:
                return Bad(span(node))
            node = left
        value = self.lower(node)
        for step in reversed(steps):
            value = _piped(value, self.lower(step))
        return value

    def call(self, node) -> Node:
        target = node.child_by_field_name("target")
        if target is None:
            return Bad(span(node))
        args, blocks, parens = self.arguments(node)
        if target.type == "identifier":
            return Call(span(node), None, self.text(target), args, blocks, False)
        if target.type == "dot":
            return self.remote_call(node, target, args, blocks, parens)
        return Apply(span(node), self.lower(target), args)

    def remote_call(self, node, target, args, blocks, parens: bool) -> Node:
        left = target.child_by_field_name("left")
        right = target.child_by_field_name("right")
        if left is None:
            return Bad(span(node))
        base = self.lower(left)
        if right is None:
            return Apply(span(node), base, args)
        name = self.text(right) if right.type != "string" else (self.quoted(right)[0] or "")
        if not parens and not args and not blocks:
            return Field(span(node), base, name)
        return Call(span(node), base, name, args, blocks, False)

    def arguments(self, node) -> tuple[list[Node], dict, bool]:
        args: list[Node] = []
        blocks: dict = {}
        parens = False
        for child in node.named_children:
            kind = child.type
            if kind == "arguments":
                parens = True
                args = self.call_arguments(child, blocks)
            elif kind == "do_block":
                self.do_block(child, blocks)
        return args, blocks, parens

    def call_arguments(self, node, blocks: dict) -> list[Node]:
        args = []
        for child in self.named(node):
            if child.type != "keywords":
                args.append(self.lower(child))
                continue
            pairs = []
            for written, pair in zip(self.named(child), self.pairs(child), strict=True):
                key = pair.items[0] if isinstance(pair, Tuple) else None
                if isinstance(key, Atom) and key.name in BLOCKS:
                    blocks[key.name] = self.keyword_body(written, pair.items[1])
                else:
                    pairs.append(pair)
            if "do" not in blocks and blocks:  # `after: 5` of a call that is no block
                pairs = self.pairs(child)
                blocks.clear()
            if pairs:
                args.append(List(span(child), pairs, None))
        return args

    def keyword_body(self, pair, value: Node) -> Block | list[Clause]:
        """What follows `do:` or `else:`; clauses when it is `(nil -> …)`."""
        written = pair.child_by_field_name("value")
        if written.type == "block" and any(c.type == "stab_clause" for c in written.named_children):
            return self.clauses(written)
        return Block(value.span, [value])

    def do_block(self, node, blocks: dict) -> None:
        children = [(child, child.type) for child in node.named_children]
        if any(kind == "stab_clause" for _, kind in children):
            blocks["do"] = self.clauses(node)
        else:
            exprs = [
                self.lower(child)
                for child, kind in children
                if kind != "comment" and kind not in _FURTHER_BLOCKS
            ]
            blocks["do"] = Block(_inner_span(node, exprs), exprs)
        for child, kind in children:
            name = _FURTHER_BLOCKS.get(kind)
            if name is None:
                continue
            if any(c.type == "stab_clause" for c in child.named_children):
                blocks[name] = self.clauses(child)
            else:
                exprs = self.body(child)
                blocks[name] = Block(_inner_span(child, exprs), exprs)

    def clauses(self, node) -> list[Clause]:
        return [self.clause(c) for c in self.named(node) if c.type == "stab_clause"]

    def clause(self, node) -> Clause:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        guard = None
        if left is not None and self._operator(left) == "when":
            guard = self.lower(left.child_by_field_name("right"))
            left = left.child_by_field_name("left")
        params: list[Node] = []
        if left is not None:
            params = self.body(left) if left.type == "arguments" else [self.lower(left)]
        body = self.lower(right) if right is not None else Block(span(node), [])
        return Clause(span(node), params, guard, body)


def span(node) -> tuple[int, int]:
    return (node.start_byte, node.end_byte)


def _inner_span(node, exprs: list[Node]) -> tuple[int, int]:
    if exprs:
        return (exprs[0].span[0], exprs[-1].span[1])
    return span(node)


def _piped(value: Node, step: Node) -> Node:
    """`value |> step` as the call it means; the span stays that of the step."""
    if isinstance(step, Call):
        return Call(step.span, step.target, step.name, [value, *step.args], step.blocks, True)
    if isinstance(step, Field):
        return Call(step.span, step.base, step.name, [value], {}, True)
    if isinstance(step, Var):
        return Call(step.span, None, step.name, [value], {}, True)
    if isinstance(step, Apply):
        return Apply(step.span, step.fun, [value, *step.args])
    if isinstance(step, Unary):  # `x |> Kernel.!` and the like
        return Unary(step.span, step.op, Bad(step.span))
    return Bad(step.span)


_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "s": " ", "0": "\0", "e": "\x1b", "a": "\a", "b": "\b",
    "d": "\x7f", "f": "\f", "v": "\v", "\n": "",
}  # fmt: skip


def _unescape(text: str) -> str:
    if text[:1] != "\\":
        return text
    if text[1:2] in ("x", "u") and len(text) > 2:
        return _character(text[2:].strip("{}"))
    return _ESCAPES.get(text[1:], text[1:])


def _character(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _dedented(text: str, indent: int) -> str:
    """Every line but the first without that much indentation."""
    first, *lines = text.split("\n")
    return "\n".join([first, *(line[_indented(line, indent) :] for line in lines)])


def _indented(line: str, most: int) -> int:
    """How many characters of indentation a line has, at most so many."""
    return min(most, len(line) - len(line.lstrip(" \t")))
