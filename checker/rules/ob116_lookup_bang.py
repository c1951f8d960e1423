"""A record that was deleted raises at every attempt.

## What it does

Points at `Repo.get!` and its kin when what they look for comes from the args.

## Why is this bad?

The row will not come back: the job raises `Ecto.NoResultsError` until its
attempts are used up, and each attempt is an error in every reporter. A
`{:cancel, :gone}` ends it quietly.

## Invalid

```elixir
defmodule Shop.Workers.Score do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Response}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    response = Repo.get!(Response, id) # reported
    Shop.Scores.put(response)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Score do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Response}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Repo.get(Response, id) do
      nil -> {:cancel, :gone}
      response -> Shop.Scores.put(response)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Caught do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Repo, Response}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    response = Repo.get!(Response, id)
    Shop.Scores.put(response)
  rescue
    Ecto.NoResultsError -> {:cancel, :gone}
  end
end
```

```elixir
defmodule Shop.Workers.Settings do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{}) do
    settings = Shop.Repo.get!(Shop.Settings, 1)
    Shop.Scores.refresh(settings)
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import Seq, Tup, Unknown, Value
from checker.model.worker import Step, Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB116"
NAME = "lookup-bang"
SEVERITY = ADVICE


def check(worker: Worker):
    for step in worker.steps:
        if step.has("lookup_bang") and not _rescued(step) and any(map(_from_args, step.args)):
            yield Problem(
                step.span,
                "raises at every attempt once the record is deleted",
                "Use the function without `!` and return `{:cancel, :gone}` for nil",
                function=step.function,
            )


def _rescued(step: Step) -> bool:
    return all(context.rescues for context in step.contexts)


def _from_args(value: Value) -> bool:
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Unknown) and shape.from_args:
            return True
        if isinstance(shape, Seq) and any(map(_from_args, shape.items or ())):
            return True
        if isinstance(shape, Tup) and any(map(_from_args, shape.items)):
            return True
    return False
