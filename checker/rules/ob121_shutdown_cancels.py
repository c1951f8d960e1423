"""An exit signal `:shutdown` cancels the job.

## What it does

Reports `Process.exit(self(), :shutdown)`, and a linked process that ends with
`exit(:shutdown)`.

## Why is this bad?

Oban takes the signal `:shutdown` for a cancelled job: it is recorded as
`cancelled` and never retried (oban 2.23.1, lib/oban/queue/producer.ex 79-125).
`exit(:shutdown)` in the job itself is a failure, and retried.

## Invalid

```elixir
defmodule Shop.Workers.Record do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    unless Shop.Streams.alive?(id), do: Process.exit(self(), :shutdown) # reported
    Shop.Streams.record(id)
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Record do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Streams.alive?(id), do: Shop.Streams.record(id), else: {:cancel, :dead}
  end
end
```

```elixir
defmodule Shop.Workers.StopOther do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    pid = Shop.Streams.whereis(id)
    Process.exit(pid, :shutdown)
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Normal do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Process.exit(self(), :kill)
    Shop.Streams.record(id)
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import only_atom
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB121"
NAME = "shutdown-cancels"
SEVERITY = WARNING


def check(worker: Worker):
    for throw in worker.throws:
        if throw.kind in ("signal", "linked") and only_atom(throw.value) == "shutdown":
            yield Problem(
                throw.span,
                "ends the job with the signal `:shutdown`, which Oban records as cancelled and"
                " never retries",
                "Return `{:cancel, reason}` to stop, or `{:error, reason}` to retry",
                function=throw.function,
            )
