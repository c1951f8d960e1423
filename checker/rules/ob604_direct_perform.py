"""perform called like a function: no queue, no retry, no record.

## What it does

Reports calls of a worker's `perform/1` in the code of a module that is no worker.

## Why is this bad?

The work runs in the caller, who waits for it and gets whatever it answers; `{:error, _}` is
not retried, `{:snooze, _}` does not wait, and timeouts, telemetry and uniqueness do not apply
(oban 2.23.1, lib/oban/queue/executor.ex). The args are not what they are after JSON, either.

A worker that hands its job on to another one runs as a job, and a Mix task is run by hand.

## Invalid

```elixir
defmodule Shop.Prices do
  alias Shop.Workers.Refresh

  def refresh_now(item) do
    Refresh.perform(%Oban.Job{args: %{"id" => item.id}}) # reported
  end
end
```

```elixir
defmodule Shop.Prices do
  def refresh(job), do: Shop.Workers.Refresh.perform(job) # reported
end

defmodule Shop.Workers.Refresh do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Prices.load(id)
end
```

## Valid

```elixir
defmodule Shop.Prices do
  alias Shop.Workers.Refresh

  def refresh_now(item), do: Refresh.refresh(item.id)
  def refresh_later(item), do: Oban.insert(Refresh.new(%{id: item.id}))
end

defmodule Shop.Workers.Refresh do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: refresh(id)
  def perform(%Oban.Job{args: %{"item" => item}}), do: perform(%Oban.Job{args: %{"id" => item}})

  def refresh(id), do: Shop.Prices.load(id)
end
```

```elixir
defmodule Shop.Workers.OldRefresh do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(job), do: Shop.Workers.Refresh.perform(job)
end

defmodule Shop.Workers.Refresh do
  use Oban.Worker, queue: :prices, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Prices.load(id)
end
```

```elixir
defmodule Shop.Commands do
  def run(name), do: Shop.Commands.Close.perform(%{name: name})
end

defmodule Mix.Tasks.Shop.Refresh do
  use Mix.Task

  def run([id]), do: Shop.Workers.Refresh.perform(%Oban.Job{args: %{"id" => id}})
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import WARNING, Problem

ID = "OB604"
NAME = "direct-perform"
SEVERITY = WARNING


def check_jobs(jobs: Jobs):
    for call in jobs.performs:
        short = call.target.rpartition(".")[2]
        yield Problem(
            call.span,
            "runs the work here and now: no queue, no retry, no timeout",
            f"Enqueue it with `Oban.insert({short}.new(…))`, or call what perform calls",
            function=call.function,
        )
