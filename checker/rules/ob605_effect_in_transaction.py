"""A rollback cannot take a mail back.

## What it does

Points at effects on the world inside of a database transaction: mail, payments, HTTP writes,
messages.

## Why is this bad?

When a later step fails, or the commit does, the rows are as they were and the mail is out.
And the connection is held for as long as the other side takes.

A job inserted in the transaction becomes visible when that commits, and never if it does not
(oban 2.23.1, guides of `Oban.insert/4`).

## Invalid

```elixir
defmodule Shop.Workers.EndTrial do
  use Oban.Worker, queue: :billing, max_attempts: 3, unique: [period: 600]

  alias Shop.{Emails, Mailer, Repo, Trials}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transact(fn ->
      with {:ok, trial} <- Trials.finish(id),
           {:ok, _} <- Mailer.deliver(Emails.ended(trial)) do # reported
        {:ok, trial.id}
      end
    end)
  end
end
```

```elixir
defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  alias Shop.Workers.Ship

  def pay(order) do
    Repo.transaction(fn ->
      {:ok, charge} = Stripe.Charge.create(%{amount: order.cents}) # reported
      paid = Repo.update!(Order.paid_changeset(order, charge))
      Oban.insert!(Ship.new(%{order_id: paid.id}))
    end)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.EndTrial do
  use Oban.Worker, queue: :billing, max_attempts: 3, unique: [period: 600]

  alias Shop.{Emails, Mailer, Repo, Trials}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, trial} <- Repo.transact(fn -> Trials.finish(id) end),
         {:ok, _} <- Mailer.deliver(Emails.ended(trial)) do
      :ok
    end
  end
end
```

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :billing, max_attempts: 3

  alias Shop.{Order, Repo}
  alias Shop.Workers.Notify

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transact(fn ->
      order = Repo.get!(Order, id)

      with {:ok, order} <- Repo.update(Order.close_changeset(order)),
           {:ok, _job} <- Oban.insert(Notify.new(%{id: order.id})) do
        Phoenix.PubSub.broadcast(Shop.PubSub, "orders", {:closed, order.id})
        {:ok, order}
      end
    end)
  end
end
```

```elixir
defmodule Shop.Workers.Tell do
  use Oban.Worker, queue: :events, max_attempts: 3, unique: [period: 600]

  alias Shop.{Order, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, message} <- Repo.transact(fn -> {:ok, message(Repo.get!(Order, id))} end),
         {:ok, _} <- ExAws.request(message) do
      :ok
    end
  end

  defp message(order), do: ExAws.SQS.send_message("orders", JSON.encode!(%{id: order.id}))
end
```

```elixir
defmodule Shop.Workers.Rate do
  use Oban.Worker, queue: :rates, max_attempts: 3

  alias Shop.{Rate, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transact(fn ->
      with {:ok, %{status: 200, body: body}} <- Req.get("https://rates.example/#{id}") do
        Repo.insert(Rate.changeset(body), on_conflict: :nothing)
      end
    end)
  end
end
```
"""

from __future__ import annotations

from checker.model.idempotency import EFFECTS, effect
from checker.model.job import Jobs
from checker.rules.problem import ADVICE, Problem

ID = "OB605"
NAME = "effect-in-transaction"
SEVERITY = ADVICE


def check_jobs(jobs: Jobs):
    for step in jobs.transacted:
        kind = effect(step)
        if kind is not None and not step.has("build"):
            yield Problem(
                step.span,
                f"is {EFFECTS[kind]} inside of a transaction: a rollback cannot take it back",
                "Insert a job for it in the transaction, or do it after the commit",
                function=step.function,
            )
