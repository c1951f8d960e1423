"""Options of `use` are read when the module is compiled.

## What it does

Reports `Application.get_env`, `System.get_env` and their kin in the options of a worker.

## Why is this bad?

The options are evaluated at compile time and stay as they are (oban 2.23.1,
lib/oban/worker.ex, `__using__/1`). What config/runtime.exs or the environment of the release
says is never seen; the machine that built it decides.

`Application.compile_env` says that this is meant.

## Invalid

```elixir
defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: Application.get_env(:shop, :expire_queue), max_attempts: 3 # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Baskets.expire(id)
end
```

```elixir
defmodule Shop.Workers.Sync do
  @attempts String.to_integer(System.get_env("SYNC_ATTEMPTS") || "3") # reported

  use Oban.Worker, queue: :sync, max_attempts: @attempts

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.run(id)
end
```

## Valid

```elixir
defmodule Shop.Workers.Expire do
  use Oban.Worker, queue: Application.compile_env(:shop, :expire_queue, :default), max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Baskets.expire(id)
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @host System.get_env("SYNC_HOST")

  def enqueue(id), do: Oban.insert(new(%{id: id}, queue: Application.get_env(:shop, :queue)))

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Sync.run(id, @host || Application.get_env(:shop, :host))
  end
end
```

```elixir
defmodule Shop.Workers.Read do
  @attempts 5

  use Oban.Worker, queue: :reads, max_attempts: @attempts

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Config.get_env(id)
end
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB610"
NAME = "compile-time-option"
SEVERITY = WARNING


def check(worker: Worker):
    for _name, span in worker.environment:
        yield Problem(
            span,
            "is read when the module is compiled: what is set at run time is never seen",
            "Write the value, or give the option to `new/2` where the job is enqueued",
        )
