"""Args come back from the database with string keys.

## What it does

Reports atom keys used on a job's args: in a pattern, `args.id`, `args[:id]`,
`Map.get(args, :id)`.

## Why is this bad?

Args are stored as JSON. `%{args: %{id: id}}` never matches and every attempt
fails with a FunctionClauseError; `args.id` raises; `args[:id]` is nil. Atom keys
are right when *building* args, and with `args_schema` of Oban Pro.

## Invalid

```elixir
defmodule Shop.Workers.Invite do
  use Oban.Worker, queue: :teams, max_attempts: 3

  def perform(%Oban.Job{args: %{team_id: id}}), do: Shop.Teams.invite(id) # reported
end
```

```elixir
defmodule Shop.Workers.Remove do
  use Oban.Worker, queue: :teams, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    member = Shop.Members.get(args.id) # reported
    reason = args[:reason] # reported
    Shop.Members.remove(member, reason, Map.get(args, :notify, false)) # reported
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Invite do
  use Oban.Worker, queue: :teams, max_attempts: 3

  def enqueue(team), do: %{team_id: team.id} |> new() |> Oban.insert()

  def perform(%Oban.Job{args: %{"team_id" => id} = args}) do
    Shop.Teams.invite(id, args["email"])
  end
end
```

```elixir
defmodule Shop.Workers.Converted do
  use Oban.Worker, queue: :teams, max_attempts: 3

  def perform(%Oban.Job{args: args}) do
    options = Map.new(args, fn {key, value} -> {String.to_existing_atom(key), value} end)
    Shop.Teams.sync(options.team_id, options[:full])
  end
end
```

```elixir
defmodule Shop.Workers.Cast do
  use Oban.Pro.Worker, queue: :teams, max_attempts: 3

  args_schema do
    field :team_id, :integer
  end

  def process(%Oban.Job{args: %{team_id: id}}), do: Shop.Teams.sync(id)
end
```

```elixir
defmodule Shop.Workers.Either do
  use Oban.Worker, queue: :teams, max_attempts: 3

  def perform(%Oban.Job{args: args}), do: run(args)

  def run(%{team: %{id: id}}), do: run(%{"team_id" => id})
  def run(args), do: Shop.Teams.sync(args["team_id"] || args[:team_id])
end
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB501"
NAME = "atom-keys-in-args"
SEVERITY = ERROR


def check(worker: Worker):
    for found in worker.atom_keys:
        yield Problem(
            found.span,
            "asks the args for an atom key, but they come back from JSON with string keys",
            f"Replace it with `{found.fixed.strip()}`",
            function=found.function,
            edits=((found.place, found.fixed),),
            safe=True,
        )
