"""`Oban.insert_all` answers a list, not a tuple.

## What it does

Reports `{:ok, jobs} = Oban.insert_all(…)` and other patterns that no list fits.

## Why is this bad?

The jobs are in the database when the match fails (oban 2.23.1, lib/oban.ex, `insert_all/3`).
Whoever tries again inserts them a second time. `{count, _}` is what `Repo.insert_all` answers,
a Multi what `Oban.insert_all` does with a Multi.

## Invalid

```elixir
defmodule Shop.Lamps do
  alias Shop.Workers.Switch

  def switch_all(lamps) do
    {:ok, jobs} = Oban.insert_all(Enum.map(lamps, &Switch.new(%{id: &1.id}))) # reported
    length(jobs)
  end
end
```

```elixir
defmodule Shop.Lamps do
  alias Shop.Workers.Switch

  def switch_all(lamps) do
    with {count, _} <- Oban.insert_all(Enum.map(lamps, &Switch.new(%{id: &1.id}))) do # reported
      {:ok, count}
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Lamps do
  alias Shop.Workers.Switch

  def switch_all(lamps) do
    jobs = lamps |> Enum.map(&Switch.new(%{id: &1.id})) |> Oban.insert_all()
    [%Oban.Job{} | _] = jobs
    {count, _} = Shop.Repo.insert_all("lamps", [%{count: length(jobs)}])
    count
  end
end
```

```elixir
defmodule Shop.Lamps do
  alias Shop.Workers.Switch

  def switch_all(lamps) do
    [_ | _] = Oban.insert_all(Enum.map(lamps, &Switch.new(%{id: &1.id})))
  end
end
```

```elixir
defmodule Shop.Lamps do
  alias Shop.Workers.Switch

  def switch_all(multi, lamps) do
    %Ecto.Multi{} = Oban.insert_all(multi, :jobs, Enum.map(lamps, &Switch.new(%{id: &1.id})))
  end

  def any?(lamps) do
    case Oban.insert_all(Enum.map(lamps, &Switch.new(%{id: &1.id}))) do
      [] -> false
      _jobs -> true
    end
  end
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import ERROR, Problem

ID = "OB612"
NAME = "insert-all-match"
SEVERITY = ERROR


def check_jobs(jobs: Jobs):
    for insertion in jobs.insertions:
        if insertion.mismatch is not None:
            yield Problem(
                insertion.mismatch,
                "never matches: `Oban.insert_all` answers the list of jobs, which are in by then",
                "Replace the pattern with a variable: `jobs = Oban.insert_all(…)`",
                function=insertion.function,
            )
