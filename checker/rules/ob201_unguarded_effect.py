"""A retry does it again: the mail, the charge, the message goes out twice.

## What it does

Reports an effect on the world that `perform/1` (or a function it leads to) has
without anything that makes it safe to repeat: mail, payment, SMS, push, chat,
HTTP POST and PATCH, published messages.

## Why is this bad?

Oban runs a job **at least once**. When a later step fails, when the node dies
between the effect and the acknowledgement, or when Lifeline rescues the job, the
whole of perform runs again (oban 2.23.1, lib/oban/engines/basic.ex).

These make an effect safe: an idempotency key that the other side knows, a read
of a marker (`sent_at`, a receipt row) that decides whether it runs, a row claimed
with `on_conflict` before it, `unique:` on the worker, `max_attempts: 1`. PUT and
DELETE count as idempotent.

In Python there is no `unique:` without Oban Pro; the other guards are the same.

## Invalid

```elixir
defmodule Shop.Workers.Remind do
  use Oban.Worker, queue: :mailers, max_attempts: 5

  alias Shop.{Mailer, Emails}

  def perform(%Oban.Job{args: %{"user_id" => id}}) do
    email = Emails.reminder(id)

    with {:ok, _} <- Mailer.deliver(email), do: :ok # reported
  end
end
```

```elixir
defmodule Shop.Workers.Bill do
  use Oban.Worker, queue: :billing, max_attempts: 5

  def perform(%Oban.Job{args: %{"order_id" => id}}) do
    with {:ok, charge} <- Shop.Payments.charge_order(id), do: {:ok, charge.id} # reported
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    def timeout(self, job):
        return 60

    async def process(self, job):
        await stripe.PaymentIntent.create_async(  # reported
            amount=job.args["cents"], currency="eur", customer=job.args["customer"]
        )
```

## Valid

```elixir
defmodule Shop.Workers.Stock do
  use Oban.Worker, queue: :suppliers, max_attempts: 5

  def perform(%Oban.Job{args: %{"sku" => sku}}) do
    with {:ok, %{status: 200, body: %{"access_token" => token}}} <- request_token() do
      Shop.Stock.refresh(sku, token)
    end
  end

  defp request_token do
    Req.post(Shop.Suppliers.token_url(), form: [grant_type: "client_credentials"])
  end
end
```

```elixir
defmodule Shop.Workers.Remind do
  use Oban.Worker, queue: :mailers, max_attempts: 5

  alias Shop.{Mailer, Emails, Repo, User}

  def perform(%Oban.Job{args: %{"user_id" => id}}) do
    case Repo.get(User, id) do
      nil -> {:cancel, :gone}
      %User{reminded_at: nil} = user -> remind(user)
      %User{} -> :ok
    end
  end

  defp remind(user) do
    with {:ok, _} <- Mailer.deliver(Emails.reminder(user)),
         {:ok, _} <- Repo.update(User.reminded_changeset(user)) do
      :ok
    end
  end
end
```

```elixir
defmodule Shop.Workers.Charge do
  use Oban.Worker, queue: :billing, max_attempts: 5

  def perform(%Oban.Job{args: %{"order_id" => id, "cents" => cents}}) do
    case Stripe.Charge.create(%{amount: cents}, idempotency_key: "order-#{id}") do
      {:ok, charge} -> {:ok, charge.id}
      {:error, error} -> {:error, error}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Page do
  use Oban.Worker, queue: :paging, max_attempts: 1

  def perform(%Oban.Job{args: %{"to" => to}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.page(to)), do: :ok
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    def timeout(self, job):
        return 60

    async def process(self, job):
        await stripe.PaymentIntent.create_async(
            amount=job.args["cents"],
            currency="eur",
            customer=job.args["customer"],
            idempotency_key=f"charge-{job.id}",
        )
```

```python
import stripe
from oban import worker

from shop.billing import find, save


@worker(queue="billing", max_attempts=5)
class Charge:
    def timeout(self, job):
        return 60

    async def process(self, job):
        invoice = await find(job.args["id"])

        if invoice.charged_at is None:
            await stripe.PaymentIntent.create_async(amount=invoice.cents, currency="eur")
            await save(invoice)


@worker(queue="billing", max_attempts=1)
class ChargeOnce:
    def timeout(self, job):
        return 60

    async def process(self, job):
        await stripe.PaymentIntent.create_async(amount=job.args["cents"], currency="eur")
```
"""

from __future__ import annotations

from checker.model.idempotency import EFFECTS, effect, effects, guarded, in_loop
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB201"
NAME = "unguarded-effect"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")

GUARDS = {
    "payment": 'Pass `idempotency_key: "…"` made from the args',
    "http_write": "Send an `Idempotency-Key` header made from the args",
}
PYTHON_GUARDS = {
    "payment": 'Pass `idempotency_key=f"charge-{job.id}"`',
    "http_write": 'Send the header `"Idempotency-Key": f"…-{job.id}"`',
}
PYTHON_MARKER = "Ask for a marker such as `sent_at` before it and set it after, or claim a row"
MARKER = "Read a marker such as `sent_at` before it and write it after, or claim a row first"


def _help(kind: str, language: str) -> str:
    if language == "python":
        return PYTHON_GUARDS.get(kind, PYTHON_MARKER)
    return GUARDS.get(kind, MARKER)


def check(worker: Worker):
    for step in effects(worker):
        if guarded(worker, step) or in_loop(step):
            continue
        kind = effect(step)
        yield Problem(
            step.span,
            f"is {EFFECTS[kind]} that every retry repeats; nothing here asks if it was done",
            _help(kind, worker.language),
            function=step.function,
        )
