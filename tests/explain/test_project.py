"""What other files of the project tell of a worker: wrappers, and the functions it calls."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from checker import project
from checker.cli import cli

MIX = 'defmodule Shop.MixProject do\n  use Mix.Project\n  def project, do: [app: :shop]\nend\n'
BASE = """defmodule Shop.Worker do
  defmacro __using__(opts) do
    quote do
      use Oban.Worker, Keyword.merge([max_attempts: 4, queue: :base], unquote(opts))
      def backoff(_job), do: 30
    end
  end
end
"""
WORKER = """defmodule Shop.Workers.Bill do
  use Shop.Worker, queue: :billing

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Billing.settle(id)
end
"""
BILLING = """defmodule Shop.Billing do
  def settle(id) do
    case Stripe.Charge.create(%{id: id}) do
      {:ok, _} -> :done
      {:error, reason} -> {:error, reason}
    end
  end
end
"""


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "_known", {})
    monkeypatch.chdir(tmp_path)
    for name, text in (("worker", BASE), ("bill", WORKER), ("billing", BILLING)):
        path = tmp_path / f"lib/shop/{name}.ex"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mix.exs").write_text(MIX)
    return tmp_path


def explained(*args) -> str:
    result = CliRunner().invoke(cli, ["explain", *args])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("target", ["Bill", "lib/shop/bill.ex"])
def test_outcomes_and_effects_of_other_files(target):
    said = explained(target)
    via = "`Shop.Billing.settle/1` (lib/shop/billing.ex:2)"
    assert f"completed, with a line in the log  `:done` from {via}" in said
    assert f"retryable                          `{{:error, _}}` from {via}" in said
    assert f"      4  a payment: `Stripe.Charge.create`, in {via}\n" in said


def test_what_a_wrapper_sets_and_defines():
    said = explained("Bill")
    assert "made with  `use Shop.Worker`, which may set more" in said
    assert "attempts   4  (from what it is made with)" in said
    assert "queue      :billing  (line 2)" in said
    assert "waits      those of another module's `backoff/1`  (line 2)" in said
    assert "The wait is computed by `backoff/1` (line 2) and cannot be worked out." in said


def test_waits_of_another_file(shop):
    (shop / "lib/shop/waits.ex").write_text(
        "defmodule Shop.Waits do\n"
        "  def after_attempt(n), do: min(trunc(:math.pow(n, 3)) * 10, 200) + :rand.uniform(5)\n"
        "  def limit, do: :timer.minutes(2)\nend\n"
    )
    (shop / "lib/shop/waiting.ex").write_text(
        "defmodule Shop.Waiting do\n  use Oban.Worker, max_attempts: 4\n"
        "  def perform(_job), do: :ok\n"
        "  def backoff(job), do: Shop.Waits.after_attempt(job.attempt)\n"
        "  def timeout(_job), do: Shop.Waits.limit()\nend\n"
    )
    (worker,) = json.loads(explained("Waiting", "--format", "json"))["workers"]
    waits = [(row["wait_min"], row["wait_max"]) for row in worker["timeline"]]
    assert waits == [(0, 0), (11, 15), (81, 85), (201, 205)]
    assert worker["timeout_ms"]["max"] == 120_000


def test_as_json():
    (worker,) = json.loads(explained("Bill", "--format", "json"))["workers"]
    assert worker["max_attempts"] == 4
    assert worker["options"] == {"queue": ":billing", "max_attempts": "4"}
    assert worker["backoff"]["kind"] == "elsewhere"
    assert {row["via"] for row in worker["outcomes"]} == {
        "`Shop.Billing.settle/1` (lib/shop/billing.ex:2)"
    }


def test_a_line_that_calls_another_file():
    said = explained("lib/shop/bill.ex:4")
    assert "`:done` from" in said and "a payment" in said
