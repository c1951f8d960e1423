"""Finds the workers and job functions of a Python file and models them."""

from __future__ import annotations

from functools import cached_property, partial

import libcst as cst

from checker.model.clause import Clause
from checker.model.declaration import Declaration, Failure, Parameter
from checker.model.shape import (
    NIL,
    Alt,
    Args,
    Atom,
    Float,
    Int,
    Opaque,
    Origin,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    of,
    one,
    only,
)  # fmt: skip
from checker.model.timing import Interval, NotAnInteger, Timing
from checker.model.worker import Option, Worker
from checker.python.interpreter import Interpreter, all_parameters
from checker.python.names import ClassDefinition, File, FunctionDefinition, statements, walk
from checker.python.results import RESULTS, outcomes
from checker.python.scope import Env, Frame, Scope
from checker.python.shapes import HERE, JOB, Coroutine, coroutines_in

WORKER, JOB_DECORATOR = "oban.worker", "oban.job"
DEFAULT_ATTEMPTS = 20  # (oban-py 0.7, src/oban/job.py)
MOST_ATTEMPTS = 40


class PythonWorker(Worker):
    """A worker in Python: besides, its `declaration`, its `failures` (raises), and how it was
    followed."""

    def __init__(self, name: str, span, use_span) -> None:
        super().__init__(name, span, use_span)
        self.language = "python"
        self.declaration = Declaration(False)
        self.failures: list[Failure] = []
        self.interpreter: Interpreter | None = None
        self.definition = None
        self.returned: frozenset = frozenset()

    @cached_property
    def outcomes(self):
        """Every way it can end by what it returns; `failures` are the others."""
        return outcomes(self.outcome)


def workers(file: File, library, project=None) -> list[PythonWorker]:
    """The workers of a file, in order."""
    found = []
    for definition, decorator, nested in declared(file, project):
        found.append(_model(definition, decorator, nested, file, library, project))
    named = {worker.name: worker for worker in found}
    for worker in found:
        worker.siblings = named
    return found


def declared(file: File, project=None) -> list[tuple]:
    """`(definition, decorator, nested)` of everything that Oban's decorators stand on."""
    found = []
    if file.tree.module is not None:
        _declared_in(file.tree.module.body, file, project, "", False, found)
    return found


def _declared_in(body, file: File, project, outer: str, nested: bool, found: list) -> None:
    for node in statements(body):
        if isinstance(node, (cst.ClassDef, cst.FunctionDef)):
            if isinstance(node, cst.ClassDef):
                definition = ClassDefinition(node, file, outer)
            else:
                definition = FunctionDefinition(node, None, file, outer)
            for decorator in node.decorators:
                name = decorator_name(decorator, file, project)
                if name in (WORKER, JOB_DECORATOR):
                    found.append((definition, decorator, nested))
                    break
            inside = nested or isinstance(node, cst.FunctionDef)
            name = f"{outer}.{node.name.value}" if outer else node.name.value
            _declared_in(node.body, file, project, name, inside, found)
        elif isinstance(node, (cst.If, cst.Try, cst.With, cst.For, cst.While)):
            from checker.python.names import blocks

            for block in blocks(node):
                _declared_in(block, file, project, outer, nested, found)


def decorator_name(decorator: cst.Decorator, file: File, project) -> str | None:
    """The full name of a decorator; of one that the project only hands on, the real one's."""
    called = decorator.decorator
    name = file.dotted(called.func if isinstance(called, cst.Call) else called)
    if name is None or name.startswith("oban.") or project is None:
        return name
    found = project.definition(name)
    return found if isinstance(found, str) else name


def _model(definition, decorator, nested: bool, file: File, library, project) -> PythonWorker:
    spans = file.tree.spans
    is_function = isinstance(definition, FunctionDefinition)
    name = definition.label if is_function else definition.name
    use = spans.get(decorator.decorator, (0, 0))
    worker = PythonWorker(name, spans.get(definition.node.name, use), use)
    worker.definition = definition
    worker.pro = file.imports("oban_pro")
    interpreter = Interpreter(file, library, project)
    worker.interpreter = interpreter
    declaration = worker.declaration = Declaration(is_function)
    declaration.nested = nested
    declaration.bare = not isinstance(decorator.decorator, cst.Call)
    _read_options(decorator, worker, interpreter, file)
    _read_cron(worker)
    worker.read_mentions = partial(_mentions, definition)
    if is_function:
        _function_worker(worker, definition, interpreter, spans)
    else:
        _class_worker(worker, definition, interpreter, spans)
    return worker


