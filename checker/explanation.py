"""What a worker does, as facts for a reader: outcomes, effects and their guards, retries.

`explain` gives them for every worker of a file, `Explanation.at` those of one line.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace

from checker.check import RECURSION
from checker.elixir import syntax
from checker.elixir.arithmetic import (
    Interval,
    NotAnInteger,
    backoff_waits,
    constant,
    default_wait,
    timeouts,
)
from checker.elixir.library import library
from checker.elixir.modules import Function, ModuleDef, modules
from checker.elixir.workers import workers
from checker.flaw import flaw_in
from checker.language import PYTHON, language_of
from checker.model.idempotency import (
    AT_MOST_ONCE,
    UNIQUE,
    effect,
    effects,
    guards,
    in_loop,
    is_unique,
)
from checker.model.outcome import (
    CANCELLED,
    COMPLETED,
    DISCARDED,
    RETRIED,
    SNOOZED,
    UNKNOWN,
    UNRECOGNISED,
    Outcome,
)
from checker.model.shape import (
    Args,
    Atom,
    Float,
    Func,
    Int,
    Map,
    Seq,
    Shape,
    Struct,
    Text,
    Tup,
    Value,
    only,
)
from checker.model.worker import Worker
from checker.source import Source, offender

DEFAULT_ATTEMPTS = 20  # (oban 2.23.1, lib/oban/job.ex)
MOST_ATTEMPTS = 100  # what is told of a worker that is tried more often
MOST_NESTED = 3

# The state of the job, as its row says it (oban 2.23.1, lib/oban/queue/executor.ex).
STATES = {
    COMPLETED: "completed",
    UNRECOGNISED: "completed",  # with a warning in the log
    RETRIED: "retryable",
    CANCELLED: "cancelled",
    DISCARDED: "discarded",
    SNOOZED: "scheduled",
    UNKNOWN: "unknown",
}
PLAIN_ATOMS = frozenset(("nil", "true", "false"))

NO_CLAUSE, EXIT = "no_clause", "exit"

# Where the waits between attempts come from, and what kind of time limit there is.
DEFAULT, OWN, ELSEWHERE = "default", "own", "elsewhere"


@dataclass(frozen=True)
class Place:
    """Lines and columns from 1; `end_line` is the last line."""

    line: int
    column: int
    end_line: int

    def covers(self, line: int) -> bool:
        return self.line <= line <= self.end_line


@dataclass(frozen=True)
class OutcomeRow:
    """A way to end: its value, and `state`, that of the job then.

    `origin` is the expression that gives it where the value is not written there, else None;
    `unwritten` the construct that yields it because a branch is missing (`if`, `with` …).
    `via` names the function of another file that decides it. `recognised` is False for a value
    that Oban logs. `depends_on` names the function that decides a state that is not known.
    `seconds` are those of a snooze.
    """

    value: str
    state: str
    place: Place
    origin: str | None = None
    unwritten: str | None = None
    via: str | None = None
    recognised: bool = True
    depends_on: str | None = None
    seconds: int | None = None


@dataclass(frozen=True)
class RaiseRow:
    """A place that may `raise`, `throw` or `exit` (`kind`): the attempt fails then.

    Of `no_clause`, `text` is the function or the first clause where none may match.
    """

    kind: str
    text: str
    place: Place


@dataclass(frozen=True)
class GuardRow:
    """See `checker.model.idempotency.Guard`; `line` None when it stands nowhere in the file."""

    kind: str
    name: str
    line: int | None
    fresh_line: int | None = None


@dataclass(frozen=True)
class EffectRow:
    """An act on the world; `via` names the function of another file that does it."""

    kind: str
    call: str
    via: str | None
    per_item: bool
    guards: tuple[GuardRow, ...]
    place: Place


@dataclass(frozen=True)
class OptionRow:
    """An option as written; `inherited`: the wrapper's, whose place is where it is used."""

    name: str
    text: str
    place: Place
    inherited: bool = False


@dataclass(frozen=True)
class Attempt:
    """Seconds: the wait before an attempt, and since the first one failed. 0 for the first."""

    number: int
    wait_min: int
    wait_max: int
    total_min: int
    total_max: int


