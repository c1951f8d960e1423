"""What will be written for Oban for Python, and what is left to do by hand."""

from __future__ import annotations

import os

from checker.project.pyproject import Conventions
from checker.python import oban_toml
from checker.scaffold.answers import AnswerError
from checker.scaffold.plan import LIMIT, NewFile, NextStep, Plan
from checker.scaffold.plan import of_files as plan_of
from checker.scaffold.python.answers import JOB, PythonAnswers, other_name, snake
from checker.scaffold.python.test_view import ModuleTestView
from checker.scaffold.render import render

RECEIPTS = "job_receipts.py"
MIGRATION = "create_job_receipts.sql"
MIGRATIONS = ("migrations", os.path.join("db", "migrations"), "sql", "db")  # where SQL may be
NEEDED = (0, 7)  # of oban: what generated code uses is there from here on
CONFTEST = """\
import os

import pytest_asyncio
from oban import Oban
from oban.testing import reset_oban


@pytest_asyncio.fixture(autouse=True)
async def oban():
    pool = await Oban.create_pool(os.environ["TEST_DATABASE_URL"])
    oban = Oban(pool=pool)
    yield oban
    await reset_oban(oban)
    await pool.close()"""


def module_path(name: str, module: str | None, kind: str, ways: Conventions) -> str:
    """The file of a worker or job: where its name says, else where the project has its own."""
    if module is not None:
        below = os.path.join(ways.source_root, *module.split("."))
        return os.path.join(below, file_name(name)) if os.path.isdir(below) else f"{below}.py"
    return os.path.join(ways.folder_for(f"{kind}s"), file_name(name))


def file_name(name: str) -> str:
    return f"{snake(name)}.py"


def new_module(answers: PythonAnswers, ways: Conventions, path: str, with_test: bool) -> Plan:
    """A worker or job function in `path`, its test unless unwanted, and receipts it lacks."""
    receipts = os.path.join(ways.package, RECEIPTS)
    view = ModuleTestView(answers, ways.module_of(receipts), ways.line_length, ways.asyncio_auto)
    if answers.name in dict(view.errors):
        example = other_name(answers.name, answers.kind)
        raise AnswerError("NAME", f"`{answers.name}` is an error that it may raise", example)
    files = [NewFile(path, answers.kind, render("python/module.py.j2", w=view))]
    if with_test:
        text = render("python/module_test.py.j2", w=view)
        files.append(NewFile(ways.test_path(path), "test", text))
    made = _receipts(ways, receipts) if answers.idempotency == "receipt" else []
    files += [file for file in made if not os.path.exists(file.path)]
    files += [NewFile(init, "package", "") for init in ways.missing_inits(path)]
    steps = [*_running_steps(answers, ways), _client_step(view, path)]
    written = {file.path for file in files}
    if any(file.path in written for file in made):
        steps += _receipt_steps(ways, receipts)
    if with_test:
        steps += _test_steps(ways)
    return plan_of(f"{answers.module}.{answers.name}", tuple(files), steps)


def new_receipts(ways: Conventions) -> Plan:
    """The module and the table of receipts."""
    path = os.path.join(ways.package, RECEIPTS)
    files = _receipts(ways, path)
    return plan_of(ways.module_of(path), tuple(files), _receipt_steps(ways, path))


def new_toml(ways: Conventions, replace: bool) -> Plan:
    """`oban.toml` with the queues of the project's workers; where it exists, what it lacks."""
    queues = sorted({job.queue for job in ways.jobs if job.queue} or {"default"})
    if os.path.lexists(ways.toml) and not replace:
        return Plan(oban_toml.FILE, (), tuple(_missing_queues(queues, ways)))
    text = render(
        "python/oban.toml.j2",
        queues=[_key(queue) for queue in queues],
        limit=LIMIT,
        max_age=oban_toml.MAX_AGE,
        rescue_after=oban_toml.RESCUE_AFTER,
    )
    steps = [_start_step()] if not ways.is_configured else []
    return Plan(oban_toml.FILE, (NewFile(ways.toml, "configuration", text),), tuple(steps))


def _missing_queues(queues: list[str], ways: Conventions) -> list[NextStep]:
    if ways.queues is None:
        problem = f"{ways.toml} cannot be read, or its queues"
        raise AnswerError("oban-toml", problem, "--force, which replaces it")
    return [_queue_step(queue, ways) for queue in queues if queue not in ways.queues]


