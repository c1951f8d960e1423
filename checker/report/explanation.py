"""What a worker does, for people: a head, and tables of outcomes, effects and attempts."""

from __future__ import annotations

import math

import click

from checker.explanation import (
    DEFAULT,
    ELSEWHERE,
    EXIT,
    NO_CLAUSE,
    OWN,
    Attempt,
    EffectRow,
    Explanation,
    GuardRow,
    OptionRow,
    OutcomeRow,
    RaiseRow,
)
from checker.language import ELIXIR, PYTHON
from checker.model.idempotency import EFFECTS
from checker.model.duration import human
from checker.report.duration import between, milliseconds
from checker.report.text import printable

COLOURS = {
    "completed": "green", "retryable": "yellow", "cancelled": "magenta", "discarded": "red",
    "scheduled": "cyan", "executing": "red", "unknown": None,
}  # fmt: skip
LOGGED = "completed, with a line in the log"
FIRST = ("queue", "priority", "max_attempts", "unique")
DEFAULTS = {"queue": ":default", "priority": "0", "unique": "no"}
PYTHON_DEFAULTS = {"queue": '"default"', "priority": "0", "unique": "no: only Oban Pro has it"}
STAYS = "executing: until it is rescued"
LABELS = {"max_attempts": "attempts"}
UNRETURNED = {
    "def": "the function ends without a `return`",
    "except": "the `except` ends without a `return`",
}
LONGEST = 70  # of code beside something else
CUT = "…"
MOST_LINES = 12
MOST_ROWS = 25
SHOWN_FIRST = 20
WIDTH = 80
BAR, PART = "█", "░"
NOT_READ = "not known: not all options can be read here"
HUNG = "a hung call keeps its slot"


def render(explanations: list[Explanation], line: int | None = None) -> str:
    """Everything about some workers; with a line, what stands there of the one around it."""
    if line is not None:
        return "\n".join(_line(explanations[0], line))
    return "\n\n".join("\n".join(_worker(worker)) for worker in explanations)


def _worker(worker: Explanation) -> list[str]:
    sections = [
        _head(worker),
        _outcomes(worker.outcomes),
        _raises(worker.raises, worker),
        _effects(worker),
        _retries(worker),
    ]
    return [line for section in sections if section for line in ("", *section)][1:]


def _title(worker: Explanation) -> str:
    place = f"{printable(worker.path)}:{worker.place.line}"
    return f"{click.style(printable(worker.name), bold=True)}  {place}"


def _heading(text: str) -> str:
    return click.style(text, bold=True)


# -- head --------------------------------------------------------------------------------


def _head(worker: Explanation) -> list[str]:
    rows = [(LABELS.get(name, name), _option(worker, name)) for name in FIRST]
    rows += [(o.name, _written(o)) for o in worker.options if o.name not in FIRST]
    rows += [("waits", _waits(worker)), ("timeout", _timeout(worker))]
    if worker.wrapper:
        rows.insert(0, ("made with", f"`use {printable(worker.wrapper)}`, which may set more"))
    width = max(len(label) for label, _ in rows)
    table = [f"  {printable(label):<{width}}  {text}" for label, text in rows]
    return [_title(worker), "", *table, *[f"  {reason}" for reason in worker.reasons]]


def _written(option: OptionRow) -> str:
    if option.inherited:
        return f"{option.text}  (from what it is made with)"
    return f"{option.text}  (line {option.place.line})"


def _option(worker: Explanation, name: str) -> str:
    written = next((o for o in worker.options if o.name == name), None)
    if name == "max_attempts":
        return _attempts(worker, written)
    if written is not None:
        return _written(written)
    if not worker.options_known:
        return NOT_READ
    if name == "unique" and worker.unique_elsewhere:
        return "where it is enqueued"
    defaults = PYTHON_DEFAULTS if worker.language == PYTHON else DEFAULTS
    return f"{defaults[name]}  (default)"


def _callback(worker: Explanation, name: str) -> str:
    return f"`{name}`" if worker.language == PYTHON else f"`{name}/1`"



def _attempts(worker: Explanation, written) -> str:
    if written is None:
        text = NOT_READ if worker.max_attempts is None else f"{worker.max_attempts}  (default)"
    elif worker.max_attempts is None:
        text = f"not known: {_written(written)}, which cannot be worked out"
    else:
        text = _written(written)
    more = "; where it is enqueued, another number may be given"
    return text + more * worker.attempts_overridden


