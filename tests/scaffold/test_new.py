"""`oban-guard new`: where files go, what is refused, what is left to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.project.oban_config import ObanConfig

from .generated import MIX, as_nobody, files_of, new, project, refused, run

WORKER = 'defmodule {} do\n  use Oban.Worker, queue: :default, max_attempts: 3\nend\n'
CONFIG = """import Config

config :shop, Oban,
  repo: Shop.Storage,
  queues: [default: 10],
  plugins: [
    {Oban.Plugins.Pruner, max_age: 600},
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.Known}]}
  ]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path / "shop")


# -- misuse -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "option", "why", "example"),
    [
        (("shop.sync",), "NAME", "`shop.sync`", "Shop.Workers.SyncCustomer"),
        (("Sync", "--arg", "id:int"), "--arg", "`int` is not a type", "--arg id:integer"),
        (("Sync", "--arg", "id"), "--arg", "`id` has no type", "--arg id:integer"),
        (("Sync", "--arg", "Id:integer"), "--arg", "`Id`", "--arg customer_id:integer"),
        (("Sync", "--arg", "end:date"), "--arg", "`end`", "--arg end_id:date"),
        (("Sync", "--arg", "a:date", "--arg", "a:date"), "--arg", "twice", "--arg"),
        (("Sync", "--unique-keys", "id"), "--unique-keys", "`id` is not an arg", "customer_id"),
        (("Sync", "--arg", "a:date", "--unique-keys", "b"), "--unique-keys", "args are a", "a"),
        (("Sync", "--cron", "0 0 * * 7"), "--cron", "0 to 6, not `7`", '"0 * * * *"'),
        (("Sync", "--cron", "* * * * * *"), "--cron", "five fields", '"0 * * * *"'),
        (("Sync", "--cron", "@every 5m"), "--cron", "`@every 5m`", '"0 * * * *"'),
        (("Sync", "--timeout", "500ms"), "--timeout", "`500ms`", "--timeout 30s"),
        (("Sync", "--timeout", "1h"), "--timeout", "60 minutes", "--timeout 10m"),
        (("Sync", "--unique-period", "soon"), "--unique-period", "`soon`", "1h"),
        (("Sync", "--max-attempts", "0"), "--max-attempts", "0 is not between", "5"),
        (("Sync", "--queue", "a b"), "--queue", "`a b`", "--queue billing"),
        (("Sync", "--snooze-on", "Late!"), "--snooze-on", "`Late!`", "rate_limited"),
        (("Sync", "--path", "lib/sync.txt"), "--path", "`lib/sync.txt`", "lib/shop/workers"),
        (("Date",), "NAME", "`Date` would hide", "DateWorker"),
        (("S" * 41,), "NAME", "too long", "Shop.Workers.SyncCustomer"),
    ],
)  # fmt: skip
def test_a_wrong_answer_writes_nothing(shop: Path, given, option, why, example) -> None:
    """The error names the option, says why, and gives one that is right."""
    told = refused(shop, "worker", *given)
    assert f"Error: {option}: " in told
    assert why in told
    assert f"for example {example}" in told or example in told.partition("for example")[2]


@pytest.mark.parametrize("option", ["--effect", "--idempotency", "--backoff"])
def test_a_choice_that_there_is_not(shop: Path, option: str) -> None:
    """Is told with those that there are."""
    told = refused(shop, "worker", "Sync", option, "some")
    assert option in told and "is not one of" in told


def test_without_a_name_and_a_terminal(shop: Path) -> None:
    assert "NAME is missing; for example" in refused(shop, "worker")


def test_outside_of_a_mix_project(tmp_path: Path) -> None:
    assert "there is no mix.exs" in refused(tmp_path, "worker", "Sync")


def test_a_file_that_exists_is_kept(shop: Path) -> None:
    """Unless it is to be replaced."""
    new(shop, "worker", "Sync")
    told = refused(shop, "worker", "Sync", "--effect", "http")
    assert "lib/shop/workers/sync.ex, test/shop/workers/sync_test.exs exists" in told
    actions = [file["action"] for file in new(shop, "worker", "Sync", "--force")["files"]]
    assert actions == ["replaced", "replaced"]


def test_a_test_that_exists_keeps_the_worker_from_being_written(shop: Path) -> None:
    test = shop / "test" / "shop" / "workers" / "sync_test.exs"
    test.parent.mkdir(parents=True)
    test.write_text("# mine\n")
    refused(shop, "worker", "Sync")
    assert new(shop, "worker", "Sync", "--no-test")["files"][0]["action"] == "created"


