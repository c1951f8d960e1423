"""What will be written, and what is left to do by hand: decided before anything is touched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from checker.model.duration import human
from checker.project import Project
from checker.project.conventions import Conventions, underscore
from checker.project.mix import locked_oban
from checker.project.modules import Modules
from checker.scaffold.answers import AnswerError, WorkerAnswers
from checker.scaffold.render import render
from checker.scaffold.test_view import WorkerTestView
from checker.scaffold.view import MOST_SNOOZES, WorkerView, receipt_module

MIGRATION = "_create_job_receipts.exs"
LIMIT = 10  # jobs of a queue at a time, where a queue is suggested


@dataclass(frozen=True)
class NewFile:
    """A file to write; `kind` is worker, test, schema or migration."""

    path: str
    kind: str
    text: str


@dataclass(frozen=True)
class NextStep:
    """What someone still has to do: `snippet` goes to `where` in `file`, or is a command."""

    file: str | None
    where: str | None
    why: str
    snippet: str


@dataclass(frozen=True)
class Plan:
    """Files in the order in which they are told, and the steps after them."""

    module: str
    files: tuple[NewFile, ...]
    next_steps: tuple[NextStep, ...]


def new_worker(
    answers: WorkerAnswers, ways: Conventions, path: str | None, with_test: bool
) -> Plan:
    """A worker, its test unless unwanted, and the receipts it needs and the project lacks.

    `path`: where the worker goes, None for where the project puts its workers.
    """
    view = WorkerTestView(
        answers, locked_oban(ways.app), ways.app.name, ways.repo, ways.data_case
    )
    client = f"{ways.app.base}.{view.short}Client"
    names = {
        "w": view,
        "client": client,
        "inline": ways.oban.testing == "inline",
        "most_snoozes": MOST_SNOOZES,
        "max_attempts": f", max_attempts: {answers.max_attempts}" if answers.snooze_on else "",
    }
    path = path or ways.path_of(answers.module)
    _shorter_than_rescue(answers, ways)
    elsewhere = Modules(ways.app).path(answers.module) or path
    if elsewhere != path:
        raise AnswerError(
            "NAME", f"`{answers.module}` is defined in {elsewhere}", f"{answers.module}Job"
        )
    files = [NewFile(path, "worker", render("elixir/worker.ex.j2", **names))]
    if with_test:
        text = render("elixir/worker_test.exs.j2", **names)
        files.append(NewFile(ways.test_path(path), "test", text))
    receipts = _receipts(view.receipt, ways) if answers.idempotency == "receipt" else []
    steps = [*_config_steps(answers, ways), _client_step(view, ways, client)]
    if receipts:
        steps.append(_migrate())
    if with_test and not ways.has_data_case:
        steps.append(_data_case_step(ways))
    return of_files(answers.module, (*files, *receipts), steps)


def _shorter_than_rescue(answers: WorkerAnswers, ways: Conventions) -> None:
    """Lifeline runs a job again that takes longer than it waits."""
    rescued = Project(ways.app).around.rescued_after
    if rescued is not None and answers.timeout.seconds * 1000 >= rescued:
        problem = f"{answers.timeout} is not shorter than the {human(rescued // 1000)} after which"
        problem += " this project's Lifeline runs a job again"
        raise AnswerError("--timeout", problem, "--timeout 5m")


def new_receipt(ways: Conventions) -> Plan:
    """The receipts' schema and migration."""
    module = receipt_module(ways.repo)
    return of_files(module, (_schema(module, ways), _migration(ways)), [_migrate()])


def of_files(module: str, files: tuple[NewFile, ...], steps: list[NextStep]) -> Plan:
    """A plan, unless two of its files would be one."""
    paths = [file.path for file in files]
    for path in paths:
        if paths.count(path) > 1:
            raise AnswerError("--path", f"{path} is needed for something else", "lib/shop/workers")
    return Plan(module, files, tuple(steps))


def _receipts(module: str, ways: Conventions) -> list[NewFile]:
    """Only what is not there yet."""
    files = (_schema(module, ways), _migration(ways))
    if Modules(ways.app).path(module) is not None:
        files = files[1:]
    return [file for file in files if not os.path.exists(file.path)]


