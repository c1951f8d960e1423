"""`new/2` takes a map and nothing else.

## What it does

Reports args that are no map: an id, a keyword list, a list, a text, nil.

## Why is this bad?

`Worker.new/2` has a guard, `is_map(args)`: everything else raises a FunctionClauseError
where the job is built, and nothing is enqueued (oban 2.23.1, lib/oban/worker.ex and
lib/oban/job.ex).

## Invalid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.Welcome

  def welcome(user), do: Oban.insert(Welcome.new(user.id)) # reported

  def remind(user) do
    Oban.insert(Welcome.new(user_id: user.id, kind: "reminder")) # reported
  end
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def enqueue, do: Oban.insert(new([])) # reported

  def enqueue_all(ids), do: Oban.insert_all(Enum.map(ids, fn id -> new(id) end)) # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.run(id)
end
```

## Valid

```elixir
defmodule Shop.Accounts do
  alias Shop.Workers.Welcome

  def welcome(user), do: Oban.insert(Welcome.new(%{user_id: user.id}))

  def remind(user), do: [user_id: user.id] |> Map.new() |> Welcome.new() |> Oban.insert()

  def again(args), do: args |> Welcome.new(schedule_in: 60) |> Oban.insert()
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def new(id) when is_integer(id), do: new(%{id: id}, [])

  def enqueue(user), do: Oban.insert(new(user.id))

  def perform(%Oban.Job{args: args}), do: args |> new(schedule_in: 60) |> Oban.insert()
end
```

```elixir
defmodule Shop.Clients do
  def client(user), do: Shop.Client.new(user.id)

  def money(cents), do: Money.new(cents)
end
```
"""

from __future__ import annotations

from checker.model.args import built_here
from checker.model.job import Jobs, NewJob
from checker.model.shape import Args, Map, Seq, Struct, Unknown
from checker.rules.problem import ERROR, Problem
from checker.vocabulary import identifier_name

ID = "OB509"
NAME = "args-not-map"
SEVERITY = ERROR

MAPS = (Map, Struct, Args)


def check_jobs(jobs: Jobs):
    for job in built_here(jobs):
        if job.args and _is_no_map(job):
            listed = all(isinstance(alt.shape, Seq) for alt in job.args)
            yield Problem(
                job.args[0].origin.span or job.span,
                "is no map: `new/2` takes nothing else, and raises",
                "Give a map: put `%{` and `}` around it"
                if listed and not job.named
                else f"Give a map: `%{{{job.named or 'id'}: …}}`",
                function=job.function,
            )


def _is_no_map(job: NewJob) -> bool:
    shapes = [alt.shape for alt in job.args]
    if all(isinstance(shape, Unknown) for shape in shapes):
        return job.named is not None and identifier_name(job.named)
    return not any(isinstance(shape, (*MAPS, Unknown)) for shape in shapes)
