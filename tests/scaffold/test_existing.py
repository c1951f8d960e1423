"""`oban-guard new test MODULE`: one test for each outcome that the checker found."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .generated import project, run

HERE = Path(__file__).parent
SYNC = '''defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :default, max_attempts: 5, unique: [period: 60]

  alias Shop.Remote

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"kind" => "full", "shop_id" => id}}) do
    case Remote.all(id) do
      {:ok, _all} -> :ok
      {:error, :gone} -> {:cancel, :gone}
      {:error, reason} -> {:error, reason}
      :later -> {:snooze, 60}
    end
  end

  def perform(%Oban.Job{args: %{"kind" => "part"} = args}) do
    if args["dry"], do: :ok, else: {:ok, Map.fetch!(args, "page_id")}
  end

  def perform(%Oban.Job{args: %{"kind" => "other"}}), do: Remote.other()
end
'''
EXPECTED = '''defmodule Shop.Workers.SyncTest do
  use Shop.DataCase
  use Oban.Testing, repo: Shop.Repo

  alias Shop.Workers.Sync

  @args %{"kind" => "full", "shop_id" => 1}
  @args_2 %{"kind" => "part", "page_id" => 1}

  describe "perform/1" do
    # Decided by line 9
    @tag skip: "arrange what leads to it"
    test "completes, given @args: :ok" do
      assert :ok = perform(@args)
    end

    # Decided by line 10
    @tag skip: "arrange what leads to it"
    test "is cancelled: {:cancel, :gone}" do
      assert {:cancel, :gone} = perform(@args)
    end

    # Decided by line 11
    @tag skip: "arrange what leads to it"
    test "fails, to be tried again: {:error, _}" do
      assert {:error, _} = perform(@args)
    end

    # Decided by line 12
    @tag skip: "arrange what leads to it"
    test "is snoozed: {:snooze, 60}" do
      assert {:snooze, 60} = perform(@args)
    end

    # Decided by line 17
    @tag skip: "arrange what leads to it"
    test "completes, given @args_2: :ok" do
      assert :ok = perform(@args_2)
    end

    # Decided by line 17
    @tag skip: "arrange what leads to it"
    test "completes: {:ok, _}" do
      assert {:ok, _} = perform(@args_2)
    end
  end

  describe "enqueuing" do
    test "puts a job into its queue" do
      assert {:ok, %Oban.Job{}} = enqueue(@args)
      assert_enqueued(worker: Sync, args: @args)
    end

    test "does not put the same job there twice" do
      assert {:ok, %Oban.Job{conflict?: false}} = enqueue(@args)
      assert {:ok, %Oban.Job{conflict?: true}} = enqueue(@args)
    end
  end

  defp perform(args) do
    perform_job(Sync, args)
  end

  defp enqueue(args) do
    args |> Sync.new() |> Oban.insert()
  end
end
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shop = project(tmp_path / "shop")
    (shop / "lib" / "shop" / "workers").mkdir()
    (shop / "lib" / "shop" / "workers" / "sync.ex").write_text(SYNC)
    return shop


def test_each_outcome_has_its_test(shop: Path) -> None:
    """With the args of the clause that it belongs to."""
    told = json.loads(run(shop, "new", "test", "Sync", "--json").output)
    assert [file["path"] for file in told["files"]] == ["test/shop/workers/sync_test.exs"]
    assert (shop / "test" / "shop" / "workers" / "sync_test.exs").read_text() == EXPECTED


def test_what_is_not_known_is_left_to_do(shop: Path) -> None:
    """Rather than guessed."""
    told = json.loads(run(shop, "new", "test", "Shop.Workers.Sync", "--json").output)
    assert [step["snippet"] for step in told["next_steps"]] == [
        "arrange, then delete the tag",
        "oban-guard explain lib/shop/workers/sync.ex:20",
    ]


def test_a_worker_of_which_nothing_is_known_has_one_test(shop: Path) -> None:
    path = shop / "lib" / "shop" / "workers" / "sync.ex"
    path.write_text(
        "defmodule Shop.Workers.Sync do\n  use Oban.Worker, max_attempts: 3\n\n"
        "  def perform(job), do: Shop.Remote.sync(job)\nend\n"
    )
    told = json.loads(run(shop, "new", "test", "Sync", "--json").output)
    assert "assert :ok = perform(@args)" in (shop / told["files"][0]["path"]).read_text()


def test_what_oban_does_not_recognise_has_no_test(shop: Path) -> None:
    """It is to be mended."""
    path = shop / "lib" / "shop" / "workers" / "sync.ex"
    path.write_text(SYNC.replace("{:snooze, 60}", ":error"))
    told = json.loads(run(shop, "new", "test", "Sync", "--json").output)
    assert told["next_steps"][-1]["snippet"] == "oban-guard check lib/shop/workers/sync.ex"
    assert ":error =" not in (shop / told["files"][0]["path"]).read_text()


def test_several_workers_of_a_file_have_a_test_file_each(shop: Path) -> None:
    path = shop / "lib" / "shop" / "workers" / "sync.ex"
    path.write_text(SYNC + "\n" + SYNC.replace("Workers.Sync", "Workers.Other"))
    paths = [
        json.loads(run(shop, "new", "test", name, "--json").output)["files"][0]["path"]
        for name in ("Sync", "Other")
    ]
    assert paths == ["test/shop/workers/sync_test.exs", "test/shop/workers/other_test.exs"]


def test_a_worker_that_there_is_not(shop: Path) -> None:
    """Is told with the one that is most like it."""
    told = run(shop, "new", "test", "Shop.Workers.Sink", expected=2).output
    assert "there is no worker `Shop.Workers.Sink` in lib; for example Shop.Workers.Sync" in told


def test_a_name_that_may_be_two(shop: Path) -> None:
    other = shop / "lib" / "shop" / "sync.ex"
    other.write_text(SYNC.replace("Shop.Workers.Sync", "Shop.Mail.Sync"))
    told = run(shop, "new", "test", "Sync", expected=2).output
    assert "Shop.Mail.Sync, Shop.Workers.Sync" in told


@pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")
def test_it_runs(shop: Path, tmp_path: Path) -> None:
    """Skipping what has to be arranged."""
    run(shop, "new", "test", "Sync")
    case = tmp_path / "cases" / "sync"
    case.mkdir(parents=True)
    remote = "\ndefmodule Shop.Remote do\n  def all(_), do: :ok\n  def other, do: :ok\nend\n"
    (case / "worker.ex").write_text(SYNC + remote)
    shutil.copy(shop / "test" / "shop" / "workers" / "sync_test.exs", case / "test.exs")
    ran = subprocess.run(
        ["elixir", HERE / "run.exs", HERE / "standin.exs", case.parent],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.stdout.strip() == "sync\toriginal\tpassed\t0", ran.stdout + ran.stderr