def test_a_worker_that_is_defined_elsewhere(shop: Path) -> None:
    (shop / "lib" / "jobs.ex").write_text(WORKER.format("Shop.Workers.Sync"))
    assert "lib/jobs.ex" in refused(shop, "worker", "Shop.Workers.Sync", "--path", "lib/shop")


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    """The test's folder here: the worker, which comes first, is not written either."""
    shop = project(tmp_path / "shop")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == tmp_path.owner() and "pytest" in str(folder):
            folder.chmod(0o755)
    for folder in (shop, shop / "lib", shop / "lib" / "shop"):
        folder.chmod(0o777)
    (shop / "test").chmod(0o555)
    with as_nobody():
        told = refused(shop, "worker", "Sync")
    assert "test/shop: Permission denied; nothing was written" in told


def test_a_folder_in_the_place_of_a_file(shop: Path) -> None:
    (shop / "test" / "shop" / "workers" / "sync_test.exs").mkdir(parents=True)
    assert "is a folder; nothing was written" in refused(shop, "worker", "Sync", "--force")


def test_a_timeout_that_lifeline_would_not_wait_for(shop: Path) -> None:
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(
        "config :shop, Oban, queues: [default: 1],"
        " plugins: [{Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)}]\n"
    )
    assert "30 min after which" in refused(shop, "worker", "Sync", "--timeout", "45m")
    new(shop, "worker", "Sync", "--timeout", "20m")


def test_a_program_is_told_in_json(shop: Path) -> None:
    """And a person on the other stream."""
    told = run(shop, "new", "worker", "Sync", "--queue", "a b", "--json", expected=2)
    assert json.loads(told.stdout)["error"].startswith("--queue: `a b`")
    assert "Error: --queue" in told.stderr


def test_a_rehearsal_tells_what_exists(shop: Path) -> None:
    new(shop, "worker", "Sync")
    actions = [file["action"] for file in new(shop, "worker", "Sync", "--dry-run")["files"]]
    assert actions == ["exists, needs --force"] * 2


def test_a_path_that_two_files_would_have(shop: Path) -> None:
    told = refused(
        shop, "worker", "Shop.Y", "--path", "lib/shop/job_receipt.ex", "--idempotency", "receipt"
    )
    assert "is needed for something else" in told


def test_a_module_that_is_no_worker_is_not_defined_again(shop: Path) -> None:
    (shop / "lib" / "orders.ex").write_text("defmodule Shop.Workers.Sync do\nend\n")
    assert "is defined in" in refused(shop, "worker", "Sync")


# -- where things go ----------------------------------------------------------------------


def test_a_plain_name_joins_the_other_workers(shop: Path) -> None:
    """In their namespace and their folder, whatever that is called."""
    jobs = shop / "lib" / "shop_jobs"
    jobs.mkdir()
    for name in ("Import", "Export"):
        (jobs / f"{name.lower()}.ex").write_text(WORKER.format(f"Shop.Background.{name}"))
    told = new(shop, "worker", "SyncHTTPLogs")
    assert told["module"] == "Shop.Background.SyncHTTPLogs"
    assert [file["path"] for file in told["files"]] == [
        "lib/shop_jobs/sync_http_logs.ex",
        "test/shop_jobs/sync_http_logs_test.exs",
    ]


def test_a_name_in_full_goes_where_mix_expects_it(shop: Path) -> None:
    paths = [file["path"] for file in new(shop, "worker", "Shop.Mail.SendInvoice")["files"]]
    assert paths == ["lib/shop/mail/send_invoice.ex", "test/shop/mail/send_invoice_test.exs"]


def test_a_path_may_be_a_folder_or_a_file(shop: Path) -> None:
    for given, path in (("lib/a", "lib/a/sync.ex"), ("lib/b/other.ex", "lib/b/other.ex")):
        told = new(shop, "worker", "Shop.Sync", "--path", given, "--dry-run")
        assert told["files"][0]["path"] == path


def test_from_a_folder_inside_the_project(shop: Path) -> None:
    told = new(shop / "lib" / "shop", "worker", "Sync")
    assert told["files"][0]["path"] == "workers/sync.ex"
    assert (shop / "lib" / "shop" / "workers" / "sync.ex").exists()


