"""Asks on a terminal for what a worker needs, with the options' defaults to accept."""

from __future__ import annotations

import click

from checker.scaffold import answers


def ask(options: dict) -> str:
    """The name of the worker; options that were asked for are put into `options`."""
    name = _until_right("Module, such as SyncCustomer", None, answers.module_name)
    options["effect"] = click.prompt(
        "What it does to the world outside",
        type=click.Choice(answers.EFFECTS),
        default=options["effect"],
    )
    options["idempotency"] = click.prompt(
        "What makes a second attempt safe",
        type=click.Choice(answers.IDEMPOTENCY),
        default=options["idempotency"] or answers.USUAL[options["effect"]],
    )
    options["arg"] = _several("Args, such as customer_id:integer day:date", options["arg"])
    options["queue"] = click.prompt("Queue", default=options["queue"])
    options["cron"] = click.prompt("Cron expression", default=options["cron"] or "") or None
    return name


def _several(question: str, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(click.prompt(question, default=" ".join(given), show_default=False).split())


def _until_right(question: str, default: str | None, check) -> str:
    while True:
        answer = click.prompt(question, default=default)
        try:
            return check(answer)
        except answers.AnswerError as error:
            click.echo(f"Error: {error}")
