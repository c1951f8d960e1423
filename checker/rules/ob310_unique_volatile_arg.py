"""A compared arg that is new at every enqueue: no job is ever a duplicate.

## What it does

Reports a time, a fresh UUID or a random number among the args of a unique job, unless `keys:`
leaves it out of the comparison.

A date, and what is made coarse with `div` or a format, is the same for a while, and fine. So
is a value that another enqueue of the worker in the file takes from something that holds still:
one that is new here then lets this job through on purpose.

## Why is this bad?

Without `keys:` all args are compared (oban 2.23.1, lib/oban/engines/basic.ex 491-520). One
value that differs each time makes every job another one; `unique:` then does nothing but cost
a query.

## Invalid

```elixir
defmodule Shop.Workers.Notify do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: {1, :hour}]

  def perform(%Oban.Job{args: %{"host" => host}}), do: Shop.Hosts.notify(host)

  def enqueue(host) do
    Oban.insert(new(%{host: host, requested_at: DateTime.utc_now()})) # reported
  end
end
```

```elixir
defmodule Shop.Workers.Keyed do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: 60, keys: [:host, :ref]]

  def perform(%Oban.Job{args: %{"host" => host, "ref" => ref}}), do: Shop.Hosts.notify(host, ref)

  def enqueue(host) do
    %{
      host: host,
      ref: Ecto.UUID.generate() # reported
    }
    |> new()
    |> Oban.insert()
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Notify do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: {1, :hour}, keys: [:host]]

  def perform(%Oban.Job{args: %{"host" => host}}), do: Shop.Hosts.notify(host)

  def enqueue(host) do
    Oban.insert(new(%{host: host, requested_at: DateTime.utc_now()}))
  end
end
```

```elixir
defmodule Shop.Workers.Daily do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: {1, :hour}]

  def perform(%Oban.Job{args: %{"host" => host, "day" => day}}), do: Shop.Hosts.report(host, day)

  def enqueue(host) do
    day = DateTime.utc_now() |> DateTime.to_date() |> Date.to_iso8601()
    hour = div(System.system_time(:second), 3600)
    Oban.insert(new(%{host: host, day: day, today: Date.utc_today(), hour: hour}))
  end
end
```

```elixir
defmodule Shop.Workers.Plain do
  use Oban.Worker, queue: :ping, max_attempts: 3

  def perform(%Oban.Job{args: %{"host" => host}}), do: Shop.Hosts.notify(host)

  def enqueue(host), do: Oban.insert(new(%{host: host, at: DateTime.utc_now()}))
end
```

```elixir
defmodule Shop.Workers.Alert do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: 60, keys: [:id, :due_at]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Alerts.run(id)

  def schedule(alert), do: Oban.insert(new(%{id: alert.id, due_at: alert.due_at}))

  def run_now(alert), do: Oban.insert(new(%{id: alert.id, due_at: DateTime.utc_now()}))
end
```

```elixir
defmodule Shop.Workers.Anyway do
  use Oban.Worker, queue: :ping, max_attempts: 3, unique: [period: 60]

  def perform(%Oban.Job{args: %{"host" => host}}), do: Shop.Hosts.notify(host)

  def enqueue(host), do: Oban.insert(new(%{host: host, at: DateTime.utc_now()}, unique: false))
end
```
"""

from __future__ import annotations

from checker.model.args import arguments, built_here
from checker.model.job import Jobs, NewJob
from checker.model.shape import Map, Value
from checker.model.uniqueness import in_force
from checker.rules.problem import WARNING, Problem

ID = "OB310"
NAME = "unique-volatile-arg"
SEVERITY = WARNING


def check_jobs(jobs: Jobs):
    settled = _settled(jobs)
    for job in built_here(jobs):
        unique = in_force(job, jobs)
        if unique is None or unique.keys is None or "args" not in (unique.fields or ()):
            continue
        outer = _outermost(job)
        for argument in arguments(job):
            compared = argument.key in unique.keys and id(argument.value) in outer
            if not (compared or not unique.keys) or not _is_volatile(argument.value):
                continue
            if (job.target, argument.key) not in settled:
                yield Problem(
                    argument.span,
                    f"makes `{argument.key}` new at every enqueue, so no job is ever a duplicate",
                    f"Compare the others alone, `keys: […]`, or move `{argument.key}` to `meta`",
                    function=argument.function,
                )


def _settled(jobs: Jobs) -> set[tuple[str, str]]:
    """The args of each worker that hold still elsewhere: there they may be told apart on
    purpose from what is new here."""
    return {
        (job.target, argument.key)
        for job in built_here(jobs)
        for argument in arguments(job)
        if not _is_volatile(argument.value)
    }


def _is_volatile(value: Value) -> bool:
    return bool(value) and all(alt.origin.fresh is not None for alt in value)


def _outermost(job: NewJob) -> set[int]:
    """The values that stand under the keys of the args themselves."""
    maps = [alt.shape for alt in job.args if isinstance(alt.shape, Map)]
    return {id(value) for shape in maps for value in shape.fields.values()}