def _read_options(decorator, worker: PythonWorker, interpreter, file: File) -> None:
    call = decorator.decorator
    if not isinstance(call, cst.Call):
        return
    scope = Scope(Frame(file, None, "", None, 0))
    for arg in call.args:
        value = interpreter.eval(arg.value, Env({}), scope)
        span = file.tree.spans.get(arg, (0, 0))
        if arg.keyword is not None:
            key = file.tree.spans.get(arg.keyword)
            worker.options[arg.keyword.value] = Option(arg.keyword.value, value, span, key)
        elif arg.star == "**":
            shape = only(value)
            fields = getattr(shape, "fields", None)
            if fields is None or shape.open:
                worker.options_known = False
                continue
            for key, held in fields.items():
                worker.options[str(key[1])] = Option(str(key[1]), held, span)
        else:
            worker.options_known = False
    interpreter.coroutines.clear()


def _read_cron(worker: PythonWorker) -> None:
    """`cron="…"` or `cron={"expr": "…"}`."""
    option = worker.options.get("cron")
    shape = only(option.value) if option is not None else None
    if hasattr(shape, "fields") and not isinstance(shape, Struct):
        held = shape.fields.get(("text", "expr"))
        shape = only(held) if held else None
        place = held[0].origin.span if held else None
    else:
        place = option.value[0].origin.span if option is not None and option.value else None
    if isinstance(shape, Text) and shape.value is not None and place is not None:
        worker.declaration.cron = (shape.value, place)


def _class_worker(worker, definition: ClassDefinition, interpreter, spans) -> None:
    declaration = worker.declaration
    process = interpreter.method(definition, "process")
    own = {n for each in interpreter.lineage(definition) for n in each.methods}
    worker.callbacks = frozenset(f"{name}/1" for name in own)
    unknown_base = interpreter.has_unknown_base(definition)
    if unknown_base:
        worker.callbacks |= {"backoff/1", "timeout/1"}  # perhaps
    if process is None:
        if not unknown_base and "process" not in definition.constants:
            worker.missing = "perform" if "perform" in own else "absent"
        return
    local = process.file is definition.file
    if (not process.is_async or process.is_generator) and local:
        if not _returns_awaitable(process):
            declaration.sync = spans.get(process.node.name)
    _read_init(worker, definition, interpreter, spans)
    backoff = definition.methods.get("backoff")
    if backoff is not None and backoff.is_async:
        declaration.awaited_backoff = spans.get(backoff.node.name)
    worker.read_timing = partial(_timing, worker, interpreter, definition)
    worker.read_clauses = partial(_clauses, definition, process, spans)
    _run(worker, process, definition, interpreter)


def _returns_awaitable(process: FunctionDefinition) -> bool:
    """A plain `def process` that hands back something that may be awaited."""
    if process.is_async:
        return False
    return any(
        isinstance(node, cst.Return)
        and isinstance(node.value, cst.Call)
        and process.file.dotted(node.value.func) not in RESULTS
        for node in walk(process.node.body)
    )


def _read_init(worker, definition, interpreter, spans) -> None:
    method = interpreter.method(definition, "__init__")
    if method is None or method.file is not definition.file:
        return
    params = method.node.params
    listed = [*params.posonly_params, *params.params][1:] + list(params.kwonly_params)
    if any(param.default is None for param in listed):
        worker.declaration.needs = spans.get(method.node.name)


def _run(worker, process: FunctionDefinition, definition: ClassDefinition, interpreter) -> None:
    given = {}
    names = [p.name.value for p in (*process.node.params.posonly_params, *process.node.params.params)]
    instance = interpreter.instance(definition)
    for name, value in zip(names, (instance, job_value()), strict=False):
        given[name] = value
    try:
        value = interpreter.run(process, given)
    except RecursionError:
        worker.broken = True
        return
    _collect(worker, value, interpreter)


def _function_worker(worker, definition: FunctionDefinition, interpreter, spans) -> None:
    params = definition.node.params
    found = worker.declaration.parameters
    for kind, listed in (
        ("positional", params.posonly_params), ("plain", params.params),
        ("plain", params.kwonly_params),
    ):  # fmt: skip
        for param in listed:
            name, place = param.name.value, spans.get(param, (0, 0))
            found.append(Parameter(name, place, kind, param.default is None))
    for kind, star in (("args", params.star_arg), ("kwargs", params.star_kwarg)):
        if isinstance(star, cst.Param):
            found.append(Parameter(star.name.value, spans.get(star, (0, 0)), kind, False))
    worker.read_clauses = partial(_function_clauses, definition)
    given = {}
    for param in all_parameters(params):
        origin = Origin(None)
        origin.arg = param.name.value
        given[param.name.value] = one(Unknown(None, True), origin)
    try:
        value = interpreter.run(definition, given)
    except RecursionError:
        worker.broken = True
        return
    if not definition.is_async and definition.is_generator:
        value = of(Opaque("generator"))
    _collect(worker, value, interpreter)


