"""`oban-guard new`: asks, plans, writes, and tells what is left to do."""

from __future__ import annotations

import os
import sys

import click

from checker.scaffold import answers

FAILED = 2
LANGUAGES = ("elixir", "python")


@click.group()
def new() -> None:
    """Write a worker, the test of one, or what they need."""


def _output_options(command):
    """The options that every kind of `new` has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs."),
        click.option("--dry-run", is_flag=True, help="Show what would be written."),
        click.option("--force", is_flag=True, help="Replace files that exist."),
    ):
        command = option(command)
    return command


_lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES),
    help="Default: that of the nearest project which names oban.",
)  # fmt: skip


def _work_options(command):
    """What a worker and a job function are asked for, in this order."""
    for option in reversed((
        click.option(
            "--queue", default="default", show_default=True, help="The queue it runs in."
        ),
        click.option(
            "--max-attempts", type=int, default=5, show_default=True,
            help="Attempts, the first included.",
        ),
        click.option(
            "--arg", multiple=True, metavar="KEY:TYPE",
            help=f"A key of its args; may be repeated. Types: {', '.join(answers.TYPES)}.",
        ),
        click.option(
            "--unique-keys", multiple=True, metavar="KEY[,KEY]",
            help="Args that make two jobs the same. Default: all; in Python none, and they are"
            " for a receipt or a key.",
        ),
        click.option(
            "--effect", type=click.Choice(answers.EFFECTS), default="none", show_default=True,
            help="What it does to the world outside.",
        ),
        click.option(
            "--idempotency", type=click.Choice(answers.IDEMPOTENCY),
            help="What makes a second attempt safe. Default: what is usual for the effect.",
        ),
        click.option(
            "--cron", metavar="EXPRESSION", help="When cron enqueues it, such as '0 * * * *'."
        ),
        click.option(
            "--timeout", default="30s", show_default=True, metavar="DURATION",
            help="How long an attempt may take.",
        ),
        click.option(
            "--snooze-on", multiple=True, metavar="REASON",
            help="A reason to wait rather than to fail, such as rate_limited; may be repeated.",
        ),
        click.option("--no-test", is_flag=True, help="Write no test."),
        click.option("--path", help="Its folder, or its file, if not the usual one."),
    )):  # fmt: skip
        command = option(command)
    return command


@new.command()
@click.argument("name", required=False)
@_lang_option
@_work_options
@click.option(
    "--unique-period", metavar="DURATION",
    help="How long a job keeps out another one, such as 1h. Default: while it waits or runs."
    " Elixir only.",
)  # fmt: skip
@click.option(
    "--backoff", type=click.Choice(answers.BACKOFFS), default="exponential", show_default=True,
    help="How the wait between attempts grows.",
)  # fmt: skip
@_output_options
def worker(
    name: str | None, lang: str | None, no_test: bool, path: str | None, as_json: bool,
    dry_run: bool, force: bool, **options: object,
) -> None:  # fmt: skip
    """Write a worker and its test.

    NAME is its module, such as Shop.Workers.SyncCustomer, or in Python its class with its
    module, such as shop.workers.sync_customer.SyncCustomer; a name without dots is put where
    the project's other workers are. Run it in the folder of a Mix or Python project.
    """
    with _told(as_json):
        lang = _language(lang, path)
    if lang == "python":
        name = _named(name, options, "worker")
        with _told(as_json):
            plan = _python_plan("worker", name, path, options, not no_test)
    else:
        name = _named(name, options, None)
        with _told(as_json):
            plan = _elixir_plan(name, path, options, not no_test)
    _carry_out(plan, as_json, dry_run, force)


@new.command()
@click.argument("name", required=False)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="python", show_default=True,
    help="Only Python has job functions.",
)  # fmt: skip
@_work_options
@click.option("--unique-period", hidden=True)  # so that it is told what to do instead
@click.option("--backoff", hidden=True)
@_output_options
def job(
    name: str | None, lang: str, no_test: bool, path: str | None, as_json: bool, dry_run: bool,
    force: bool, **options: object,
) -> None:  # fmt: skip
    """Write a job function of Oban for Python, and its test.

    NAME is the function, such as sync_customer, or its module, which is called after it:
    shop.jobs.sync_customer. It has no backoff of its own; where that matters, write a worker.
    """
    with _told(as_json):
        _only_what_functions_have(lang, options)
    name = _named(name, options, "job")
    with _told(as_json):
        plan = _python_plan("job", name, path, options, not no_test)
    _carry_out(plan, as_json, dry_run, force)


@new.command(name="oban-toml")
@_output_options
def oban_toml(as_json: bool, dry_run: bool, force: bool) -> None:
    """Write oban.toml, with the queues of the Python project's workers.

    Where there is one already, what it lacks is told.
    """
    with _told(as_json):
        from checker.project.pyproject import of_folder
        from checker.scaffold.python.plan import new_toml

        plan = new_toml(of_folder(os.getcwd()), replace=force)
    _carry_out(plan, as_json, dry_run, force)
    if not plan.files and not plan.next_steps and not as_json:
        click.echo(f"{plan.module} has every queue of the workers.")


@new.command()
@_lang_option
@_output_options
def receipt(lang: str | None, as_json: bool, dry_run: bool, force: bool) -> None:
    """Write what keeps receipts: a schema or a module, and the migration.

    A receipt remembers an effect that must not happen twice.
    """
    with _told(as_json):
        if _language(lang, None) == "python":
            from checker.project.pyproject import of_folder
            from checker.scaffold.python.plan import new_receipts

            plan = new_receipts(of_folder(os.getcwd()))
        else:
            from checker.project.conventions import of_repo
            from checker.scaffold.plan import new_receipt

            plan = new_receipt(of_repo(os.getcwd()))
    _carry_out(plan, as_json, dry_run, force)


@new.command()
@click.argument("module")
@_output_options
def test(module: str, as_json: bool, dry_run: bool, force: bool) -> None:
    """Write a test for the Elixir worker MODULE: one test for each outcome it can have."""
    with _told(as_json):
        from checker.project.conventions import of_worker
        from checker.scaffold.existing import new_test

        plan = new_test(module, of_worker(module, os.getcwd()))
    _carry_out(plan, as_json, dry_run, force)


def _language(wanted: str | None, path: str | None) -> str:
    from checker.scaffold.language import wanted_or_found

    return wanted_or_found(wanted, _folder(path))


def _only_what_functions_have(lang: str, options: dict) -> None:
    instead = "oban-guard new worker SyncCustomer"
    if lang != "python":
        problem = "Oban for Elixir has no job functions"
        raise answers.AnswerError("--lang", problem, instead)
    if options["backoff"] is not None:
        problem = "a job function has no backoff of its own; a worker has"
        raise answers.AnswerError("--backoff", problem, f"{instead} --backoff linear")


def _named(name: str | None, options: dict, kind: str | None) -> str:
    """The name that was given, else what is asked for; `kind` of Python, None for Elixir."""
    if name is not None:
        return name
    from checker.scaffold import questions
    from checker.scaffold.python.answers import EXAMPLES

    if not _asks():
        example = EXAMPLES[kind] if kind else "Shop.Workers.SyncCustomer"
        raise click.UsageError(f"NAME is missing; for example {example}.")
    return questions.ask(options, questions.of_python(kind) if kind else questions.ELIXIR)


def _elixir_plan(name: str, path: str | None, options: dict, with_test: bool):
    from checker.project.conventions import of_module, underscore
    from checker.scaffold.plan import new_worker

    ways = of_module(answers.module_name(name), _folder(path))
    if "." not in name:
        name = answers.module_name(f"{ways.namespace}.{name}")
    last = underscore(name.rpartition(".")[2])
    file = _file(path, f"{last}.ex", "lib/shop/workers")
    return new_worker(answers.read(name, options), ways, file, with_test)


def _python_plan(kind: str, name: str, path: str | None, options: dict, with_test: bool):
    from checker.project.pyproject import of_folder
    from checker.scaffold.python.answers import importable, name_of, read
    from checker.scaffold.python.plan import file_name, module_path, new_module

    ways = of_folder(_folder(path))
    module, last = name_of(name, kind)
    usual = module_path(last, module, kind, ways)
    file = _file(path, file_name(last), f"shop/{kind}s") or usual
    if path is not None:
        importable(ways.module_of(file), ways.module_of(usual) if module else None, kind)
    rescued = ways.rescued_after or float("inf")
    given = read(kind, ways.module_of(file), last, options, rescued)
    return new_module(given, ways, file, with_test)


def _asks() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class _told:
    """Errors that are answers to the user become wrong usage, exit code 2; also as JSON."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, _trace) -> None:
        from checker.project.mix import MixError
        from checker.project.pyproject import PythonError
        from checker.scaffold.language import NoProjectError
        from checker.scaffold.write import WriteError

        known = (answers.AnswerError, MixError, PythonError, NoProjectError, WriteError)
        if isinstance(error, known):
            _refuse(str(error), self.as_json)


