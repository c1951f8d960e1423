"""What a Python test does with jobs (`oban.testing` of oban-py 0.7)."""

from __future__ import annotations

import libcst as cst

from checker.model.tests import (
    ASSERT,
    ASSERT_ENQUEUED,
    DRAIN,
    ENQUEUE,
    OTHER,
    REFUTE_ENQUEUED,
    RUN,
    SLEEP,
    Action,
    Test,
    Tests,
)
from checker.python.names import File, FunctionDefinition, own_nodes, statements, walk

TESTING = "oban.testing."
HELPERS = {
    "process_job": RUN,
    "drain_queue": DRAIN,
    "assert_enqueued": ASSERT_ENQUEUED,
    "refute_enqueued": REFUTE_ENQUEUED,
    "all_enqueued": OTHER,
    "reset_oban": OTHER,
}
COROUTINES = frozenset(HELPERS) - {"process_job"}
SLEEPS = frozenset(("time.sleep", "asyncio.sleep"))


class PythonAction(Action):
    """Besides: `name` of the helper; `waiting`: it gives a coroutine that nothing awaits."""

    __slots__ = ("name", "waiting")

    def __init__(self, kind: str, span) -> None:
        super().__init__(kind, span)
        self.name = ""
        self.waiting = False


def tests(file: File) -> Tests:
    """The tests of a file, in order."""
    found = Tests()
    found.helped = file.imports("oban")
    found.runs_queues = any(map(_gives_queues, walk(file.tree.module)))
    for node in statements(file.tree.module.body):
        for function in _test_functions(node, file):
            found.tests.append(_test(function, file))
    return found


def _gives_queues(node) -> bool:
    """Whether something is called with queues of its own: an Oban, or the mark of a fixture."""
    if not isinstance(node, cst.Arg) or node.keyword is None or node.keyword.value != "queues":
        return False
    return not isinstance(node.value, cst.Dict) or bool(node.value.elements)


def _test_functions(node, file: File) -> list[FunctionDefinition]:
    if isinstance(node, cst.ClassDef):
        return [
            function
            for inner in statements(node.body)
            for function in _test_functions(inner, file)
            if isinstance(inner, cst.FunctionDef)
        ]
    return [FunctionDefinition(node, None, file)] if isinstance(node, cst.FunctionDef) else []


def _test(function: FunctionDefinition, file: File) -> Test:
    body = function.node.body
    awaited, dropped, asserted = set(), set(), set()
    for node in own_nodes(body):
        if isinstance(node, cst.Await):
            awaited.add(node.expression)
        elif isinstance(node, cst.Expr):
            value = node.value
            dropped.add(value.expression if isinstance(value, cst.Await) else value)
        elif isinstance(node, cst.Assert):
            asserted.add(node.test)
    actions = []
    for node in own_nodes(body):
        action = _action(node, file)
        if action is None:
            continue
        action.dropped = node in dropped
        lone = node in dropped or node in asserted
        if action.name in COROUTINES:
            action.waiting = lone and node not in awaited
        elif action.name == "process_job":
            action.waiting = function.is_async and node in asserted
        actions.append(action)
    helper = not function.name.startswith("test")
    return Test(function.name, helper, sorted(actions, key=lambda a: a.span))


def _action(node, file: File) -> PythonAction | None:
    span = file.tree.spans.get(node, (0, 0))
    if isinstance(node, cst.Assert):
        return PythonAction(ASSERT, span)
    if not isinstance(node, cst.Call):
        return None
    full = file.dotted(node.func) or ""
    if full in SLEEPS:
        return PythonAction(SLEEP, span)
    name = full.removeprefix(TESTING) if full.startswith(TESTING) else ""
    if name in HELPERS:
        action = PythonAction(HELPERS[name], span)
        action.name = name
        return action
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in ("enqueue", "enqueue_many"):
        return PythonAction(ENQUEUE, span)
    return None
