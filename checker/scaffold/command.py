"""`oban-guard new`: asks, plans, writes, and tells what is left to do."""

from __future__ import annotations

import os
import sys

import click

from checker.scaffold import answers

FAILED = 2


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


@new.command()
@click.argument("name", required=False)
@click.option("--queue", default="default", show_default=True, help="The queue it runs in.")
@click.option(
    "--max-attempts", type=int, default=5, show_default=True, help="Attempts, the first included."
)
@click.option(
    "--arg", multiple=True, metavar="KEY:TYPE",
    help=f"A key of its args; may be repeated. Types: {', '.join(answers.TYPES)}.",
)  # fmt: skip
@click.option(
    "--unique-keys", multiple=True, metavar="KEY[,KEY]",
    help="Args that make two jobs the same. Default: all.",
)  # fmt: skip
@click.option(
    "--unique-period", metavar="DURATION",
    help="How long a job keeps out another one, such as 1h. Default: while it waits or runs.",
)  # fmt: skip
@click.option(
    "--effect", type=click.Choice(answers.EFFECTS), default="none", show_default=True,
    help="What it does to the world outside.",
)  # fmt: skip
@click.option(
    "--idempotency", type=click.Choice(answers.IDEMPOTENCY),
    help="What makes a second attempt safe. Default: what is usual for the effect.",
)  # fmt: skip
@click.option("--cron", metavar="EXPRESSION", help="When cron enqueues it, such as '0 * * * *'.")
@click.option(
    "--backoff", type=click.Choice(answers.BACKOFFS), default="exponential", show_default=True,
    help="How the wait between attempts grows.",
)  # fmt: skip
@click.option(
    "--timeout", default="30s", show_default=True, metavar="DURATION",
    help="How long an attempt may take.",
)  # fmt: skip
@click.option(
    "--snooze-on", multiple=True, metavar="REASON",
    help="A reason to wait rather than to fail, such as rate_limited; may be repeated.",
)  # fmt: skip
@click.option("--no-test", is_flag=True, help="Write no test.")
@click.option("--path", help="Its folder, or its file ending in .ex, if not the usual one.")
@_output_options
def worker(
    name: str | None, no_test: bool, path: str | None, as_json: bool, dry_run: bool, force: bool,
    **options: object,
) -> None:  # fmt: skip
    """Write a worker and its test.

    NAME is its module, such as Shop.Workers.SyncCustomer; a name without dots is put where
    the project's other workers are. Run it in the folder of a Mix project.
    """
    if name is None:
        from checker.scaffold.questions import ask

        if not _asks():
            raise click.UsageError("NAME is missing; for example Shop.Workers.SyncCustomer.")
        name = ask(options)
    with _told(as_json):
        from checker.project.conventions import of_module
        from checker.scaffold.plan import new_worker

        folder = _folder(path)
        ways = of_module(answers.module_name(name), folder)
        if "." not in name:
            name = answers.module_name(f"{ways.namespace}.{name}")
        plan = new_worker(answers.read(name, options), ways, _file(path, name), not no_test)
    _carry_out(plan, as_json, dry_run, force)


@new.command()
@_output_options
def receipt(as_json: bool, dry_run: bool, force: bool) -> None:
    """Write the schema and the migration of receipts.

    A receipt remembers an effect that must not happen twice.
    """
    with _told(as_json):
        from checker.project.conventions import of_repo
        from checker.scaffold.plan import new_receipt

        plan = new_receipt(of_repo(os.getcwd()))
    _carry_out(plan, as_json, dry_run, force)


@new.command()
@click.argument("module")
@_output_options
def test(module: str, as_json: bool, dry_run: bool, force: bool) -> None:
    """Write a test for the worker MODULE: one test for each outcome it can have."""
    with _told(as_json):
        from checker.project.conventions import of_worker
        from checker.scaffold.existing import new_test

        plan = new_test(module, of_worker(module, os.getcwd()))
    _carry_out(plan, as_json, dry_run, force)


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
        from checker.scaffold.write import WriteError

        if isinstance(error, (answers.AnswerError, MixError, WriteError)):
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


def _file(path: str | None, module: str) -> str | None:
    """The worker's file: what --path names, or a file in the folder that it names."""
    if path is None:
        return None
    from checker.project.conventions import underscore

    ending = os.path.splitext(path)[1]
    if not path or ending not in ("", ".ex"):
        problem = f"`{path}` is neither a folder nor a file that ends in .ex"
        raise answers.AnswerError("--path", problem, "--path lib/shop/workers")
    if not ending:
        path = os.path.join(path, underscore(module.rpartition(".")[2]) + ".ex")
    return os.path.abspath(path)


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
