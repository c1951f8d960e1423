"""Answers to `oban-guard new worker`: every pair of values of any two options at least once."""

from __future__ import annotations

import itertools
import random

ARGS = {
    "none": (),
    "one": ("customer_id:integer",),
    "id and text": ("order_id:uuid", "note:string"),
    "day": ("day:date",),
    "all": (
        "account_id:integer", "name:string", "order_id:uuid", "urgent:boolean", "day:date",
        "at:datetime", "amount:decimal",
    ),
    "long": (
        "customer_reference_of_invoice:string", "invoice_number_of_last_month:integer",
        "first_day_of_billing_period:date", "bank_account_of_the_supplier:uuid",
    ),
}  # fmt: skip
# Which of the args make two jobs the same.
KEYS = {"all": lambda names: (), "first": lambda names: names[:1], "two": lambda names: names[:2]}
OPTIONS = {
    "module": (
        "Shop.Workers.SyncCustomer", "Shop.Send", "Shop.ModuleInfo",
        "Shop.Invoicing.Jobs.ReconcileTheBankStatementsOfSuppliers",
    ),
    "queue": ("default", "billing_of_quarterly_reports"),
    "max_attempts": (1, 3, 20),
    "arg": tuple(ARGS),
    "unique_keys": tuple(KEYS),
    "unique_period": (None, "infinity", "1h", "90s", "2d"),
    "effect": ("none", "email", "http", "charge", "publish"),
    "idempotency": (None, "receipt", "key", "unique", "marker"),
    "cron": (None, "0 * * * *", "@daily"),
    "backoff": ("exponential", "linear", "constant"),
    "timeout": ("30s", "10m"),
    "snooze_on": ((), ("rate_limited",), ("timeout", "not_ready"), ("not_found",)),
    "testing": ("manual", "inline"),
    "version": (None, "2.16.3", "2.19.4", "2.23.1"),
}  # fmt: skip
LEAST = 60


def all_pairs() -> list[dict]:
    """The combinations of OPTIONS, as the command line would have them."""
    return [_answers(combination) for combination in paired(OPTIONS, LEAST)]


def paired(options: dict[str, tuple], least: int) -> list[dict]:
    """Enough combinations, chosen greedily; the same ones every time."""
    chance = random.Random(20)
    wanted = {
        ((first, a), (second, b))
        for first, second in itertools.combinations(options, 2)
        for a in options[first]
        for b in options[second]
    }
    chosen: list[dict] = []
    while wanted or len(chosen) < least:
        drawn = [_draw(chance, options, wanted) for _ in range(40)]
        best = max(drawn, key=lambda one: len(wanted & _pairs(one)))
        wanted -= _pairs(best)
        chosen.append(best)
    return chosen


def _draw(chance: random.Random, options: dict[str, tuple], wanted: set) -> dict:
    """A combination at random, built around a pair that is still wanted."""
    drawn = {name: chance.choice(values) for name, values in options.items()}
    if wanted:
        drawn.update(chance.choice(sorted(wanted, key=str)))
    return drawn


def _pairs(combination: dict) -> set:
    return set(itertools.combinations(combination.items(), 2))


def _answers(combination: dict) -> dict:
    """The combination as the command line would have it."""
    args = ARGS[combination["arg"]]
    names = tuple(arg.partition(":")[0] for arg in args)
    return {**combination, "arg": args, "unique_keys": KEYS[combination["unique_keys"]](names)}
