"""What guards an effect, and where: the model names it, and agrees with what the rules ask."""

from __future__ import annotations

import pytest

from checker.check import models
from checker.config import Config
from checker.explanation import explain
from checker.model.idempotency import effects, guarded, guards, has_guard, in_loop
from checker.rules import all_rules
from checker.source import Source
from tests.rules.examples import examples

MAIL = "Shop.Mailer.deliver(Shop.Emails.hi(id))"


def effect_rows(body: str, options: str = "max_attempts: 3"):
    source = f"defmodule Shop.W do\n  use Oban.Worker, {options}\n{body}\nend\n"
    (worker,) = explain(Source("lib/w.ex", source), Config.default())
    return worker.effects


def told(body: str, options: str = "max_attempts: 3") -> list[tuple]:
    (row,) = effect_rows(body, options)
    return [(guard.kind, guard.name, guard.line) for guard in row.guards]


def perform(*lines: str) -> str:
    return "\n".join(["  def perform(%{args: %{\"id\" => id}}) do", *lines, "  end"])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([MAIL], []),
        (
            ["user = Repo.get(User, id)", f"if is_nil(user.hailed_at), do: {MAIL}"],
            [("marker", "hailed_at", 5)],
        ),
        (
            ["case Repo.get_by(Receipt, id: id) do", f"nil -> {MAIL}", "_ -> :ok", "end"],
            [("lookup", "Repo.get_by", 4)],
        ),
        ([f"unless Repo.exists?(Receipt), do: {MAIL}"], [("lookup", "Repo.exists?", 4)]),
        (
            ["case Repo.insert(%Claim{id: id}, on_conflict: :nothing) do",
             f"{{:ok, %{{id: n}}}} when n > 0 -> {MAIL}", "_ -> :ok", "end"],
            [("claim", "Repo.insert", 4)],
        ),
        (
            ["case Repo.update_all(Claim, set: [x: 1]) do", f"{{1, _}} -> {MAIL}",
             "{0, _} -> :ok", "end"],
            [("claim", "Repo.update_all", 4)],
        ),
        (
            ["Repo.transaction(fn ->", "Repo.one(lock(User, \"FOR UPDATE\"))", MAIL, "end)"],
            [("lock", "Ecto.Query.lock", 5)],
        ),
        (
            ["Repo.insert!(%Receipt{id: id})", MAIL, "rescue", "Ecto.ConstraintError -> :ok"],
            [("constraint", "Repo.insert!", 4)],
        ),
        (["operation_id = \"op-#{id}\"", "Shop.remember(operation_id)", MAIL],
         [("key_elsewhere", "", None)]),
    ],
)  # fmt: skip
def test_guards_of_an_effect(lines, expected):
    body = "  import Ecto.Query\n" + perform(*lines)
    shifted = [(kind, name, line + 1 if line else None) for kind, name, line in expected]
    assert told(body) == shifted


def test_guards_of_the_worker():
    assert told(perform(MAIL), "max_attempts: 1") == [("at_most_once", "max_attempts", 2)]
    assert told(perform(MAIL), "unique: [period: 60]") == [("unique", "unique", 2)]
    assert told(perform(MAIL), "unique: false") == []
    assert told(perform(MAIL), "options()") == [("perhaps_unique", "unique", None)]
    enqueue = "\n  def enqueue(id), do: new(%{id: id}, unique: [period: 60]) |> Oban.insert()"
    assert told(perform(MAIL) + enqueue) == [("unique", "unique", None)]


def test_a_key_and_one_that_changes():
    body = perform(
        'Stripe.Charge.create(%{cents: 1}, idempotency_key: "a-#{id}")',
        'Stripe.Charge.create(%{cents: 1}, idempotency_key: Ecto.UUID.generate())',
    )
    stable, changing = (row.guards[0] for row in effect_rows(body))
    assert (stable.kind, stable.name, stable.fresh_line) == ("key", "idempotency_key", None)
    assert (changing.kind, changing.fresh_line) == ("key", 5)


def test_in_a_loop_only_what_is_asked_of_each_item_counts():
    each = "for x <- id, do: Shop.Mailer.deliver(Shop.Emails.hi(x))"
    once = ["user = Repo.get(User, 1)", f"if is_nil(user.hailed_at), do: ({each})"]
    assert told(perform(*once)) == []
    own = "for x <- Shop.users(id), is_nil(x.hailed_at), do: Shop.Mailer.deliver(Shop.Emails.hi(x))"
    assert told(perform(own)) == [("marker", "hailed_at", 4)]


@pytest.mark.parametrize("kind", ["invalid", "valid"])
def test_rules_and_reader_hear_the_same(kind):
    """An effect has a guard to show exactly when rules take it for guarded."""
    seen = 0
    for rule in all_rules():
        for example in examples(rule, kind):
            for worker in models(Source("lib/w.ex", example.code), Config.default()):
                for step in effects(worker):
                    seen += 1
                    found = guards(worker, step)
                    if in_loop(step):
                        assert has_guard(step, per_item=True) <= bool(found)
                    else:
                        assert guarded(worker, step) == bool(found)
    assert seen > 10
