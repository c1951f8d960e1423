"""What the workers and job functions of a Python file do, as facts for a reader."""

from __future__ import annotations

from checker.check import FileFacts
from checker.explanation import (
    DEFAULT,
    DEFAULT_ATTEMPTS,
    ELSEWHERE,
    EXIT,
    MOST_ATTEMPTS,
    OWN,
    STATES,
    Backoff,
    Explanation,
    OptionRow,
    OutcomeRow,
    RaiseRow,
    Reader,
    Timeout,
    by_place,
    deciding_span,
    problem_of,
    timeline_of,
)
from checker.language import PYTHON
from checker.model.idempotency import PERHAPS_UNIQUE, UNIQUE
from checker.model.outcome import RETRIED, SNOOZED, UNKNOWN, Outcome
from checker.model.shape import Atom, Float, Int, Map, Seq, Shape, Struct, Text, Tup, only
from checker.model.timing import Interval
from checker.python.front import read
from checker.python.results import STUCK
from checker.python.waits import default_wait, timeouts, waits
from checker.python.workers import PythonWorker
from checker.source import Source

# Neither is an `Exception`, so that Oban records neither (oban-py 0.7.0, measured).
UNRECORDED = frozenset(("builtins.SystemExit", "asyncio.CancelledError"))
CONSTANTS = {"nil": "None", "true": "True", "false": "False"}


class PythonReader(Reader):
    """Makes the explanations of one file's workers."""

    def __init__(self, source: Source, config, project) -> None:
        super().__init__(source)
        self._facts = FileFacts(PYTHON)
        read(source, config, self._facts, project)

    def workers(self) -> list[PythonWorker]:
        return self._facts.workers

    def explanation(self, worker: PythonWorker) -> Explanation:
        attempts = _max_attempts(worker)
        backoff, timeline, reason = self._retries(worker, attempts)
        return Explanation(
            name=_full_name(worker),
            language=PYTHON,
            path=self.source.path,
            place=self._whole(worker),
            wrapper=None,
            options_known=worker.options_known,
            options=tuple(self._option(worker, name) for name in worker.options),
            max_attempts=attempts,
            attempts_overridden=any("max_attempts" in job.options for job in worker.jobs),
            unique_elsewhere=False,
            outcomes=self._outcomes(worker, attempts),
            raises=self._raises(worker),
            effects=self.effects(worker),
            backoff=backoff,
            timeline=timeline,
            timeout=self._timeout(worker, attempts),
            reasons=tuple(_reasons(worker, reason)),
        )

    def guards(self, worker: PythonWorker, step) -> list:
        """Without Oban Pro nothing looks at `unique` (oban-py 0.7.0, measured)."""
        found = super().guards(worker, step)
        return [g for g in found if worker.pro or g.kind not in (UNIQUE, PERHAPS_UNIQUE)]

    def _whole(self, worker: PythonWorker):
        """From the decorator to the end."""
        node = worker.definition.node
        spans = worker.definition.file.tree.spans
        end = spans.get(node, worker.span)[1]
        text = self.source.data[worker.use_span[0] : end].rstrip()
        return self.place((worker.use_span[0], worker.use_span[0] + len(text)))

    def _option(self, worker: PythonWorker, name: str) -> OptionRow:
        span = worker.options[name].span
        written = self.text(span)
        is_named = written.startswith(name)
        value = written.partition("=")[2].strip() if is_named else _described_option(worker, name)
        return OptionRow(name, value, self.place(span))

    # -- outcomes ----------------------------------------------------------------------

    def _outcomes(self, worker: PythonWorker, attempts: int | None) -> tuple[OutcomeRow, ...]:
        rows = [self._outcome(outcome, worker, attempts) for outcome in worker.outcomes]
        return tuple(sorted(dict.fromkeys(rows), key=by_place))

    def _outcome(self, outcome: Outcome, worker, attempts: int | None) -> OutcomeRow:
        origin, shape = outcome.origin, outcome.shape
        span = deciding_span(outcome) or worker.span
        kind = RETRIED if worker.declaration.sync is not None else outcome.kind
        state = "executing" if kind == STUCK else STATES[kind]
        if kind == RETRIED and attempts == 1:
            state = "discarded"
        text = self.text(span)
        unknown = kind == UNKNOWN
        value = described(shape)
        written = unknown or not isinstance(shape, (Atom, Int, Float, Text, Seq, Map))
        as_written = (written or value == text or origin.literal) and not origin.implicit
        return OutcomeRow(
            value=text if as_written else value,
            state=state,
            place=self.place(span),
            origin=None if as_written or origin.implicit else text,
            unwritten=origin.implicit,
            via=str(origin.trail) if origin.trail else None,
            depends_on=(origin.call or getattr(shape, "call", None)) if unknown else None,
            seconds=_snooze(shape) if kind == SNOOZED else None,
        )

    def _raises(self, worker: PythonWorker) -> tuple[RaiseRow, ...]:
        rows = [
            RaiseRow(EXIT if _is_unrecorded(f) else "raise", self.text(f.span), self.place(f.span))
            for f in worker.failures
        ]
        rows += [
            RaiseRow(EXIT, self.text(step.span), self.place(step.span))
            for step in worker.steps
            if step.has("exits")
        ]
        return tuple(sorted(dict.fromkeys(rows), key=by_place))

    # -- time --------------------------------------------------------------------------

    def _retries(self, worker: PythonWorker, attempts: int | None):
        """(where waits come from, the attempts as far as they are known, why no further)."""
        shown = min(attempts or 1, MOST_ATTEMPTS)
        method = _callback(worker, "backoff")
        reason = None
        if method is not None:
            find = _finder(worker)
            found, reason = waits(method, worker.definition, find, shown - 1, attempts)
            kind, place = OWN, self._written(worker, method)
        elif _may_inherit(worker):
            found, kind, place = [None] * (shown - 1), ELSEWHERE, self.place(worker.use_span)
        else:
            found = [default_wait(number, attempts) for number in range(1, shown)]
            kind, place = DEFAULT, None
        timeline, problem = timeline_of(found)
        what, sometimes = problem_of(problem) if len(timeline) < shown else (None, False)
        return Backoff(kind, place, what, sometimes), timeline, reason

    def _timeout(self, worker: PythonWorker, attempts: int | None) -> Timeout:
        method = _callback(worker, "timeout")
        if method is None:
            if _may_inherit(worker):
                return Timeout(ELSEWHERE, self.place(worker.use_span), problem="unknown")
            return Timeout(DEFAULT)
        shown = min(attempts or 1, MOST_ATTEMPTS)
        answers, _reason = timeouts(method, worker.definition, _finder(worker), shown, attempts)
        place = self._written(worker, method)
        for answer in answers:
            if not isinstance(answer, Interval):
                what, sometimes = problem_of(answer)
                return Timeout(OWN, place, problem=what, sometimes=sometimes)
        low = min(answer.low for answer in answers)
        return Timeout(OWN, place, low, max(answer.high for answer in answers))

    def _written(self, worker: PythonWorker, method):
        """The method's place; for one of another file, that of what it is inherited by."""
        if method.file is not worker.definition.file:
            return self.place(worker.use_span)
        start, end = method.file.tree.spans.get(method.node, worker.span)
        name = method.file.tree.spans.get(method.node.name, worker.span)
        line = self.source.data.rfind(b"\n", 0, name[0]) + 1
        first = max(start, line) + len(self.source.data[max(start, line) : name[0]]) - len(
            self.source.data[max(start, line) : name[0]].lstrip()
        )
        return self.place((first, first + len(self.source.data[first:end].rstrip())))


