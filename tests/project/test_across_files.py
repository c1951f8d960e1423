"""What the other files of a project tell of a worker: callees, specs, wrappers, versions."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from checker.batch import check_files
from checker.check import check_source
from checker.config import Config
from checker.discover import find
from checker.project import Project
from checker.project.mix import app_around
from checker.source import Source

MIX = """defmodule Shop.MixProject do
  def project, do: [app: :shop, deps: [{:oban, "~> 2.20"}]]
end
"""
WORKER = """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  alias Shop.Billing

  @impl Oban.Worker
  def perform(%Oban.Job{{args: %{{"id" => id}}}}) do
    {body}
  end
end
"""
PATH = "lib/shop/workers/sync.ex"


class Files:
    """A project in a folder; `put` writes a file of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put("mix.exs", MIX)

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, body: str) -> list:
        """What is found in the worker whose perform is `body`, advice left out."""
        text = WORKER.format(body=body)
        self.put(PATH, text)
        project = Project(app_around(str(self.folder)))
        report = check_source(Source(str(self.folder / PATH), text), Config.default(), project)
        assert not report.failures
        return [finding for finding in report.findings if finding.blocking]

    def rules(self, body: str) -> list[str]:
        return [finding.rule for finding in self.check(body)]


@pytest.fixture
def shop(tmp_path: Path) -> Files:
    return Files(tmp_path)


def billing(shop: Files, functions: str, name: str = "Shop.Billing") -> None:
    path = "lib/" + name.replace(".", "/").lower() + ".ex"
    shop.put(path, f"defmodule {name} do\n{functions}\nend\n")


def test_a_value_of_another_file_is_reported_at_the_call(shop: Files) -> None:
    """The message names the function, its file and its line."""
    billing(shop, "  def note, do: :ok\n\n  def sync(1), do: :error\n  def sync(_id), do: :ok")
    [finding] = shop.check("Billing.sync(id)")
    assert (finding.rule, finding.line, finding.trigger) == ("OB101", 8, "Billing.sync(id)")
    assert "can return `:error`" in finding.message
    assert finding.message.endswith("see `Shop.Billing.sync/1` (lib/shop/billing.ex:4)")


def test_arguments_choose_the_clause(shop: Files) -> None:
    billing(shop, "  def sync(:dry), do: nil\n  def sync(:full), do: :ok")
    assert shop.rules("Billing.sync(:full)") == []
    assert shop.rules("Billing.sync(:dry)") == ["OB101"]


@pytest.mark.parametrize(
    ("spec", "rules"),
    [
        ("integer() :: :ok | {:error, :closed}", []),
        ("integer() :: :ok | :busy", ["OB101"]),
        ("integer() :: String.t()", ["OB101"]),
        ("integer() :: Shop.Result.t()", []),
        ("integer() :: {:ok, term} | no_return", []),
        ("t :: t when t: integer", []),
    ],
)
def test_a_spec_counts_where_the_body_cannot_be_followed(shop: Files, spec, rules) -> None:
    arguments, _, result = spec.partition(" :: ")
    billing(shop, f"  @spec sync({arguments}) :: {result}\n  def sync(id), do: Erp.Client.sync(id)")
    assert shop.rules("Billing.sync(id)") == rules


def test_without_a_spec_nothing_is_known(shop: Files) -> None:
    billing(shop, "  def sync(id), do: Erp.Client.sync(id)")
    assert shop.rules("Billing.sync(id)") == []


def test_a_delegate_leads_on(shop: Files) -> None:
    billing(shop, "  defdelegate sync(id), to: Shop.Erp, as: :push")
    billing(shop, "  def push(_id), do: :failed", "Shop.Erp")
    assert shop.rules("Billing.sync(id)") == ["OB101"]


def test_files_that_call_each_other_end(shop: Files) -> None:
    billing(shop, "  def sync(id), do: Shop.Erp.push(id)")
    billing(shop, "  def push(id), do: Shop.Billing.sync(id)", "Shop.Erp")
    assert shop.rules("Billing.sync(id)") == []


