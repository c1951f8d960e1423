"""What oban for Python makes of what a job returns.

The contract is `_record_stopped` (oban-py 0.7.0, src/oban/_executor.py): `Cancel`, `Snooze` and
`Record` are results, an exception that is raised or returned fails the attempt, and any other
value completes the job.
"""

from __future__ import annotations

from checker.model.outcome import CANCELLED, COMPLETED, RETRIED, SNOOZED, UNKNOWN, Outcome
from checker.model.python_results import RESULTS, STUCK, is_exception, is_failure
from checker.model.shape import Opaque, Struct, Tup, Unknown, Value, only
from checker.python.shapes import Ref

# What `scheduled_at` cannot be reckoned from: the cast to an integer fails.
NO_SECONDS = frozenset(("datetime.timedelta", "datetime.datetime", "datetime.date"))


def outcomes(value: Value) -> tuple[Outcome, ...]:
    """Every way a value can end a job."""
    return tuple(Outcome(kind_of(alt.shape), alt, alt.shape) for alt in value)


def kind_of(shape) -> str:
    """What becomes of a job that returns such a value."""
    if isinstance(shape, Tup) and shape.head == "cancel":
        return CANCELLED
    if isinstance(shape, Tup) and shape.head == "snooze":
        return _snoozed(shape.items[1])
    if isinstance(shape, Ref):
        known = shape.name in RESULTS or is_exception(shape.name)
        return COMPLETED if known else UNKNOWN
    if isinstance(shape, Unknown) or (isinstance(shape, Opaque) and shape.kind == "unknown"):
        return UNKNOWN
    if isinstance(shape, Struct):
        return _object(shape)
    return COMPLETED


def _object(shape: Struct) -> str:
    if ("atom", "refused") in shape.fields:
        return RETRIED
    if shape.name == "oban.Record":
        return UNKNOWN  # by whether it can be stored
    if shape.name is None or shape.name == "builtins.BaseException" or "." not in shape.name:
        return UNKNOWN  # what is caught, or of a class of the project, may be of a kind of it
    if is_exception(shape.name):
        return RETRIED if is_failure(shape.name) else COMPLETED
    return UNKNOWN if "Error" in shape.name or "Exception" in shape.name else COMPLETED


def _snoozed(seconds: Value) -> str:
    shape = only(seconds)
    if isinstance(shape, Struct) and shape.name in NO_SECONDS:
        return STUCK
    if isinstance(shape, (Unknown, Struct)) or shape is None:
        return UNKNOWN if not isinstance(shape, Unknown) else SNOOZED
    return SNOOZED
