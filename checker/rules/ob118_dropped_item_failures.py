"""`Enum.each` throws the answers of its items away.

## What it does

Reports `Enum.each`, `Stream.run` and a dropped comprehension whose function is
known to answer `{:error, _}`, such as `Repo.update` or `Mailer.deliver`.

## Why is this bad?

`Enum.each/2` and `Stream.run/1` return `:ok` whatever the items answered, so the
job completes with items undone and nothing says which.

Bang calls, logging and PubSub are fine; an unknown function is left alone.

## Invalid

```elixir
defmodule Shop.Workers.MarkPaid do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Slip}

  def perform(%Oban.Job{args: %{"run_id" => id}}) do
    slips = Slip.for_run(id)
    Enum.each(slips, fn slip -> Repo.update(Slip.paid_changeset(slip)) end) # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.MarkPaid do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Slip}

  def perform(%Oban.Job{args: %{"run_id" => id}}) do
    Enum.each(Slip.for_run(id), fn slip -> Repo.update!(Slip.paid_changeset(slip)) end)
  end
end
```

```elixir
defmodule Shop.Workers.First do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Slip}

  def perform(%Oban.Job{args: %{"run_id" => id}}) do
    Enum.reduce_while(Slip.for_run(id), :ok, fn slip, :ok ->
      case Repo.update(Slip.paid_changeset(slip)) do
        {:ok, _} -> {:cont, :ok}
        {:error, changeset} -> {:halt, {:error, changeset}}
      end
    end)
  end
end
```

```elixir
defmodule Shop.Workers.Tell do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    Enum.each(ids, &Shop.Stock.touch/1)
    Enum.each(ids, &Phoenix.PubSub.broadcast(Shop.PubSub, "items", &1))
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Alt, Seq, Tup, Value
from checker.model.worker import Drop, Worker
from checker.rules.problem import WARNING, Problem
from checker.vocabulary import best_effort_name

ID = "OB118"
NAME = "dropped-item-failures"
SEVERITY = WARNING


def check(worker: Worker):
    for drop in worker.drops:
        if best_effort_name(drop.function):
            continue
        lost = _lost(drop)
        if lost is not None:
            yield Problem(
                drop.span,
                f"drops the `{{:error, _}}` that `{lost.origin.step.call}` gives for an item;"
                " the job completes with items undone",
                "Enqueue one job per item, or stop at the first error with `Enum.reduce_while`",
                function=drop.function,
            )


def _lost(drop: Drop) -> Alt | None:
    if drop.per_item:
        return _failure(drop.value)
    lists = [alt.shape.element for alt in drop.value if isinstance(alt.shape, Seq)]
    return next((found for found in map(_failure, lists) if found), None)


def _failure(value: Value) -> Alt | None:
    """An item's answer that is a failure, also inside the `{:ok, _}` of a task."""
    for alt in value:
        shape, step = alt.shape, alt.origin.step
        if not isinstance(shape, Tup):
            continue
        if shape.head == "error" and step is not None and step.has("fallible"):
            if not best_effort_name(step.function):
                return alt
        if shape.head == "ok" and len(shape.items) == 2:
            inner = _failure(shape.items[1])
            if inner is not None:
                return inner
    return None
