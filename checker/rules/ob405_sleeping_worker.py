"""A job that sleeps keeps a place in its queue from all others.

## What it does

Reports `Process.sleep` and `:timer.sleep` of a second or more, or of a length that is
reckoned at run time, in perform or in a function that it leads to. It is advice where the
function stands in another file.

## Why is this bad?

A queue runs as many jobs as its limit says, and a sleeping one counts. At a shutdown it
has 15 seconds (`shutdown_grace_period`, oban 2.23.1, lib/oban/config.ex); then it is
killed, its row stays `executing`, and Lifeline runs it again after an hour.

Oban does the waiting at no cost: `{:snooze, 30}`, or `{:error, reason}` and `backoff/1`.

In Python it is a long `asyncio.sleep`; `time.sleep` is OB155, whatever its length.

## Invalid

```elixir
defmodule Shop.Workers.AwaitRollout do
  use Oban.Worker, queue: :deploys, max_attempts: 3

  def perform(%Oban.Job{args: %{"release" => release}}) do
    :ok = Shop.Cluster.start(release)
    Process.sleep(30_000) # reported
    Shop.Cluster.verify(release)
  end
end
```

```elixir
defmodule Shop.Workers.Poll do
  use Oban.Worker, queue: :deploys, max_attempts: 3

  @pause 5 * 1000

  def perform(%Oban.Job{args: %{"id" => id, "pause" => pause}}) do
    :timer.sleep(:timer.seconds(pause)) # reported
    wait(id, 10)
  end

  defp wait(id, left) when left > 0 do
    case Shop.Cluster.status(id) do
      :done -> :ok
      :busy -> again(id, left)
    end
  end

  defp wait(_id, 0), do: {:error, :timeout}

  defp again(id, left) do
    Process.sleep(@pause) # reported
    wait(id, left - 1)
  end
end
```

```python
import asyncio

from oban import worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        while not await is_done(job.args["id"]):
            await asyncio.sleep(30)  # reported
```

## Valid

```elixir
defmodule Shop.Workers.AwaitRollout do
  use Oban.Worker, queue: :deploys, max_attempts: 3

  def perform(%Oban.Job{args: %{"release" => release}, meta: meta}) do
    case Shop.Cluster.status(release, meta["snoozed"]) do
      :done -> :ok
      :busy -> {:snooze, 30}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Pace do
  use Oban.Worker, queue: :deploys, max_attempts: 3

  @grace Application.compile_env(:shop, :grace, 5_000)

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    Process.sleep(@grace)
    Process.sleep(Application.get_env(:shop, :pause))
    Process.sleep(100 + :rand.uniform(500))

    Enum.each(ids, fn id ->
      Shop.Cluster.touch(id)
      Process.sleep(200)
    end)
  end
end
```

```elixir
defmodule Shop.Workers.Bounded do
  use Oban.Worker, queue: :deploys, max_attempts: 3

  def timeout(_job), do: :timer.minutes(2)

  def perform(%Oban.Job{args: %{"id" => id}}), do: wait(id)

  defp wait(id) do
    case Shop.Cluster.status(id) do
      :done ->
        :ok

      :busy ->
        Process.sleep(2_000)
        wait(id)
    end
  end
end
```

```python
import asyncio

from oban import Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        await asyncio.sleep(0.2)

        if not await is_done(job.args["id"]) and job.meta.get("snoozed", 0) < 9:
            return Snooze(30)
```

```python
import asyncio

from oban import worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    def timeout(self, job):
        return 60

    async def process(self, job):
        while not await is_done(job.args["id"]):
            await asyncio.sleep(5)
```

```python
import asyncio

from oban import worker

from shop.feeds import beat, load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        task = asyncio.create_task(self.report())
        await load(job.args["url"])
        task.cancel()

    async def report(self):
        while True:
            await beat()
            await asyncio.sleep(5)
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Atom, Float, Int, Unknown, only
from checker.model.worker import Step, Worker
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB405"
NAME = "sleeping-worker"
SEVERITY = WARNING

LEAST = 1_000  # milliseconds
LONG_UNITS = frozenset((":timer.seconds", ":timer.minutes", ":timer.hours", ":timer.hms"))


def check(worker: Worker):
    for step in worker.steps:
        if not step.has("sleep") or not step.args or _polls(worker, step):
            continue
        if step.contexts and all(context.apart for context in step.contexts):
            continue
        if all(map(_is_long, step.args[0])):
            yield Problem(
                step.span,
                "holds a place in the queue while it waits, and is killed at a shutdown",
                "Return `{:snooze, 30}`, or `{:error, reason}`: Oban does the waiting",
                severity=WARNING if step.trail is None else ADVICE,
                function=step.function,
            )


def _polls(worker: Worker, step: Step) -> bool:
    """Whether it waits between looks, and `timeout/1` puts an end to that."""
    if "timeout/1" not in worker.callbacks:
        return False
    return step.function in worker.recursive or any(context.loop for context in step.contexts)


def _is_long(alt: Alt) -> bool:
    """A second or more, or reckoned here from what is not known; not what is configured."""
    shape = alt.shape
    if isinstance(shape, Int):
        if shape.value is not None:
            return shape.value >= LEAST
        if alt.origin.call in LONG_UNITS or (shape.low or 0) >= LEAST:
            return True
        return shape.high is None and alt.origin.fresh is None  # no jitter
    if isinstance(shape, Atom):
        return shape.name == "infinity"
    return isinstance(shape, Unknown) and shape.from_args


def check_python(worker: Worker):
    """A long `asyncio.sleep`; `time.sleep` is OB155."""
    for step in worker.steps:
        if not step.has("sleep") or step.has("blocking") or _polls(worker, step):
            continue
        if all(context.apart for context in step.contexts):
            continue
        shape = only(step.args[0]) if step.args else None
        if isinstance(shape, (Int, Float)) and shape.value is not None and shape.value >= 1:
            yield Problem(
                step.span,
                "holds a place in the queue while it waits",
                "Return `Snooze(seconds)`, or raise: Oban does the waiting",
                severity=WARNING if step.trail is None else ADVICE,
                function=step.function,
            )
