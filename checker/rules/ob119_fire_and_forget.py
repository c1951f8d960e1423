"""The job completes before its work is done.

## What it does

Reports work handed to something that nobody waits for: `Task.start`, `spawn`,
`Task.async` that is never awaited, `deliver_later`.

## Why is this bad?

The job is marked completed while the work runs on. When it crashes nothing is
retried or reported; when the node stops, the grace period does not wait for it;
a linked task dies with the job's process.

A supervised process that is meant to outlive the job is right: suppress it and
say so.

In Python it is `asyncio.create_task` and the like without an `await`; the task may even be
collected as garbage before it ends.

## Invalid

```elixir
defmodule Shop.Workers.Preview do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Task.start(fn -> Shop.Previews.render(id) end) # reported
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Peaks do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Task.async(fn -> Shop.Peaks.find(id) end) # reported
    {:ok, id}
  end
end
```

```python
import asyncio

from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        asyncio.create_task(load(job.args["url"]))  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Preview do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Previews.render(id)
end
```

```elixir
defmodule Shop.Workers.Peaks do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    task = Task.async(fn -> Shop.Peaks.find(id) end)
    {:ok, Task.await(task, 60_000)}
  end
end
```

```elixir
defmodule Shop.Workers.Set do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    tasks = Enum.map(ids, fn id -> Task.async(fn -> Shop.Peaks.find(id) end) end)
    {:ok, Task.await_many(tasks)}
  end
end
```

```python
import asyncio

from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        task = asyncio.create_task(load(job.args["url"]))
        print("started")
        await task
```

```python
import asyncio

from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        async with asyncio.TaskGroup() as group:
            for url in job.args["urls"]:
                group.create_task(load(url))

        tasks = [asyncio.create_task(load(url)) for url in job.args["urls"]]
        await asyncio.gather(*tasks)
```

```python
import asyncio

from oban import worker

from shop.feeds import beat, load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        task = asyncio.create_task(beat())
        try:
            await load(job.args["url"])
        finally:
            task.cancel()
```
"""

from __future__ import annotations

from checker.model.worker import Step, Worker
from checker.rules.problem import WARNING, Problem

ID = "OB119"
NAME = "fire-and-forget"
SEVERITY = WARNING


def check(worker: Worker):
    if worker.exhausted:
        return
    returned = {id(alt.origin.step) for alt in worker.outcome}
    for step in worker.steps:
        if step.trail is not None:  # another file knows best what it starts
            continue
        if not (step.has("detached") or (_never_awaited(step) and id(step) not in returned)):
            continue
        if "receive" not in worker.mentions:  # else it may wait for messages of what it started
            yield Problem(
                step.span,
                "runs on by itself; the job completes before it does, and its failure is lost",
                "Call the function here, or enqueue another job for it",
                function=step.function,
            )


def _never_awaited(step: Step) -> bool:
    return step.has("async") and "await" not in step.reads and not step.escapes


def check_python(worker: Worker):
    for step in worker.steps:
        if step.trail is not None or worker.exhausted:
            continue
        if step.has("detached") or (step.has("async") and not step.escapes):
            yield Problem(
                step.span,
                "runs on by itself; the job completes before it does, and its failure is lost",
                "Await it, or enqueue another job for it",
                function=step.function,
            )