def _waits(worker: Explanation) -> str:
    backoff = worker.backoff
    if worker.max_attempts == 1:
        return "none: there is one attempt"
    if backoff.kind == DEFAULT:
        unless = f", unless `{printable(worker.wrapper)}` has another" if worker.wrapper else ""
        return f"Oban's: 15 s + 2^attempt s, and up to a tenth more{unless}"
    callback, line = _callback(worker, "backoff"), f"  (line {backoff.place.line})"
    if backoff.kind == ELSEWHERE:
        return f"{_owner(worker)} {callback}{line}"
    if backoff.problem == "unknown" and len(worker.timeline) < 2:
        return f"computed by {callback}, and cannot be worked out{line}"
    return f"computed by {callback}{line}"


def _owner(worker: Explanation, one: str = "those") -> str:
    if worker.language == PYTHON:
        return f"{one} of a base class that is not known, if it has a"
    return f"{one} of another module's"


def _timeout(worker: Explanation) -> str:
    timeout = worker.timeout
    if timeout.kind == DEFAULT:
        unless = f", unless `{printable(worker.wrapper)}` sets one" if worker.wrapper else ""
        return f"none: {HUNG}{unless}"
    callback, line = _callback(worker, "timeout"), f"  (line {timeout.place.line})"
    if timeout.kind == ELSEWHERE:
        return f"{_owner(worker, 'that')} {callback}{line}"
    if timeout.problem == "unknown":
        return f"computed by {callback}, and cannot be worked out{line}"
    if timeout.problem:
        return f"{callback} {_answers(timeout)}: then the attempt fails before it starts{line}"
    if math.isinf(timeout.low):
        return f"none: {HUNG}{line}"
    if timeout.low < 0:
        return f"{timeout.low} ms: the attempt fails before it starts{line}"
    if math.isinf(timeout.high):
        return f"{milliseconds(timeout.low)} or more, or none{line}"
    return between(timeout.low, timeout.high, milliseconds) + line


def _answers(answer) -> str:
    """`answers a float`, `may raise` … of a callback that gives no integer."""
    if answer.problem == "raises":
        return "may raise" if answer.sometimes else "raises"
    return f"{'may answer' if answer.sometimes else 'answers'} {_quoted(answer.problem)}"


def _quoted(what: str) -> str:
    return what if " " in what else f"`{printable(what)}`"


# -- outcomes ------------------------------------------------------------------------------


def _outcomes(rows: tuple[OutcomeRow, ...]) -> list[str]:
    if not rows:
        return []
    states = [_state(row) for row in rows]
    width = max(len(state) for state in states)
    table = [
        f"  {row.place.line:>5}  {_coloured(f'{state:<{width}}', row.state)}  {_value(row)}"
        for row, state in zip(rows, states, strict=True)
    ]
    return [_heading("Outcomes"), f"  {'line':>5}  {'the job is':<{width}}  value", *table]


def _coloured(text: str, state: str) -> str:
    return click.style(text, fg=COLOURS[state])


def _state(row: OutcomeRow) -> str:
    if not row.recognised:
        return LOGGED
    if row.state == "executing":
        return STAYS
    if row.state == "scheduled":
        period = f" {human(row.seconds)}" if row.seconds is not None else ""
        return f"scheduled (snooze{period})"
    return "not known" if row.state == "unknown" else row.state


def _value(row: OutcomeRow) -> str:
    if row.state == "unknown" and row.depends_on:
        return f"`{_cut(row.value)}`: depends on `{printable(row.depends_on)}`"
    if row.unwritten in ("if", "unless"):
        return f"`{row.value}`: the `{row.unwritten}` has no `else`"
    if row.unwritten in ("def", "except"):
        return f"`{row.value}`: {UNRETURNED[row.unwritten]}"
    if row.unwritten == "empty":
        return f"`{row.value}`: there is no body"
    worded = row.origin and row.value.startswith(("a ", "an "))
    value = row.value if worded else f"`{row.value}`"
    if row.via:
        return f"{value} from {printable(row.via)}"
    return f"{value} from `{_cut(row.origin)}`" if row.origin else value


def _cut(code: str) -> str:
    return code if len(code) <= LONGEST else code[: LONGEST - 1].rstrip() + CUT


