"""Python source as libcst reads it, with the place of every node.

libcst's own position provider doubles its import time and counts characters; the places
here are byte offsets, taken while the tree is written out once (`CodegenState` of libcst 1.8).
"""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import contextmanager

import libcst as cst
from libcst._nodes.internal import CodegenState

from checker.model.shape import Span

# Beyond these libcst's native parser may overflow its stack, which no exception tells.
MOST_NESTED = 200  # brackets
MOST_CHAINED = 1_000  # operators of one expression, or branches of one `if`
TOKENS = "tokenizer error"  # of these libcst does not tell the place
_TOKENS = re.compile(
    r"""(?P<skip>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*|\\\n)"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[,;\n])"""
    r"""|(?P<elif>\belif\b)|(?P<chain>[-+*/%@&|^~<>.=]|\b(?:and|or|not|if|lambda|await|in|is)\b)""",
    re.DOTALL,
)


class Tree:
    """A file's syntax tree.

    `module` is None when the file does not parse; `error` is then the offset of the first
    thing that libcst does not understand. `data`: the text in UTF-8. `spans`: node → `(start, end)` byte offsets.
    `comments`: spans of the comments, in order.
    """

    __slots__ = ("module", "data", "spans", "comments", "error")

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "replace")
        self.module: cst.Module | None = None
        self.spans: dict[cst.CSTNode, Span] = {}
        self.comments: list[Span] = []
        self.error: int | None = None


def parse(text: str) -> Tree:
    """The tree of a text. Never raises for what it holds."""
    tree = Tree(text)
    if _too_deep(text):
        tree.error = 0
        return tree
    try:
        tree.module = cst.parse_module(text)
        places = _Places(tree.module)
        tree.module._codegen(places)
    except cst.ParserSyntaxError as error:
        place = _refused_at(text) if TOKENS in error.message else None
        tree.module = None
        tree.error = _offset(text, *(place or (error.raw_line, error.raw_column)))
    except (RecursionError, ValueError, cst.CSTValidationError):  # deeper or odder than people write
        tree.module, tree.error = None, 0
    else:
        tree.spans, tree.comments = places.spans, places.comments
    return tree


class _Places(CodegenState):
    """Notes where each node's text begins and ends."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.at = 0
        self.spans: dict[cst.CSTNode, Span] = {}
        self.comments: list[Span] = []

    def add_token(self, value: str) -> None:
        self.at += len(value) if value.isascii() else len(value.encode("utf-8", "replace"))

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.at += len(token)

    def pop_trailing_newline(self) -> None:
        pass  # no node's place depends on it

    def after_codegen(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Comment):
            self.comments.append((self.at - len(node.value.encode("utf-8", "replace")), self.at))

    @contextmanager
    def record_syntactic_position(self, node, *, start_node=None, end_node=None):
        start = self.at
        yield
        end = self.at
        if start_node in self.spans:
            start = self.spans[start_node][0]
        if end_node in self.spans:
            end = self.spans[end_node][1]
        self.spans[node] = (start, end)


def _too_deep(text: str) -> bool:
    """Whether something nests deeper than anybody writes."""
    depth = chained = branches = 0
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "skip":
            if _is_formatted(text, token) and _too_deep(token.group().strip("'\"")):
                return True
        elif kind == "open":
            depth += 1
            chained += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "chain":
            chained += 1
        elif kind == "elif":
            branches += 1
        elif kind == "end" and (depth == 0 or token.group() == ","):
            chained = 0
        if depth > MOST_NESTED or chained > MOST_CHAINED or branches > MOST_CHAINED:
            return True
    return False


def _is_formatted(text: str, token: re.Match) -> bool:
    """Whether a token is a string that holds expressions."""
    prefix = text[max(0, token.start() - 2) : token.start()].lower()
    return token.group()[0] in "\"'" and ("f" in prefix or "t" in prefix)


def _refused_at(text: str) -> tuple[int, int] | None:
    """Where Python itself sees what is wrong: a line from 1, a column from 0."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1, max(0, (error.offset or 1) - 1)
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


def _offset(text: str, line: int, column: int) -> int:
    """The byte offset of a place that libcst names: a line from 1, a column from 0."""
    lines = text.split("\n")
    before = lines[: max(0, line - 1)]
    rest = lines[line - 1][:column] if 0 < line <= len(lines) else ""
    return len("\n".join([*before, rest]).encode("utf-8", "replace"))