@dataclass(frozen=True)
class Backoff:
    """Where waits come from: `default`, the worker's `own` backoff/1, or `elsewhere`.

    `place` is that of backoff/1. The waits are known up to the timeline's last attempt; what
    comes after that one is `problem`: `unknown`, or what backoff/1 answers instead of an
    integer (`sometimes`: may answer), or None when all are known.
    """

    kind: str
    place: Place | None = None
    problem: str | None = None
    sometimes: bool = False


@dataclass(frozen=True)
class Timeout:
    """`none`, `own` or `elsewhere`; milliseconds `low` to `high` (infinite: no limit).

    `problem` as in Backoff.
    """

    kind: str
    place: Place | None = None
    low: float | None = None
    high: float | None = None
    problem: str | None = None
    sometimes: bool = False


@dataclass(frozen=True)
class Explanation:
    """One worker, whose whole module (class, function) is `place`.

    `max_attempts` is None when it is not known; `attempts_overridden` tells whether a job may be
    given another number, `unique_elsewhere` whether `unique` is given wherever it is enqueued.
    `wrapper`: the module it is made with, which may set more. `reasons` are sentences on why
    something is missing here.
    """

    name: str
    language: str
    path: str
    place: Place
    wrapper: str | None
    options_known: bool
    options: tuple[OptionRow, ...]
    max_attempts: int | None
    attempts_overridden: bool
    unique_elsewhere: bool
    outcomes: tuple[OutcomeRow, ...]
    raises: tuple[RaiseRow, ...]
    effects: tuple[EffectRow, ...]
    backoff: Backoff
    timeline: tuple[Attempt, ...]
    timeout: Timeout
    reasons: tuple[str, ...] = field(default=())

    def at(self, line: int) -> Explanation:
        """Only what stands on a line; what begins there before what merely covers it."""
        parts = {
            "options": self.options, "outcomes": self.outcomes, "raises": self.raises,
            "effects": self.effects,
        }  # fmt: skip
        found = {name: _beginning(rows, line) for name, rows in parts.items()}
        waits, limits = _covers(self.backoff, line), _covers(self.timeout, line)
        if not any(found.values()) and not waits and not limits:
            found = {name: _covering(rows, line) for name, rows in parts.items()}
        return replace(self, timeline=self.timeline if waits else (), **found)


def _covers(callback: Backoff | Timeout, line: int) -> bool:
    return callback.place is not None and callback.place.covers(line)


def _beginning(rows: tuple, line: int) -> tuple:
    return tuple(row for row in rows if row.place.line == line or _guards_on(row, line))


def _guards_on(row, line: int) -> bool:
    """Whether what guards this one stands there; options guard every one and tell of themselves."""
    own = [g for g in getattr(row, "guards", ()) if g.kind not in (AT_MOST_ONCE, UNIQUE)]
    return any(line in (g.line, g.fresh_line) for g in own)


def _covering(rows: tuple, line: int) -> tuple:
    """The narrowest that cover a line."""
    found = [row for row in rows if row.place.covers(line)]
    found = [row for row in found if getattr(row, "kind", None) != NO_CLAUSE]  # whole functions
    least = min((row.place.end_line - row.place.line for row in found), default=0)
    return tuple(row for row in found if row.place.end_line - row.place.line == least)


def explain(source: Source, config, project=None) -> list[Explanation]:
    """Every worker of a text, in order, with what its `checker.project.Project` tells.

    Raises nothing for what the text holds; what cannot be read has no workers.
    """
    flaw = flaw_in(source.data, source.path)
    if flaw is not None and not flaw.partial:
        return []
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    if language_of(source.path) == PYTHON:
        from checker.explanation_python import PythonReader  # no Elixir file needs it

        reader = PythonReader(source, config, project)
    else:
        reader = _ElixirReader(source, config, project)
    return [reader.explanation(worker) for worker in reader.workers()]