def _raises(rows: tuple[RaiseRow, ...], worker: Explanation) -> list[str]:
    if not rows:
        return []
    exits = [row for row in rows if row.kind == EXIT]
    if exits and len(exits) < len(rows):
        return _raises(tuple(r for r in rows if r.kind != EXIT), worker) + _raises(
            tuple(exits), worker
        )
    state = "discarded" if worker.max_attempts == 1 else "retryable"
    if exits and worker.language == PYTHON:
        state = STAYS.partition(":")[0]
    heading = f"{_heading('May raise')}: then the job is {_coloured(state, state)}"
    told = [f"  {r.place.line:>5}  `{_cut(r.text)}`" for r in rows if r.kind != NO_CLAUSE]
    return [heading, *told, *_without_clause([r for r in rows if r.kind == NO_CLAUSE])]


def _without_clause(rows: list[RaiseRow]) -> list[str]:
    """One row for all: nearly every worker has some."""
    if not rows:
        return []
    if len(rows) == 1:
        return [f"  {rows[0].place.line:>5}  `{_cut(rows[0].text)}`, where no clause matches"]
    lines = list(dict.fromkeys(str(row.place.line) for row in rows))
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    return [f"         where no clause matches: lines {', '.join(lines[:MOST_LINES])}{more}"]


# -- effects -------------------------------------------------------------------------------


def _effects(worker: Explanation) -> list[str]:
    if not worker.effects:
        return [f"{_heading('Effects')}: none are known"] if worker.outcomes else []
    return [
        _heading("Effects"),
        *(line for row in worker.effects for line in _effect(row, worker.language)),
    ]


def _effect(row: EffectRow, language: str) -> list[str]:
    each = " for each item" if row.per_item else ""
    guards = _guards(row.guards, language) or [click.style("nothing", fg="yellow")]
    first, *others = guards
    via = f", in {printable(row.via)}" if row.via else ""
    return [
        f"  {row.place.line:>5}  {EFFECTS[row.kind]}{each}: `{printable(row.call)}`{via}",
        f"         guarded by {first}",
        *(f"                and {guard}" for guard in others),
    ]


def _guards(rows: tuple[GuardRow, ...], language: str) -> list[str]:
    """Each told once, with all its lines."""
    lines: dict[tuple, list[int]] = {}
    for row in rows:
        known = lines.setdefault(_told(row), [])
        known += [row.line] if row.line else []
    first = {_told(row): row for row in reversed(rows)}
    return [_guard(first[key], sorted(lines[key]), language) for key in lines]


def _told(row: GuardRow) -> tuple:
    return row.kind, row.name, row.fresh_line


def _guard(guard: GuardRow, lines: list[int], language: str = ELIXIR) -> str:
    single = "`max_attempts=1`" if language == PYTHON else "`max_attempts: 1`"
    on = f"line{'s' * (len(lines) > 1)} {', '.join(map(str, lines[:MOST_LINES]))}"
    where = f" ({on})" if lines else ""
    name = f"`{printable(guard.name)}`"
    words = {
        "at_most_once": f"{single}{where}: it is not tried again",
        "unique": f"`unique`{where or ', where it is enqueued'}: stops a second job, not a second"
        " attempt",
        "perhaps_unique": "perhaps `unique`, in options that cannot be read",
        "key": f"the idempotency key {name}{_freshness(guard)}",
        "perhaps_key": "perhaps an idempotency key, in options that cannot be read",
        "key_elsewhere": "perhaps an idempotency key, of which the code speaks",
        "marker": f"{name}, which is looked at on {on}",
        "lookup": f"a lookup with {name}{where}",
        "claim": f"a claim with {name}{where}",
        "lock": f"a lock{where}",
        "constraint": f"a constraint: {name}{where}, whose violation is rescued",
    }
    return words[guard.kind]


def _freshness(guard: GuardRow) -> str:
    if guard.fresh_line is None:
        return ""
    return f", which is new on every attempt (line {guard.fresh_line}) and stops nothing"


# -- retries -------------------------------------------------------------------------------


def _retries(worker: Explanation) -> list[str]:
    heading = _heading("Retries")
    if worker.max_attempts is None:
        return [f"{heading}: how many attempts there are is not known"]
    if worker.max_attempts == 1:
        return [f"{heading}: none; what fails is discarded"]
    chart = _chart(worker.timeline) if len(worker.timeline) > 1 else []
    return [heading, *chart, f"  {_end(worker)}"]


