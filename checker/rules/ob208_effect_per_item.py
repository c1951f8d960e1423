"""An effect for each item of a list: a retry repeats the items already done.

## What it does

Reports an effect inside `Enum.each`, `Enum.map`, `for` or `Task.async_stream`
without a guard of its own.

## Why is this bad?

When item 40 of 100 fails, Oban runs the job again and the first 39 get their
mail twice. `unique:` on the worker does not help: it is the same job.

One job per item retries only what failed. What notes on each item that it is done, or
deletes it, is left alone: the next attempt most likely does not find it again.

## Invalid

```elixir
defmodule Shop.Workers.Invite do
  use Oban.Worker, queue: :mailers, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    for guest <- Shop.Events.guests(id) do
      Shop.Mailer.deliver!(Shop.Emails.invite(guest)) # reported
    end

    :ok
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class ChargeAll:
    async def process(self, job):
        for cents in job.args["amounts"]:
            await stripe.PaymentIntent.create_async(amount=cents, currency="eur")  # reported
```

```elixir
defmodule Shop.Workers.Digest do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  alias Shop.{Repo, User}

  def perform(_job) do
    Enum.each(Repo.all(User), fn user ->
      {:ok, _} = Shop.Mailer.deliver(Shop.Emails.digest(user)) # reported
      Repo.insert!(%Shop.Visit{user_id: user.id})
      Repo.update!(Ecto.Changeset.change(user, locale: "en"))
    end)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Invite do
  use Oban.Worker, queue: :mailers, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    id
    |> Shop.Events.guest_ids()
    |> Enum.map(&Shop.Workers.InviteGuest.new(%{guest_id: &1}))
    |> Oban.insert_all()

    :ok
  end
end
```

```elixir
defmodule Shop.Workers.InviteOnce do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Enum.each(Shop.Events.guests(id), fn guest ->
      if is_nil(guest.invited_at) do
        Shop.Mailer.deliver!(Shop.Emails.invite(guest))
        Shop.Events.mark_invited!(guest)
      end
    end)
  end
end
```

```elixir
defmodule Shop.Workers.DueDigests do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  import Ecto.Query
  alias Shop.{Repo, User}

  def perform(%Oban.Job{args: %{"kind" => "weekly"}}) do
    Enum.each(Shop.Users.due_for_digest(), fn user ->
      {:ok, _} = Shop.Mailer.deliver(Shop.Emails.digest(user))
      Shop.Users.update_user(user, %{digest_sent_at: DateTime.utc_now()})
    end)
  end

  def perform(%Oban.Job{args: %{"kind" => "once"}}) do
    for user <- Repo.all(from u in User, where: u.curious) do
      Repo.update!(Ecto.Changeset.change(user, curious: false))
      {:ok, _} = Shop.Mailer.deliver(Shop.Emails.tour(user))
    end

    Enum.each(Shop.Invites.pending(), fn invite ->
      {:ok, _} = Shop.Mailer.deliver(Shop.Emails.invite(invite))
      Repo.delete!(invite)
    end)
  end

  def perform(_job) do
    Enum.each(Shop.Orders.unshipped(), fn order ->
      {:ok, _} = Shop.Mailer.deliver(Shop.Emails.shipped(order))
      Shop.Orders.mark_told!(order)
    end)
  end
end
```

```elixir
defmodule Shop.Workers.AtMostOnce do
  use Oban.Worker, queue: :mailers, max_attempts: 1

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Enum.each(Shop.Events.guests(id), fn guest ->
      Shop.Mailer.deliver!(Shop.Emails.invite(guest))
    end)
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class ChargeAll:
    async def process(self, job):
        for invoice in job.args["invoices"]:
            await stripe.PaymentIntent.create_async(
                amount=invoice["cents"],
                currency="eur",
                idempotency_key=f"charge-{invoice['id']}",
            )
```

```python
from oban import Oban, worker

from shop.billing import Charge


@worker(queue="billing", max_attempts=5)
class ChargeAll:
    async def process(self, job):
        jobs = [Charge.new({"id": id}) for id in job.args["ids"]]
        await Oban.get_instance().enqueue_many(jobs)
```
"""

from __future__ import annotations

from checker.model.idempotency import (
    EFFECTS,
    at_most_once,
    effect,
    effects,
    has_guard,
    in_loop,
    marks_item,
)
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB208"
NAME = "effect-per-item"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if at_most_once(worker):
        return
    for step in effects(worker):
        if not in_loop(step) or has_guard(step, per_item=True) or marks_item(worker, step):
            continue
        yield Problem(
            step.span,
            f"is {EFFECTS[effect(step)]} for each item; a retry repeats it for the items"
            " already done",
            "Enqueue one job per item: `Enum.map(items, &Worker.new(…)) |> Oban.insert_all()`"
            if worker.language == "elixir"
            else "Enqueue one job per item: `await oban.enqueue_many(jobs)`",
            function=step.function,
        )