def test_names_of_the_project_are_its_own(shop: Path) -> None:
    """The repository that Oban uses, the case template, the application."""
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(CONFIG)
    (shop / "test" / "support" / "data_case.ex").write_text(
        "defmodule Shop.Support.SchemaCase do\n  use ExUnit.CaseTemplate\n"
        "  alias Ecto.Adapters.SQL.Sandbox\nend\n"
    )
    files = {file["kind"]: file["path"] for file in _receipt(shop)["files"]}
    test = (shop / files["test"]).read_text()
    assert "use Shop.Support.SchemaCase\n  use Oban.Testing, repo: Shop.Storage\n" in test
    assert files["migration"].startswith("priv/storage/migrations/")
    assert "alias Shop.Storage\n" in (shop / files["schema"]).read_text()
    assert ":shop |> Application" in (shop / files["worker"]).read_text()


def _receipt(shop: Path, name: str = "Sync") -> dict:
    return new(shop, "worker", name, "--idempotency", "receipt")


def test_receipts_are_made_once(shop: Path) -> None:
    assert [file["kind"] for file in _receipt(shop)["files"]] == [
        "worker", "test", "schema", "migration",
    ]  # fmt: skip
    assert [file["kind"] for file in _receipt(shop, "Other")["files"]] == ["worker", "test"]
    assert "exists" in refused(shop, "receipt")


def test_receipts_alone(shop: Path) -> None:
    """And a migration's version is its own."""
    migrations = shop / "priv" / "repo" / "migrations"
    migrations.mkdir(parents=True)
    told = new(shop, "receipt")
    assert [file["path"] for file in told["files"]][0] == "lib/shop/job_receipt.ex"
    assert [step["snippet"] for step in told["next_steps"]] == ["mix ecto.migrate"]


def test_an_umbrella(tmp_path: Path) -> None:
    """The name says which application; the configuration is the umbrella's."""
    (tmp_path / "mix.exs").write_text(
        'defmodule All.MixProject do\n  def project do\n    [apps_path: "apps"]\n  end\nend\n'
    )
    project(tmp_path / "apps" / "shop")
    other = tmp_path / "apps" / "other"
    other.mkdir()
    (other / "mix.exs").write_text(MIX.replace("Shop", "Other").replace(":shop", ":other"))
    told = new(tmp_path, "worker", "Shop.Workers.Sync")
    assert told["files"][0]["path"] == "apps/shop/lib/shop/workers/sync.ex"
    assert told["next_steps"][0]["file"] == "config/config.exs"
    assert "several applications of this umbrella" in refused(tmp_path, "worker", "Third.Sync")
    assert new(tmp_path, "worker", "Again")["module"] == "Shop.Workers.Again"
    assert new(other, "worker", "Sync")["module"] == "Other.Workers.Sync"
    assert "several applications of this umbrella" in refused(tmp_path, "worker", "Again")


def test_a_repository_says_where_its_migrations_are(shop: Path) -> None:
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(
        'import Config\n\nconfig :shop, Shop.Repo, priv: "priv/store"\n'
    )
    path = new(shop, "receipt")["files"][1]["path"]
    assert path.startswith("priv/store/migrations/")


def test_an_application_named_by_an_attribute(tmp_path: Path) -> None:
    shop = project(tmp_path / "folder")
    (shop / "mix.exs").write_text(
        MIX.replace("app: :shop", "app: @app").replace("  use Mix", "  @app :shop_core\n  use Mix")
    )
    worker = shop / new(shop, "worker", "Sync")["files"][0]["path"]
    assert ":shop_core |> Application" in worker.read_text()


# -- what is left to do -------------------------------------------------------------------


def test_next_steps_name_what_the_configuration_lacks(shop: Path) -> None:
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(CONFIG)
    told = new(
        shop, "worker", "Sync", "--queue", "billing", "--cron", "0 * * * *",
        "--unique-period", "1h",
    )  # fmt: skip
    steps = {step["snippet"]: step for step in told["next_steps"]}
    assert list(steps) == [
        "billing: 10",
        '{"0 * * * *", Shop.Workers.Sync}',
        "{Oban.Plugins.Pruner, max_age: 3_600}",
        "config :shop, Shop.Workers.Sync, client: Shop.SyncClient",
    ]
    assert {step["file"] for step in steps.values()} == {"config/config.exs"}
    assert steps["billing: 10"]["where"] == "config :shop, Oban, queues: […]"


def test_next_steps_leave_out_what_is_there(shop: Path) -> None:
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(CONFIG)
    told = new(
        shop, "worker", "Shop.Workers.Known", "--cron", "@daily", "--unique-period", "10m"
    )
    assert [step["snippet"] for step in told["next_steps"]] == [
        "config :shop, Shop.Workers.Known, client: Shop.KnownClient"
    ]


