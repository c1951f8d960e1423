"""Waits that are far too short, or far too long.

## What it does

Works out `backoff/1` for each attempt of the job, and points at it when five attempts or more
have a second between them or less, when a single wait is longer than a week, or when it gives
milliseconds.

## Why is this bad?

Waits are in seconds. Without any, all attempts are used up while the other side is still down,
and each one is another error report. A wait of weeks means that the job is as good as lost,
and `:timer.minutes(5)`, which is 300000, means three and a half days.

## Invalid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 10

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(_job), do: 1 # reported
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 5

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(_job), do: :timer.minutes(5) # reported
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 15

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: Integer.pow(4, attempt) # reported
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=10)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):  # reported
        return 1
```

## Valid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(_job), do: 1
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 15

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(Integer.pow(4, attempt), 3600)
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(_job), do: div(:timer.minutes(5), 1000)
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 10

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: 5 * attempt + :rand.uniform(5)
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=10)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return min(15 * 2**job.attempt, 3_600)
```

```python
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return 1
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds
from checker.model.timing import Interval, Timing
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB403"
NAME = "backoff-insane"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")

STORM = 5  # attempts
SHORT = 1  # seconds
WEEK = 604_800
DAY = 86_400


def check(worker: Worker):
    timing = worker.backoff
    if timing is None or not all(isinstance(wait, Interval) for wait in timing.each):
        return
    message = _message(timing)
    if message:
        yield Problem(
            timing.span,
            message,
            "Let the waits grow, up to an hour or so: "
            + (
                "`min(15 * Integer.pow(2, attempt), 3_600)`"
                if worker.language == "elixir"
                else "`min(15 * 2**job.attempt, 3_600)`"
            ),
            function=timing.function,
        )


def _message(timing: Timing) -> str | None:
    waits = timing.each
    if waits and all(in_milliseconds((alt,)) for alt in timing.value):
        return f"gives milliseconds, which are taken for seconds: {waits[0].low // DAY} days or more"
    if len(waits) + 1 >= STORM and all(wait.high <= SHORT for wait in waits):
        return f"uses up {len(waits) + 1} attempts within seconds"
    longest = max(waits, key=lambda wait: wait.low, default=None)
    if longest is not None and longest.low > WEEK:
        attempt = waits.index(longest) + 1
        return f"waits for {longest.low // DAY} days after attempt {attempt}"
    return None
