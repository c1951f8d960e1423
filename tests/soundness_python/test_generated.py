"""What a job really comes to is what the model says, for generated workers.

The workers are the same in every run. For others, and more of them:

    SOUNDNESS_SEED=7 SOUNDNESS_WORKERS=5000 scripts/test tests/soundness_python
"""

from __future__ import annotations

import os

import pytest

from checker.check import models
from checker.config import Config
from checker.model.outcome import CANCELLED, COMPLETED, RETRIED, SNOOZED, UNKNOWN
from checker.python.results import outcomes
from checker.source import Source
from tests.soundness_python.bodies import worker
from tests.soundness_python.membership import is_among
from tests.soundness_python.stand_in import Cancel, Snooze, performed

SEED = int(os.environ.get("SOUNDNESS_SEED", "0"))
WORKERS = int(os.environ.get("SOUNDNESS_WORKERS", "400"))
SIZES = (6, 12, 25, 50, 100)  # small ones first: what they show is easy to read
MOST_UNKNOWN = 0.35


def inferred(source: str):
    (model,) = models(Source("shop/generated.py", source), Config.default())
    return model


def missed(source: str, model) -> list[tuple[str, object]]:
    """What performing a worker came to that its model does not allow for."""
    text = Source("shop/generated.py", source)
    lines = {text.line_of(failure.span[0]) for failure in model.failures}
    again = any(failure.value is None for failure in model.failures)  # a bare `raise`
    return [
        (how, value)
        for how, value in performed(source)
        if not (again or value in lines if how == "raised" else is_told(value, model))
    ]


def is_told(value, model) -> bool:
    """Whether the model allows for a value, and for what Oban makes of it."""
    kinds = {outcome.kind for outcome in outcomes(model.outcome)}
    return is_among(value, model.outcome) and bool(kinds & {kind_of(value), UNKNOWN})


def kind_of(value) -> str:
    if isinstance(value, Cancel):
        return CANCELLED
    if isinstance(value, Snooze):
        return SNOOZED
    return RETRIED if isinstance(value, Exception) else COMPLETED


@pytest.mark.parametrize("size", SIZES)
def test_what_happens_is_among_what_is_said(size):
    unknown = 0
    for number in range(WORKERS // len(SIZES)):
        source = worker(SEED * 1_000_003 + number * 101 + size, size)
        model = inferred(source)
        if model.broken:
            unknown += 1
            continue
        surprises = missed(source, model)
        assert not surprises, f"{surprises} are not among {model.outcome}\n{source}"
        unknown += any(outcome.kind == UNKNOWN for outcome in outcomes(model.outcome))
    assert unknown <= MOST_UNKNOWN * (WORKERS // len(SIZES))
