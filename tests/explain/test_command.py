"""`oban-guard explain`: what it may be asked about, what it answers, and what it refuses."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from checker.cli import cli

SYNC = """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3, unique: [period: 60]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Req.post("https://shop.test", json: %{id: id}) do
      {:ok, %{status: 200}} -> :ok
      {:ok, _} -> {:error, :status}
      {:error, reason} -> {:error, reason}
    end
  end

  def backoff(%Oban.Job{attempt: attempt}), do: 60 * attempt

  def timeout(_job), do: :timer.seconds(30)
end
"""
PLAIN = "defmodule Shop.Orders do\n  def find(id), do: id\n  # Oban\nend\n"
TWO = """defmodule Shop.Outer do
  use Oban.Worker
  def perform(_job), do: :ok

  defmodule Inner do
    use Oban.Worker
    def perform(_job), do: {:cancel, :inner}
  end
end

defmodule Shop.Other do
end
"""


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sync.ex").write_text(SYNC)
    (tmp_path / "lib/orders.ex").write_text(PLAIN)
    (tmp_path / "lib/two.ex").write_text(TWO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args):
    result = CliRunner().invoke(cli, ["explain", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def explained(*args) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.stderr
    assert not result.stderr
    return result.stdout


def refused(*args) -> str:
    result = run(*args)
    assert result.exit_code == 2
    assert not result.stdout
    return result.stderr.split("Error: ", 1)[1].strip()


def names(text: str) -> list[str]:
    return re.findall(r"^(Shop\S+)  lib/", text, re.MULTILINE)


@pytest.mark.parametrize("target", ["OB104", "permanent-error-retried"])
def test_a_rule_goes_first(shop, target):
    (shop / target).write_text("a file of this name")
    assert explained(target).startswith("# OB104 permanent-error-retried (")


def test_a_rule_as_json():
    told = json.loads(explained("OB104", "--format", "json"))
    assert told["version"] == 1
    assert told["rule"]["rule"] == "OB104"
    assert told["rule"]["page"].startswith("# OB104 permanent-error-retried")


def test_a_file_tells_of_all_its_workers():
    assert names(explained("lib/sync.ex")) == ["Shop.Workers.Sync"]
    assert names(explained("lib/two.ex")) == ["Shop.Outer", "Shop.Outer.Inner"]


@pytest.mark.parametrize("target", ["Shop.Workers.Sync", "Workers.Sync", "Sync"])
def test_a_module(target):
    assert names(explained(target)) == ["Shop.Workers.Sync"]


def test_a_module_inside_another():
    assert names(explained("Inner")) == ["Shop.Outer.Inner"]
    assert names(explained("Outer")) == ["Shop.Outer"]


def test_a_module_that_several_are_called():
    with open("lib/sync_too.ex", "w") as file:
        file.write(SYNC.replace("Shop.Workers", "Shop.Jobs"))
    said = refused("Sync")
    assert said.startswith("There are 2 workers that `Sync` may be: ")
    assert "`Shop.Workers.Sync` (lib/sync.ex:1)" in said
    assert "`Shop.Jobs.Sync` (lib/sync_too.ex:1)" in said
    assert names(explained("Shop.Jobs.Sync")) == ["Shop.Jobs.Sync"]


def test_a_module_whose_name_ends_another():
    with open("lib/short.ex", "w") as file:
        file.write(SYNC.replace("Shop.Workers.Sync", "Sync"))
    assert "lib/short.ex:1" in explained("Sync")


def test_an_unknown_module_gets_near_names():
    assert refused("Synk") == (
        "No worker `Synk` below this folder. Did you mean `Shop.Workers.Sync`?"
    )


def test_a_module_that_is_no_worker():
    assert refused("Shop.Orders").startswith("No worker `Shop.Orders` below this folder.")


def test_no_worker_at_all(shop):
    (shop / "lib/sync.ex").unlink()
    (shop / "lib/two.ex").unlink()
    assert refused("Sync") == "No worker `Sync`: there is no Oban worker below this folder."


@pytest.mark.parametrize("line", ["lib/sync.ex:8", "lib/sync.ex:8:20"])
def test_a_line_with_an_outcome(line):
    said = explained(line)
    assert said.startswith("Line 8 stands in Shop.Workers.Sync  lib/sync.ex:1\n")
    assert "retryable  `{:error, :status}`" in said
    assert "{:error, reason}" not in said and "Effects" not in said and "Retries" not in said


def test_a_line_with_an_effect():
    said = explained("lib/sync.ex:6")
    assert "an HTTP write: `Req.post`" in said and "guarded by `unique` (line 2)" in said
    assert "Retries" not in said


def test_a_line_of_backoff_and_of_timeout():
    said = explained("lib/sync.ex:13")
    assert "`backoff/1`" in said and "  3  2 min" in said and "Effects" not in said
    assert "`timeout/1`: 30 s" in explained("lib/sync.ex:15")


def test_a_line_of_a_later_clause(shop):
    one = "  def backoff(%Oban.Job{attempt: attempt}), do: 60 * attempt\n"
    two = "  def backoff(%Oban.Job{attempt: 1}), do: 7\n" + one
    (shop / "lib/clauses.ex").write_text(SYNC.replace(one, two))
    for line in (13, 14):
        said = explained(f"lib/clauses.ex:{line}")
        assert "`backoff/1`" in said and "  2  7 s" in said


def test_a_line_with_options():
    said = explained("lib/sync.ex:2")
    assert "Effects" not in said
    assert "option `queue: :sync`" in said and "option `unique: [period: 60]`" in said


@pytest.mark.parametrize("line", [3, 4, 11])
def test_a_line_that_decides_nothing(line):
    said = explained(f"lib/sync.ex:{line}")
    assert "Nothing is decided there" in said and "May raise" not in said


def test_a_line_as_json():
    (worker,) = json.loads(explained("lib/sync.ex:8", "--format", "json"))["workers"]
    assert [row["line"] for row in worker["outcomes"]] == [8]
    assert worker["effects"] == worker["raises"] == worker["timeline"] == []
    assert worker["name"] == "Shop.Workers.Sync" and worker["backoff"]["line"] == 13
    (worker,) = json.loads(explained("lib/sync.ex:13", "--format", "json"))["workers"]
    assert len(worker["timeline"]) == 3


def test_the_first_line_of_a_worker_is_all_of_it():
    assert explained("lib/sync.ex:1") == explained("lib/sync.ex")


def test_a_line_stands_in_the_innermost_worker():
    assert "stands in Shop.Outer.Inner" in explained("lib/two.ex:7")
    assert "stands in Shop.Outer " in explained("lib/two.ex:3")


def test_a_line_outside_of_every_worker():
    assert refused("lib/two.ex:11") == (
        "Line 11 of lib/two.ex stands in no worker; there is `Shop.Outer` (line 1),"
        " `Shop.Outer.Inner` (line 5)."
    )


@pytest.mark.parametrize("line", [0, 18, 999_999])
def test_a_line_that_is_not_there(line):
    assert refused(f"lib/sync.ex:{line}") == (
        f"lib/sync.ex has no line {line}; its last is line 16."
    )


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("lib/orders.ex", "No Oban worker was found in lib/orders.ex."),
        ("lib/orders.ex:2", "No Oban worker was found in lib/orders.ex."),
        ("lib/gone.ex", "lib/gone.ex does not exist."),
        ("gone.exs:3", "gone.exs does not exist."),
        ("lib", "lib is a folder; name a file in it, or a worker."),
        ("mix.lock", "mix.lock is no Elixir file (.ex, .exs) and no Python file (.py)."),
        ("big.ex", "big.ex is larger than 1 MB."),
        ("binary.ex", "binary.ex is binary."),
        ("a/\x1b[2J", "a/\\x1b[2J does not exist."),
        ("permanent", "No rule 'permanent'. Did you mean OB104 (permanent-error-retried)?"),
        ("OB1044", "No rule 'OB1044'. Did you mean OB104 (permanent-error-retried)?"),
    ],
)
def test_what_cannot_be_explained(shop, target, said):
    (shop / "mix.lock").write_text("%{}")
    (shop / "big.ex").write_text(SYNC + " " * 1_000_001)
    (shop / "binary.ex").write_bytes(SYNC.encode() + b"\0")
    assert refused(target) == said


def test_nothing_is_no_target():
    assert refused("").startswith("No rule ''.")


def test_a_fault_of_ours_is_said_and_hides_no_other_file(monkeypatch):
    from checker import target

    def faulty(source, *more):
        if source.path == "lib/two.ex":
            raise ValueError("too many digits")
        return explain(source, *more)

    explain = target.explain
    monkeypatch.setattr(target, "explain", faulty)
    assert refused("lib/two.ex") == "lib/two.ex: the checker failed (ValueError: too many digits)."
    assert names(explained("Sync")) == ["Shop.Workers.Sync"]
    assert refused("Outer") == "No worker `Outer` below this folder. Did you mean" \
        " `Shop.Workers.Sync`?"


def test_a_file_outside_of_this_folder(shop, monkeypatch):
    monkeypatch.chdir(shop / "lib")
    (shop / "up.ex").write_text(SYNC)
    assert f"{shop}/up.ex:1" in explained("../up.ex")


def test_a_wrong_configuration_is_said(shop):
    (shop / ".oban-guard.toml").write_text("selekt = 1\n")
    assert ".oban-guard.toml: " in refused("lib/sync.ex")


def test_the_configuration_counts(shop):
    (shop / "lib/mine.ex").write_text(
        "defmodule Shop.Mine do\n  use Shop.Base\n  def perform(_), do: Shop.Gate.run()\nend\n"
    )
    assert refused("lib/mine.ex") == "No Oban worker was found in lib/mine.ex."
    (shop / ".oban-guard.toml").write_text(
        'wrappers = ["Shop.Base"]\n[shapes]\n"Shop.Gate.run" = "{:ok, term}"\n'
    )
    said = explained("lib/mine.ex")
    assert "`use Shop.Base`" in said and "`{:ok, _}` from `Shop.Gate.run()`" in said


def test_help_names_what_may_be_asked():
    assert "RULE|PATH[:LINE]|MODULE" in run("--help").stdout