class Reader:
    """What the explanations of both languages have in common."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def place(self, span) -> Place:
        line, column = self.source.position(span[0])
        return Place(line, column, self.source.line_of(max(span[0], span[1] - 1)))

    def text(self, span) -> str:
        return offender(self.source.slice(span))

    def effects(self, worker: Worker) -> tuple[EffectRow, ...]:
        rows = [
            EffectRow(
                kind=effect(step),
                call=step.call,
                via=str(step.trail) if step.trail else None,
                per_item=in_loop(step),
                guards=tuple(self.guard(guard) for guard in self.guards(worker, step)),
                place=self.place(step.span),
            )
            for step in effects(worker)
        ]
        return tuple(sorted(rows, key=by_place))

    def guards(self, worker: Worker, step) -> list:
        return guards(worker, step)

    def guard(self, guard) -> GuardRow:
        lines = [self.source.line_of(s[0]) if s else None for s in (guard.span, guard.fresh)]
        return GuardRow(guard.kind, guard.name, *lines)


class _ElixirReader(Reader):
    """Makes the explanations of one file's workers."""

    def __init__(self, source: Source, config, project) -> None:
        super().__init__(source)
        self.wrappers = tuple(config.wrappers)
        self.project = project
        self.known = library(config.shapes, config.effects)
        tree = syntax.parse(source.data)
        self.modules = {module.name: module for module in modules(tree)}
        others = project.others if project is not None else None
        self.around = (list(self.modules.values()), self.known, others)
        self.nodes = {node.span: node for node in syntax.walk(tree.exprs)}
        self.clauses = {
            clause.span: function.label
            for module in self.modules.values()
            for function in module.functions.values()
            for clause in function.clauses
        }

    def workers(self) -> list[Worker]:
        found_modules, known, others = self.around
        found = workers(found_modules, known, self.wrappers, others)
        for worker in found if self.project is not None else ():
            worker.version = self.project.around.version
        return found

    def explanation(self, worker: Worker) -> Explanation:
        module = self.modules[worker.name]
        attempts = max_attempts_of(worker)
        backoff, timeline = self._retries(worker, module, attempts)
        return Explanation(
            name=worker.name,
            language=worker.language,
            path=self.source.path,
            place=self.place(module.span),
            wrapper=worker.wrapper,
            options_known=worker.options_known,
            options=tuple(self._option(worker, name) for name in worker.options),
            max_attempts=attempts,
            attempts_overridden=any("max_attempts" in names for names in worker.enqueue_options),
            unique_elsewhere="unique" not in worker.options and is_unique(worker),
            outcomes=self._outcomes(worker, attempts),
            raises=self._raises(worker),
            effects=self.effects(worker),
            backoff=backoff,
            timeline=timeline,
            timeout=self._timeout(worker, module, attempts),
            reasons=tuple(_reasons(worker)),
        )

    # -- head ------------------------------------------------------------------------

    def _option(self, worker: Worker, name: str) -> OptionRow:
        option = worker.options[name]
        if option.span == worker.use_span:
            shape = only(option.value)
            return OptionRow(name, described(shape), self.place(option.span), inherited=True)
        span = option.value[0].origin.span if option.value else None
        written = self.text(span or option.span)
        return OptionRow(name, written, self.place(option.span))

    # -- outcomes ----------------------------------------------------------------------

    def _outcomes(self, worker: Worker, attempts: int | None) -> tuple[OutcomeRow, ...]:
        rows = [self._outcome(outcome, worker, attempts) for outcome in worker.outcomes]
        return tuple(sorted(dict.fromkeys(rows), key=by_place))

    def _outcome(self, outcome: Outcome, worker: Worker, attempts: int | None) -> OutcomeRow:
        origin = outcome.origin
        written = origin.literal and not origin.implicit
        span = deciding_span(outcome) or worker.span
        state = STATES[outcome.kind]
        if outcome.kind == RETRIED and attempts == 1:
            state = "discarded"
        unknown = outcome.kind == UNKNOWN
        return OutcomeRow(
            value=self.text(span) if written or unknown else described(outcome.shape),
            state=state,
            place=self.place(span),
            origin=None if written or unknown else self.text(span),
            unwritten=origin.implicit,
            via=str(origin.trail) if origin.trail else None,
            recognised=outcome.kind != UNRECOGNISED,
            depends_on=self._depends_on(outcome, span) if unknown else None,
            seconds=self._snooze(outcome, worker) if outcome.kind == SNOOZED else None,
        )

    def _depends_on(self, outcome: Outcome, span) -> str | None:
        """`Foo.bar/1`, the function whose answer is not known."""
        call = outcome.origin.call or getattr(outcome.shape, "call", None)
        node = self.nodes.get(span)
        if call is None or "/" in call or not isinstance(node, syntax.Call):
            return call
        return f"{call}/{len(node.args)}"

    def _snooze(self, outcome: Outcome, worker: Worker) -> int | None:
        """Seconds of a snooze, where they are known."""
        seconds = _period(outcome.shape.items[1])
        node = self.nodes.get(outcome.origin.span)
        if seconds is None and isinstance(node, syntax.Tuple) and len(node.items) == 2:
            worked_out = constant(node.items[1], self.modules[worker.name], self.known)
            if worked_out is not None and worked_out.low == worked_out.high:
                return worked_out.low
        return seconds

    def _raises(self, worker: Worker) -> tuple[RaiseRow, ...]:
        rows = [self._raise(r.span) for r in worker.raises]
        rows += [RaiseRow(t.kind, self.text(t.span), self.place(t.span)) for t in worker.throws]
        return tuple(sorted(rows, key=by_place))

    def _raise(self, span) -> RaiseRow:
        """For clauses that may not take everything, the span is that of the first."""
        label = self.clauses.get(span)
        if label is not None:
            return RaiseRow(NO_CLAUSE, label, self.place(span))
        kind = NO_CLAUSE if isinstance(self.nodes.get(span), syntax.Clause) else "raise"
        return RaiseRow(kind, self.text(span), self.place(span))

    # -- time ------------------------------------------------------------------------------

    def _retries(self, worker: Worker, module: ModuleDef, attempts: int | None):
        """(where waits come from, the attempts as far as they are known)."""
        shown = min(attempts or 1, MOST_ATTEMPTS)
        function = _callback(module, "backoff")
        if function is not None:
            waits = backoff_waits(module, shown - 1, attempts, *self.around)
            kind, place = OWN, self._written(function)
        elif _is_elsewhere(worker, module, "backoff"):
            waits, kind = [None] * (shown - 1), ELSEWHERE
            place = self._elsewhere(worker, module, "backoff")
        else:
            waits = [default_wait(number, attempts) for number in range(1, shown)]
            kind, place = DEFAULT, None
        timeline, problem = timeline_of(waits)
        what, sometimes = problem_of(problem) if len(timeline) < shown else (None, False)
        return Backoff(kind, place, what, sometimes), timeline

    def _written(self, function: Function) -> Place:
        """From its first clause to its last."""
        last = function.clauses[-1].span if function.clauses else function.span
        return self.place((function.span[0], max(function.span[1], last[1])))

    def _elsewhere(self, worker: Worker, module: ModuleDef, name: str) -> Place:
        """Where a callback is delegated, else where the wrapper that has it is used."""
        delegate = module.delegates.get((name, 1))
        return self.place(worker.use_span if delegate is None else delegate.span)

    def _timeout(self, worker: Worker, module: ModuleDef, attempts: int | None) -> Timeout:
        function = _callback(module, "timeout")
        if function is None:
            if _is_elsewhere(worker, module, "timeout"):
                place = self._elsewhere(worker, module, "timeout")
                return Timeout(ELSEWHERE, place, problem="unknown")
            return Timeout(DEFAULT)
        shown = min(attempts or 1, MOST_ATTEMPTS)
        answers = timeouts(module, shown, attempts, *self.around)
        place = self._written(function)
        for answer in answers:
            if not isinstance(answer, Interval):
                what, sometimes = problem_of(answer)
                return Timeout(OWN, place, problem=what, sometimes=sometimes)
        low = min(answer.low for answer in answers)
        return Timeout(OWN, place, low, max(answer.high for answer in answers))


