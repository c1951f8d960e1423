"""Tasks, exits and spans: what runs elsewhere, or around something."""

from __future__ import annotations

from checker.elixir.constructs import element_of
from checker.elixir.known.site import CallSite, is_function
from checker.elixir.patterns import ANY
from checker.model.shape import (
    NEVER,
    NIL,
    OK,
    Atom,
    Opaque,
    Seq,
    Struct,
    Tup,
    Value,
    join,
    one,
    only_atom,
)  # fmt: skip


class Boundary:
    """Stands in for a process: what is thrown inside does not reach the job."""

    def __init__(self) -> None:
        self.exits: list[Value] = []
        self.raised = False

    def takes_errors(self) -> bool:
        self.raised = True
        return True

    def take(self, kind: str, value: Value) -> Value:
        if kind == "exit":
            self.exits.append(value)
        return NEVER


def isolated(interpreter, function: Value, given: list[Value], env, scope, node) -> Value:
    """Run a function as another process would; a linked one that shuts down takes us along."""
    boundary = Boundary()
    inner = scope.with_(catching=(*scope.catching, boundary), rescues=())
    value = interpreter.call_value(function, given, env, inner, node)
    if node.name in ("spawn_link", "start_link", "async"):
        outside = scope.with_(catching=(), rescues=())
        for exited in boundary.exits:
            if only_atom(exited) == "shutdown":
                interpreter.throw("linked", node, exited, outside)
        if boundary.raised:
            interpreter.may_raise(node.span, outside)
    return value


def span(call: CallSite) -> Value:
    """:telemetry.span: its function answers {result, metadata}; the span answers result."""
    if len(call.args) != 3:
        return call.unknown()
    found = []
    for alt in call.run(call.args[2], call.anything(call.args[2])):
        shape = alt.shape
        known = isinstance(shape, Tup) and len(shape.items) in (2, 3)
        found.append(shape.items[0] if known else call.unknown())
    return join(*found)


def task(call: CallSite) -> Value:
    """Task.async and async_nolink: the task remembers what its function answers."""
    step = call.step("async")
    function = call.args[-1] if call.args else NEVER
    result: Value = ANY
    if is_function(function):
        result = isolated(call.interpreter, function, call.anything(function), call.env,
                          call.scope, call.node)  # fmt: skip
    return one(Struct("Task", step=step, result=result), call.origin(call.full_name, step=step))


def async_stream(call: CallSite) -> Value:
    function = next((arg for arg in call.args if is_function(arg)), None)
    at = 1 if call.module == "Task.Supervisor" and len(call.args) > 1 else 0
    result: Value = ANY
    if function is not None:
        items = element_of(call.args[at]) or ANY
        inner = call.interpreter.item_scope(call.scope, call.node.args[at], call.args[at])
        result = call.run(function, [items], inner)
    origin = call.origin("Task.async_stream")
    element = join(
        one(Tup((one(OK, origin), result)), origin),
        one(Tup((one(Atom("exit"), origin), ANY)), origin),
    )
    return one(Opaque("stream", element), origin)


def wait(call: CallSite) -> Value:
    """Task.await, await_many, yield, yield_many and shutdown."""
    tasks = call.args[0] if call.args else NEVER
    for alt in (*tasks, *element_of(tasks)):
        if isinstance(alt.shape, Struct) and alt.shape.step is not None:
            alt.shape.step.reads.add("await")
    if call.name in ("await", "await_many"):
        call.interpreter.may_raise(call.node.span, call.scope)
    if call.name == "await":
        answers = [a.shape.result if _is_task(a) else call.unknown() for a in tasks]
        return join(*answers)
    if call.name == "await_many":
        answers = [a.shape.result for a in element_of(tasks) if _is_task(a)]
        return one(Seq(None, join(*answers) or ANY), call.origin("Task.await_many"))
    if call.name in ("yield", "shutdown"):
        return _yielded(call, tasks)
    return call.library()


def _is_task(alt) -> bool:
    return isinstance(alt.shape, Struct) and alt.shape.result is not None


def _yielded(call: CallSite, tasks: Value) -> Value:
    origin = call.origin(f"Task.{call.name}")
    answers = [a.shape.result for a in tasks if _is_task(a)]
    answer = join(*answers) if answers else ANY
    return join(
        one(Tup((one(OK, origin), answer)), origin) if answer else NEVER,
        one(Tup((one(Atom("exit"), origin), ANY)), origin),
        one(NIL, origin),
    )


def process_exit(call: CallSite) -> Value:
    target = call.args[0] if call.args else NEVER
    to_self = any(isinstance(a.shape, Opaque) and a.shape.kind == "self" for a in target)
    if to_self and len(call.args) == 2:
        call.interpreter.throw("signal", call.node, call.args[1], call.scope.with_(catching=()))
        return NEVER
    return one(Atom("true"), call.origin("Process.exit"))


def self_pid(call: CallSite) -> Value:
    return one(Opaque("self"), call.origin(literal=True))


FUNCTIONS = {
    ("Kernel", "self"): self_pid,
    (":telemetry", "span"): span,
    ("Task", "async"): task, ("Task.Supervisor", "async"): task,
    ("Task.Supervisor", "async_nolink"): task,
    ("Task", "await"): wait, ("Task", "await_many"): wait, ("Task", "yield"): wait,
    ("Task", "yield_many"): wait, ("Task", "shutdown"): wait,
    ("Task", "async_stream"): async_stream,
    ("Task.Supervisor", "async_stream"): async_stream,
    ("Task.Supervisor", "async_stream_nolink"): async_stream,
    ("Process", "exit"): process_exit,
}  # fmt: skip
