"""What the table says of oban for Python is what a real queue does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

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
