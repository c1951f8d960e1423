"""A failed Ecto.Multi is a 4-tuple, which completes the job.

## What it does

Reports an `Ecto.Multi` given to `Repo.transaction/1` (or `Repo.transact/1`)
whose result perform returns as it is.

## Why is this bad?

When a step fails the transaction rolls back and gives
`{:error, step, reason, changes}` (ecto lib/ecto/repo/transaction.ex). Oban only
knows `{:error, reason}`, so the rolled-back job is logged and **completed**
(oban 2.23.1, lib/oban/queue/executor.ex). With a function instead of a Multi
the failure is a pair and all is well.

## Invalid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Ecto.Multi
  alias Shop.{Account, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Multi.new()
    |> Multi.run(:account, fn _repo, _changes -> Account.lock(id) end)
    |> Multi.update(:closed, fn %{account: account} -> Account.close_changeset(account) end)
    |> Repo.transaction() # reported
  end
end
```

```elixir
defmodule Shop.Workers.Reopen do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Ecto.Multi
  alias Shop.{Account, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    multi = Multi.run(Multi.new(), :account, fn _repo, _changes -> Account.lock(id) end)
    Repo.transaction(multi) # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Ecto.Multi
  alias Shop.{Account, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Multi.new()
    |> Multi.run(:account, fn _repo, _changes -> Account.lock(id) end)
    |> Repo.transaction()
    |> case do
      {:ok, _changes} -> :ok
      {:error, step, reason, _changes} -> {:error, {step, reason}}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Rest do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Repo.transaction(fn -> Shop.Account.rest!(id) end)
  end
end
```

```elixir
defmodule Shop.Workers.Must do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Ecto.Multi

  def perform(%Oban.Job{args: %{"id" => id}}) do
    multi = Multi.run(Multi.new(), :a, fn _repo, _changes -> Shop.Account.lock(id) end)
    {:ok, %{a: account}} = Shop.Repo.transaction(multi)
    {:ok, account.id}
  end
end
```
"""

from __future__ import annotations

from checker.model.outcome import UNRECOGNISED
from checker.model.shape import Tup
from checker.model.worker import Step, Worker
from checker.rules.problem import ERROR, Problem

ID = "OB103"
NAME = "multi-failure-tuple"
SEVERITY = ERROR

ANSWERS = (
    "{:ok, changes} -> {:ok, changes}",
    "{:error, step, reason, _changes} -> {:error, {step, reason}}",
)


def check(worker: Worker):
    for outcome in worker.outcomes:
        shape, step = outcome.shape, outcome.origin.step
        if outcome.kind != UNRECOGNISED or step is None or not step.has("multi"):
            continue
        if isinstance(shape, Tup) and shape.head == "error" and len(shape.items) == 4:
            yield Problem(
                step.span,
                "gives `{:error, step, reason, changes}` when a step fails; Oban does not know"
                " the 4-tuple and completes the job",
                "Pipe it into `case do {:ok, _} -> :ok; {:error, step, reason, _} ->"
                " {:error, {step, reason}} end`",
                function=step.function,
                edits=_edits(worker, step),
            )


def _edits(worker: Worker, step: Step) -> tuple:
    """Both answers taken apart where perform ends with the transaction. Not safe: jobs that
    completed are retried then."""
    tail = worker.tail_at(step.span)
    return tail.split(*ANSWERS) if tail is not None else ()
