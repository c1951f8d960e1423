"""`{:ok, {:error, _}}`: the failure is wrapped in a success.

## What it does

Reports `{:ok, …}` around a call that is known to fail with `{:error, _}`, and
`Repo.transaction(fn -> … end)` whose function answers `{:error, _}`.

## Why is this bad?

Any `{:ok, _}` completes the job (oban 2.23.1, lib/oban/queue/executor.ex).
`Repo.transaction/1` with a function wraps whatever the function answers and
**commits**; only `Repo.rollback/1` or an exception undoes it (ecto
lib/ecto/repo/transaction.ex). `Repo.transact/1` rolls back on `{:error, _}` and
gives it back as it is.

## Invalid

```elixir
defmodule Shop.Workers.Avatar do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, User}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    changeset = User.avatar_changeset(id)
    {:ok, Repo.update(changeset)} # reported
  end
end
```

```elixir
defmodule Shop.Workers.Settle do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Repo.transaction(fn -> # reported
      case Shop.Holds.lock(id) do
        nil -> {:error, :released}
        hold -> Shop.Holds.settle!(hold)
      end
    end)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Settle do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Holds, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transaction(fn ->
      case Holds.lock(id) do
        nil -> Repo.rollback(:released)
        hold -> Holds.settle!(hold)
      end
    end)
  end
end
```

```elixir
defmodule Shop.Workers.Avatar do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, User}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    {:ok, Repo.update!(User.avatar_changeset(id))}
  end
end
```

```elixir
defmodule Shop.Workers.Unwrap do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Repo.transaction(fn ->
      if Shop.Holds.free?(id), do: :ok, else: {:error, :held}
    end)
    |> case do
      {:ok, outcome} -> outcome
      {:error, reason} -> {:error, reason}
    end
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Tup
from checker.model.worker import Step, Worker
from checker.rules.problem import ERROR, Problem

ID = "OB107"
NAME = "error-inside-ok"
SEVERITY = ERROR


def check(worker: Worker):
    for alt in worker.outcome:
        if _wraps_error(alt):
            yield _problem(alt)
    for step in worker.steps:
        if step.has("transaction") and _failure_unseen(step):
            yield _at_transaction(step)
    for callback in worker.callbacks_run:
        if callback.kind == "multi_run":
            for alt in callback.value:
                if _wraps_error(alt):
                    yield _problem(alt)


def _failure_unseen(step: Step) -> bool:
    """`{:ok, _} = transaction` takes the wrapped error for a success without a look at it."""
    looked_at = any(match.specific and not match.failing for match in step.matches)
    ignored = any(match.ignores for match in step.matches)
    return ignored and not looked_at and any(map(_wraps_error, step.result))


def _wraps_error(alt: Alt) -> bool:
    shape = alt.shape
    if not isinstance(shape, Tup) or shape.head != "ok" or len(shape.items) != 2:
        return False
    return any(
        isinstance(inner.shape, Tup) and inner.shape.head == "error" and inner.origin.span
        for inner in shape.items[1]
    )


def _problem(alt: Alt) -> Problem:
    step = alt.origin.step
    if step is not None and step.has("transaction"):
        return _at_transaction(step)
    return Problem(
        alt.origin.span,
        "is a success even when there is an `{:error, _}` inside; the job completes",
        "Return the inner result itself, without the `{:ok, …}` around it",
        function=alt.origin.function,
    )


def _at_transaction(step: Step) -> Problem:
    return Problem(
        step.span,
        "commits and wraps what its function answers: `{:error, _}` becomes"
        " `{:ok, {:error, _}}` and completes the job",
        "Use `Repo.transact` here, or answer with `Repo.rollback(reason)`",
        function=step.function,
    )
