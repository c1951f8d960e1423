"""The same project with two lock files: what depends on Oban's version is answered for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.batch import check_files
from checker.discover import find
from checker.project import forget
from checker.rules import all_rules

ASKS = re.compile(r"\b\w+\.version\b")
MIX = """defmodule Shop.MixProject do
  def project, do: [app: :shop, deps: [{:oban, "~> 2.0"}]]
end
"""
LOCK = """%{{
  "oban": {{:hex, :oban, "{version}", "0", [:mix], [], "hexpm", "1"}},
}}
"""
WORKER = """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3{options}

  @impl Oban.Worker
  def perform(%Oban.Job{{args: %{{"id" => id}}, attempt: attempt}}) do
    {body}
  end
end
"""
ENQUEUE = """defmodule Shop.Sync do
  def later(id), do: %{{id: id}} |> Shop.Workers.Sync.new({options}) |> Oban.insert()
end
"""
CONFIG = """import Config

config :shop, Oban, repo: Shop.Repo, queues: [sync: 5]{more}
"""
SYNC = "Shop.Stock.sync(id, attempt)"


def worker(body: str = SYNC, options: str = "") -> dict[str, str]:
    return {"lib/sync.ex": WORKER.format(body=body, options=options)}


def unique(options: str) -> dict[str, str]:
    return worker(options=f", unique: [{options}]")


def enqueue(options: str) -> dict[str, str]:
    return {**worker(), "lib/later.ex": ENQUEUE.format(options=options)}


def config(more: str) -> dict[str, str]:
    return {**worker(), "config/config.exs": CONFIG.format(more=f", {more}")}


NOTHING = None
# What is written, the rule, then twice a version and what the rule says of it.
CASES = {
    "snooze for months": (
        worker("{:snooze, {1, :month}}"), "OB109",
        "2.23.1", "is no period that Oban 2.23 knows", "2.24.0", NOTHING,
    ),
    "snooze with a unit": (
        worker("{:snooze, {5, :minutes}}"), "OB109",
        "2.20.2", "that Oban 2.20 knows, so the job completes at once. Give whole seconds, "
        "`{:snooze, 300}`$", "2.20.3", NOTHING,
    ),
    "states with a gap": (
        unique("period: 300, states: [:scheduled, :executing]"), "OB302",
        "2.19.4", "`states: [:available, :scheduled, :executing, :retryable]`",
        "2.20.0", "`states: :incomplete`",
    ),
    "keys without args": (
        unique("period: 300, fields: [:queue, :worker], keys: [:id]"), "OB305",
        "2.19.4", "before Oban 2.20 they are ignored", "2.20.0", "its module does not compile",
    ),
    "a group of states": (
        unique("period: 300, states: :incomplete"), "OB306",
        "2.19.4", "which exist since Oban 2.20", "2.20.0", NOTHING,
    ),
    "a state": (
        unique("period: 300, states: [:available, :scheduled, :executing, :retryable, :suspended]"),
        "OB306", "2.20.3", "holds `:suspended`, a state since Oban 2.21", "2.21.0", NOTHING,
    ),
    "unique for months": (
        unique("period: {1, :month}"), "OB306",
        "2.23.1", "with a unit that Oban 2.23 knows", "2.24.0", NOTHING,
    ),
    "unique for ever": (
        {
            **config('plugins: [{Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.Sync}]}]'),
            **unique("period: :infinity"),
        },
        "OB308", "2.19.4", "`states: [:available, :scheduled, :executing, :retryable]`",
        "2.20.0", "`states: :incomplete`",
    ),
    "snooze by attempt": (
        worker("if attempt < 3, do: {:snooze, 60}, else: {:cancel, :late}"), "OB410",
        "2.23.1", "which a snooze gives back from Oban 2.24: then it never ends",
        "2.24.0", "which a snooze gives back: it never ends",
    ),
    "an attempt above the last": (
        worker("if attempt == 5, do: {:cancel, :late}, else: {:snooze, 60}"), "OB411",
        "2.23.1", NOTHING, "2.24.0", "is never reached",
    ),
    "milliseconds to wait": (
        enqueue("schedule_in: :timer.minutes(5)"), "OB607",
        "2.7.2", "`schedule_in: 300`", "2.8.0", "`schedule_in: {5, :minutes}`",
    ),
    "a delay of months": (
        enqueue("schedule_in: {1, :month}"), "OB607",
        "2.23.1", "is no delay that Oban 2.23 knows", "2.24.0", NOTHING,
    ),
    "an option by its newer name": (
        enqueue("scheduled_in: 60"), "OB608",
        "2.23.1", "is no option of a job before 2.24", "2.24.0", NOTHING,
    ),
    "an unknown option": (
        enqueue("delay: 60"), "OB608",
        "2.12.1", NOTHING, "2.13.0", "is no option of a job",
    ),
    "an age with a unit": (
        config("plugins: [{Oban.Plugins.Pruner, max_age: {1, :day}}]"), "OB711",
        "2.23.1", "which Oban 2.23 refuses to start with; 2.24 reads it", "2.24.0", NOTHING,
    ),
    "a rescue with a unit": (
        config("plugins: [{Oban.Plugins.Lifeline, rescue_after: {30, :minutes}}]"), "OB711",
        "2.23.1", "which Oban 2.23 refuses to start with; 2.24 reads it", "2.24.0", NOTHING,
    ),
    "a pruner of its own": (
        config("pruner: [max_age: 60]"), "OB712",
        "2.23.1", "is no option of Oban 2.23, which refuses to start; it came with 2.24",
        "2.24.0", NOTHING,
    ),
    "a trigger": (
        config("insert_trigger: false"), "OB712",
        "2.16.0", "is no option of Oban 2.16, which refuses to start; it came with 2.17",
        "2.17.0", NOTHING,
    ),
}  # fmt: skip


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What one rule says of some files where a version is locked; None when it says nothing."""

    def said(files: dict[str, str], rule: str, version: str) -> str | None:
        forget()
        everything = {"mix.exs": MIX, "mix.lock": LOCK.format(version=version), **files}
        for name, text in everything.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        found = check_files(find(["."], {}).files, 1)
        assert found.problems == []
        told = [f"{f.message}. {f.help}" for f in found.findings if f.rule == rule]
        assert len(told) <= 1
        return told[0] if told else None

    monkeypatch.chdir(tmp_path)
    return said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_version_has_its_answer(said, case):
    files, rule, *answers = case
    for version, expected in (answers[:2], answers[2:]):
        told = said(files, rule, version)
        if expected is NOTHING:
            assert told is None
        else:
            assert told is not None and re.search(_pattern(expected), told)


def _pattern(expected: str) -> str:
    """A text as it stands, at the end where `$` says so."""
    end = "$" if expected.endswith("$") else ""
    return re.escape(expected.removesuffix("$")) + end


def test_no_rule_asks_for_the_version_without_a_case():
    """But for those that leave it to what an outcome is, as OB109 shows it."""
    asking = {r.ID for r in all_rules() if ASKS.search(Path(r.__file__).read_text())}
    assert asking - {"OB106", "OB108", "OB112"} == {case[1] for case in CASES.values()}
