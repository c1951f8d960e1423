"""Without `:worker` among its fields a job is compared with those of every other worker.

## What it does

Reports `fields:` without `:worker`. Fields that compare keys of `meta` are fine: that is how
jobs of several workers share one slug (documented in lib/oban/job.ex).

## Why is this bad?

The query leaves the worker out (oban 2.23.1, lib/oban/engines/basic.ex 469-500): a job of
another worker with equal args is taken for the duplicate. The insert answers `{:ok, job}` with
that other job and `conflict?: true`, and nothing is inserted.

## Invalid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [period: 60, fields: [:args]] # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.drop(id)
end
```

```elixir
defmodule Shop.Searches do
  def drop(id) do
    %{id: id}
    |> Shop.Workers.Plain.new(unique: [period: 60, fields: ~w(args queue)a]) # reported
    |> Oban.insert()
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [period: 60, fields: [:args, :worker]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.drop(id)
end
```

```elixir
defmodule Shop.Workers.Slug do
  @unique [period: 60, fields: [:meta], keys: [:slug]]
  use Oban.Worker, queue: :search, max_attempts: 4, unique: @unique

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.drop(id)
end
```

```elixir
defmodule Shop.Workers.Dynamic do
  @fields Application.compile_env(:shop, :fields, [:args])
  use Oban.Worker, queue: :search, max_attempts: 4, unique: [period: 60, fields: @fields]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.drop(id)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.uniqueness import FIELDS, Unique, atoms, of_worker, unique_jobs
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB304"
NAME = "unique-without-worker"
SEVERITY = WARNING


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is not None:
        yield from _problems(unique, "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        yield from _problems(unique, job.function)


def _problems(unique: Unique, function: str):
    given = unique.entries.get("fields")
    fields = atoms(given.value) if given is not None else None
    if not fields or not fields <= FIELDS or "worker" in fields:
        return
    if "meta" in fields and "args" not in fields and unique.keys != frozenset():
        return
    names = [name for name in ("args", "meta", "queue", "worker") if name in fields | {"worker"}]
    yield Problem(
        given.span,
        f"leaves out `:worker`: a job of another worker with equal {_listed(fields)} keeps it out",
        f"Replace it with `fields: [{', '.join(f':{name}' for name in names)}]`",
        function=function,
    )


def _listed(fields: frozenset[str]) -> str:
    return " and ".join(sorted(fields))
