"""`:discard` still works, but `{:cancel, reason}` is what to write.

## What it does

Points at `:discard` and `{:discard, reason}` that perform returns.

## Why is this bad?

Both are honoured by every version and end in the state `discarded`. They are
deprecated in favour of `{:cancel, reason}` since oban 2.13 (typedoc since 2.18),
which ends in `cancelled` and cannot be taken for a job that used up its attempts.

## Invalid

```elixir
defmodule Shop.Workers.Diff do
  use Oban.Worker, queue: :diffs, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Diffs.build(id) do
      :ok -> :ok
      {:error, :too_large} -> {:discard, :too_large} # reported
      {:error, reason} -> {:error, reason}
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Diff do
  use Oban.Worker, queue: :diffs, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Diffs.build(id) do
      :ok -> :ok
      {:error, :too_large} -> {:cancel, :too_large}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Drafts do
  use Oban.Worker, queue: :diffs, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: id |> Shop.Drafts.discard() |> done(:discard)

  defp done(:ok, action), do: {:ok, action}
  defp done({:error, reason}, action), do: {:error, {action, reason}}
end
```

```elixir
defmodule Shop.Workers.Keep do
  use Oban.Worker, queue: :diffs, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    {:ok, {:discard, id}}
  end
end
```
"""

from __future__ import annotations

from checker.model.outcome import DISCARDED
from checker.model.shape import Atom
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB111"
NAME = "deprecated-discard"
SEVERITY = ADVICE


def check(worker: Worker):
    for outcome in worker.outcomes:
        if outcome.kind != DISCARDED:
            continue
        bare = isinstance(outcome.shape, Atom)
        written = outcome.origin.span if outcome.origin.literal else None
        place = written if bare else outcome.tag
        text = "{:cancel, :discarded}" if bare else ":cancel"
        yield Problem(
            outcome.origin.span,
            "works, but is deprecated since Oban 2.13",
            "Replace it with `{:cancel, :discarded}`"
            if bare
            else "Replace `:discard` by `:cancel`",
            function=outcome.origin.function,
            edits=((place, text),) if place is not None and not outcome.foreign else (),
            safe=outcome.origin.function == ("process/1" if worker.pro else "perform/1"),
        )
