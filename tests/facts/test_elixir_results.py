"""What Oban made of each value in a real queue is what the model says of it."""

from __future__ import annotations

import json
import os

import pytest

from checker.elixir.library import library
from checker.elixir.modules import modules
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
from checker.model.worker import Worker

VERSION = (2, 23, 1)
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "elixir_results.json")
with open(FILE, encoding="utf-8") as file:
    FACTS = {fact["id"]: fact for fact in json.load(file)["facts"]}

STATES = {
    COMPLETED: "completed",
    UNRECOGNISED: "completed",
    RETRIED: "retryable",
    CANCELLED: "cancelled",
    DISCARDED: "discarded",
    SNOOZED: "scheduled",
    UNKNOWN: "unknown",
}

# Not to be told from the code.
EXCEPTIONS = {
    "worker_missing_module": "prose: there is no code",
    "worker_missing_module_last_attempt": "prose: there is no code",
    "worker_not_a_worker": "prose: no worker",
    "worker_no_use_returns_ok": "prose: no worker",
    "worker_no_use_returns_error": "prose: no worker",
    "timeout_exceeded": "timing: takes longer than timeout/1 allows",
    "timeout_exceeded_rescue": "timing: takes longer than timeout/1 allows",
    "timeout_last_attempt": "timing: takes longer than timeout/1 allows",
    "snooze_huge": "timing: the date is past what PostgreSQL can hold",
    "genserver_call_noproc": "processes: what another one answers",
    "genserver_call_timeout": "processes: what another one answers, and when",
    "raise_undefined_function": "a module that is not there",
    "raise_key_error": "what the args hold",
}

# More than one state is possible, and the model says so: it depends on something else.
DEPENDS = {
    "the database": (
        "call_repo_insert_bang", "call_repo_insert_ok", "error_changeset", "call_oban_insert",
        "raise_match_error", "raise_case_clause", "raise_no_results", "raise_invalid_changeset",
        "raise_postgrex",
    ),
    "the file system": ("call_file_read_error",),
    "the args": (
        "call_unless", "clause_atom_keys", "clause_string_keys", "dot_atom_key",
        "extra_args_exact_map", "atom_value_arg",
    ),
    "which process is first": ("linked_crash", "linked_exit_shutdown", "task_await_timeout"),
    "the arguments of a call that raises for wrong ones": ("snooze_duration",),
}  # fmt: skip
SEVERAL = {name for names in DEPENDS.values() for name in names}

# What the expressions were measured with.
SUPPORT = """
defmodule Oracle.Plain do
  defstruct [:a]
end

defmodule Oracle.Thing do
  use Ecto.Schema

  schema "things" do
    field :name, :string
    field :n, :integer
  end

  def changeset(thing, params) do
    thing |> Ecto.Changeset.cast(params, [:name, :n]) |> Ecto.Changeset.validate_required([:name])
  end
end
"""

HEAD = """
defmodule Oracle.Worker do
  use Oban.Worker, queue: :default, max_attempts: 3

  import Ecto.Query
  require Logger
  alias Oracle.{Plain, Repo, Srv, Thing}
"""


def source(fact: dict) -> str:
    expr = fact["expr"]
    if fact["id"] == "no_perform":
        expr = ""
    elif not expr.startswith(("def ", "defp ")):
        expr = f"@impl Oban.Worker\n  def perform(%Oban.Job{{}} = job) do\n    {expr}\n  end"
    return f"{SUPPORT}{HEAD}\n  {expr}\nend\n"


def modelled(fact: dict) -> Worker:
    (worker,) = workers(modules(parse(source(fact).encode())), library())
    return worker


def states(fact: dict) -> set[str]:
    """The states that the model says a job can be in afterwards."""
    worker = modelled(fact)
    found = {STATES[outcome.kind] for outcome in outcomes(worker.outcome, VERSION)}
    signals = [throw for throw in worker.throws if throw.kind in ("signal", "linked")]
    found |= {"cancelled" if only_atom(s.value) == "shutdown" else "retryable" for s in signals}
    if worker.raises or len(worker.throws) > len(signals) or not found:
        found.add("retryable")
    if fact["id"].startswith("last_"):
        found = {"discarded" if state == "retryable" else state for state in found}
    return found


@pytest.mark.parametrize("name", [name for name in FACTS if name not in EXCEPTIONS])
def test_the_state_is_what_was_measured(name):
    derived = states(FACTS[name])
    assert "unknown" not in derived
    if name in SEVERAL:
        assert FACTS[name]["state"] in derived
        assert len(derived) > 1, "it is certain by now: take it off the list"
    else:
        assert derived == {FACTS[name]["state"]}


@pytest.mark.parametrize("name", [n for n in FACTS if n not in SEVERAL and n not in EXCEPTIONS])
def test_unrecognised_is_what_was_logged(name):
    kinds = {outcome.kind for outcome in outcomes(modelled(FACTS[name]).outcome, VERSION)}
    if FACTS[name]["warning_logged"]:
        assert UNRECOGNISED in kinds
    else:
        assert kinds != {UNRECOGNISED}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_are_none_by_now(name):
    """An exception that the model could tell is taken off the list."""
    assert states(FACTS[name]) != {FACTS[name]["state"]} or EXCEPTIONS[name].startswith("prose")


def test_exceptions_are_few_and_known():
    assert len(EXCEPTIONS) <= 20
    assert {*EXCEPTIONS, *SEVERAL} <= set(FACTS)


def test_months_are_a_period_from_2_24_on():
    worker = modelled(FACTS["snooze_month"])
    assert {o.kind for o in outcomes(worker.outcome, (2, 24))} == {SNOOZED}
