"""The JSON of explained workers: its shape is frozen, its times are seconds (of a timeout ms)."""

from __future__ import annotations

import json
from pathlib import Path

from checker.config import Config
from checker.explanation import explain
from checker.report import explanation_json
from checker.source import Source

GOLDEN = Path(__file__).parent / "golden"
WORKER = """defmodule Shop.W do
  use Oban.Worker, queue: :sync, max_attempts: 3, unique: [period: 60]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Stripe.Charge.create(%{id: id}, idempotency_key: "k-#{id}"), do: Shop.run()
  end

  def backoff(%Oban.Job{attempt: attempt}), do: 60 * attempt + :rand.uniform(10)
  def timeout(_job), do: :timer.seconds(30)
end
"""


def told(source: str) -> list[dict]:
    report = json.loads(
        explanation_json.render(explain(Source("lib/w.ex", source), Config.default()))
    )
    assert list(report) == ["version", "workers"] and report["version"] == 1
    return report["workers"]


def test_the_whole_object():
    (worker,) = told(WORKER)
    assert worker == {
        "name": "Shop.W", "language": "elixir", "path": "lib/w.ex", "line": 1, "wrapper": None,
        "options": {"queue": ":sync", "max_attempts": "3", "unique": "[period: 60]"},
        "options_known": True,
        "max_attempts": 3,
        "outcomes": [
            {
                "value": "{:error, _}",
                "origin": "Stripe.Charge.create(%{id: id}, idempotency_key: \"k-#{id}\")",
                "unwritten": "with", "via": None, "state": "retryable", "recognised": True,
                "depends_on": None, "snooze": None, "line": 5, "column": 22,
            },
            {
                "value": "Shop.run()", "origin": None, "unwritten": None, "via": None,
                "state": "unknown", "recognised": True, "depends_on": "Shop.run/0", "snooze": None,
                "line": 5, "column": 87,
            },
        ],
        "raises": [{"kind": "no_clause", "text": "perform/1", "line": 4, "column": 3}],
        "effects": [
            {
                "kind": "payment", "call": "Stripe.Charge.create", "via": None, "line": 5,
                "column": 22, "per_item": False,
                "guards": [
                    {"kind": "unique", "name": "unique", "line": 2, "new_on_line": None},
                    {"kind": "key", "name": "idempotency_key", "line": None, "new_on_line": None},
                ],
            }
        ],
        "backoff": {"kind": "own", "line": 8, "problem": None, "sometimes": False},
        "timeline": [
            {"attempt": 1, "wait_min": 0, "wait_max": 0, "total_min": 0, "total_max": 0},
            {"attempt": 2, "wait_min": 61, "wait_max": 70, "total_min": 61, "total_max": 70},
            {"attempt": 3, "wait_min": 121, "wait_max": 130, "total_min": 182, "total_max": 200},
        ],
        "timeout_ms": {
            "kind": "own", "line": 9, "min": 30_000, "max": 30_000, "problem": None,
            "sometimes": False,
        },
        "notes": [],
    }  # fmt: skip


def test_every_worker_has_the_same_fields():
    expected, outcome = None, None
    for path in sorted(GOLDEN.glob("*.ex")):
        for worker in told(path.read_text()):
            expected = expected or list(worker)
            assert list(worker) == expected
            for row in worker["outcomes"]:
                outcome = outcome or list(row)
                assert list(row) == outcome


def test_waits():
    by_name = {worker["name"]: worker for worker in told((GOLDEN / "waits.ex").read_text())}
    backoffs = {name.rpartition(".")[2]: worker["backoff"] for name, worker in by_name.items()}
    assert backoffs["Float"] == {
        "kind": "own", "line": 17, "problem": "a float", "sometimes": False
    }  # fmt: skip
    assert backoffs["Unknown"]["problem"] == "unknown"
    assert backoffs["Delegating"] == {
        "kind": "elsewhere", "line": 51, "problem": "unknown", "sometimes": False
    }  # fmt: skip
    assert len(by_name["Shop.Workers.Partly"]["timeline"]) == 3
    assert len(by_name["Shop.Workers.Float"]["timeline"]) == 2
    assert len(by_name["Shop.Workers.Many"]["timeline"]) == 100
    assert by_name["Shop.Workers.Many"]["max_attempts"] == 200


def test_timeouts():
    by_name = {worker["name"]: worker for worker in told((GOLDEN / "waits.ex").read_text())}
    assert by_name["Shop.Workers.Partly"]["timeout_ms"]["min"] == 1500
    assert by_name["Shop.Workers.Partly"]["timeout_ms"]["max"] is None
    assert by_name["Shop.Workers.Many"]["timeout_ms"] == {
        "kind": "default", "line": None, "min": None, "max": None, "problem": None,
        "sometimes": False,
    }  # fmt: skip
    assert by_name["Shop.Workers.Float"]["timeout_ms"]["problem"] == "nil"


def test_the_default_backoff():
    source = "defmodule W do\n use Oban.Worker\n def perform(_), do: {:snooze, {2, :hours}}\nend\n"
    (worker,) = told(source)
    assert worker["backoff"]["kind"] == "default"
    assert worker["max_attempts"] == 20
    assert worker["timeline"][-1] == {
        "attempt": 20, "wait_min": 524_303, "wait_max": 576_733,
        "total_min": 1_048_859, "total_max": 1_153_735,
    }  # fmt: skip
    assert worker["outcomes"][0]["snooze"] == 7200


def test_one_attempt_discards():
    (worker,) = [
        w for w in told((GOLDEN / "guards.ex").read_text()) if w["name"] == "Shop.Workers.Once"
    ]
    assert [row["state"] for row in worker["outcomes"]] == ["completed", "discarded"]
    assert len(worker["timeline"]) == 1