def _chart(timeline: tuple[Attempt, ...]) -> list[str]:
    rows = [_cells(attempt) for attempt in timeline]
    widths = [max(map(len, column)) for column in zip(*rows, _TITLES, strict=True)]
    room = max(8, WIDTH - sum(widths) - 2 * len(widths) - 2)
    scale = _Scale([wait for a in timeline for wait in (a.wait_min, a.wait_max) if wait], room)
    lines = [_row(_TITLES, widths, "(log scale)" if scale.logarithmic else "")]
    lines += [
        _row(cells, widths, scale.bar(attempt))
        for cells, attempt in zip(rows, timeline, strict=True)
    ]
    if len(timeline) <= MOST_ROWS:
        return lines
    hidden = len(timeline) - SHOWN_FIRST - 1
    return [*lines[: SHOWN_FIRST + 1], f"  … {hidden} more …", lines[-1]]


class _Scale:
    """How waits become bars of at most `room` cells; logarithmic where some would vanish."""

    def __init__(self, waits: list[int], room: int) -> None:
        self.longest = max(waits, default=0)
        self.room = room
        self.logarithmic = self.longest > min(waits, default=0) * room

    def bar(self, attempt: Attempt) -> str:
        """Solid up to the shortest wait, and on to the longest."""
        least, most = self._cells(attempt.wait_min), self._cells(attempt.wait_max)
        return BAR * least + PART * (most - least)

    def _cells(self, wait: int) -> int:
        if not wait:
            return 0
        share = wait / self.longest
        if self.logarithmic:
            share = math.log1p(wait) / math.log1p(self.longest)
        return max(1, round(share * self.room))


_TITLES = ("attempt", "wait before it", "since the first")


def _cells(attempt: Attempt) -> tuple[str, str, str]:
    wait = between(attempt.wait_min, attempt.wait_max) if attempt.number > 1 else ""
    return str(attempt.number), wait, between(attempt.total_min, attempt.total_max)


def _row(cells: tuple[str, ...], widths: list[int], bar: str) -> str:
    number, wait, total = cells
    text = f"  {number:>{widths[0]}}  {wait:<{widths[1]}}  {total:<{widths[2]}}  {bar}"
    return text.rstrip()


def _end(worker: Explanation) -> str:
    """What becomes of the job when the attempts are used up, or the waits no longer known."""
    backoff, last = worker.backoff, len(worker.timeline)
    callback = _callback(worker, "backoff")
    a_number = "a number" if worker.language == PYTHON else "an integer"
    if backoff.problem == "unknown" or backoff.kind == ELSEWHERE:
        after = f"After attempt {worker.max_attempts} the job is discarded."
        return f"{_unknown_wait(worker, last + 1)}\n  {after}"
    if backoff.problem:
        return (
            f"After attempt {last} {callback} (line {backoff.place.line}) {_answers(backoff)};"
            f"\n  without {a_number} the job stays `executing` until it is rescued."
        )
    more = worker.max_attempts - last
    rest = f"{more} more attempts follow. " if more else ""
    return f"{rest}After attempt {worker.max_attempts} the job is discarded."


def _unknown_wait(worker: Explanation, attempt: int) -> str:
    callback, line = _callback(worker, "backoff"), worker.backoff.place.line
    if attempt > 2:
        return f"From attempt {attempt} on the wait cannot be worked out ({callback}, line {line})."
    return f"The wait is computed by {callback} (line {line}) and cannot be worked out."


# -- one line --------------------------------------------------------------------------------


def _line(worker: Explanation, line: int) -> list[str]:
    told = [
        *(f"  option `{_assigned(worker, o)}`" for o in worker.options),
        *_outcomes(worker.outcomes),
        *_raises(worker.raises, worker),
        *([] if not worker.effects else _effects(worker)),
        *_callbacks(worker, line),
    ]
    heading = f"Line {line} stands in {_title(worker)}"
    if not told:
        where = printable(worker.path)
        told = [
            "  Nothing is decided there: it is no outcome, effect, option or wait.",
            f"  All of it: `oban-guard explain {where}`.",
        ]
    return [heading, "", *told]


def _assigned(worker: Explanation, option: OptionRow) -> str:
    return f"{option.name}{'=' if worker.language == PYTHON else ': '}{option.text}"


def _callbacks(worker: Explanation, line: int) -> list[str]:
    found = []
    if worker.backoff.kind == OWN and worker.backoff.place.covers(line):
        found += [f"  {_callback(worker, 'backoff')}: the wait after an attempt that failed", *_retries(worker)]
    if worker.timeout.kind == OWN and worker.timeout.place.covers(line):
        found.append(f"  {_callback(worker, 'timeout')}: {_timeout(worker)}")
    return found
