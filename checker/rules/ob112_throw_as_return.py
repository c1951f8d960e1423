"""A throw or an exit is a crash, whatever it carries.

## What it does

Reports `throw` of something that looks like an outcome (`{:cancel, reason}`,
`:ok`) and `exit(:normal)` or `exit(:shutdown)` in code that performing a job
runs, when nothing in the function catches it.

## Why is this bad?

Oban takes every uncaught throw and exit for a failure and retries the job, also
`throw(:ok)` and `exit(:normal)` (oban 2.23.1, lib/oban/queue/executor.ex 175).

In Python it is `raise Cancel(…)`, as Celery and Dramatiq would have it: a result is no
exception, and raising it is a TypeError.

## Invalid

```elixir
defmodule Shop.Workers.Assess do
  use Oban.Worker, queue: :claims, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    claim = Shop.Claims.find(id)
    if is_nil(claim), do: throw({:cancel, :gone}) # reported
    Shop.Claims.assess(claim)
  end
end
```

```elixir
defmodule Shop.Workers.Stop do
  use Oban.Worker, queue: :claims, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    unless Shop.Claims.open?(id), do: exit(:normal) # reported
    Shop.Claims.close(id)
  end
end
```

```python
from oban import Cancel, Snooze, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if not job.args.get("to"):
            raise Cancel("nobody to write to")  # reported

        if job.meta.get("snoozed", 0) < 3:
            raise Snooze(60)  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Assess do
  use Oban.Worker, queue: :claims, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    id |> Shop.Claims.lines() |> Enum.each(&check_line/1)
    :ok
  catch
    {:cancel, reason} -> {:cancel, reason}
  end

  defp check_line(line) do
    unless String.valid?(line), do: throw({:cancel, :bad_line})
  end
end
```

```elixir
defmodule Shop.Workers.Plain do
  use Oban.Worker, queue: :claims, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Claims.find(id) do
      nil -> {:cancel, :gone}
      claim -> Shop.Claims.assess(claim)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Broken do
  use Oban.Worker, queue: :claims, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Claims.broken?(id), do: exit({:broken, id})
    raise "never"
  end
end
```

```python
from oban import Cancel, worker


class Refused(Exception):
    pass


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if not job.args.get("to"):
            return Cancel("nobody to write to")

        raise Refused(job.args["to"])
```

```python
from oban import worker

from shop.control import Cancel


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        try:
            raise Cancel("nobody to write to")
        except Cancel as stopped:
            print(stopped)
```
"""

from __future__ import annotations

from checker.model.outcome import UNKNOWN, UNRECOGNISED, kind_of
from checker.model.python_results import RESULTS
from checker.model.shape import Atom, Shape, Tup, only
from checker.model.worker import Throw, Worker
from checker.rules.problem import ERROR, Problem

ID = "OB112"
NAME = "throw-as-return"
SEVERITY = ERROR

EXITS = frozenset(("normal", "shutdown"))
MEANT = frozenset(("cancel", "snooze", "discard", "error", "ok", "retry"))


def check(worker: Worker):
    for throw in worker.throws:
        if _is_control_flow(throw, worker):
            yield Problem(
                throw.span,
                "is a crash to Oban whatever it carries: the job fails and is retried",
                "Return the outcome instead, for example `{:cancel, reason}`",
                function=throw.function,
            )


def _is_control_flow(throw: Throw, worker: Worker) -> bool:
    for alt in throw.value:
        shape = alt.shape
        if _says_outcome(shape, worker):
            return True
        if throw.kind == "exit" and isinstance(shape, Atom) and shape.name in EXITS:
            return True
        if throw.kind == "exit" and isinstance(shape, Tup) and shape.head == "shutdown":
            return True
    return False


def _says_outcome(shape: Shape, worker: Worker) -> bool:
    if isinstance(shape, Atom):
        return shape.name in MEANT
    return isinstance(shape, Tup) and kind_of(shape, worker.version) not in (UNKNOWN, UNRECOGNISED)


def check_python(worker: Worker):
    """`raise Cancel(…)`: a result is no exception."""
    for failure in worker.failures:
        name = getattr(only(failure.value or ()), "name", None)
        if name in RESULTS:
            yield Problem(
                failure.span,
                "raises a TypeError, since a result is no exception: the job is retried",
                "Write `return` for `raise`",
                function=failure.function,
            )
