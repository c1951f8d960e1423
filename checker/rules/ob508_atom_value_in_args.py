"""Atoms in args come back as texts, and match no atom.

## What it does

Reports atoms that a value of the args is matched or compared with: in the pattern of
perform, in the clauses of a `case`, with `==` and `in`.

## Why is this bad?

Args are stored as JSON. `%{kind: :signup}` comes back as `%{"kind" => "signup"}`: only
true, false and nil stay what they are (seen with oban 2.23.1, Basic engine). The clause
never matches, so that the job fails with a FunctionClauseError or goes another way.

## Invalid

```elixir
defmodule Shop.Workers.Record do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"kind" => :signup, "user_id" => id}}) do # reported
    Shop.Log.signup(id)
  end

  def perform(%Oban.Job{args: %{"options" => %{"mode" => :full}} = args}) do # reported
    Shop.Log.rebuild(args["id"])
  end
end
```

```elixir
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"mode" => mode, "kind" => kind} = args}) do
    loud = args["level"] == :loud # reported

    if kind in [:daily, :weekly] do # reported
      Shop.Log.notify(loud)
    end

    case mode do
      :full -> Shop.Log.rebuild() # reported
      "tail" -> Shop.Log.append(args["rows"])
      nil -> Shop.Log.append([])
    end
  end

  def perform(%Oban.Job{args: %{"worker" => worker, "step" => step}}) do
    with true <- worker == Shop.Workers.Record, # reported
         :first <- step do # reported
      Shop.Log.rebuild()
    else
      _other -> {:cancel, :unknown}
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Record do
  use Oban.Worker, queue: :events, max_attempts: 3

  def enqueue(id) do
    Oban.insert(new(%{kind: :signup, user_id: id, urgent: true, by: nil}))
  end

  def perform(%Oban.Job{args: %{"kind" => "signup", "urgent" => true, "by" => nil} = args}) do
    if args["loud"] == true, do: Shop.Log.signup(args["user_id"]), else: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    mode = Map.get(args, "mode", :full)
    kind = String.to_existing_atom(args["kind"])

    case mode do
      :full -> Shop.Log.rebuild(kind == :daily)
      "tail" -> Shop.Log.append(args["rows"])
    end
  end
end
```

```elixir
defmodule Shop.Workers.Both do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    args = Map.put(args, "mode", Shop.Log.mode(args["mode"]))

    if args["mode"] == :full do
      Shop.Log.rebuild(level(args["level"]))
    else
      Shop.Log.append(args["kind"] in [:daily, "daily"])
    end
  end

  defp level(level) do
    case level do
      :loud -> 3
      "loud" -> 3
      other -> other
    end
  end
end
```

```elixir
defmodule Shop.Workers.Shared do
  use Oban.Worker, queue: :events, max_attempts: 3

  def perform(%Oban.Job{args: %{"mode" => mode}}), do: Shop.Log.rebuild(loud?(mode))

  def loud?(mode), do: mode == :full
end
```

```elixir
defmodule Shop.Workers.Cast do
  use Oban.Pro.Worker, queue: :events, max_attempts: 3

  args_schema do
    field :mode, :enum, values: [:full, :tail]
  end

  def process(%Oban.Job{args: %{mode: :full}}), do: Shop.Log.rebuild()
  def process(%Oban.Job{args: %{mode: :tail}}), do: Shop.Log.append([])
end
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB508"
NAME = "atom-value-in-args"
SEVERITY = ERROR


def check(worker: Worker):
    for found in worker.atom_values:
        yield Problem(
            found.span,
            "is asked of a value of the args, but atoms come back from JSON as texts",
            f"Write `{found.fixed}`",
            function=found.function,
        )
