"""The period of `unique:` in milliseconds, where Oban reads seconds.

## What it does

Reports `period: :timer.minutes(5)`, `to_timeout(minute: 5)` and the like.

## Why is this bad?

A period is seconds or `{n, unit}` (oban 2.23.1, lib/oban/job.ex, `cast_period`).
`:timer.minutes(5)` is 300,000: jobs are unique for three and a half days, and what should run
again after five minutes is silently not inserted.

## Invalid

```elixir
defmodule Shop.Workers.Recount do
  use Oban.Worker,
    queue: :badges,
    max_attempts: 3,
    unique: [period: :timer.minutes(5), keys: [:user_id]] # reported

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Badges.recount(id)
end
```

```elixir
defmodule Shop.Workers.Plain do
  @day :timer.hours(24)
  use Oban.Worker, queue: :badges, max_attempts: 3

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Badges.recount(id)

  def enqueue(id), do: Oban.insert(new(%{user_id: id}, unique: [period: @day])) # reported
end
```

## Valid

```elixir
defmodule Shop.Workers.Recount do
  @period div(:timer.hours(2), 1000)
  use Oban.Worker, queue: :badges, max_attempts: 3, unique: [period: @period]

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Badges.recount(id)
end
```

```elixir
defmodule Shop.Workers.Unit do
  use Oban.Worker, queue: :badges, max_attempts: 3, unique: [period: {5, :minutes}]

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Badges.recount(id)

  def timeout(_job), do: :timer.minutes(5)
end
```

```elixir
defmodule Shop.Workers.Product do
  use Oban.Worker, queue: :badges, max_attempts: 3, unique: [period: 60 * 60 * 24]

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Badges.recount(id)
end
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds
from checker.model.job import Jobs
from checker.model.shape import Int, only
from checker.model.uniqueness import Unique, of_worker, unique_jobs
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB309"
NAME = "unique-period-unit"
SEVERITY = ERROR

DAY, HOUR, MINUTE = 86_400, 3600, 60


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is not None:
        yield from _problems(unique, "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        yield from _problems(unique, job.function)


def _problems(unique: Unique, function: str):
    period = unique.entries.get("period")
    if period is None or not in_milliseconds(period.value):
        return
    shape = only(period.value)
    given = shape.value if isinstance(shape, Int) else None
    yield Problem(
        period.span,
        f"gives milliseconds where Oban reads seconds{_length(given)}",
        _instead(given),
        function=function,
    )


def _length(given: int | None) -> str:
    if given is None or given < HOUR:
        return ""
    count, unit = (given // DAY, "day") if given >= DAY else (given // HOUR, "hour")
    return f": {count} {unit}{'s' if count > 1 else ''}"


def _instead(given: int | None) -> str:
    """What was meant, in the unit that it is a whole number of."""
    if not given or given % 1000:
        return "Give seconds, `period: 300`, or a unit, `period: {5, :minutes}`"
    meant = given // 1000
    for unit, length in (("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
        if meant % length == 0:
            count = meant // length
            return f"Replace it with `period: {{{count}, :{unit}{'s' if count > 1 else ''}}}`"
    return f"Replace it with `period: {meant}`"
