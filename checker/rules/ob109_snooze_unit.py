"""A snooze period that Oban does not accept, or that means something else.

## What it does

Reports `{:snooze, period}` with a negative number, a float, a string, an unknown
unit, a date, nil, and milliseconds where seconds are meant.

## Why is this bad?

A period is a non-negative integer of seconds or `{n, unit}` with a unit from
`:second` to `:week` (`:month` from oban 2.24, lib/oban/period.ex). With anything
else the tuple is no result that Oban knows, and the job **completes**.
`:timer.minutes(5)` is 300,000: seconds to Oban, so the job sleeps for 83 hours.

In Python numbers, floats too, are seconds. A `timedelta` or a `datetime` cannot be stored:
the acknowledgement fails, the job stays `executing` and its whole queue stands still.

## Invalid

```elixir
defmodule Shop.Workers.Poll do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, meta: meta}) do
    case Shop.Orders.status(id, meta["snoozed"]) do
      :done -> :ok
      :paused -> {:snooze, :timer.minutes(5)} # reported
      :late -> {:snooze, 1.5} # reported
      :soon -> {:snooze, {30, :secs}} # reported
    end
  end
end
```

```python
from datetime import timedelta

from oban import Snooze, worker


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if job.meta.get("snoozed", 0) < 5:
            return Snooze(timedelta(minutes=5))  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Poll do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, meta: meta}) do
    case Shop.Orders.status(id, meta["snoozed"]) do
      :done -> :ok
      :paused -> {:snooze, 300}
      :late -> {:snooze, div(:timer.minutes(5), 1000)}
      :soon -> {:snooze, {5, :minutes}}
      {:wait, seconds} -> {:snooze, seconds}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Open do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, inserted_at: at}) do
    wait = DateTime.diff(Shop.Events.opens_at(id), at)
    {:snooze, max(wait, 1)}
  end
end
```

```elixir
defmodule Shop.Workers.Jitter do
  use Oban.Worker, queue: :poll, max_attempts: 3

  @base 30

  def perform(%Oban.Job{meta: meta}) do
    {:snooze, @base + :rand.uniform(30) + Map.get(meta, "snoozed", 0)}
  end
end
```

```python
from datetime import timedelta

from oban import Snooze, worker


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if job.meta.get("snoozed", 0) < 5:
            return Snooze(timedelta(minutes=5).total_seconds())
```

```python
from oban import Snooze, worker

from shop.sync import pause


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if job.meta.get("snoozed", 0) == 0:
            return Snooze(0.5)

        if job.meta.get("snoozed", 0) < 5:
            return Snooze(seconds=pause(job.args["id"]))
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds
from checker.model.outcome import PERIOD_TUPLES, SNOOZED, UNRECOGNISED
from checker.model.python_results import STUCK
from checker.model.shape import Int, Tup, Value, only
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB109"
NAME = "snooze-unit"
SEVERITY = ERROR


def check(worker: Worker):
    for outcome in worker.outcomes:
        shape = outcome.shape
        if not isinstance(shape, Tup) or shape.head != "snooze" or len(shape.items) != 2:
            continue
        given = shape.items[1]
        if outcome.kind == UNRECOGNISED:
            release = ".".join(map(str, worker.version[:2]))
            message = f"is no period that Oban {release} knows, so the job completes at once"
        elif outcome.kind == SNOOZED and in_milliseconds(given):
            message = f"gives milliseconds where Oban reads seconds{_length(given)}"
        else:
            continue
        yield Problem(
            outcome.origin.span,
            message,
            _help(worker.version),
            function=outcome.origin.function,
        )


def _help(version: tuple) -> str:
    unit = ", or a unit, `{:snooze, {5, :minutes}}`" if version >= PERIOD_TUPLES else ""
    return f"Give whole seconds, `{{:snooze, 300}}`{unit}"


def _length(given: Value) -> str:
    shape = only(given)
    if not isinstance(shape, Int) or shape.value is None:
        return ""
    return f": {shape.value // 3600} hours"


def check_python(worker: Worker):
    """Numbers and texts are cast to seconds; a duration or a moment is not."""
    for outcome in worker.outcomes:
        if outcome.kind == STUCK:
            shape = only(outcome.shape.items[1])
            name = shape.name.rpartition(".")[2]
            yield Problem(
                outcome.origin.span,
                f"gives a `{name}`: it cannot be stored, and the job stays `executing`",
                "Give seconds: `Snooze(300)`",
                function=outcome.origin.function,
            )
