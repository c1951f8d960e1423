"""perform enqueues its own worker again, and the running job is taken for the duplicate.

## What it does

Reports an `Oban.insert` in perform of a job of the same worker with the same compared args,
where the worker is unique and its states include `:executing` (the default ones do).

It is an error where the period is `:infinity`, a warning where it is longer than the time for
which the next job is scheduled. A shorter period has passed by then.

## Why is this bad?

While perform runs, its own job is `executing`. The insert finds it, answers `{:ok, job}` with
`conflict?: true` and inserts nothing (oban 2.23.1, lib/oban/engines/basic.ex 418-440): the
chain ends without a trace.

## Invalid

```elixir
defmodule Shop.Workers.PollMeter do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: [period: :infinity, keys: [:meter_id]]

  def perform(%Oban.Job{args: %{"meter_id" => id} = args}) do
    with {:ok, _reading} <- Shop.Meters.read(id),
         {:ok, _job} <- args |> new(schedule_in: 900) |> Oban.insert() do # reported
      :ok
    end
  end
end
```

```elixir
defmodule Shop.Workers.PollBoiler do
  @unique [period: {1, :hour}, states: :incomplete]
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: @unique

  def perform(%Oban.Job{args: %{"boiler_id" => id}}) do
    with {:ok, _reading} <- Shop.Boilers.read(id) do
      Oban.insert(new(%{boiler_id: id}, schedule_in: 60)) # reported
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.NextPage do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: [period: :infinity]

  def perform(%Oban.Job{args: %{"page" => page} = args}) do
    with {:ok, next} <- Shop.Meters.import(page) do
      args |> Map.put("page", next) |> new() |> Oban.insert()
    end
  end
end
```

```elixir
defmodule Shop.Workers.Merged do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: [period: :infinity]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, next} <- Shop.Meters.import(id) do
      %{"id" => id} |> Map.merge(next) |> new() |> Oban.insert()
    end
  end
end
```

```elixir
defmodule Shop.Workers.Queued do
  @unique [period: :infinity, states: [:suspended, :available, :scheduled, :retryable]]
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: @unique

  def perform(%Oban.Job{args: args}) do
    with :ok <- Shop.Meters.read_all(), do: args |> new(schedule_in: 900) |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Workers.Anyway do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: true

  def perform(%Oban.Job{args: args}) do
    with :ok <- Shop.Meters.read_all() do
      args |> new(schedule_in: 900, unique: false) |> Oban.insert()
    end
  end
end
```

```elixir
defmodule Shop.Workers.Hourly do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: [period: 60]

  def perform(%Oban.Job{args: args}) do
    with :ok <- Shop.Meters.read_all(), do: args |> new(schedule_in: {1, :hour}) |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Workers.Steps do
  use Oban.Worker, queue: :meters, max_attempts: 3, unique: [period: :infinity]

  def perform(%Oban.Job{args: %{"step" => "read", "id" => id}}) do
    with :ok <- Shop.Meters.read(id), do: Oban.insert(new(%{step: "bill", id: id}))
  end

  def perform(%Oban.Job{args: %{"step" => "bill", "id" => id}}), do: Shop.Meters.bill(id)
end
```
"""

from __future__ import annotations

from checker.model.duration import is_forever, seconds
from checker.model.job import Jobs, NewJob
from checker.model.shape import Args, Map, Shape, only_atom
from checker.model.uniqueness import DEFAULT_PERIOD, Unique, in_force
from checker.model.worker import Worker
from checker.rules.problem import ERROR, WARNING, Problem

ID = "OB311"
NAME = "self-enqueue-conflict"
SEVERITY = ERROR

ONE_BY_ONE = frozenset(("Oban.insert", "Oban.insert!"))  # insert_all compares nothing
DELAYS = ("schedule_in", "scheduled_in")


def check_jobs(jobs: Jobs):
    for insertion in jobs.insertions:
        worker = insertion.performing
        if worker is None or insertion.call not in ONE_BY_ONE:
            continue
        for job in insertion.jobs:
            unique = in_force(job, jobs)
            if unique is None or job.worker is not worker or job.elsewhere:
                continue
            severity = _lasts(unique, job)
            if severity is not None and _is_compared(unique, job, worker):
                yield Problem(
                    insertion.span,
                    "inserts nothing: the job that runs has the same args, and `:executing` is "
                    "compared",
                    "Pass `unique: false` to `new/2`, leave `:executing` out of `states`, or "
                    "return `{:snooze, seconds}` instead",
                    severity=severity,
                    function=insertion.function,
                )


def _is_compared(unique: Unique, job: NewJob, worker: Worker) -> bool:
    """Whether the running job has everything in common with the one to insert."""
    fields = unique.fields
    if fields is None or "meta" in fields or "executing" not in (unique.states or ()):
        return False
    if "replace" in job.options or ("queue" in fields and "queue" in job.options):
        return False
    if "args" not in fields:
        return True
    keys = unique.keys
    return (
        keys is not None
        and bool(job.args)
        and all(_is_same(alt.shape, keys, worker) for alt in job.args)
    )


def _is_same(shape: Shape, keys: frozenset[str], worker: Worker) -> bool:
    """Whether args are those of the running job, as far as they are compared."""
    if isinstance(shape, Args):
        return True
    if not isinstance(shape, Map) or shape.open:
        return False
    if not shape.fields:
        return not keys and _takes_no_args(worker)
    compared = {
        str(key[1]): value for key, value in shape.fields.items() if not keys or key[1] in keys
    }
    return bool(compared) and all(
        alt.origin.arg == name for name, value in compared.items() for alt in value
    )


def _takes_no_args(worker: Worker) -> bool:
    """Whether perform asks for no args, so that there are most likely none."""
    return bool(worker.clauses) and not any(
        clause.keys or clause.passes_on or not clause.readable for clause in worker.clauses
    )


def _lasts(unique: Unique, job: NewJob) -> str | None:
    """How sure it is that the running job is still within the period; None when it is not."""
    if not unique.is_list:
        return ERROR
    period = unique.option("period")
    if period is None and unique.may_say("period"):
        return None
    if period is not None and is_forever(period.value):
        return ERROR
    length = DEFAULT_PERIOD if period is None else seconds(period.value)
    delay = _delay(job)
    timestamp = unique.option("timestamp")
    if timestamp is not None and only_atom(timestamp.value) == "scheduled_at":
        delay = 0  # counted from when the running job was due
    return WARNING if length is not None and delay is not None and delay < length else None


def _delay(job: NewJob) -> int | None:
    """In how many seconds the next job is to run; None when that is not known."""
    if "scheduled_at" in job.options:
        return None
    given = next((job.options[name] for name in DELAYS if name in job.options), None)
    return 0 if given is None else seconds(given.value)
