"""The command line, thin: options in, exit code out. Imports what it needs when it needs it."""

from __future__ import annotations

import os
import sys

import click

from checker import __version__
from checker.commands.check import FAILED, check
from checker.commands.config import config
from checker.commands.facts import facts
from checker.commands.output import echo, on_terminal
from checker.scaffold.command import new


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
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def rules(style: str) -> None:
    """List every rule."""
    from checker.report import catalogue
    from checker.rules import all_rules

    render = catalogue.as_json if style == "json" else catalogue.as_table
    echo(render(all_rules()))


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
        echo(explanation_json.render_rule(rule))
    else:
        page = catalogue.page(rule)
        echo(catalogue.on_terminal(page) if on_terminal() else page)


@cli.command()
def doctor() -> None:
    """Show what the checker runs on, and what went wrong last."""
    from checker.doctor import report

    for label, value in report():
        echo(f"{label}: {value}")


for command in (check, config, facts, new):
    cli.add_command(command)


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
    echo(explanation_json.render(found) if as_json else explanation.render(found, line))
