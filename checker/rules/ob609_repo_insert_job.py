"""A job given to the repo: Oban does not know of it.

## What it does

Reports jobs that `Repo.insert` or `Ecto.Multi.insert` writes.

## Why is this bad?

`Oban.insert` goes through the engine, which sees to `unique:`, wakes the queue, tells telemetry
and runs the job in tests with `testing: :inline` (oban 2.23.1, lib/oban/engine.ex). The repo
writes a row: two equal unique jobs are both there, and each waits for the next poll.

## Invalid

```elixir
defmodule Shop.Baskets do
  alias Ecto.Multi
  alias Shop.{Basket, Repo}
  alias Shop.Workers.Expire

  def close(basket) do
    Multi.new()
    |> Multi.update(:basket, Basket.close_changeset(basket))
    |> Multi.insert(:job, Expire.new(%{basket_id: basket.id})) # reported
    |> Repo.transaction()
  end
end

defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :baskets, max_attempts: 3

  def perform(%Oban.Job{args: %{"basket_id" => id}}), do: Shop.Baskets.expire(id)
end
```

```elixir
defmodule Shop.Jobs do
  def add(id) do
    %{id: id}
    |> Oban.Job.new(worker: Shop.Workers.Sync, queue: :sync)
    |> Shop.Repo.insert() # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Baskets do
  alias Ecto.Multi
  alias Shop.{Basket, Repo}
  alias Shop.Workers.Expire

  def close(basket) do
    Multi.new()
    |> Multi.update(:basket, Basket.close_changeset(basket))
    |> Oban.insert(:job, Expire.new(%{basket_id: basket.id}))
    |> Repo.transaction()
  end
end

defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: :baskets, max_attempts: 3

  def perform(%Oban.Job{args: %{"basket_id" => id}}), do: Shop.Baskets.expire(id)
end
```

```elixir
defmodule Shop.Users do
  def add(params), do: Shop.Repo.insert(Shop.User.new(params))
end
```

```elixir
defmodule Shop.Users do
  alias Ecto.Multi
  alias Shop.Workers.Welcome

  def register(params) do
    Multi.new()
    |> Multi.insert(:user, Shop.User.new(params))
    |> Oban.insert(:welcome, fn %{user: user} -> Welcome.new(%{user_id: user.id}) end)
    |> Shop.Repo.transaction()
  end
end

defmodule Shop.Workers.Welcome do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Users.welcome(id)
end
```
"""

from __future__ import annotations

from checker.model.job import BY_REPO, Jobs
from checker.rules.problem import WARNING, Problem

ID = "OB609"
NAME = "repo-insert-job"
SEVERITY = WARNING


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if job.fate == BY_REPO and not job.elsewhere:
            yield Problem(
                job.inserter or job.span,
                "writes a row past Oban: no uniqueness, no notification, no telemetry",
                "Replace it with `Oban.insert(…)`, which takes a Multi and a name as well",
                function=job.function,
            )
