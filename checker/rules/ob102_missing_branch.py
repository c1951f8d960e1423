"""A branch that nobody wrote decides the result.

## What it does

Reports an `if` or `unless` without `else` as the result, and a `with` without
`else` whose clause can fail with a value that Oban does not recognise: `nil` from
`Repo.get`, `:error` from `Map.fetch`, `[]`, `false`.

## Why is this bad?

The missing branch returns `nil` (or the value that did not match), which Oban
logs and counts as **completed** (oban 2.23.1, lib/oban/queue/executor.ex): the
job that had nothing to do and the job that could not do it look the same.

A `with` that lets through `{:error, _}`, or a value that is not known, is left
alone, and so is an `if` whose value nobody uses.

## Invalid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Carts.stale?(id) do # reported
      Shop.Carts.close(id)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Total do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Cart, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with %Cart{} = cart <- Repo.get(Cart, id) do # reported
      Shop.Carts.total(cart)
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Carts.stale?(id), do: Shop.Carts.close(id), else: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Total do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Cart, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with %Cart{} = cart <- Repo.get(Cart, id),
         {:ok, total} <- Shop.Carts.total(cart) do
      {:ok, total}
    else
      nil -> {:cancel, :gone}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Count do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    count = Shop.Carts.count(id)
    if count > 10, do: Shop.Metrics.mark(id)

    with {:ok, cart} <- Shop.Carts.fetch(id), do: Shop.Carts.touch(cart)
  end
end
```
"""

from __future__ import annotations

from checker.model.outcome import UNRECOGNISED, Outcome
from checker.model.shape import Args, Atom, Seq, Span, Struct, Tup
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB102"
NAME = "missing-branch"
SEVERITY = ERROR


def check(worker: Worker):
    for outcome in worker.outcomes:
        if outcome.kind == UNRECOGNISED and _is_missing_branch(outcome):
            if isinstance(outcome.shape, Args) and _asks_for_atoms(worker, outcome.origin.span):
                continue  # OB501 says why it never matches
            yield _problem(outcome)


def _asks_for_atoms(worker: Worker, span: Span) -> bool:
    return any(span[0] <= key.span[0] < span[1] for key in worker.atom_keys)


def _is_missing_branch(outcome: Outcome) -> bool:
    origin = outcome.origin
    if not origin.implicit or isinstance(outcome.shape, Struct):
        return False
    return not (origin.step is not None and origin.step.has("multi"))


def _problem(outcome: Outcome) -> Problem:
    origin = outcome.origin
    construct, shown = origin.implicit, _shown(outcome.shape)
    if construct == "with":
        source = f"`{origin.call}`" if origin.call else "what it asks"
        message = f"has no `else`: {source} can give {shown}, which completes the job"
        help = f"Add `else {_pattern(outcome.shape)} -> {{:cancel, reason}}` (or another outcome)"
    elif construct in ("if", "unless"):
        message = f"has no `else`, so the other way returns {shown} and completes the job"
        help = "Add `else: :ok`, or the outcome that is meant there"
    elif construct == "empty":
        message = f"has no body and returns {shown}, which completes the job"
        help = "Return `:ok`, `{:error, reason}` or `{:cancel, reason}`"
    else:
        message = f"gives {shown} when its left side fails, which completes the job"
        help = "Write `if … do … else … end` with an outcome for both ways"
    return Problem(origin.span, message, help, function=origin.function)


def _shown(shape) -> str:
    if isinstance(shape, Atom):
        return f"`{_pattern(shape)}`"
    if isinstance(shape, Seq):
        return "a list" if shape.nonempty else "`[]`"
    if isinstance(shape, Tup):
        return f"a tuple of {len(shape.items)}"
    return "a value that Oban does not know"


def _pattern(shape) -> str:
    if isinstance(shape, Atom):
        plain = shape.name in ("nil", "true", "false")
        return str(shape.name) if plain else f":{shape.name}"
    if isinstance(shape, Seq) and not shape.nonempty:
        return "[]"
    return "other"
