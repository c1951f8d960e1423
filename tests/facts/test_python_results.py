"""What the table says of oban for Python is what a real queue does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from checker.check import models
from checker.config import Config
from checker.model.outcome import CANCELLED, COMPLETED, RETRIED, SNOOZED, UNKNOWN
from checker.model.shape import Int, only
from checker.python.results import STUCK, outcomes
from checker.source import Source
from tests.facts.python_source import source
from tests.oban_py import needed, python

HERE = Path(__file__).parent
FACTS = json.loads((HERE / "python_results.json").read_text("utf-8"))
GIVEN = {"id", "body", "code", "enqueue", "expr", "as_it_is", "cron"}
SLACK = 3  # seconds: jitter, and a slow machine


def measured(facts: dict) -> dict:
    """What happens here to each fact, by kind and id, in one process and one database."""
    with needed().database() as dsn:
        done = subprocess.run(
            [python(), "-W", "ignore", HERE / "measure_python.py"],
            input=json.dumps(facts),
            capture_output=True,
            text=True,
            env=os.environ | {"OBAN_DSN": dsn},
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def here() -> dict:
    return measured(FACTS)


def expected(fact: dict) -> dict:
    return {key: value for key, value in fact.items() if key not in GIVEN}


def alike(told, found) -> bool:
    """Whether two outcomes agree; of an exception's text only its class counts."""
    if isinstance(told, dict) and isinstance(found, dict):
        return told.keys() == found.keys() and all(_agree(k, told[k], found[k]) for k in told)
    return told == found


def _agree(key: str, told, found) -> bool:
    if key == "wait":
        return abs(told - found) <= SLACK
    if key in ("error", "raises"):
        return told.split(":")[0] == found.split(":")[0]
    return alike(told, found)


@pytest.mark.parametrize("fact", FACTS["jobs"], ids=lambda fact: fact["id"])
def test_a_job_ends_as_told(fact, here):
    assert alike(expected(fact), here["jobs"][fact["id"]]), here["jobs"][fact["id"]]


@pytest.mark.parametrize("fact", FACTS["values"], ids=lambda fact: fact["id"])
def test_an_expression_gives_what_is_told(fact, here):
    assert alike(expected(fact), here["values"][fact["id"]]), here["values"][fact["id"]]


@pytest.mark.parametrize("fact", FACTS["crons"], ids=lambda fact: repr(fact["cron"]))
def test_a_cron_expression_is_read_as_told(fact, here):
    assert alike(expected(fact), here["crons"][fact["cron"]]), here["crons"][fact["cron"]]


def test_ids_are_unique_and_every_fact_tells_something():
    for kind, key in (("jobs", "id"), ("values", "id"), ("crons", "cron")):
        names = [fact[key] for fact in FACTS[kind]]
        assert len(names) == len(set(names))
        assert all(expected(fact) for fact in FACTS[kind])
    assert len(FACTS["jobs"]) > 200 and len(FACTS["crons"]) > 100


def test_a_wrong_fact_would_be_noticed():
    told = {"state": "retryable", "errors": 1, "error": "ValueError: x", "wait": 17}
    assert alike(told, told | {"wait": 19, "error": "ValueError: y"})
    for other in ({"state": "completed"}, {"wait": 60}, {"error": "KeyError: x"}, {"attempt": 2}):
        assert not alike(told, told | other)
    assert not alike(told, {"state": "retryable"})


STATES = {
    COMPLETED: "completed",
    RETRIED: "retryable",
    CANCELLED: "cancelled",
    SNOOZED: "scheduled",
    STUCK: "executing",
    UNKNOWN: "unknown",
}
# Not to be told from what `process` returns and raises; rules tell of most of them.
OTHERWISE = {
    "what the enqueue says": ("enqueue_max_attempts", "option_state_suspended"),
    "what `process` takes": ("process_noargs", "process_args"),
    "a coroutine that a plain `process` hands on": ("sync_process_coroutine",),
    "which exceptions the executor lets through": (
        "system_exit", "keyboard_interrupt", "cancelled_error",
    ),
    "no worker of this name is written down": (
        "job_method", "nested_worker", "inherited_from_worker",
    ),
}  # fmt: skip
# What `backoff` and `timeout` give is told apart, and tested with the waits.
WITH_TIMING = ("def backoff", "backoff =", "def timeout", "timeout =")


def told(fact: dict) -> set[str]:
    """The states that the model says a job can be in afterwards."""
    found = models(Source("shop/fact.py", source(fact)), Config.default())
    worker = next(each for each in reversed(found) if each.name == "W")
    declared = worker.declaration
    refused = {parameter.kind for parameter in declared.parameters} & {"args", "positional"}
    if worker.missing or declared.sync or declared.needs or refused:
        return {"retryable"}
    states = {STATES[outcome.kind] for outcome in outcomes(worker.outcome)}
    states |= {"retryable"} if worker.failures else set()
    most = only(worker.option("max_attempts") or ())
    if isinstance(most, Int) and most.value == 1:
        states = {"discarded" if state == "retryable" else state for state in states}
    return states


JUDGED = [
    fact
    for fact in FACTS["jobs"]
    if "state" in fact
    and not any(fact["id"] in ids for ids in OTHERWISE.values())
    and not any(mark in fact.get("code", "") for mark in WITH_TIMING)
]


@pytest.mark.parametrize("fact", JUDGED, ids=lambda fact: fact["id"])
def test_the_model_does_not_contradict_what_was_measured(fact):
    assert told(fact) & {fact["state"], "unknown"}


def test_most_states_are_told_and_nothing_else():
    told_alone = [fact["id"] for fact in JUDGED if told(fact) == {fact["state"]}]
    unknown = [fact["id"] for fact in JUDGED if "unknown" in told(fact)]
    assert len(JUDGED) >= 144
    assert len(told_alone) >= 132
    assert len(unknown) <= 7


def test_what_is_not_judged_is_a_fact():
    ids = {fact["id"] for fact in FACTS["jobs"]}
    assert all(set(named) <= ids for named in OTHERWISE.values())
