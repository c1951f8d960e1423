"""`Oban.insert_all` does not look at `unique:`.

## What it does

Reports jobs that are inserted in bulk although their worker, or the call that builds them,
asks for uniqueness.

## Why is this bad?

The engines Basic, Lite and Dolphin insert the rows as they are (oban 2.23.1,
lib/oban/engines/basic.ex, `insert_all_jobs/3`); only the Smart engine of Oban Pro compares
them. Duplicates come in without a word.

Code that takes care of duplicates itself (`Enum.uniq_by`, a query of the jobs there are) is
left alone.

## Invalid

```elixir
defmodule Shop.Feeds do
  alias Shop.Workers.Refresh

  def refresh_all(ids) do
    ids
    |> Enum.map(&Refresh.new(%{id: &1}))
    |> Oban.insert_all() # reported
  end
end

defmodule Shop.Workers.Refresh do
  use Oban.Worker, queue: :feeds, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Rss.refresh(id)
end
```

```elixir
defmodule Shop.Prices do
  alias Shop.Workers.Price

  def all(ids) do
    Oban.insert_all(for id <- ids, do: Price.new(%{id: id}, unique: [period: 60])) # reported
  end
end

defmodule Shop.Workers.Price do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Quotes.refresh(id)
end
```

## Valid

```elixir
defmodule Shop.Feeds do
  alias Shop.Workers.Refresh

  def refresh_all(ids), do: Enum.each(ids, &Oban.insert!(Refresh.new(%{id: &1})))

  def refresh_new(ids) do
    ids |> Enum.uniq() |> Enum.map(&Refresh.new(%{id: &1})) |> Oban.insert_all()
  end
end

defmodule Shop.Workers.Refresh do
  use Oban.Worker, queue: :feeds, max_attempts: 3, unique: [period: 600, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Rss.refresh(id)
end
```

```elixir
defmodule Shop.Prices do
  alias Shop.Workers.{Price, Watch}

  def all(ids), do: Oban.insert_all(Enum.map(ids, &Price.new(%{id: &1})))
  def watch(ids), do: Oban.insert_all(Enum.map(ids, &Watch.new(%{id: &1})))
end

defmodule Shop.Workers.Price do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Quotes.refresh(id)
end

defmodule Shop.Workers.Watch do
  use Oban.Worker, queue: :prices, max_attempts: 3, unique: false

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Quotes.watch(id)
end
```

```elixir
defmodule Shop.Exports do
  def all(ids) do
    ids
    |> Enum.map(&Shop.Workers.Export.new(%{id: &1}, unique: [period: 60]))
    |> Oban.Pro.Batch.new()
    |> Oban.insert_all()

    Oban.insert_all(Enum.map(ids, &Shop.Workers.Export.new(%{id: &1}, unique: [period: 60])))
  end
end
```

```elixir
defmodule Shop.Sync do
  alias Shop.Workers.Pull

  def all(ids), do: Oban.insert_all(Enum.map(ids, &Pull.new(%{id: &1})))
end

defmodule Shop.Workers.Pull do
  use Oban.Pro.Worker, queue: :sync, max_attempts: 3, unique: [period: 600]

  def process(%Oban.Job{args: %{"id" => id}}), do: Shop.Http.pull(id)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs, NewJob
from checker.model.shape import only_atom
from checker.rules.problem import WARNING, Problem

ID = "OB602"
NAME = "bulk-insert-ignores-unique"
SEVERITY = WARNING

OFF = frozenset(("false", "nil"))


def check_jobs(jobs: Jobs):
    if jobs.pro or (jobs.around is not None and jobs.around.pro):
        return
    for insertion in jobs.insertions:
        if insertion.call != "Oban.insert_all" or insertion.distinct or insertion.elsewhere:
            continue
        relying = next(filter(_relies_on_unique, insertion.jobs), None)
        if relying is not None:
            whose = f"`{relying.worker.name}`" if relying.worker is not None else "the jobs"
            yield Problem(
                insertion.span,
                f"ignores the `unique:` of {whose}: only Oban Pro compares jobs in bulk",
                "Insert them one by one with `Oban.insert`, or leave duplicates out of the list",
                function=insertion.function,
            )


def _relies_on_unique(job: NewJob) -> bool:
    """Whether it, or its worker, asks for uniqueness."""
    worker = job.worker
    if "unique" in job.options:
        return only_atom(job.options["unique"].value) not in OFF
    value = worker.option("unique") if worker is not None else None
    return value is not None and only_atom(value) not in OFF
