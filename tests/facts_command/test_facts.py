"""`oban-guard facts`, on a small project."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from checker.cli import cli

FILES = {
    "mix.exs": "defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n",
    "config/config.exs": """import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [sync: 7],
  plugins: [{Oban.Plugins.Cron, crontab: [{"5 4 * * *", Shop.Workers.Sync, args: %{id: 1}}]}]
""",
    "lib/shop/item.ex": """defmodule Shop.Item do
  use Ecto.Schema

  schema "items" do
    field :title, :string
    belongs_to :owner, Shop.Owner
  end
end
""",
    "lib/shop/workers/sync.ex": """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3, unique: [period: 60]

  def perform(%Oban.Job{args: %{"id" => id} = args}) do
    item = Shop.Repo.get!(Shop.Item, id)
    Shop.Items.sync(item, args["mode"])
  end
end

defmodule Shop.Mode do
  def mode(id), do: id
end
""",
    "lib/shop/items.ex": """defmodule Shop.Items do
  alias Shop.Workers.Sync

  def changed(item), do: %{id: item.id, mode: "full"} |> Sync.new() |> Oban.insert()
  def again(args), do: args |> Sync.new() |> Oban.insert()
end
""",
    "lib/other/sync.ex": "defmodule Other.Sync do\n  def new(args), do: args\nend\n",
    "test/sync_test.exs": "defmodule SyncTest do\n  alias Shop.Workers.Sync\nend\n",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, ["facts", *arguments])


@pytest.fixture
def told(project):
    (worker,) = json.loads(run("Sync", "--json").stdout)["workers"]
    return worker


def test_who_enqueues_it(told):
    assert told["enqueuers"] == [
        {"path": "lib/shop/items.ex", "line": 4, "function": "changed/1", "args": ["id", "mode"]},
        {"path": "lib/shop/items.ex", "line": 5, "function": "again/1", "args": None},
    ]


def test_what_it_asks_for(told):
    assert told["clauses"] == [
        {"line": 4, "needs": ["id"], "may_have": ["mode"], "passes_on": False}
    ]


def test_where_it_runs(told):
    assert (told["options"]["queue"], told["limit"], told["crontab"]) == (":sync", 7, ["5 4 * * *"])
    assert told["options"]["unique"] == "[period: 60]"


def test_the_schemas_that_it_uses(told):
    assert told["schemas"] == [
        {
            "module": "Shop.Item", "calls": ["get!"], "path": "lib/shop/item.ex",
            "fields": ["title", "owner_id"],
        }
    ]  # fmt: skip


def test_what_renames_break(told):
    def lines(spots):
        return [(spot["path"], spot["line"]) for spot in spots]

    assert lines(told["tests"]) == [("test/sync_test.exs", 2)]
    assert lines(told["named"]) == [
        ("config/config.exs", 6), ("lib/shop/items.ex", 2), ("lib/shop/items.ex", 4),
        ("lib/shop/items.ex", 5), ("lib/shop/workers/sync.ex", 1), ("test/sync_test.exs", 2),
    ]  # fmt: skip
    assert lines(told["args"]["mode"]) == [
        ("lib/shop/items.ex", 4), ("lib/shop/workers/sync.ex", 6),
    ]  # fmt: skip


def test_the_same_as_text(project):
    text = run("lib/shop/workers/sync.ex:5").stdout
    head, queue, *_rest = text.split("\n")
    assert head == "Shop.Workers.Sync  lib/shop/workers/sync.ex:1"
    assert queue == "  queue :sync (7 at a time)"
    assert "    lib/shop/items.ex:5  again/1  args that cannot be read" in text


def test_wrong_targets(project):
    result = run("Snyc")
    assert result.exit_code == 2 and "Did you mean `Shop.Workers.Sync`?" in result.stderr


def test_python_workers_are_refused_with_a_reason(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    worker = "from oban import worker\n\n\n@worker()\nclass Sync:\n"
    (tmp_path / "sync.py").write_text(f"{worker}    async def process(self, job):\n        pass\n")
    result = CliRunner().invoke(cli, ["facts", "sync.py"])
    assert result.exit_code == 2
    assert "sync.py: facts are told of Elixir workers alone so far." in result.output
