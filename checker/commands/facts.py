"""`oban-guard facts`."""

from __future__ import annotations

import click

from checker.commands.output import echo


@click.command()
@click.argument("target", metavar="WORKER|PATH[:LINE]")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def facts(target: str, as_json: bool) -> None:
    """Say what to know before a worker is touched: who enqueues it, and what a rename breaks."""
    from checker.facts import find
    from checker.report import facts as report
    from checker.report.text import printable
    from checker.target import TargetError

    try:
        found = find(target)
    except TargetError as error:
        raise click.UsageError(printable(str(error))) from error
    echo(report.as_json(found) if as_json else report.render(found))
