"""A timeout that is over before the work has begun.

## What it does

Points at values of `timeout/1` below a second, and at those that are neither milliseconds nor
`:infinity`.

## Why is this bad?

`timeout/1` is in milliseconds, unlike everything else in a worker: `30` is thirty milliseconds,
and every attempt ends in `Oban.TimeoutError`. With `0`, a negative number, a float, `nil` or a
tuple perform does not run at all, and each attempt fails (measured with oban 2.23.1;
lib/oban/queue/executor.ex, `start_timeout`).

In Python `timeout` is in seconds: there a large round number is the mistake.

## Invalid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(_job), do: 30 # reported
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(_job), do: 1.5 * 60_000 # reported
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(%Oban.Job{args: %{"fast" => true}}), do: 0 # reported
  def timeout(_job), do: :timer.seconds(90)
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 30_000  # reported


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 0  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(_job), do: :timer.seconds(30)
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(_job), do: :infinity
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(%Oban.Job{attempt: attempt}), do: attempt * 5_000
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def timeout(_job), do: Application.fetch_env!(:shop, :sync_timeout)
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 0.5


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 30
```

```python
from datetime import timedelta

from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return timedelta(hours=3).total_seconds()


class Client:
    name = "no worker of oban"

    def timeout(self):
        return 30_000
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Atom, Float, Int, Text, Tup
from checker.model.timing import Interval, NotAnInteger, Timing
from checker.model.worker import Worker
from checker.rules.problem import ERROR, WARNING, Problem

ID = "OB407"
NAME = "timeout-unit"
SEVERITY = WARNING

SECOND = 1000
LONGEST = 10_000  # seconds; in Python, what is larger was meant in milliseconds


def check(worker: Worker):
    timing = worker.timeout
    if timing is None:
        return
    for alt in timing.value:
        problem = _problem(alt, timing)
        if problem is not None:
            yield problem


def _problem(alt: Alt, timing: Timing) -> Problem | None:
    span, shape = alt.origin.span or timing.span, alt.shape
    if isinstance(shape, Int) and shape.value is not None and shape.value >= 1:
        if shape.value >= SECOND:
            return None
        return Problem(
            span,
            f"is {shape.value} ms: every attempt ends in a timeout",
            f"Write `:timer.seconds({shape.value})` if seconds were meant",
            function=timing.function,
            edits=((span, f":timer.seconds({shape.value})"),) if alt.origin.literal else (),
        )
    if _is_unusable(alt, timing):
        return Problem(
            span,
            "is no number of milliseconds: every attempt fails before perform runs",
            "Give whole milliseconds, `:timer.seconds(30)`, or `:infinity`",
            severity=ERROR,
            function=timing.function,
        )
    return None


def _is_unusable(alt: Alt, timing: Timing) -> bool:
    """Zero, less, or no integer; where it is calculated, the calculated answer counts."""
    shape = alt.shape
    if isinstance(shape, Int):
        return shape.value is not None and shape.value < 1
    if isinstance(shape, Atom):
        return shape.name not in (None, "infinity")
    if not isinstance(shape, (Float, Text, Tup)):
        return False
    return any(isinstance(answer, NotAnInteger) for answer in timing.each) or not any(
        isinstance(answer, Interval) for answer in timing.each
    )


def check_python(worker: Worker):
    timing = worker.timeout
    for alt in timing.value if timing is not None else ():
        shape = alt.shape
        number = shape.value if isinstance(shape, (Int, Float)) else None
        if number is not None and number <= 0:
            message = "is no time at all: every attempt ends in a timeout"
        elif isinstance(shape, (Text, Tup)):
            message = "is no number of seconds: every attempt fails"
        elif number is not None and number >= LONGEST and number % SECOND == 0:
            message = f"is {number // 3600:.0f} hours: `timeout` counts seconds in Python"
        else:
            continue
        yield Problem(
            alt.origin.span or timing.span, message, "Give seconds: `return 60`",
            severity=WARNING if number and number > 0 else ERROR, function=timing.function,
        )  # fmt: skip
