"""Two effects in one job: when the second fails, the first is repeated.

## What it does

Points at the second external effect on one way through perform.

## Why is this bad?

A failure of the second makes Oban run the whole of perform again, the first
effect included. Give each effect its own job, or guard each.

## Invalid

```elixir
defmodule Shop.Workers.Fulfil do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Stripe.Charge.create(%{order: id}, idempotency_key: "order-#{id}"),
         {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.paid(id)) do # reported
      :ok
    end
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    async def process(self, job):
        await stripe.PaymentIntent.create_async(
            amount=job.args["cents"], currency="eur", idempotency_key=f"charge-{job.id}"
        )
        await stripe.Refund.create_async(  # reported
            charge=job.args["charge"], idempotency_key=f"refund-{job.id}"
        )
```

## Valid

```elixir
defmodule Shop.Workers.Fulfil do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Stripe.Charge.create(%{order: id}, idempotency_key: "order-#{id}") do
      Oban.insert(Shop.Workers.MailPaid.new(%{id: id}))
    end
  end
end
```

```elixir
defmodule Shop.Workers.Either do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id, "via" => "mail"}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.paid(id)), do: :ok
  end

  def perform(%Oban.Job{args: %{"to" => to}}) do
    case ExTwilio.Message.create(to: to, body: "paid") do
      {:ok, _} -> :ok
      {:error, reason} -> {:error, reason}
      {:error, reason, _status} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.One do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.paid(id)), do: :ok
  end
end
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    async def process(self, job):
        if job.args.get("charge"):
            await stripe.Refund.create_async(
                charge=job.args["charge"], idempotency_key=f"refund-{job.id}"
            )
        else:
            await stripe.PaymentIntent.create_async(
                amount=job.args["cents"], currency="eur", idempotency_key=f"charge-{job.id}"
            )
```

```python
import stripe
from oban import worker


@worker(queue="billing", max_attempts=1)
class Charge:
    async def process(self, job):
        await stripe.PaymentIntent.create_async(amount=job.args["cents"], currency="eur")
        await stripe.Refund.create_async(charge=job.args["charge"])
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once, effect, effects
from checker.model.worker import Step, Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB207"
NAME = "several-effects"
SEVERITY = ADVICE
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if at_most_once(worker):
        return
    for step in effects(worker):
        earlier = _earlier(step)
        if earlier is not None:
            yield Problem(
                step.span,
                f"comes after `{earlier.call}`: when this fails, the retry repeats that one too",
                "Give each effect its own job, or guard each",
                function=step.function,
            )


def _earlier(step: Step) -> Step | None:
    """An effect that ran before on some way to this one."""
    found = [
        before
        for context in step.contexts
        for before in context.before
        if before is not step and effect(before)
    ]
    return min(found, key=lambda s: s.order, default=None)