def _key(queue: str) -> str:
    """A queue as a key of TOML."""
    bare = queue.isascii() and queue.replace("_", "").replace("-", "").isalnum()
    quoted = queue.replace("\\", "\\\\").replace('"', '\\"')
    return queue if bare else f'"{quoted}"'


# -- receipts ---------------------------------------------------------------------------


def _receipts(ways: Conventions, path: str) -> list[NewFile]:
    migration = _migration(ways)
    shown = os.path.relpath(migration, ways.folder).replace(os.sep, "/")
    names = {"migration": shown, "receipts": ways.module_of(path)}
    return [
        NewFile(path, "receipts", render("python/receipts.py.j2", **names)),
        NewFile(migration, "migration", render("python/create_job_receipts.sql.j2", **names)),
    ]


def _migration(ways: Conventions) -> str:
    """Beside the project's other SQL, else in the first place where it may be."""
    folders = [os.path.join(ways.folder, name) for name in MIGRATIONS]
    with_sql = (folder for folder in folders if _has_sql(folder))
    return os.path.join(next(with_sql, folders[0]), MIGRATION)


def _has_sql(folder: str) -> bool:
    try:
        return any(name.endswith(".sql") for name in os.listdir(folder))
    except OSError:
        return False


def _receipt_steps(ways: Conventions, path: str) -> list[NextStep]:
    migration = os.path.relpath(_migration(ways), ways.folder).replace(os.sep, "/")
    return [
        NextStep(
            path, "def connection()", "receipts are kept in the application's database",
            "return pool.connection()",
        ),
        NextStep(
            None, None, "the table of receipts has to be created",
            f'psql "$OBAN_DSN" -f {migration}',
        ),
    ]  # fmt: skip


# -- next steps -------------------------------------------------------------------------


def _running_steps(answers: PythonAnswers, ways: Conventions) -> list[NextStep]:
    """What has to be there for the job to run."""
    steps = []
    if ways.locked_oban < NEEDED:
        locked = ".".join(map(str, ways.locked_oban))
        why = f"oban {locked} is locked, which has no `timeout` or `current_job`"
        steps.append(NextStep(None, None, why, 'pip install --upgrade "oban>=0.7"'))
    if not ways.is_configured:
        steps.append(_toml_step(answers.queue, ways))
    elif ways.queues is not None and answers.queue not in ways.queues:
        steps.append(_queue_step(answers.queue, ways))
    if answers.cron:
        why = "cron knows a job once its module is imported where Oban runs"
        steps.append(NextStep(None, None, why, f"oban start --cron-modules {answers.module}"))
    return steps


def _queue_step(queue: str, ways: Conventions) -> NextStep:
    why = f"the queue `{queue}` is not configured, so that its jobs would not run"
    if os.path.isfile(ways.toml):
        return NextStep(ways.toml, "[queues]", why, f"{_key(queue)} = {LIMIT}")
    return NextStep(ways.starter, "Oban(queues={…})", why, f'"{queue}": {LIMIT}')


def _toml_step(queue: str, ways: Conventions) -> NextStep:
    why = "Oban is not configured, so that no queue runs; `oban-guard new oban-toml` writes it"
    return NextStep(ways.toml, None, why, f"[queues]\n{_key(queue)} = {LIMIT}")


def _start_step() -> NextStep:
    return NextStep(None, None, "jobs run where Oban is started", "oban start")


def _client_step(view: ModuleTestView, path: str) -> NextStep:
    what = "function" if view.answers.kind == JOB else "worker"
    why = f"the {what} calls `{view.call}` of what this returns, an object like `Client`"
    return NextStep(path, "def client()", why, f"return {view.client_class}()")


def _test_steps(ways: Conventions) -> list[NextStep]:
    steps = []
    if not ways.has_asyncio_tests:
        why = "the test is async, and pytest-asyncio is not among the dependencies"
        steps.append(NextStep(None, None, why, "pip install pytest-asyncio"))
    if not ways.tests_have_oban:
        why = "one test enqueues, for which it needs an Oban and a database with its tables"
        steps.append(NextStep(ways.conftest, None, why, CONFTEST))
    return steps