def by_place(row) -> tuple:
    return (row.place.line, row.place.column)


def _callback(module: ModuleDef, name: str) -> Function | None:
    function = module.function(name, 1)
    return function if function is not None and not function.private else None


def _is_elsewhere(worker: Worker, module: ModuleDef, name: str) -> bool:
    """Whether a callback is delegated, or comes from what the worker is made with."""
    inherited = f"{name}/1" in worker.callbacks and module.function(name, 1) is None
    return inherited or (name, 1) in module.delegates


def max_attempts_of(worker: Worker) -> int | None:
    value = worker.option("max_attempts")
    if value is None:
        return DEFAULT_ATTEMPTS if worker.options_known else None
    shape = only(value)
    known = isinstance(shape, Int) and shape.value is not None and shape.value > 0
    return shape.value if known else None


def timeline_of(waits: list) -> tuple[tuple[Attempt, ...], NotAnInteger | None]:
    """The attempts up to the first wait that is not known, and what is there instead of it.

    A time in the past is no wait: the job is due at once (measured with oban 2.23.1).
    """
    rows = [Attempt(1, 0, 0, 0, 0)]
    for number, wait in enumerate(waits, 2):
        if not isinstance(wait, Interval):
            return tuple(rows), wait
        low, high, last = max(0, wait.low), max(0, wait.high), rows[-1]
        rows.append(Attempt(number, low, high, last.total_min + low, last.total_max + high))
    return tuple(rows), None


