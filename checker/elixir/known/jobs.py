"""Enqueueing: which worker's jobs a call inserts."""

from __future__ import annotations

from checker.elixir.known.site import CallSite
from checker.elixir.known.transactions import is_multi
from checker.model.shape import Seq, Struct, Unknown, Value, one, only_atom
from checker.model.worker import Enqueue

JOB = ("atom", "__job__")


class MaybeJob(Unknown):
    """What `X.new(args)` gives while `X` is not known to be a worker."""

    __slots__ = ("module",)

    def __init__(self, call: str, module: str) -> None:
        super().__init__(call)
        self.module = module


def insert(call: CallSite) -> Value:
    """Oban.insert, insert! and insert_all, with or without a Multi."""
    if len(call.args) >= 3 or (call.args and is_multi(call.args[0])):
        for arg in call.args:
            call.interpreter.run_functions([arg], call.env, call.scope, call.node)
        return one(Struct("Ecto.Multi"), call.origin("Ecto.Multi"))
    value = call.library()
    step = call.recorded()
    if step is not None:
        _record(call, step)
    return value


def _record(call: CallSite, step) -> None:
    for arg in call.args:
        for alt in (*arg, *(a for alt in arg if isinstance(alt.shape, Seq)
                            for a in alt.shape.element)):  # fmt: skip
            target = _target(alt.shape)
            if target is not None:
                built = alt.origin.step
                options = built.options if built is not None else {}
                call.interpreter.enqueues.setdefault(
                    (step.span, target), Enqueue(step.span, target, options, step.function)
                )


def _target(shape) -> str | None:
    if isinstance(shape, Struct) and JOB in shape.fields:
        return only_atom(shape.fields[JOB])
    return shape.module if isinstance(shape, MaybeJob) else None


FUNCTIONS = {
    ("Oban", "insert"): insert,
    ("Oban", "insert!"): insert,
    ("Oban", "insert_all"): insert,
}
