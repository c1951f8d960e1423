"""What workers do, as JSON, version 1. Built field by field: the format never changes by itself."""

from __future__ import annotations

import json
import math

from checker.explanation import Attempt, Backoff, EffectRow, Explanation, OutcomeRow, Timeout
from checker.report import catalogue

VERSION = 1


def render(explanations: list[Explanation]) -> str:
    """One object: `workers`, each with options, outcomes, effects, backoff and timeline (in
    seconds) and timeout (in milliseconds)."""
    return _dumped({"version": VERSION, "workers": [_worker(worker) for worker in explanations]})


def render_rule(rule) -> str:
    """One object: `rule`, with its documentation in Markdown."""
    told = {
        "rule": rule.ID, "name": rule.NAME, "severity": rule.SEVERITY,
        "summary": catalogue.summary(rule), "page": catalogue.page(rule),
    }  # fmt: skip
    return _dumped({"version": VERSION, "rule": told})


def _dumped(value: dict) -> str:
    return json.dumps(value, indent=1)


def _worker(worker: Explanation) -> dict:
    return {
        "name": worker.name,
        "language": worker.language,
        "path": worker.path,
        "line": worker.place.line,
        "wrapper": worker.wrapper,
        "options": {option.name: option.text for option in worker.options},
        "options_known": worker.options_known,
        "max_attempts": worker.max_attempts,
        "outcomes": [_outcome(row) for row in worker.outcomes],
        "raises": [
            {"kind": r.kind, "text": r.text, "line": r.place.line, "column": r.place.column}
            for r in worker.raises
        ],
        "effects": [_effect(row) for row in worker.effects],
        "backoff": _backoff(worker.backoff),
        "timeline": [_attempt(attempt) for attempt in worker.timeline],
        "timeout_ms": _timeout(worker.timeout),
        "notes": list(worker.reasons),
    }


def _outcome(row: OutcomeRow) -> dict:
    return {
        "value": row.value,
        "origin": row.origin,
        "unwritten": row.unwritten,
        "via": row.via,
        "state": row.state,
        "recognised": row.recognised,
        "depends_on": row.depends_on,
        "snooze": row.seconds,
        "line": row.place.line,
        "column": row.place.column,
    }


def _effect(row: EffectRow) -> dict:
    return {
        "kind": row.kind,
        "call": row.call,
        "via": row.via,
        "line": row.place.line,
        "column": row.place.column,
        "per_item": row.per_item,
        "guards": [
            {"kind": g.kind, "name": g.name, "line": g.line, "new_on_line": g.fresh_line}
            for g in row.guards
        ],
    }


def _backoff(backoff: Backoff) -> dict:
    """`problem` is what ends the timeline early: see `checker.explanation.Backoff`."""
    return {
        "kind": backoff.kind,
        "line": backoff.place.line if backoff.place else None,
        "problem": backoff.problem,
        "sometimes": backoff.sometimes,
    }


def _attempt(attempt: Attempt) -> dict:
    return {
        "attempt": attempt.number,
        "wait_min": attempt.wait_min,
        "wait_max": attempt.wait_max,
        "total_min": attempt.total_min,
        "total_max": attempt.total_max,
    }


def _timeout(timeout: Timeout) -> dict:
    """`min` and `max` are null where there is no limit, and where none is known."""
    return {
        "kind": timeout.kind,
        "line": timeout.place.line if timeout.place else None,
        "min": _finite(timeout.low),
        "max": _finite(timeout.high),
        "problem": timeout.problem,
        "sometimes": timeout.sometimes,
    }


def _finite(milliseconds: float | None) -> int | None:
    return None if milliseconds is None or math.isinf(milliseconds) else milliseconds
