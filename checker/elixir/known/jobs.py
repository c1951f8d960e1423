"""Enqueueing: which worker's jobs a call inserts."""

from __future__ import annotations

from checker.elixir.known.site import CallSite, is_function
from checker.elixir.known.transactions import is_multi
from checker.model.shape import Atom, Seq, Struct, Unknown, Value, one, only_atom
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
    multi = len(call.args) >= 3 or bool(call.args) and is_multi(call.args[0])
    if not multi:
        value = call.library()
        step = call.recorded()
        if step is not None:
            _record(call, step, call.args)
        return value
    step = call.step("multi", "build")
    given = [_made(call, arg) for arg in call.args]
    _record(call, step, given)
    return one(Struct("Ecto.Multi"), call.origin("Ecto.Multi"))


def _made(call: CallSite, arg: Value) -> Value:
    """What a step of a Multi inserts: the value itself, or what the function makes of changes."""
    return call.run(arg, call.anything(arg)) if is_function(arg) else arg


def _record(call: CallSite, step, given: list[Value]) -> None:
    for built in (alt for arg in given for alt in built_in(arg)):
        target = target_of(built.shape)
        key = (step.span, target, id(built.origin.step))
        if key not in call.interpreter.enqueues:
            made = built.origin.step
            options = made.options if made is not None else {}
            enqueue = Enqueue(step.span, target, options, step.function, made, step)
            call.interpreter.enqueues[key] = enqueue


def built_in(value: Value) -> list:
    """The jobs, not inserted yet, that a value is or lists."""
    alts = [*value, *(a for alt in value if isinstance(alt.shape, Seq) for a in alt.shape.element)]
    return [alt for alt in alts if target_of(alt.shape) is not None]


def new_job(call: CallSite) -> Value:
    """`Oban.Job.new(args, worker: Worker)`."""
    step = call.step("build", "job")
    worker = only_atom(step.options.get("worker", ()))
    fields = {JOB: one(Atom(worker))} if worker else {}
    return one(Struct("Ecto.Changeset", fields), call.origin("Oban.Job.new", step=step))


def target_of(shape) -> str | None:
    """The worker's module of a job that was built, None when it is none."""
    if isinstance(shape, Struct) and JOB in shape.fields:
        return only_atom(shape.fields[JOB])
    return shape.module if isinstance(shape, MaybeJob) else None


FUNCTIONS = {
    ("Oban", "insert"): insert,
    ("Oban", "insert!"): insert,
    ("Oban", "insert_all"): insert,
    ("Oban.Job", "new"): new_job,
}
