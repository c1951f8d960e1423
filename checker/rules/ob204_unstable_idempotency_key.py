"""An idempotency key that is new on every attempt protects nothing.

## What it does

Reports an idempotency key (`idempotency_key:`, an `Idempotency-Key` header …)
that is made from something new each time: a fresh UUID, the clock, a random
number, the number of the attempt.

## Why is this bad?

The other side takes each attempt for a new request: the customer is charged
again although a key was sent. Make the key from the args, or from `job.id`,
which stays the same over all attempts.

## Invalid

```elixir
defmodule Shop.Workers.Charge do
  use Oban.Worker, queue: :billing, max_attempts: 3

  def perform(%Oban.Job{args: %{"cents" => cents}}) do
    key = Ecto.UUID.generate() # reported

    with {:ok, charge} <- Stripe.Charge.create(%{amount: cents}, idempotency_key: key) do
      {:ok, charge.id}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Transfer do
  use Oban.Worker, queue: :billing, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, attempt: attempt}) do
    opts = [idempotency_key: "transfer-#{id}-#{attempt}"] # reported
    Stripe.Transfer.create(%{amount: 1}, opts)
  end
end
```

```python
import uuid

import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    async def process(self, job):
        key = str(uuid.uuid4())  # reported
        await stripe.PaymentIntent.create_async(
            amount=job.args["cents"], currency="eur", idempotency_key=key
        )
```

## Valid

```elixir
defmodule Shop.Workers.Charge do
  use Oban.Worker, queue: :billing, max_attempts: 3

  def perform(%Oban.Job{id: job_id, args: %{"cents" => cents}}) do
    key = "charge-#{job_id}"

    with {:ok, charge} <- Stripe.Charge.create(%{amount: cents}, idempotency_key: key) do
      {:ok, charge.id}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Traced do
  use Oban.Worker, queue: :billing, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    trace = Ecto.UUID.generate()

    headers = [{"x-trace-id", trace}, {"idempotency-key", "cancel-#{id}"}]

    case Req.post("https://shop.test/cancel", headers: headers) do
      {:ok, %{status: 200}} -> :ok
      {:ok, %{status: status}} -> {:error, {:http, status}}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.FromArgs do
  use Oban.Worker, queue: :billing, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id, "key" => key}}) do
    with {:ok, refund} <- Stripe.Refund.create(%{charge: id}, idempotency_key: key) do
      {:ok, refund.id}
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
```

```python
import uuid

import stripe
from oban import worker


@worker(queue="billing", max_attempts=5)
class Charge:
    async def process(self, job):
        key = uuid.uuid5(uuid.NAMESPACE_URL, job.args["invoice"])
        print(uuid.uuid4())
        await stripe.PaymentIntent.create_async(
            amount=job.args["cents"], currency="eur", idempotency_key=str(key)
        )
```
"""

from __future__ import annotations

from checker.model.idempotency import effects, keys, new_each_time
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB204"
NAME = "unstable-idempotency-key"
SEVERITY = ERROR
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    for step in effects(worker):
        for name, key in keys(step):
            fresh = new_each_time(name, key)
            if fresh is not None:
                yield Problem(
                    fresh,
                    "is new on every attempt, so a key made from it never stops a repetition",
                    "Make the key from the args or from `job.id`",
                    function=step.function,
                )
