"""A job for a module that is no worker: it stays `executing`.

## What it does

Reports jobs for a module that has `perform/1`, but neither `use Oban.Worker` nor another `use`.

## Why is this bad?

Oban asks the module for `timeout/1` and `backoff/1` besides perform, which `use Oban.Worker`
defines. Without them the process crashes before it can record what happened, and the row stays
`executing` (oban 2.23.1, lib/oban/queue/executor.ex).

## Invalid

```elixir
defmodule Shop.Lamps do
  alias Shop.Lamps.Dimmer

  def dim(lamp) do
    %{lamp_id: lamp.id}
    |> Oban.Job.new(worker: Dimmer, queue: :lamps) # reported
    |> Oban.insert()
  end
end

defmodule Shop.Lamps.Dimmer do
  def perform(%Oban.Job{args: %{"lamp_id" => id}}), do: Shop.Lamps.Hub.dim(id)
end
```

```elixir
defmodule Shop.Lamps do
  def off(lamp), do: Oban.insert(Shop.Lamps.Off.new(%{lamp_id: lamp.id})) # reported
end

defmodule Shop.Lamps.Off do
  @behaviour Oban.Worker

  @impl true
  def perform(%Oban.Job{args: %{"lamp_id" => id}}), do: Shop.Lamps.Hub.off(id)
end
```

## Valid

```elixir
defmodule Shop.Lamps do
  alias Shop.Lamps.Dimmer

  def dim(lamp), do: %{id: lamp.id} |> Oban.Job.new(worker: Dimmer, queue: :lamps) |> Oban.insert()
end

defmodule Shop.Lamps.Dimmer do
  use Oban.Worker, queue: :lamps, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Lamps.Hub.dim(id)
end
```

```elixir
defmodule Shop.Lamps do
  def off(lamp), do: Oban.insert(Shop.Lamps.Off.new(%{id: lamp.id}))
  def on(lamp), do: Oban.insert(Shop.Lamps.On.new(%{id: lamp.id}))
end

defmodule Shop.Lamps.Off do
  use Shop.Worker, queue: :lamps

  def perform(args), do: Shop.Lamps.Hub.off(args["id"])
end

defmodule Shop.Lamps.On do
  def new(args), do: Oban.Job.new(args, worker: Shop.Workers.Switch, queue: :lamps)
  def perform(args), do: Shop.Lamps.Hub.on(args["id"])
end
```

```elixir
defmodule Shop.Lamps do
  def blink(lamp), do: Shop.Lamps.Blink.perform(lamp)
end

defmodule Shop.Lamps.Blink do
  def new(lamp), do: %{lamp: lamp}
  def perform(lamp), do: Shop.Lamps.Hub.blink(lamp)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import ERROR, Problem

ID = "OB611"
NAME = "not-a-worker"
SEVERITY = ERROR


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if not job.elsewhere and jobs.others.get(job.target):
            yield Problem(
                job.span,
                f"makes a job for `{job.target}`, which is no worker: it stays `executing`",
                f"Add `use Oban.Worker` to `{job.target}`",
                function=job.function,
            )
