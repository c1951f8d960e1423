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
    args = _until_right("Args, such as customer_id:integer day:date", "", _args)
    options["arg"] = args or options["arg"]
    options["queue"] = _until_right("Queue", options["queue"], answers.queue_name)
    options["cron"] = _until_right("Cron expression", options["cron"] or "", _cron)
    return name


def _cron(text: str) -> str | None:
    return answers.cron_expression(text) if text else None


def _args(text: str) -> tuple[str, ...]:
    """Each `key:type`, looked at; commas are no part of one."""
    given = tuple(text.replace(",", " ").split())
    for one in given:
        answers.arg(one)
    return given


def _until_right(question: str, default: str | None, check):
    while True:
        answer = click.prompt(question, default=default, show_default=bool(default))
        try:
            return check(answer)
        except answers.AnswerError as error:
            click.echo(f"Error: {error}")