def job_value(attempt: int | None = None) -> Value:
    """The job that `process` gets (oban-py 0.7, src/oban/job.py)."""
    count = Int(attempt, attempt) if attempt is not None else Int(1, None)
    counted = Origin(None, fresh=None if attempt is not None else HERE)
    counted.words = frozenset(("job.attempt",))
    fields = {
        "args": of(Args()),
        "id": of(Int(1, None)),
        "attempt": one(count, counted),
        "max_attempts": of(Int(1, None)),
        "queue": of(Text()),
        "worker": of(Text()),
        "state": of(Text()),
        "priority": of(Int(0, 9)),
        "inserted_at": of(Struct("datetime.datetime")),
        "scheduled_at": of(Struct("datetime.datetime")),
        "attempted_at": one(Struct("datetime.datetime"), Origin(None, fresh=HERE)),
    }
    return one(Struct(JOB, {("atom", name): value for name, value in fields.items()}))


def _collect(worker: PythonWorker, value: Value, interpreter: Interpreter) -> None:
    worker.returned = frozenset(c.span for c in coroutines_in(value))
    worker.outcome = tuple(map(_as_outcome, value))
    for raised in sorted(interpreter.raised.values(), key=lambda r: r.span):
        failure = Failure(raised.span, raised.function, raised.value, raised.handler)
        failure.words, failure.untraced = raised.words, raised.untraced
        worker.failures.append(failure)
    worker.steps = sorted(interpreter.steps.values(), key=lambda step: step.order)
    for step in worker.steps:
        if step.has("async") and step.span in interpreter.awaited:
            step.escapes = True
    worker.handlers = sorted(interpreter.handlers.values(), key=lambda h: h.span)
    worker.drops = sorted(interpreter.drops.values(), key=lambda drop: drop.span)
    worker.trails = interpreter.trails
    worker.exhausted = interpreter.fuel < 0
    worker.broken = worker.broken or worker.exhausted


def _as_outcome(alt: Alt) -> Alt:
    """Results of oban-py in the words of the model: `Cancel(x)` is a pair of cancel and x."""
    shape = alt.shape
    if isinstance(shape, Struct) and ("atom", "refused") not in shape.fields:
        if shape.name == "oban.Cancel":
            held = shape.fields.get(("atom", "reason"), of(NIL))
            return Alt(Tup((of(Atom("cancel")), held)), alt.origin)
        if shape.name == "oban.Snooze":
            held = shape.fields.get(("atom", "seconds"), of(Int()))
            return Alt(Tup((of(Atom("snooze")), held)), alt.origin)
    return alt


def _timing(worker, interpreter: Interpreter, definition: ClassDefinition, name: str):
    """The worker's own backoff or timeout, in the attempts that it may have."""
    method = interpreter.method(definition, name)
    if method is None or method.file is not definition.file or method.is_generator:
        return None
    names = [p.name.value for p in method.node.params.params]
    instance = interpreter.instance(definition)

    def run(attempt: int | None) -> Value:
        inner = Interpreter(interpreter.file, interpreter.library, interpreter.project)
        given = dict(zip(names, (instance, job_value(attempt)), strict=False))
        value = inner.run(method, given)
        return value if inner.fuel > 0 else ()

    if method.is_async:
        span = interpreter.file.tree.spans.get(method.node.name, (0, 0))
        value = one(Coroutine(None, span, name, method.label), Origin(span, method.label))
        return Timing(span, method.label, value, [NotAnInteger("a coroutine")], {})
    shape = only(worker.option("max_attempts") or ())
    most = shape.value if isinstance(shape, Int) and shape.value else DEFAULT_ATTEMPTS
    shown = max(1, min(most, MOST_ATTEMPTS)) - (name == "backoff")
    value = run(None)
    varies = any(not _is_number(alt.shape) or alt.shape.value is None for alt in value)
    if varies or len(value) > 1:
        each = [_answer(run(attempt)) for attempt in range(1, shown + 1)]
    else:
        each = [_answer(value)] * shown
    span = interpreter.file.tree.spans.get(method.node.name, (0, 0))
    return Timing(span, method.label, value, each, {})


def _is_number(shape) -> bool:
    return isinstance(shape, (Int, Float))


