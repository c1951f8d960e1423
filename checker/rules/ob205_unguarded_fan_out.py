"""A retry enqueues the children again.

## What it does

Points at jobs that perform enqueues for a worker that is not unique.

## Why is this bad?

When something after it fails, or the node dies, perform runs again and enqueues
them once more: the children run twice.

Give the child `unique:`, enqueue as the last step, or in the transaction that
also marks the parent's work done.

In Python the jobs that a worker enqueues are not followed: nothing is reported there.

## Invalid

```elixir
defmodule Shop.Workers.RenewAll do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    for id <- ids, do: Oban.insert!(Shop.Workers.Renew.new(%{id: id})) # reported
    :ok
  end
end

defmodule Shop.Workers.Renew do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Members.renew(id)
end
```

## Valid

```elixir
defmodule Shop.Workers.RenewAll do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    for id <- ids, do: Oban.insert!(Shop.Workers.Renew.new(%{id: id}))
    :ok
  end
end

defmodule Shop.Workers.Renew do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Members.renew(id)
end
```

```elixir
defmodule Shop.Workers.Elsewhere do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    for id <- ids, do: Oban.insert!(Shop.Jobs.Renew.new(%{id: id}))
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :shop, max_attempts: 1

  def perform(%Oban.Job{args: %{"id" => id}}), do: Oban.insert(Shop.Workers.Child.new(%{id: id}))
end

defmodule Shop.Workers.Child do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Members.renew(id)
end
```

```python
from oban import worker

from shop.mail import is_sent


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


@worker(queue="mail", max_attempts=3)
class SendOnce:
    async def process(self, job):
        if not await is_sent(job.args["list"]):
            await SendMail.enqueue({"to": "all"})
```

```python
from oban import worker

from shop.mail import lists


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


@worker(queue="mail", max_attempts=1)
class SendAll:
    async def process(self, job):
        await SendMail.enqueue({"to": "all"})
        await lists(job.args["list"])
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once, decided, is_unique
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB205"
NAME = "unguarded-fan-out"
SEVERITY = ADVICE
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if at_most_once(worker):
        return
    steps = {step.span: step for step in worker.steps}
    for enqueue in worker.enqueues:
        child = worker.siblings.get(enqueue.target)
        step = steps.get(enqueue.span)
        if child is None or is_unique(child) or child is worker or "unique" in enqueue.options:
            continue
        if step is not None and not decided(step):
            yield Problem(
                enqueue.span,
                f"enqueues `{child.name}` again on every retry; it is not unique",
                f"Give `{child.name}` `unique: [period: …, keys: […]]`, or enqueue as the last step",
                function=enqueue.function,
            )
