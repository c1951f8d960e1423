"""The command line, thin: options in, exit code out. Imports what it needs when it needs it."""

from __future__ import annotations

import os
import sys

import click

from checker import __version__
from checker.scaffold.command import new

OK, BLOCKING, FAILED = 0, 1, 2
STDIN = "-"
STDIN_NAME = "stdin.ex"


class _Commands(click.Group):
    """Commands that answer a path with the command that was meant."""

    def resolve_command(self, context: click.Context, args: list[str]):
        if self.get_command(context, args[0]) is None and os.path.exists(args[0]):
            context.fail(f"No such command '{args[0]}'. Did you mean `oban-guard check {args[0]}`?")
        return super().resolve_command(context, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="oban-guard", message="%(prog)s %(version)s")
def cli() -> None:
    """Finds the mistakes in Oban workers that only show when a job fails."""


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--stdin-filename", metavar="PATH", help="What the text on standard input is called.")
@click.pass_context
def check(
    context: click.Context, paths: tuple[str, ...], style: str, stdin_filename: str | None
) -> None:
    """Check files and folders (default: this folder); `-` is standard input.

    Exit code: 0 nothing blocks, 1 errors or warnings, 2 wrong usage or something
    that could not be read or checked.
    """
    if stdin_filename is not None and STDIN not in paths:
        raise click.UsageError(f"--stdin-filename needs `{STDIN}` among the paths.")
    if "" in paths:
        raise click.UsageError("A path is empty; name a file or a folder.")
    from checker.batch import check_files
    from checker.discover import find
    from checker.source import MAX_BYTES

    texts = {}
    if STDIN in paths:
        texts[stdin_filename or STDIN_NAME] = sys.stdin.buffer.read(MAX_BYTES + 1)
    found = find([path for path in paths or (".",) if path != STDIN], texts)
    outcome = check_files(found.files)
    problems = found.problems + outcome.problems
    _print_result(style, outcome, problems)
    _print_asides(outcome, problems, found.notes)
    context.exit(FAILED if problems else BLOCKING if outcome.blocking else OK)


@cli.command()
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def rules(style: str) -> None:
    """List every rule."""
    from checker.report import catalogue
    from checker.rules import all_rules

    render = catalogue.as_json if style == "json" else catalogue.as_table
    _echo(render(all_rules()))


@cli.command()
@click.argument("target", metavar="RULE|PATH[:LINE]|MODULE")
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def explain(target: str, style: str) -> None:
    """Say what a worker does, or what a rule finds and what to write instead.

    A rule is named by its id or name (OB104, permanent-error-retried), a worker by its file,
    a line in it, or its module (Shop.Workers.Sync, or Sync): what it ends in, what it does to
    the world and what guards that, and when it is tried again.
    """
    from checker.report import catalogue, explanation_json
    from checker.rules import all_rules

    known = all_rules()
    rule = catalogue.find(known, target)
    if rule is None:
        _explain_workers(target, style, known)
    elif style == "json":
        _echo(explanation_json.render_rule(rule))
    else:
        page = catalogue.page(rule)
        _echo(catalogue.on_terminal(page) if _on_terminal() else page)


@cli.command()
def doctor() -> None:
    """Show what the checker runs on, and what went wrong last."""
    from checker.doctor import report

    for label, value in report():
        _echo(f"{label}: {value}")


cli.add_command(new)


def main() -> None:
    """Run the command line on this process's arguments; ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(prog_name="oban-guard")
    except Exception:  # exit code 1 would say that something was found
        import traceback

        traceback.print_exc()
        sys.exit(FAILED)


def _explain_workers(target: str, style: str, rules: list) -> None:
    from checker.report import catalogue, explanation, explanation_json
    from checker.report.text import printable
    from checker.target import TargetError, find_workers, names_worker

    if not names_worker(target):
        near = catalogue.nearest(rules, target)
        raise click.UsageError(f"No rule {target!r}. Did you mean {near}?")
    try:
        line, found = find_workers(target)
    except TargetError as error:
        raise click.UsageError(printable(str(error))) from error
    as_json = style == "json"
    _echo(explanation_json.render(found) if as_json else explanation.render(found, line))


def _print_result(style: str, outcome, problems: list[tuple[str, str]]) -> None:
    if style == "json":
        from checker.report.json import render

        _echo(render(outcome, problems))
    else:
        from checker.report.text import render

        _echo(render(outcome))


def _print_asides(outcome, problems: list[tuple[str, str]], notes: list[str]) -> None:
    from checker.report.text import printable

    for note in notes:
        _echo(f"note: {printable(note)}", err=True)
    for path, message in problems:
        _echo(f"error: {printable(path)}: {printable(message)}", err=True)
    if not outcome.files:
        _echo("No Elixir file (.ex, .exs) was checked.", err=True)
    elif not outcome.workers:
        _echo("No Oban worker was found in the files checked.", err=True)


def _echo(text: str, err: bool = False) -> None:
    """Print; quiet when the reader has gone away (`| head`)."""
    try:
        click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())


def _on_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