def _refuse(why: str, as_json: bool) -> None:
    if as_json:
        from checker.report.plans import error_as_json

        click.echo(error_as_json(why))
    raise click.UsageError(why) from None


def _folder(path: str | None) -> str:
    """The folder whose project the worker belongs to: that of --path, where it is somewhere."""
    folder = os.path.abspath(path or ".")
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _file(path: str | None, usual: str, example: str) -> str | None:
    """The file: what --path names, or the one that is usual in the folder that it names."""
    if path is None:
        return None
    ending = os.path.splitext(path)[1]
    wanted = os.path.splitext(usual)[1]
    if not path or ending not in ("", wanted):
        problem = f"`{path}` is neither a folder nor a file that ends in {wanted}"
        raise answers.AnswerError("--path", problem, f"--path {example}")
    return os.path.abspath(path if ending else os.path.join(path, usual))


def _carry_out(plan, as_json: bool, dry_run: bool, force: bool) -> None:
    """Write the plan's files unless some exist or this is a rehearsal; print what was done."""
    from checker.report import plans
    from checker.scaffold.write import existing, write

    taken = existing(plan.files)
    if taken and not force and not dry_run:
        names = ", ".join(plans.shown(path) for path in taken)
        _refuse(f"{names} exists; --force replaces it. Nothing was written.", as_json)
    if not dry_run:
        with _told(as_json):
            write(plan.files)
    render = plans.as_json if as_json else plans.as_text
    click.echo(render(plan, set(taken), dry_run, force))
