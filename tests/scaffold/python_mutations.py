"""A generated Python worker, broken on purpose in the ways that people break workers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FRESH = "__import__('uuid').uuid4().hex"


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a name, which begins with the kind of break, and a broken worker's text."""
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    seen = {text}
    for kind in (_outcomes, _guards, _args, _excepts):
        for number, (node, replacement) in enumerate(kind(tree)):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            mutant = text[:start] + replacement + text[end:]
            if mutant not in seen:
                seen.add(mutant)
                yield f"{kind.__name__.strip('_')}-{number}", mutant


def _outcomes(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Another outcome where one is decided."""
    for function in _working(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                if called == "Cancel":
                    yield node, "return None"
                    yield node, "raise RuntimeError"
                elif called == "Snooze":
                    yield node, "return Cancel('waited')"
                    yield node, "raise RuntimeError"
            elif isinstance(node, ast.Raise):
                yield node, "return None"


def _guards(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Nothing that stops a second attempt, or that tells other work apart."""
    for function in _working(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.If) and _asks(node.test):
                yield node.test, "False"
            elif isinstance(node, ast.Expr) and ".put(" in ast.unparse(node):
                yield node, "pass"
            elif isinstance(node, ast.Compare) and "snoozed" in ast.unparse(node):
                yield node, "True"
                yield node, "False"
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "idempotency_key":
                yield node, FRESH
                yield node, '"the same"'
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "idempotency_key":
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and "run" in ast.unparse(part.args):
                    yield part, ast.unparse(part.args[1]) if len(part.args) > 1 else "0"


def _asks(test: ast.expr) -> bool:
    return isinstance(test, ast.Await) and (".exists(" in (written := ast.unparse(test)) or
                                            ".is_done(" in written)  # fmt: skip


def _args(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Another key of the args, or a value as it stands in JSON."""
    for function in _working(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "job.args":
                yield node.slice, f'"{ast.literal_eval(node.slice)}x"'
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                if ast.unparse(node.value.func) in ("UUID", "Decimal", "dt.date.fromisoformat"):
                    yield node.value, ast.unparse(node.value.args[0])


def _excepts(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """An error that is swallowed: all that is done about it is nothing."""
    for function in _working(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.ExceptHandler):
                yield _Span(node.body[0], node.body[-1]), "pass"
            elif isinstance(node, ast.Try) and not node.finalbody:
                if "Client" in ast.unparse(tree) and "client()" in ast.unparse(node):
                    last = node.handlers[-1]
                    indent = " " * last.col_offset
                    yield _After(last), f"\n{indent}except Exception:\n{indent}    pass"


class _Span:
    """Two nodes and all between them."""

    def __init__(self, first: ast.stmt, last: ast.stmt) -> None:
        self.lineno, self.col_offset = first.lineno, first.col_offset
        self.end_lineno, self.end_col_offset = last.end_lineno, last.end_col_offset


class _After:
    """The place after a node."""

    def __init__(self, node: ast.ExceptHandler) -> None:
        self.lineno = self.end_lineno = node.end_lineno
        self.col_offset = self.end_col_offset = node.end_col_offset


def _working(tree: ast.Module) -> list[ast.AST]:
    """`process`, or the function of a job, and the functions beside it that cron runs."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and (node.name == "process" or node.decorator_list)
    ]
