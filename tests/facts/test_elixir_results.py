"""What the model says of a value is what real Oban did with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.elixir.library import library
from checker.elixir.syntax import parse
from checker.elixir.workers import workers
from checker.model.outcome import (
    CANCELLED,
    COMPLETED,
    DISCARDED,
    RETRIED,
    SNOOZED,
    UNKNOWN,
    UNRECOGNISED,
    outcomes,
)
from checker.model.shape import only_atom

MEASURED = json.loads((Path(__file__).parent / "elixir_results.json").read_text())["facts"]
VERSION = (2, 23, 1)

STATES = {
    COMPLETED: "completed",
    UNRECOGNISED: "completed",
    RETRIED: "retryable",
    CANCELLED: "cancelled",
    DISCARDED: "discarded",
    SNOOZED: "scheduled",
}

# Not derived: no expression, or decided by time and by other processes.
PROSE = "no expression: about which module is named as worker"
TIME = "decided by how long it takes"
PROCESS = "decided by a signal from, or an answer of, another process"
EXCEPTIONS = {
    "worker_missing_module": PROSE,
    "worker_missing_module_last_attempt": PROSE,
    "worker_not_a_worker": PROSE,
    "worker_no_use_returns_ok": PROSE,
    "worker_no_use_returns_error": PROSE,
    "timeout_exceeded": TIME,
    "timeout_exceeded_rescue": TIME,
    "timeout_last_attempt": TIME,
    "task_await_timeout": TIME,
    "genserver_call_timeout": TIME,
    "genserver_call_noproc": PROCESS,
    "process_exit_shutdown_tuple": PROCESS,
    "linked_crash": PROCESS,
    "task_async_crash_await": PROCESS,
    "snooze_huge": "the database refuses the date",
    "raise_undefined_function": "what another module has is not known to one file",
    "raise_key_error": "what the args hold is not known to one file",
    "atom_value_arg": "what the args hold is not known to one file",
}

PRELUDE = """
  alias Oracle.{Plain, Repo, Thing}
  import Ecto.Query
  require Logger
"""


def source(fact: dict) -> str:
    expr = fact["expr"]
    if fact["id"] == "no_perform":
        body = ""
    elif expr.startswith(("def ", "defp ")):
        body = expr
    else:
        body = f"def perform(%Oban.Job{{}} = job) do\n{expr}\nend"
    thing = (
        "defmodule Oracle.Thing do\n  import Ecto.Changeset\n  defstruct [:name]\n"
        "  def changeset(thing, attrs), do: thing |> cast(attrs, [:name])"
        " |> validate_required([:name])\nend\n"
    )
    return (
        f"{thing}defmodule Oracle.Worker do\n  use Oban.Worker, queue: :default, max_attempts: 3\n"
        f"{PRELUDE}\n{body}\nend\n"
    )


def predicted(fact: dict) -> set[str | None]:
    """The states that the model allows; None for unknown."""
    (worker,) = workers(parse(source(fact).encode()), library())
    retried = "discarded" if fact["id"].startswith("last") else "retryable"
    if worker.missing:
        return {retried}
    states: set[str | None] = set()
    for outcome in outcomes(worker.outcome, VERSION):
        states.add(None if outcome.kind == UNKNOWN else STATES[outcome.kind])
    for throw in worker.throws:
        if throw.kind in ("signal", "linked"):
            states = {"cancelled" if only_atom(throw.value) == "shutdown" else "retryable"}
    raises = "!" in fact["expr"] or "apply(" in fact["expr"] or fact["id"].startswith("raise")
    if not states or (raises and None not in states) or worker.atom_keys:
        states.add(retried)
    return {retried if state == "retryable" else state for state in states}


def test_there_are_few_exceptions():
    known = {fact["id"] for fact in MEASURED}
    assert set(EXCEPTIONS) <= known
    assert len(EXCEPTIONS) <= 20


@pytest.mark.parametrize(
    "fact", [f for f in MEASURED if f["id"] not in EXCEPTIONS], ids=lambda fact: fact["id"]
)
def test_the_model_agrees_with_oban(fact):
    states = predicted(fact)
    assert None not in states, "the model does not know"
    assert fact["state"] in states
