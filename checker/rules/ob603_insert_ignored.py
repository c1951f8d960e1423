"""A job that could not be inserted goes unnoticed.

## What it does

Points at `Oban.insert` outside of a worker's perform whose result nothing looks at.

## Why is this bad?

An invalid job, with an unknown option or a bad value, is answered as `{:error, changeset}` and
not raised (oban 2.23.1, lib/oban/engine.ex). Dropped, the job silently does not exist.
`Oban.insert!` raises. In perform this is OB108.

## Invalid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.Welcome

  def register(user) do
    Oban.insert(Welcome.new(%{user_id: user.id})) # reported
    {:ok, user}
  end
end
```

```elixir
defmodule Shop.Newsletter do
  def send_all(ids) do
    Enum.each(ids, fn id ->
      %{id: id} |> Shop.Workers.Letter.new() |> Oban.insert() # reported
    end)
  end
end
```

## Valid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.Welcome

  def register(user) do
    with {:ok, _job} <- Oban.insert(Welcome.new(%{user_id: user.id})), do: {:ok, user}
  end

  def invite(user), do: Oban.insert(Welcome.new(%{user_id: user.id}))
end
```

```elixir
defmodule Shop.Newsletter do
  def send_all(ids) do
    Enum.each(ids, fn id ->
      Oban.insert!(Shop.Workers.Letter.new(%{id: id}))
    end)

    _ = Oban.insert(Shop.Workers.Report.new(%{count: length(ids)}))
    :ok
  end
end
```

```elixir
defmodule Shop.Orders do
  alias Ecto.Multi

  def close(order) do
    Multi.new()
    |> Multi.update(:order, Shop.Order.close_changeset(order))
    |> Oban.insert(:job, Shop.Workers.Archive.new(%{id: order.id}))
    |> Shop.Repo.transaction()
  end
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import ADVICE, Problem
from checker.vocabulary import best_effort_name

ID = "OB603"
NAME = "insert-ignored"
SEVERITY = ADVICE


def check_jobs(jobs: Jobs):
    for insertion in jobs.insertions:
        ignored = insertion.call == "Oban.insert" and insertion.dropped
        inside = insertion.performing is not None or insertion.transaction
        here = not insertion.elsewhere and not best_effort_name(insertion.function)
        if ignored and here and not inside:
            yield Problem(
                insertion.span,
                "can answer `{:error, changeset}`, and nothing looks: then there is no job",
                "Replace it with `Oban.insert!(…)`, or match `{:ok, job}`",
                function=insertion.function,
            )