def _answer(value: Value):
    """A wait of one attempt: floats count as the seconds they are near to."""
    answers = [_seconds(alt) for alt in value]
    if not answers or None in answers:
        wrong = [a for a in answers if isinstance(a, NotAnInteger)]
        return wrong[0] if wrong and len(wrong) == len(answers) else None
    wrong = [a for a in answers if isinstance(a, NotAnInteger)]
    if wrong:
        return NotAnInteger(wrong[0].what, len(wrong) == len(answers))
    return Interval(min(a.low for a in answers), max(a.high for a in answers))


def _seconds(alt: Alt):
    shape = alt.shape
    if isinstance(shape, (Int, Float)):
        if shape.value is None:
            return None
        return Interval(int(shape.value), -int(-shape.value // 1))
    if isinstance(shape, Struct) and shape.name == "datetime.timedelta":
        return NotAnInteger("a `timedelta`")
    if shape == NIL:
        return NotAnInteger("`None`")
    return None


def light_worker(definition, interpreter: Interpreter) -> PythonWorker:
    """A worker of another file, as far as those that enqueue it ask."""
    place = definition.file.tree.spans.get(definition.node.name, (0, 0))
    worker = PythonWorker(definition.name, place, place)
    worker.definition = definition
    if isinstance(definition, FunctionDefinition):
        worker.read_clauses = partial(_function_clauses, definition)
        return worker
    process = interpreter.method(definition, "process")
    if process is not None and not interpreter.has_unknown_base(definition):
        spans = definition.file.tree.spans
        worker.read_clauses = partial(_clauses, definition, process, spans)
    return worker


def _function_clauses(definition: FunctionDefinition) -> list[Clause]:
    """A job function cannot do without the parameters that have no default."""
    clause = Clause((0, 0))
    params = definition.node.params
    if params.posonly_params or isinstance(params.star_arg, cst.Param) or params.star_kwarg:
        return []
    for param in (*params.params, *params.kwonly_params):
        (clause.read if param.default is None else clause.asked).add(param.name.value)
    return [clause]


def _clauses(definition: ClassDefinition, process: FunctionDefinition, spans) -> list[Clause]:
    """What keys of the args `process` and its helpers cannot do without."""
    clause = Clause(spans.get(process.node.name, (0, 0)))
    clause.takes_all = True
    guarded = set()
    nodes = [definition.node, process.node] if process.owner is not definition else [definition.node]
    for top in nodes:
        for node in walk(top):
            if isinstance(node, cst.Subscript) and _is_args(node.value):
                key = _key(node.slice[0].slice) if len(node.slice) == 1 else None
                if key is not None:
                    clause.read.add(key)
                else:
                    clause.passes_on = True
            elif isinstance(node, cst.Comparison) and any(
                isinstance(t.operator, (cst.In, cst.NotIn)) and _is_args(t.comparator)
                for t in node.comparisons
            ):
                guarded.add(getattr(node.left, "evaluated_value", None))
            elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                if _is_args(node.func.value):
                    first = node.args[0].value if node.args else None
                    key = getattr(first, "evaluated_value", None)
                    if node.func.attr.value == "get" and isinstance(key, str):
                        clause.asked.add(key)
                    else:
                        clause.passes_on = True
    clause.read -= guarded
    clause.passes_on = clause.passes_on or _counts(nodes) > len(_uses(nodes))
    return [clause]


def _uses(nodes) -> list:
    """Places where one key of the args is asked for."""
    found = []
    for top in nodes:
        for node in walk(top):
            if isinstance(node, cst.Subscript) and _is_args(node.value):
                found.append(node)
            elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                if _is_args(node.func.value):
                    found.append(node)
            elif isinstance(node, cst.ComparisonTarget) and _is_args(node.comparator):
                found.append(node)
    return found


def _counts(nodes) -> int:
    return sum(_is_args(node) for top in nodes for node in walk(top))


def _is_args(node) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == "args"


def _key(index) -> str | None:
    value = getattr(getattr(index, "value", None), "evaluated_value", None)
    return value if isinstance(value, str) else None


def _mentions(definition) -> frozenset[str]:
    """What `process` and its helpers speak of."""
    words: set[str] = set()
    for statement in statements(definition.node.body):
        name = statement.name.value if isinstance(statement, cst.FunctionDef) else ""
        if name in ("backoff", "timeout"):
            continue
        for node in walk(statement):
            if isinstance(node, cst.Name):
                words.add(node.value)
            elif isinstance(node, cst.SimpleString):
                text = node.evaluated_value
                if isinstance(text, str) and len(text) < 40:
                    words.add(text)
    return frozenset(words)
