"""`oban-guard new` in Python projects: what is refused, where files go, what is left to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .generated import as_nobody, new, refused, run
from .generated import project as mix_project
from .python_cases import PYPROJECT, project

WORKER = "from oban import worker\n\n\n@worker(queue={!r}, max_attempts=3)\nclass {}:\n    pass\n"
TOML = "[queues]\ndefault = 10\n\n[lifeline]\nrescue_after = 3600\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project(tmp_path / "shop")


def paths(told: dict) -> list[str]:
    return [file["path"] for file in told["files"]]


def steps(told: dict) -> dict[str, str | None]:
    """The file of each snippet."""
    return {step["snippet"]: step["file"] for step in told["next_steps"]}


# -- misuse -------------------------------------------------------------------------------

WORKER_NAME, JOB_NAME = "shop.workers.sync_customer.SyncCustomer", "shop.jobs.sync_customer"


@pytest.mark.parametrize(
    ("kind", "given", "option", "why", "example"),
    [
        ("worker", ("sync",), "NAME", "`sync`", WORKER_NAME),
        ("worker", ("shop..Sync",), "NAME", "`shop..Sync`", WORKER_NAME),
        ("worker", ("shop.my-jobs.Sync",), "NAME", "`shop.my-jobs.Sync`", WORKER_NAME),
        ("worker", ("shop.class.Sync",), "NAME", "`shop.class.Sync`", WORKER_NAME),
        ("worker", ("Shop.Workers.Sync",), "NAME", "`Shop.Workers.Sync`", WORKER_NAME),
        ("worker", ("None",), "NAME", "`None` means something else", "NoneWorker"),
        ("worker", ("shop.jobs.Oban",), "NAME", "`Oban`", "shop.jobs.ObanWorker"),
        ("worker", ("Import",), "NAME", "`Import`", "ImportWorker"),  # its client's `import`
        ("worker", ("NotFoundError",), "NAME", "`NotFoundError`", "NotFoundErrorWorker"),
        ("job", ("run",), "NAME", "`run` means something else", "run_job"),
        ("job", ("test_mail",), "NAME", "`test_mail`", "mail_job"),
        ("worker", ("S" * 41,), "NAME", "too long", WORKER_NAME),
        ("job", ("Sync",), "NAME", "`Sync`", JOB_NAME),
        ("job", ("class",), "NAME", "`class`", JOB_NAME),
        ("job", ("shop.jobs.import",), "NAME", "`shop.jobs.import`", JOB_NAME),
        ("job", ("print",), "NAME", "`print` means something else", "print_job"),
        ("worker", ("Sync", "--arg", "id:int"), "--arg", "`int` is not a type", "--arg id:integer"),
        ("worker", ("Sync", "--arg", "class:date"), "--arg", "`class`", "--arg class_id:date"),
        ("job", ("sync", "--arg", "job:date"), "--arg", "`job`", "--arg job_id:date"),
        ("job", ("sync", "--arg", "id:uuid", "--arg", "parsed_id:uuid"), "--arg", "`parsed_id`",
         "--arg parsed_id_value:string"),
        ("worker", ("Sync", "--unique-period", "1h"), "--unique-period", "no `unique`",
         "--idempotency receipt"),
        ("worker", ("Sync", "--idempotency", "unique"), "--idempotency", "no `unique`",
         "--idempotency receipt"),
        ("worker", ("Sync", "--arg", "id:integer", "--unique-keys", "id"), "--unique-keys",
         "no `unique`", "--unique-keys id --idempotency receipt"),
        ("job", ("sync", "--unique-period", "1h"), "--unique-period", "no `unique`",
         "--idempotency receipt"),
        ("job", ("sync", "--backoff", "linear"), "--backoff", "no backoff of its own",
         "oban-guard new worker SyncCustomer --backoff linear"),
        ("job", ("sync", "--lang", "elixir"), "--lang", "no job functions",
         "oban-guard new worker SyncCustomer"),
        ("worker", ("Sync", "--lang", "elixir"), "--lang", "in no Elixir project", "--lang python"),
        ("worker", ("Sync", "--cron", "@reboot"), "--cron", "`@reboot`", '--cron "0 * * * *"'),
        ("worker", ("Sync", "--timeout", "5m"), "--timeout", "300 s after which", "--timeout 30s"),
        ("worker", ("Sync", "--max-attempts", "21"), "--max-attempts", "21", "--max-attempts 5"),
        ("worker", ("Sync", "--queue", "a b"), "--queue", "`a b`", "--queue billing"),
        ("worker", ("Sync", "--snooze-on", "value"), "--snooze-on", "`ValueError`",
         "--snooze-on rate_limited"),
        ("worker", ("Sync", "--path", "shop/sync.ex"), "--path", "`.py`", "--path shop/workers"),
        ("worker", ("Sync", "--path", "shop/my-jobs"), "--path", "cannot be imported",
         "--path shop/workers"),
        ("worker", ("shop.a.sync.Sync", "--path", "shop/b"), "--path", "is not `shop.a.sync`",
         "--path shop/workers"),
    ],
)  # fmt: skip
def test_a_wrong_answer_writes_nothing(shop: Path, kind, given, option, why, example) -> None:
    """The error names the option, says why, and gives one that is right."""
    told = refused(shop, kind, *given)
    assert f"Error: {option}: " in told
    assert why.strip("`") in told
    assert told.rstrip().endswith(f"for example {example}")


@pytest.mark.parametrize("kind", ["worker", "job", "receipt"])
def test_a_language_that_there_is_not(shop: Path, kind: str) -> None:
    name = [] if kind == "receipt" else ["Sync"]
    told = refused(shop, kind, *name, "--lang", "ruby")
    assert "'--lang': 'ruby' is not one of 'elixir', 'python'" in told


@pytest.mark.parametrize(("kind", "example"), [("worker", WORKER_NAME), ("job", JOB_NAME)])
def test_without_a_name_and_a_terminal(shop: Path, kind: str, example: str) -> None:
    assert f"NAME is missing; for example {example}" in refused(shop, kind)


def test_python_in_an_elixir_project(tmp_path: Path) -> None:
    shop = mix_project(tmp_path / "shop")
    told = refused(shop, "worker", "Sync", "--lang", "python")
    assert "--lang: " in told and told.rstrip().endswith("for example --lang elixir")
    for arguments in (("job", "sync"), ("oban-toml",)):
        assert "run it in a Python project" in refused(shop, *arguments)


def test_a_file_that_exists_is_kept(shop: Path) -> None:
    """Unless it is to be replaced."""
    new(shop, "job", "sync")
    told = refused(shop, "job", "sync", "--effect", "http")
    assert "shop/jobs/sync.py, tests/test_sync.py exists" in told
    actions = [file["action"] for file in new(shop, "job", "sync", "--force")["files"]]
    assert actions == ["replaced", "replaced"]


def test_a_folder_that_cannot_be_written_to(shop: Path) -> None:
    """That of the tests here: the worker, which comes first, is not written either."""
    for folder in (shop.parent, *shop.parent.parents):
        if "pytest" in str(folder) and folder.owner() == shop.owner():
            folder.chmod(0o755)
    for folder in (shop, shop / "shop"):
        folder.chmod(0o777)
    (shop / "tests").chmod(0o555)
    with as_nobody():
        told = refused(shop, "worker", "Sync")
    assert "Permission denied; nothing was written" in told


def test_a_program_is_told_in_json(shop: Path) -> None:
    told = run(shop, "new", "job", "sync", "--backoff", "linear", "--json", expected=2)
    assert json.loads(told.stdout)["error"].startswith("--backoff: ")


# -- the language -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ("pyproject.toml", PYPROJECT),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.12"\noban = "*"\n'),
        ("requirements.txt", "# jobs\noban==0.7.0\n"),
    ],
)
def test_the_project_tells_the_language(tmp_path: Path, manifest: str, text: str) -> None:
    (tmp_path / manifest).write_text(text)
    inner = tmp_path / "shop"
    inner.mkdir()
    assert paths(new(inner, "worker", "Sync", "--dry-run"))[0].endswith("/sync.py")


def test_the_one_that_names_oban_counts(tmp_path: Path) -> None:
    """Not the nearest that does not."""
    shop = mix_project(tmp_path / "shop")
    tools = shop / "tools"
    tools.mkdir()
    (tools / "pyproject.toml").write_text('[project]\nname = "tools"\n')
    told = new(tools, "worker", "Shop.Workers.Sync", "--dry-run")
    assert paths(told)[0].endswith("lib/shop/workers/sync.ex")
    (tools / "pyproject.toml").write_text(PYPROJECT)
    assert paths(new(tools, "worker", "Sync", "--dry-run"))[0].endswith("sync.py")


def test_where_both_do_it_has_to_be_said(tmp_path: Path) -> None:
    shop = mix_project(project(tmp_path / "shop") / "both")
    (shop / "pyproject.toml").write_text(PYPROJECT)
    assert "--lang: " in refused(shop, "worker", "Sync")
    endings = {"elixir": ".ex", "python": ".py"}
    for language, ending in endings.items():
        told = new(shop, "worker", "Sync", "--lang", language, "--dry-run")
        assert paths(told)[0].endswith(ending)
    assert paths(new(shop, "job", "sync", "--lang", "python", "--dry-run"))[0].endswith(".py")


# -- where things go ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "module", "file"),
    [
        ("worker", "SyncHTTPLogs", "shop.workers.sync_http_logs", "shop/workers/sync_http_logs.py"),
        ("worker", "shop.mail.Send", "shop.mail", "shop/mail.py"),
        ("worker", "shop.mail.send.Send", "shop.mail.send", "shop/mail/send.py"),
        ("job", "sync", "shop.jobs.sync", "shop/jobs/sync.py"),
        ("job", "shop.mail.send", "shop.mail.send", "shop/mail/send.py"),
    ],
)
def test_the_name_tells_the_file(shop: Path, kind: str, name: str, module: str, file: str) -> None:
    told = new(shop, kind, name)
    assert told["module"] == f"{module}.{name.rpartition('.')[2]}"
    assert paths(told)[:2] == [file, f"tests/test_{Path(file).name}"]
    packages = [path for path in paths(told) if path.endswith("__init__.py")]
    assert packages == [f"{Path(file).parent}/__init__.py"] * (Path(file).parent.name != "shop")


def test_a_plain_name_joins_the_others(shop: Path) -> None:
    background = shop / "shop" / "background"
    background.mkdir()
    (background / "others.py").write_text(WORKER.format("mail", "Send"))
    assert paths(new(shop, "worker", "Sync"))[0] == "shop/background/sync.py"


def test_a_source_folder_is_no_part_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    told = new(tmp_path, "worker", "Sync")
    assert (told["module"], paths(told)[0]) == (
        "shop.workers.sync.Sync", "src/shop/workers/sync.py",
    )  # fmt: skip
    assert "from shop.workers import sync" in (tmp_path / "tests" / "test_sync.py").read_text()


def test_a_path_may_be_a_folder_or_a_file(shop: Path) -> None:
    for given, path in (("shop/a", "shop/a/sync.py"), ("shop/b/other.py", "shop/b/other.py")):
        told = new(shop, "worker", "Sync", "--path", given, "--dry-run")
        assert paths(told)[0] == path


def test_receipts_are_made_once(shop: Path) -> None:
    receipt = ["shop/job_receipts.py", "migrations/create_job_receipts.sql"]
    for name, has in (("Sync", True), ("Other", False)):
        made = paths(new(shop, "worker", name, "--idempotency", "receipt"))
        assert (receipt[0] in made, receipt[1] in made) == (has, has)
    assert "exists" in refused(shop, "receipt")


# -- what is left to do -------------------------------------------------------------------


def test_next_steps_name_what_is_missing(tmp_path: Path) -> None:
    shop = project(tmp_path / "shop")
    (shop / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["oban"]\n')
    (shop / "tests" / "conftest.py").unlink()
    told = steps(new(shop, "worker", "Sync", "--queue", "mail", "--cron", "@daily"))
    conftest = next(snippet for snippet in told if "reset_oban" in snippet)
    assert told == {
        "[queues]\nmail = 10": "oban.toml",
        "oban start --cron-modules shop.workers.sync": None,
        "return SyncClient()": "shop/workers/sync.py",
        "pip install pytest-asyncio": None,
        conftest: "tests/conftest.py",
    }


def test_next_steps_leave_out_what_is_there(shop: Path) -> None:
    (shop / "oban.toml").write_text(TOML)
    assert list(steps(new(shop, "worker", "Sync", "--timeout", "20m"))) == ["return SyncClient()"]
    assert list(steps(new(shop, "job", "other", "--queue", "mail"))) == [
        "mail = 10", "return OtherClient()",
    ]  # fmt: skip


def test_an_old_oban_is_told(shop: Path) -> None:
    lock = '[[package]]\nname = "oban"\nversion = "0.6.1"\n'
    (shop / "uv.lock").write_text(lock)
    assert 'pip install --upgrade "oban>=0.7"' in steps(new(shop, "worker", "Sync"))


def test_once_the_next_steps_are_done_nothing_is_left_to_say(shop: Path) -> None:
    """By the checker, of the whole project."""
    (shop / "oban.toml").write_text(TOML)
    told = new(
        shop, "worker", "Sync", "--queue", "sync", "--arg", "id:integer", "--cron", "0 * * * *",
        "--effect", "charge",
    )  # fmt: skip
    found = json.loads(run(shop, "check", "--format", "json", expected=1).output)
    assert {finding["rule"] for finding in found["findings"]} == {"OB701"}
    queue = next(snippet for snippet, file in steps(told).items() if file == "oban.toml")
    (shop / "oban.toml").write_text(TOML.replace("default = 10", f"default = 10\n{queue}"))
    assert json.loads(run(shop, "check", "--format", "json").output)["findings"] == []


# -- oban.toml ----------------------------------------------------------------------------


def test_oban_toml_has_the_queues_of_the_workers(shop: Path) -> None:
    for name, queue in (("One", "mail"), ("Two", "a.b"), ("Three", "mail")):
        (shop / "shop" / f"{name.lower()}.py").write_text(WORKER.format(queue, name))
    assert paths(new(shop, "oban-toml")) == ["oban.toml"]
    text = (shop / "oban.toml").read_text()
    assert '\n[queues]  # jobs at a time\n"a.b" = 10\nmail = 10\n\n' in text


def test_an_oban_toml_that_exists_is_kept(shop: Path) -> None:
    """And what it lacks is told."""
    (shop / "shop" / "one.py").write_text(WORKER.format("mail", "One"))
    (shop / "oban.toml").write_text(TOML)
    told = new(shop, "oban-toml")
    assert (told["files"], steps(told)) == ([], {"mail = 10": "oban.toml"})
    assert (shop / "oban.toml").read_text() == TOML
    (shop / "oban.toml").write_text("[queues]\nmail = 1\n")
    assert "has every queue" in run(shop, "new", "oban-toml").output
    assert paths(new(shop, "oban-toml", "--force")) == ["oban.toml"]


def test_an_oban_toml_that_cannot_be_read(shop: Path) -> None:
    (shop / "oban.toml").write_text("[queues\n")
    assert "cannot be read" in refused(shop, "oban-toml")


# -- output -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [("worker", "Sync"), ("job", "sync"), ("receipt",), ("oban-toml",)]
)
def test_a_rehearsal_shows_everything_and_writes_nothing(shop: Path, arguments) -> None:
    before = sorted(shop.rglob("*"))
    shown = run(shop, "new", *arguments, "--dry-run").output
    told = new(shop, *arguments, "--dry-run")
    assert sorted(shop.rglob("*")) == before
    assert told["dry_run"] and {f["action"] for f in told["files"]} == {"would create"}
    for file in told["files"]:
        assert f"+++ {file['path']}" in shown
        assert all(f"+{line}" in shown for line in file["text"].splitlines())


@pytest.mark.parametrize(
    ("kind", "wrong", "name", "file", "head"),
    [
        ("worker", "sync", "Sync", "workers/sync.py", 'id = int(job.args["id"])'),
        ("job", "Sync", "sync", "jobs/sync.py", "async def sync(id: int, day: str)"),
    ],
)
def test_on_a_terminal_it_asks(
    shop: Path, monkeypatch: pytest.MonkeyPatch, kind, wrong, name, file, head
) -> None:
    """Again, where an answer is wrong; an empty answer takes the default."""
    from checker.scaffold import command

    monkeypatch.setattr(command, "_asks", lambda: True)
    answers = f"{wrong}\n{name}\nhttp\n\nclass:date\nid:integer day:date\n\n@reboot\n\n"
    told = run(shop, "new", kind, input=answers).output
    for refused_answer in (f"`{wrong}` is not the name of", "`class`", "`@reboot`"):
        assert refused_answer in told
    text = (shop / "shop" / file).read_text()
    assert head in text and "idempotency_key" in text
