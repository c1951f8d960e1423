"""A job that traps exits cannot be stopped any more.

## What it does

Reports `Process.flag(:trap_exit, true)` in perform or in a function that it leads to.

## Why is this bad?

`timeout/1` and `Oban.cancel_job/1` stop a job by an exit signal. While exits are trapped
the signal is but a message that nobody reads: a job of 200 ms with a timeout of 50 ms
completed (seen with oban 2.23.1; lib/oban/queue/executor.ex uses `:timer.exit_after`).

A supervised task takes a failure apart from the job: `Task.Supervisor.async_nolink`.

## Invalid

```elixir
defmodule Shop.Workers.RunFlow do
  use Oban.Worker, queue: :flows, max_attempts: 3

  def timeout(_job), do: :timer.minutes(10)

  def perform(%Oban.Job{args: %{"flow_id" => id}}) do
    Process.flag(:trap_exit, true) # reported
    Shop.Flows.run(id)
  end
end
```

```elixir
defmodule Shop.Workers.RunPort do
  use Oban.Worker, queue: :flows, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    trap()
    Shop.Flows.run(id)
  end

  defp trap, do: :erlang.process_flag(:trap_exit, true) # reported
end
```

## Valid

```elixir
defmodule Shop.Workers.RunFlow do
  use Oban.Worker, queue: :flows, max_attempts: 3

  def perform(%Oban.Job{args: %{"flow_id" => id}}) do
    Process.flag(:priority, :low)

    task = Task.Supervisor.async_nolink(Shop.Tasks, fn -> Shop.Flows.run(id) end)

    case Task.yield(task, 60_000) do
      {:ok, _result} -> :ok
      nil -> {:error, :timeout}
      {:exit, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.RunApart do
  use Oban.Worker, queue: :flows, max_attempts: 3

  def perform(%Oban.Job{args: %{"flow_id" => id}}) do
    task =
      Task.async(fn ->
        Process.flag(:trap_exit, true)
        Shop.Flows.run(id)
      end)

    Task.await(task)
    :ok
  end
end
```

```elixir
defmodule Shop.Flows.Server do
  use GenServer

  def init(id) do
    Process.flag(:trap_exit, true)
    {:ok, id}
  end
end

defmodule Shop.Workers.ShortTrap do
  use Oban.Worker, queue: :flows, max_attempts: 3

  def perform(%Oban.Job{args: %{"flow_id" => id}}) do
    before = Process.flag(:trap_exit, true)
    Shop.Flows.start(id)
    Process.flag(:trap_exit, before)
    :ok
  end
end
```
"""

from __future__ import annotations

from checker.model.shape import only_atom
from checker.model.worker import Step, Worker
from checker.rules.problem import WARNING, Problem

ID = "OB409"
NAME = "trapped-exits"
SEVERITY = WARNING


def check(worker: Worker):
    traps = [step for step in worker.steps if _traps(step)]
    if any(only_atom(step.args[1]) != "true" for step in traps):  # it lets go again
        return
    for step in traps:
        if not all(context.apart for context in step.contexts):
            yield Problem(
                step.span,
                "keeps `timeout/1` and `Oban.cancel_job/1` from stopping the job",
                "Run what may exit apart from it: `Task.Supervisor.async_nolink(…)`",
                function=step.function,
            )


def _traps(step: Step) -> bool:
    """Whether it says of the process itself if exits are trapped."""
    if not step.has("process_flag") or len(step.args) != 2:
        return False
    return only_atom(step.args[0]) == "trap_exit"