def problem_of(answer: NotAnInteger | None) -> tuple[str, bool]:
    return (answer.what, not answer.certain) if answer is not None else ("unknown", False)


def deciding_span(outcome: Outcome):
    """Where a value comes from: for one that merely falls through, what gave it."""
    origin = outcome.origin
    source = origin.source
    if origin.implicit and source is not None and source.span is not None:
        return source.span
    return origin.span


PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def _period(value: Value) -> int | None:
    """Seconds of `60` and `{5, :minutes}` (oban 2.23.1, lib/oban/period.ex)."""
    period = only(value)
    if isinstance(period, Int):
        return period.value
    if not isinstance(period, Tup) or len(period.items) != 2:
        return None
    count, unit = only(period.items[0]), only(period.items[1])
    if not isinstance(count, Int) or not isinstance(unit, Atom) or count.value is None:
        return None
    seconds = PERIODS.get((unit.name or "").removesuffix("s"))
    return None if seconds is None else count.value * seconds


def _reasons(worker: Worker):
    callback = "process/1" if worker.pro else "perform/1"
    if worker.missing:
        yield f"It has no public `{callback}`, so Oban cannot run it."
    elif worker.delegated:
        yield f"`{callback}` is delegated to another module: what it does is not known."
    elif not worker.outcomes and not worker.raises and not worker.throws:
        yield f"`{callback}` is not in this file, or never ends: what it does is not known."
    if worker.broken:
        yield "Part of it does not parse, so something may be missing here."
    if worker.exhausted:
        yield "It is too large to be followed in full, so something may be missing here."


# -- values in words -----------------------------------------------------------------------


def described(shape: Shape, depth: int = 0) -> str:
    """A shape much as Elixir would write it, `_` for what is not known."""
    if isinstance(shape, Atom):
        return "an atom" if shape.name is None else _atom(shape.name)
    if isinstance(shape, Tup) and depth < MOST_NESTED:
        return "{" + ", ".join(_item(item, depth + 1) for item in shape.items) + "}"
    if isinstance(shape, Int):
        return str(shape.value) if shape.value is not None else _inside(depth, "an integer")
    if isinstance(shape, Float):
        return str(shape.value) if shape.value is not None else _inside(depth, "a float")
    if isinstance(shape, Text):
        return _inside(depth, "a string")
    if isinstance(shape, Seq):
        return "[]" if shape.items == () else "[…]"
    if isinstance(shape, Struct):
        return f"%{offender(shape.name)}{{}}" if shape.name else "%_{}"
    if isinstance(shape, (Map, Args)):
        return "%{…}"
    if isinstance(shape, Func):
        return _inside(depth, "a function")
    return _inside(depth, "a value")


def _item(value: Value, depth: int) -> str:
    shape = only(value)
    return "_" if shape is None else described(shape, depth)


def _inside(depth: int, words: str) -> str:
    return "_" if depth else words


def _atom(name: str) -> str:
    if name in PLAIN_ATOMS or name[:1].isupper():
        return offender(name)
    return f":{offender(name)}"