def _full_name(worker: PythonWorker) -> str:
    module = worker.definition.file.name
    return f"{module}.{worker.name}" if module else worker.name


def _max_attempts(worker: PythonWorker) -> int | None:
    value = worker.option("max_attempts")
    if value is None:
        return DEFAULT_ATTEMPTS if worker.options_known else None
    shape = only(value)
    known = isinstance(shape, Int) and shape.value is not None and shape.value > 0
    return shape.value if known else None


def _callback(worker: PythonWorker, name: str):
    if worker.declaration.function:
        return None
    return worker.interpreter.method(worker.definition, name)


def _may_inherit(worker: PythonWorker) -> bool:
    """Whether a base class that is not known may have the callback."""
    if worker.declaration.function:
        return False
    return worker.interpreter.has_unknown_base(worker.definition)


def _finder(worker: PythonWorker):
    """Methods and constants of the class, and of its bases that are known."""

    def find(name: str):
        for each in worker.interpreter.lineage(worker.definition):
            found = each.methods.get(name) or each.constants.get(name)
            if found is not None:
                return found
        return None

    return find


def _is_unrecorded(failure) -> bool:
    shape = only(failure.value or ())
    return getattr(shape, "name", None) in UNRECORDED


def _snooze(shape: Shape) -> int | None:
    seconds = only(shape.items[1])
    return seconds.value if isinstance(seconds, Int) else None


def _reasons(worker: PythonWorker, waits_unknown: str | None):
    declared = worker.declaration
    if worker.missing:
        yield "It has no `process`, so every attempt fails."
    elif declared.sync is not None:
        yield "`process` is no `async def`: what it answers cannot be awaited, and every attempt fails."
    elif not worker.outcomes and not worker.failures and not worker.broken:
        yield "What it ends in is not known, or it never ends."
    if declared.needs is not None:
        yield "Its `__init__` asks for arguments that Oban does not give, so every attempt fails."
    if waits_unknown:
        yield f"The wait of `backoff` cannot be worked out: {waits_unknown}."
    if worker.broken:
        yield "It is too large to be followed in full, so something may be missing here."


# -- values in words -------------------------------------------------------------------


def described(shape: Shape) -> str:
    """A shape much as Python would write it."""
    if isinstance(shape, Atom):
        return CONSTANTS.get(shape.name, "a value")
    if isinstance(shape, Tup) and shape.head in ("cancel", "snooze"):
        return f"{shape.head.capitalize()}(…)"
    if isinstance(shape, Tup):
        return "a tuple"
    if isinstance(shape, (Int, Float)):
        kind = "an integer" if isinstance(shape, Int) else "a float"
        return str(shape.value) if shape.value is not None else kind
    if isinstance(shape, Text):
        return "a string"
    if isinstance(shape, Seq):
        return "a list"
    if isinstance(shape, Map):
        return "a dictionary"
    if isinstance(shape, Struct) and shape.name:
        return f"an instance of {shape.name.rpartition('.')[2]}"
    return "a value"


def _described_option(worker: PythonWorker, name: str) -> str:
    shape = only(worker.options[name].value)
    if isinstance(shape, Text) and shape.value is not None:
        return repr(shape.value)
    return described(shape) if shape is not None else "a value"

