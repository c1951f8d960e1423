"""examples/shop: real Elixir, and every mistake in it is found, and nothing else."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker.cli import cli

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples/shop"
WORKERS = SHOP / "lib/shop/workers"

CLEAN = ("ExpireCarts", "RefundOrder", "SendIssue")

# Per file: rule, severity, and what stands on the line of the finding, in the file's order.
EXPECTED = {
    "charge_order.ex": [
        ("OB112", "error", "throw({:cancel, :withdrawn})"),
        ("OB204", "error", 'idempotency_key: "order-#{order.id}-#{job.attempt}"'),
        ("OB109", "error", "{:snooze, :timer.minutes(2)}"),
        ("OB111", "advice", "{:discard, :card_declined}"),
        ("OB207", "advice", "Notifier.payment_received() |> Mailer.deliver()"),
        ("OB206", "advice", "Stripe.Refund.create("),
    ],
    "close_month.ex": [
        ("OB103", "error", "|> Repo.transaction()"),
        ("OB203", "warning", "Repo.update_all(account, inc: [balance: cents])"),
        ("OB202", "warning", "Repo.insert!(%Statement{"),
        ("OB107", "error", "{:ok, month |> Month.sign_changeset() |> Repo.update()}"),
        ("OB120", "error", ":reopened"),
        ("OB116", "advice", "|> Repo.get_by!(name: month)"),
        ("OB101", "warning", "|> Repo.update!()"),
    ],
    "confirm_order.ex": [
        ("OB401", "warning", "use Oban.Worker, queue: :mailers"),
        ("OB404", "advice", "use Oban.Worker, queue: :mailers"),
        ("OB406", "advice", "use Oban.Worker, queue: :mailers"),
        ("OB501", "error", "%{order_id: order_id}"),
        ("OB104", "warning", "{:error, :order_not_found}"),
        ("OB201", "warning", "case Mailer.deliver(email) do"),
        ("OB115", "warning", "{:cancel, :timeout}"),
        ("OB106", "warning", "Logger.error("),
        ("OB116", "advice", "Repo.get!(Order, order_id)"),
        ("OB108", "warning", "File.write("),
    ],
    "expire_carts.ex": [],
    "newsletter.ex": [
        ("OB401", "warning", "use Oban.Worker, queue: :newsletter"),
        ("OB208", "warning", "Mailer.deliver!()"),
        ("OB205", "advice", "Oban.insert!()"),
        ("OB118", "warning", "Enum.each(Newsletters.bounced(issue_id)"),
        ("OB119", "warning", "Task.start("),
        ("OB902", "warning", "# oban-guard: ignore[OB201]"),
        ("OB201", "warning", 'Req.post("https://city.example/news"'),
        ("OB901", "advice", "# oban-guard: ignore[OB108]"),
        ("OB903", "warning", "# oban-guard: ignore[OB299]"),
    ],
    "refund_order.ex": [],
    "sync_stock.ex": [
        ("OB101", "error", ":retry"),
        ("OB201", "warning", "case Req.post("),
        ("OB113", "warning", "{:ok, _response} -> :ok"),
        ("OB105", "warning", "{:error, Exception.message(error)}"),
        ("OB114", "advice", "{:snooze, 900}"),
        ("OB102", "error", 'with {:ok, pots} <- Map.fetch(plant, "pots")'),
        ("OB117", "error", "Swoosh.Email.cc("),
        ("OB110", "error", "use Oban.Worker, queue: :suppliers, max_attempts: 4"),
    ],
}


@pytest.fixture(scope="module")
def checked():
    result = CliRunner().invoke(cli, ["check", "--format", "json", str(SHOP)])
    assert result.exit_code == 1, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", sorted(path.name for path in WORKERS.glob("*.ex")))
def test_every_mistake_is_found_and_nothing_else(checked, name):
    lines = (WORKERS / name).read_text("utf-8").splitlines()
    found = [f for f in checked["findings"] if Path(f["path"]).name == name]
    missed = [
        (rule, severity, text)
        for rule, severity, text in EXPECTED[name]
        if not any(
            (f["rule"], f["severity"]) == (rule, severity) and text in lines[f["line"] - 1]
            for f in found
        )
    ]
    expected = [(rule, text) for rule, _, text in EXPECTED[name]]
    surplus = [
        (f["rule"], f["line"], f["message"])
        for f in found
        if not any(f["rule"] == rule and text in lines[f["line"] - 1] for rule, text in expected)
    ]
    assert (missed, surplus) == ([], [])


def test_nothing_is_said_outside_workers(checked):
    names = {Path(f["path"]).name for f in checked["findings"]}
    assert names == {name for name, expected in EXPECTED.items() if expected}


def test_clean_workers_are_clean(checked):
    blamed = {f["worker"].rpartition(".")[2] for f in checked["findings"] if f["worker"]}
    assert blamed.isdisjoint(CLEAN)


def test_all_is_counted(checked):
    assert checked["errors"] == []
    assert checked["summary"]["workers"] == 13
    assert checked["summary"]["files"] == len(list(SHOP.rglob("*.ex*")))


def test_it_is_formatted_elixir(tmp_path):
    mix = shutil.which("mix")
    if mix is None:
        pytest.skip("Elixir is not installed")
    shop = shutil.copytree(SHOP, tmp_path / "shop")
    done = subprocess.run(
        [mix, "format", "--check-formatted"], cwd=shop, capture_output=True, text=True, timeout=120,
        env={**os.environ, "MIX_HOME": str(tmp_path / "mix"), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