def test_an_effect_of_another_file(shop: Files) -> None:
    """With what guards it there, or here."""
    charge = "Stripe.PaymentIntent.create(%{amount: 5, order: id}"
    billing(shop, f"  def pay(id), do: {charge})")
    answer = "with {:ok, _} <- Billing.pay(id), do: :ok"
    assert "OB201" in shop.rules(answer)
    billing(shop, f'  def pay(id), do: {charge}, idempotency_key: "pay-#{{id}}")')
    assert shop.rules(answer) == []
    billing(shop, f"  def pay(id), do: {charge})")
    guarded = f"if Shop.Repo.get!(Shop.Order, id).paid_at, do: :ok, else: ({answer})"
    assert shop.rules(guarded) == []


def test_reasons_of_another_file_are_its_own(shop: Files) -> None:
    """They are for all its callers."""
    billing(shop, "  def sync(_id), do: {:error, :not_found}")
    assert shop.rules("Billing.sync(id)") == []
    assert shop.rules("{:error, :not_found}") == ["OB104"]


def test_notes_may_get_lost(shop: Files) -> None:
    insert = "  def {}(id), do: Shop.Repo.insert(%Shop.Row{{id: id}}, on_conflict: :nothing)"
    billing(shop, insert.format("store"))
    billing(shop, insert.format("insert"), "Shop.EventLog")
    assert shop.rules("Billing.store(id)\n    :ok") == ["OB108"]
    assert shop.rules("Shop.EventLog.insert(id)\n    :ok") == []


@pytest.mark.parametrize(
    "text",
    ["defmodule Shop.Billing do\n  def sync(", "\0\xff", "", "defmodule Shop.Billing do\nend"],
)
def test_a_file_that_cannot_be_read_tells_nothing(shop: Files, text: str) -> None:
    shop.put("lib/shop/billing.ex", text)
    assert shop.rules("Billing.sync(id)") == []


def test_the_order_of_files_does_not_matter(shop: Files) -> None:
    billing(shop, "  def sync(_id), do: :error")
    shop.put("lib/shop/workers/other.ex", WORKER.format(body=":oops").replace("Sync", "Other"))
    shop.put(PATH, WORKER.format(body="Billing.sync(id)"))
    files = find([str(shop.folder)], {}).files
    told = {
        tuple((f.path, f.line, f.rule, f.message) for f in check_files(list(order)).findings)
        for order in itertools.permutations(files)
    }
    assert len(told) == 1


def test_the_locked_version_counts(shop: Files) -> None:
    """`{:snooze, {1, :minute}}` is a period from 2.20.3 on."""
    body = "if id, do: {:snooze, {1, :minute}}, else: :ok"
    lock = '%{{"oban": {{:hex, :oban, "{}", "0f", [:mix], [], "hexpm", "1e"}}}}\n'
    shop.put("mix.lock", lock.format("2.19.0"))
    assert shop.rules(body) == ["OB109"]
    shop.put("mix.lock", lock.format("2.20.3"))
    assert shop.rules(body) == []


def test_a_wrapper_of_another_file(shop: Files) -> None:
    """What it sets counts as set, and what it does not define is missing."""
    shop.put(
        "lib/shop/worker.ex",
        "defmodule Shop.Worker do\n  defmacro __using__(opts) do\n"
        "    opts = Keyword.merge([max_attempts: 4], opts)\n\n    quote do\n"
        "      use Oban.Worker, unquote(opts)\n    end\n  end\nend\n",
    )
    worker = WORKER.replace("use Oban.Worker, queue: :sync, max_attempts: 3", "use Shop.Worker")
    project = Project(app_around(str(shop.folder)))

    def found(text: str) -> list[str]:
        source = Source(str(shop.folder / PATH), text)
        return [f.rule for f in check_source(source, Config.default(), project).findings]

    assert "OB401" not in found(worker.format(body=":ok"))
    assert "OB501" in found(worker.format(body=":ok").replace('"id" =>', "id:"))
    assert "OB110" in found(worker.format(body=":ok").replace("def perform", "def process"))
