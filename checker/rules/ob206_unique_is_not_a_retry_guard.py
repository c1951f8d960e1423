"""`unique:` stops a second job, not a second attempt.

## What it does

Points at a payment whose only guard is that its worker is unique.

## Why is this bad?

Uniqueness is checked when a job is inserted. The one job that is inserted still
runs at least once: a retry, or a rescue after the node died, charges again
(oban 2.23.1, lib/oban/engines/basic.ex).

## Invalid

```elixir
defmodule Shop.Workers.Renew do
  use Oban.Worker, queue: :billing, max_attempts: 3, unique: [period: :infinity, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, charge} <- Stripe.Charge.create(%{customer: id}), do: {:ok, charge.id} # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Renew do
  use Oban.Worker, queue: :billing, max_attempts: 3, unique: [period: :infinity, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Stripe.Charge.create(%{customer: id}, idempotency_key: "renew-#{id}") do
      {:ok, charge} -> {:ok, charge.id}
      {:error, error} -> {:error, error}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :billing, max_attempts: 1, unique: [period: :infinity, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, charge} <- Stripe.Charge.create(%{customer: id}), do: {:ok, charge.id}
  end
end
```

```elixir
defmodule Shop.Workers.Mail do
  use Oban.Worker, queue: :mailers, max_attempts: 3, unique: [period: :infinity, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.renewed(id)), do: :ok
  end
end
```
"""

from __future__ import annotations

from checker.model.idempotency import (
    at_most_once,
    effect,
    effects,
    has_guard,
    is_unique,
)
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB206"
NAME = "unique-is-not-a-retry-guard"
SEVERITY = ADVICE


def check(worker: Worker):
    if at_most_once(worker) or worker.option("unique") is None or not is_unique(worker):
        return
    for step in effects(worker):
        if effect(step) == "payment" and not has_guard(step):
            yield Problem(
                step.span,
                "is guarded by `unique:` only, which stops a second job but not a second attempt",
                'Pass `idempotency_key: "…"` made from the args',
                function=step.function,
            )
