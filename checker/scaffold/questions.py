"""Asks on a terminal for what a worker needs, with the options' defaults to accept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click

from checker.scaffold import answers
from checker.scaffold.python import answers as python


@dataclass(frozen=True)
class Questions:
    """How a language asks: each check returns the answer or raises AnswerError.

    `usual`: what makes a second attempt safe for each effect, of `idempotency`.
    """

    name: str
    check_name: Callable[[str], object]
    check_arg: Callable[[str], object]
    check_queue: Callable[[str], str]
    check_cron: Callable[[str], str | None]
    idempotency: tuple[str, ...]
    usual: Callable[[str], str]


ELIXIR = Questions(
    "Module, such as SyncCustomer",
    answers.module_name,
    answers.arg,
    answers.queue_name,
    answers.cron_expression,
    answers.IDEMPOTENCY,
    lambda effect: answers.USUAL[effect],
)


def of_python(kind: str) -> Questions:
    """The questions for a worker or a job function of Oban for Python."""
    name = "Class, such as SyncCustomer"
    return Questions(
        name if kind == python.WORKER else "Function, such as sync_customer",
        lambda text: python.name_of(text, kind),
        python.arg,
        lambda text: answers.queue_name(text, python.WORDS),
        python.cron_expression,
        (*python.IDEMPOTENCY, python.REPEATED),
        lambda effect: python.idempotency_of(None, effect),
    )


def ask(options: dict, how: Questions) -> str:
    """The name of the worker; options that were asked for are put into `options`."""
    name = _until_right(how.name, None, _keep(how.check_name))
    options["effect"] = click.prompt(
        "What it does to the world outside",
        type=click.Choice(answers.EFFECTS),
        default=options["effect"],
    )
    options["idempotency"] = click.prompt(
        "What makes a second attempt safe",
        type=click.Choice(how.idempotency),
        default=options["idempotency"] or how.usual(options["effect"]),
    )
    args = _until_right("Args, such as customer_id:integer day:date", "", _args(how.check_arg))
    options["arg"] = args or options["arg"]
    options["queue"] = _until_right("Queue", options["queue"], how.check_queue)
    cron = _until_right("Cron expression", options["cron"] or "", _keep(how.check_cron, ""))
    options["cron"] = cron or None
    return name


def _keep(check, unless: str | None = None):
    """A check that answers with the text itself; of `unless` nothing is asked."""

    def checked(text: str) -> str:
        if text != unless:
            check(text)
        return text

    return checked


def _args(check):
    """Each `key:type`, looked at; commas are no part of one."""

    def checked(text: str) -> tuple[str, ...]:
        given = tuple(text.replace(",", " ").split())
        for one in given:
            check(one)
        return given

    return checked


def _until_right(question: str, default: str | None, check):
    while True:
        answer = click.prompt(question, default=default, show_default=bool(default))
        try:
            return check(answer)
        except answers.AnswerError as error:
            click.echo(f"Error: {error}")