def _schema(module: str, ways: Conventions) -> NewFile:
    short = ways.repo.rpartition(".")[2]
    text = render("elixir/receipt.ex.j2", receipt=module, repo=ways.repo, repo_short=short)
    folder = os.path.dirname(ways.migrations)  # priv/repo, of the application with the repository
    lib = os.path.join(os.path.dirname(os.path.dirname(folder)), "lib")
    return NewFile(os.path.join(lib, underscore(module) + ".ex"), "schema", text)


def _migration(ways: Conventions) -> NewFile:
    text = render("elixir/create_job_receipts.exs.j2", repo=ways.repo)
    names = _names(ways.migrations)
    earlier = [name for name in names if name.endswith(MIGRATION)]
    name = earlier[0] if earlier else _version(names) + MIGRATION
    return NewFile(os.path.join(ways.migrations, name), "migration", text)


def _version(names: list[str]) -> str:
    """A migration's version: the present second, or the next that no migration has."""
    taken = {name.partition("_")[0] for name in names}
    at = datetime.now(UTC)
    while at.strftime("%Y%m%d%H%M%S") in taken:
        at += timedelta(seconds=1)
    return at.strftime("%Y%m%d%H%M%S")


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


# -- next steps -------------------------------------------------------------------------


def _config_steps(answers: WorkerAnswers, ways: Conventions) -> list[NextStep]:
    """What Oban's configuration lacks, as far as it can be read."""
    oban = ways.oban
    if not oban.found:
        return [_whole_config(answers, ways)]
    config = f"config :{ways.app.name}, Oban"
    steps = []
    if oban.queues is not None and answers.queue not in oban.queues:
        why = f"the queue `{answers.queue}` is not configured, so that its jobs would not run"
        snippet = f"{answers.queue}: {LIMIT}"
        steps.append(NextStep(oban.path_of("queues"), f"{config}, queues: […]", why, snippet))
    if answers.cron and oban.crons is not None and answers.module not in oban.crons:
        why = "without its entry in the crontab the job is not enqueued"
        where = f"{config}, plugins: [{{Oban.Plugins.Cron, crontab: […]}}]"
        steps.append(NextStep(oban.path_of("plugins"), where, why, _entry(answers)))
    period = answers.unique_period
    if period and oban.pruned_after is not None and oban.pruned_after < period.seconds:
        why = (
            f"finished jobs are deleted after {oban.pruned_after} s, and with them what makes a"
            f" second job within {period} a duplicate"
        )
        snippet = f"{{Oban.Plugins.Pruner, max_age: {period.seconds:_}}}"
        steps.append(NextStep(oban.path_of("plugins"), f"{config}, plugins: […]", why, snippet))
    return steps


def _whole_config(answers: WorkerAnswers, ways: Conventions) -> NextStep:
    age = answers.unique_period.seconds if answers.unique_period else 0
    pruner = f"{{Oban.Plugins.Pruner, max_age: {max(age, 86_400):_}}}"
    plugins = ["Oban.Plugins.Lifeline", pruner]
    if answers.cron:
        plugins.append(f"{{Oban.Plugins.Cron, crontab: [{_entry(answers)}]}}")
    lines = ",\n    ".join(plugins)
    snippet = (
        f"config :{ways.app.name}, Oban,\n"
        f"  repo: {ways.repo},\n"
        f"  queues: [{answers.queue}: {LIMIT}],\n"
        f"  plugins: [\n    {lines}\n  ]"
    )
    return NextStep(ways.oban.path, None, "Oban is not configured", snippet)


def _entry(answers: WorkerAnswers) -> str:
    return f'{{"{answers.cron}", {answers.module}}}'


def _client_step(view: WorkerView, ways: Conventions, client: str) -> NextStep:
    arity = len(view.stub_params)
    why = (
        f"the worker calls `{view.call}/{arity}` of the module configured here, which implements"
        f" the behaviour `{view.module}`"
    )
    snippet = f"config :{ways.app.name}, {view.module}, client: {client}"
    return NextStep(ways.oban.path, None, why, snippet)


def _data_case_step(ways: Conventions) -> NextStep:
    path = os.path.join(ways.app.folder, "test", "support", "data_case.ex")
    why = f"the test uses `{ways.data_case}`, which test/support does not define"
    return NextStep(path, None, why, f"defmodule {ways.data_case} do … end")


def _migrate() -> NextStep:
    return NextStep(None, None, "the table of receipts has to be created", "mix ecto.migrate")
