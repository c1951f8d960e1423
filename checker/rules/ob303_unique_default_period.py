"""`unique:` without a period looks back 60 seconds.

## What it does

Points at a list for `unique:` without `period:`.

## Why is this bad?

The default is 60 seconds (oban 2.23.1, lib/oban/job.ex 228-238), counted from when the first
job was inserted. A job that takes longer, waits longer or is retried does not keep a duplicate
out. `unique: true`, which looks much the same, means for ever.

## Invalid

```elixir
defmodule Shop.Workers.Index do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [keys: [:id]] # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.put(id)
end
```

```elixir
defmodule Shop.Workers.Plain do
  use Oban.Worker, queue: :search, max_attempts: 4

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.put(id)

  def enqueue(id), do: %{id: id} |> new(unique: [states: :incomplete]) |> Oban.insert() # reported
end
```

## Valid

```elixir
defmodule Shop.Workers.Index do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [period: 60, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.put(id)

  def enqueue(id), do: %{id: id} |> new(unique: [states: :incomplete]) |> Oban.insert()
end
```

```elixir
defmodule Shop.Workers.True do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: true

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.put(id)
end
```

```elixir
defmodule Shop.Workers.Given do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.put(id)

  def enqueue(id), do: Oban.insert(new(%{id: id}, unique: [period: {5, :minutes}]))
end
```

```elixir
defmodule Shop.Searches do
  def refresh(id), do: Oban.insert(Shop.Workers.Refresh.new(%{id: id}, unique: [keys: [:id]]))
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.uniqueness import NAMES, Unique, of_worker, unique_jobs
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB303"
NAME = "unique-default-period"
SEVERITY = ADVICE


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is None or worker.wrapper is not None or not _lacks_period(unique):
        return
    if not any("period" in options for options in worker.enqueue_options):
        yield _problem(unique, "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        if _lacks_period(unique):
            yield _problem(unique, job.function)


def _lacks_period(unique: Unique) -> bool:
    """Whether no entry is a period, nor a misspelt one (OB306)."""
    return bool(unique.entries) and unique.entries.keys() <= NAMES and not unique.may_say("period")


def _problem(unique: Unique, function: str) -> Problem:
    return Problem(
        unique.span,
        "has no `period`, so only the last 60 seconds are looked at",
        "Say how long: `period: {5, :minutes}`, or `period: :infinity`",
        function=function,
    )
