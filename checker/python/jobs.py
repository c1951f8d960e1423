"""Jobs that Python code builds and enqueues."""

from __future__ import annotations

import libcst as cst

from checker.model.declaration import Unawaited
from checker.model.job import DROPPED, Jobs, NewJob
from checker.model.shape import Map, Origin, Value, one
from checker.model.worker import Option
from checker.python.interpreter import Interpreter
from checker.python.names import ClassDefinition, File, FunctionDefinition, walk
from checker.python.shapes import coroutines_in
from checker.python.workers import light_worker

# What `new` and `enqueue` of a worker take besides the args (oban-py 0.7, oban/decorators.py).
OPTIONS = frozenset((
    "queue", "max_attempts", "priority", "tags", "meta", "scheduled_at", "scheduled_in",
    "schedule_in", "conn", "state",
))  # fmt: skip


class PythonJob(NewJob):
    """A job of Python. `transaction`: it is built inside of one, `conn`: it is given one;
    `definition`: the class or function that is its worker. `enqueued`: by `enqueue`."""

    __slots__ = ("transaction", "conn", "definition", "enqueued")

    @property
    def definition_is_function(self) -> bool:
        return isinstance(self.definition, FunctionDefinition)


class PythonJobs(Jobs):
    """Besides: coroutines of jobs that nobody awaits, calls of job functions (place → name),
    names of classes that the file defines."""

    def __init__(self) -> None:
        super().__init__()
        self.unawaited: list[Unawaited] = []
        self.called: list[tuple] = []
        self.classes: frozenset[str] = frozenset()


def new_job(target, name: str, given, place, file: File, scope, transaction: bool) -> PythonJob:
    """The job that `Worker.new(…)` or `Worker.enqueue(…)` builds."""
    job = PythonJob(target.name, place, (), scope.function)
    job.certain = True
    job.enqueued = name == "enqueue"
    job.elsewhere = scope.frame.site is not None
    job.transaction = transaction
    job.conn = "conn" in given.keywords or given.open
    job.definition = target
    spans = file.tree.spans
    if isinstance(target, FunctionDefinition):
        job.args = _parameters(target, given, place)
        taken = {p.name.value for p in target.node.params.params}
        taken |= {p.name.value for p in target.node.params.kwonly_params}
        job.options = {
            key: _option(key, value, given, spans)
            for key, value in given.keywords.items()
            if key not in taken
        }
        _places(job, given, spans, taken)
    else:
        job.args = given.get(0, "args") or one(Map({}, given.open))
        job.options = {
            key: _option(key, value, given, spans)
            for key, value in given.keywords.items()
            if key != "args"
        }
        _map_places(job, given, spans)
    job.options_known = not given.open
    return job


def _option(key: str, value: Value, given, spans) -> Option:
    arg = given.nodes.get(key)
    return Option(key, value, spans.get(arg, (0, 0)) if arg is not None else (0, 0))


def _parameters(target: FunctionDefinition, given, place) -> Value:
    """The args that a job function's call stands for."""
    names = [p.name.value for p in target.node.params.params]
    fields = {
        ("text", name): value for name, value in zip(names, given.positional, strict=False)
    }
    known = set(names) | {p.name.value for p in target.node.params.kwonly_params}
    fields.update({("text", k): v for k, v in given.keywords.items() if k in known})
    return one(Map(fields, given.open), Origin(place))


def _places(job: PythonJob, given, spans, taken) -> None:
    for index, name in enumerate(p.name.value for p in job.definition.node.params.params):
        arg = given.nodes.get(index) or given.nodes.get(name)
        if arg is not None and arg in spans:
            job.places[(job.span, name)] = spans[arg]
    for name in taken:
        arg = given.nodes.get(name)
        if arg is not None and arg in spans:
            job.places[(job.span, name)] = spans[arg]


def _map_places(job: PythonJob, given, spans) -> None:
    """Where each entry of a dictionary stands that is written down in the call."""
    arg = given.nodes.get(0) or given.nodes.get("args")
    if arg is None:
        return
    for node in walk(arg.value):
        if isinstance(node, cst.Dict):
            for element in node.elements:
                if isinstance(element, cst.DictElement):
                    key = getattr(element.key, "evaluated_value", None)
                    if isinstance(key, str):
                        job.places[(spans.get(node), key)] = spans.get(element)


def jobs(file: File, workers: list, found: dict, library, project) -> PythonJobs:
    """The jobs that a file builds, in its workers and anywhere else.

    `found`: definitions of workers by node; each function of the file is followed once.
    """
    made = PythonJobs()
    made.pro = file.imports("oban_pro")
    made.classes = frozenset(
        definition.name for definition in file.definitions if isinstance(definition, ClassDefinition)
    )
    interpreters = [worker.interpreter for worker in workers if worker.interpreter is not None]
    for function in _functions(file, found):
        interpreter = Interpreter(file, library, project)
        result = interpreter.run(function, _self(function, interpreter))
        _note_returned(interpreter, result)
        interpreters.append(interpreter)
        if interpreter.fuel > 0:
            made.unawaited += [u for u in unawaited(interpreter, ()) if u.enqueues]
    by_node = {id(worker.definition.node): worker for worker in workers}
    seen = {}
    for worker in workers:
        if worker.interpreter is None or worker.exhausted:
            continue
        for lost in unawaited(worker.interpreter, worker.returned):
            made.unawaited.append(lost)
    for interpreter in interpreters:
        for place, job in interpreter.jobs.items():
            if place not in seen:
                seen[place] = job
                key = id(job.definition.node)
                if key not in by_node:
                    by_node[key] = light_worker(job.definition, interpreter)
                job.worker = by_node[key]
        made.called += list(interpreter.called_jobs.items())
    made.built = [seen[place] for place in sorted(seen)]
    made.unawaited = list({lost.span: lost for lost in made.unawaited}.values())
    made.called = sorted(set(made.called))
    return made


def _self(function: FunctionDefinition, interpreter: Interpreter) -> dict:
    if function.owner is None or "builtins.staticmethod" in function.decorators:
        return {}
    params = function.node.params.params
    return {params[0].name.value: interpreter.instance(function.owner)} if params else {}


def _note_returned(interpreter: Interpreter, result: Value) -> None:
    """What a function returns, its caller may await."""
    for coroutine in coroutines_in(result):
        interpreter.awaited.add(coroutine.span)


class Lost(Unawaited):
    __slots__ = ("enqueues",)


def unawaited(interpreter: Interpreter, returned) -> list[Lost]:
    """Coroutines that were made and never awaited."""
    found = []
    for place, coroutine in interpreter.coroutines.items():
        if place not in interpreter.awaited:
            lost = Lost(place, coroutine.name, coroutine.function, place in returned)
            lost.enqueues = coroutine.enqueues
            found.append(lost)
    return found


def _functions(file: File, found: dict) -> list[FunctionDefinition]:
    """Every function of the file that is no worker's own."""
    listed = []
    for bound in file.definitions:
        if id(bound.node) in found:
            continue
        if isinstance(bound, FunctionDefinition):
            listed.append(bound)
        elif isinstance(bound, ClassDefinition):
            listed += bound.methods.values()
    return listed


__all__ = ["DROPPED", "OPTIONS", "jobs", "new_job"]