def test_the_file_that_has_the_crontab_is_named(shop: Path) -> None:
    """`plugins:` of one file takes the place of that of another."""
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text("config :shop, Oban, queues: [default: 10]\n")
    (shop / "config" / "runtime.exs").write_text(
        "config :shop, Oban, plugins: [{Oban.Plugins.Cron, crontab: []}]\n"
    )
    step = new(shop, "worker", "Sync", "--cron", "@daily")["next_steps"][0]
    assert (step["file"], step["snippet"]) == (
        "config/runtime.exs", '{"@daily", Shop.Workers.Sync}',
    )  # fmt: skip


def test_oban_that_is_not_configured(shop: Path) -> None:
    snippet = new(shop, "worker", "Sync", "--cron", "@daily")["next_steps"][0]["snippet"]
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(f"import Config\n\n{snippet}\n")
    read = ObanConfig(str(shop / "config"))
    assert (read.queues, read.crons, read.repo) == (
        {"default"}, {"Shop.Workers.Sync"}, "Shop.Repo",
    )  # fmt: skip


@pytest.mark.parametrize(
    "options",
    ["queues: queues()", "queues: [default: 10] ++ more()", "plugins: plugins()", "opts()"],
)
def test_a_configuration_that_cannot_be_read_asks_for_nothing(shop: Path, options: str) -> None:
    (shop / "config").mkdir()
    (shop / "config" / "config.exs").write_text(f"config :shop, Oban, {options}\n")
    told = new(shop, "worker", "Sync", "--queue", "billing", "--cron", "@daily", "--dry-run")
    snippets = [step["snippet"] for step in told["next_steps"]]
    assert ("billing: 10" in snippets) == options.startswith("plugins")
    assert ('{"@daily", Shop.Workers.Sync}' in snippets) == options.startswith("queues")


# -- output -------------------------------------------------------------------------------


def test_a_rehearsal_shows_everything_and_writes_nothing(shop: Path) -> None:
    before = files_of(shop)
    shown = run(shop, "new", "worker", "Sync", "--dry-run").output
    told = new(shop, "worker", "Sync", "--dry-run")
    assert files_of(shop) == before
    assert told["dry_run"] and [f["action"] for f in told["files"]] == ["would create"] * 2
    for file in told["files"]:
        assert f"+++ {file['path']}" in shown
        assert all(f"+{line}" in shown for line in file["text"].splitlines())


def test_people_are_told_in_sentences(shop: Path) -> None:
    told = run(shop, "new", "worker", "Sync").output
    assert "created       lib/shop/workers/sync.ex\n" in told
    assert "1. Oban is not configured. In config/config.exs:\n" in told


def test_on_a_terminal_it_asks(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Again, where an answer is wrong; an empty answer takes the default."""
    from checker.scaffold import command

    monkeypatch.setattr(command, "_asks", lambda: True)
    answers = "sync\nSync\nhttp\n\nid:integer day:date\n\n\n"
    told = run(shop, "new", "worker", input=answers).output
    assert "`sync` is not the name of a module" in told
    worker = (shop / "lib" / "shop" / "workers" / "sync.ex").read_text()
    assert '"id" => id, "day" => day' in worker and "idempotency_key" in worker


def test_once_the_next_steps_are_done_nothing_is_left_to_say(shop: Path) -> None:
    """Of the whole project: its queue, its crontab, its test, how long finished jobs are kept."""
    (shop / "config").mkdir()
    config = (
        'import Config\n\nconfig :shop, Oban,\n  repo: Shop.Repo,\n  queues: [default: 10{queue}],\n'
        "  plugins: [\n    Oban.Plugins.Lifeline,\n    {pruner},\n"
        "    {{Oban.Plugins.Cron, crontab: [{entry}]}}\n  ]\n"
    )
    path = shop / "config" / "config.exs"
    path.write_text(config.format(queue="", pruner="Oban.Plugins.Pruner", entry=""))
    (shop / "config" / "test.exs").write_text("import Config\n\nconfig :shop, Oban, testing: :manual\n")
    told = new(
        shop, "worker", "Sync", "--queue", "sync", "--arg", "id:integer", "--unique-keys", "id",
        "--unique-period", "1h", "--cron", "0 * * * *", "--effect", "http",
    )  # fmt: skip
    queue, entry, pruner, _client = (step["snippet"] for step in told["next_steps"])
    found = json.loads(run(shop, "check", "--format", "json", expected=1).output)
    assert {finding["rule"] for finding in found["findings"]} == {"OB701", "OB312"}
    path.write_text(config.format(queue=f", {queue}", pruner=pruner, entry=entry))
    assert json.loads(run(shop, "check", "--format", "json").output)["findings"] == []
