"""A transaction's function that answers something else than a result.

## What it does

Reports the value of a `Repo.transact/1` function or of an `Ecto.Multi.run`
callback that is neither `{:ok, _}` nor `{:error, _}`.

## Why is this bad?

Both raise for anything else, `:ok` included: "expected to return {:ok, _} or
{:error, _}" (ecto 3.13, lib/ecto/repo/transaction.ex). The transaction rolls
back, at every attempt. It is what a `Repo.transaction` turns into when it is
only renamed.

## Invalid

```elixir
defmodule Shop.Workers.Reserve do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Plan, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transact(fn ->
      Repo.update!(Plan.reserve_changeset(id))
      :ok # reported
    end)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Reserve do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Plan, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transact(fn -> Repo.update(Plan.reserve_changeset(id)) end)
  end
end
```

```elixir
defmodule Shop.Workers.Plain do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Plan, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.transaction(fn ->
      Repo.update!(Plan.reserve_changeset(id))
      :done
    end)
  end
end
```

```elixir
defmodule Shop.Workers.Unknown do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Repo.transact(fn -> Shop.Plan.reserve(id) end)
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Atom, Opaque, Tup, Unknown, only
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB120"
NAME = "transact-callback"
SEVERITY = ERROR


def check(worker: Worker):
    for callback in worker.callbacks_run:
        if callback.kind == "transaction":
            continue
        for alt in callback.value:
            if _is_no_result(alt) and alt.origin.span is not None:
                yield Problem(
                    alt.origin.span,
                    "is neither `{:ok, _}` nor `{:error, _}`, so the transaction raises at every"
                    " attempt",
                    "End the function with `{:ok, value}`",
                    function=alt.origin.function,
                )


def _is_no_result(alt: Alt) -> bool:
    shape = alt.shape
    if isinstance(shape, (Unknown, Opaque)):
        return False
    if not isinstance(shape, Tup) or len(shape.items) != 2:
        return not isinstance(shape, Atom) or shape.name is not None
    head = only(shape.items[0])
    if head is None or isinstance(head, Unknown):
        return False
    return not isinstance(head, Atom) or head.name not in ("ok", "error", None)
