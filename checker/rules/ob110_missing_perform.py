"""A worker without the function that Oban calls.

## What it does

Reports a module that uses `Oban.Worker` and defines no public `perform/1`: none
at all, a private one, one with another number of arguments, or `process/1` left
from Oban Pro. For a Pro worker it is `process/1`.

## Why is this bad?

Oban calls `perform/1` only (since 2.0). Without it every attempt fails with
"module is not a worker" or an undefined function until the job is discarded.

A wrapper, another `use` in the module or a delegated perform may define it: then
nothing is reported.

In Python it is `process`, and `perform` is the name of Elixir.

## Invalid

```elixir
defmodule Shop.Workers.Reindex do
  use Oban.Worker, queue: :search, max_attempts: 3 # reported

  def perform(%{"id" => id}, _job), do: Shop.Search.reindex(id)
end
```

```elixir
defmodule Shop.Workers.Drop do
  use Oban.Worker, queue: :search, max_attempts: 3 # reported

  defp perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.drop(id)
  def drop(id), do: perform(%Oban.Job{args: %{"id" => id}})
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)  # reported
class SendMail:
    async def perform(self, job):
        print(job.args["to"])
```

## Valid

```elixir
defmodule Shop.Workers.Reindex do
  use Oban.Worker, queue: :search, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}} = job), do: perform(id, job)
  def perform(id, _job), do: Shop.Search.reindex(id)
end
```

```elixir
defmodule Shop.Workers.Rollup do
  use Oban.Worker, queue: :search, max_attempts: 3

  defdelegate perform(job), to: Shop.Rollup, as: :run
end
```

```elixir
defmodule Shop.Workers.Pro do
  use Oban.Pro.Worker, queue: :search, max_attempts: 3

  def process(%Oban.Job{args: %{"id" => id}}), do: Shop.Search.reindex(id)
end
```

```python
from oban import worker

from shop.mail import Sending


@worker(queue="mail", max_attempts=3)
class SendMail(Sending):
    subject = "Welcome"
```

```python
from oban import worker


async def run(self, job):
    print(job.args["to"])


@worker(queue="mail", max_attempts=3)
class SendMail:
    process = run
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB110"
NAME = "missing-perform"
SEVERITY = ERROR
IN_TESTS = True

WHY = {
    "absent": "makes a worker, but the module defines no `{name}/1`",
    "private": "makes a worker, but its `{name}/1` is private",
    "arity": "makes a worker, but its `{name}` does not take exactly one argument",
    "process": "makes a worker that defines `process/1`; Oban calls `perform/1`",
    "perform": "makes a Pro worker that defines `perform/1`; Oban Pro calls `process/1`",
}


def check(worker: Worker):
    if worker.missing is None:
        return
    name = "process" if worker.pro else "perform"
    yield Problem(
        worker.use_span,
        WHY[worker.missing].format(name=name) + ", so every attempt fails",
        f"Define `def {name}(%Oban.Job{{args: args}})`",
    )


def check_python(worker: Worker):
    if worker.missing is not None and not worker.pro:
        yield Problem(
            worker.use_span,
            "makes a worker that defines `perform`; Oban calls `process`"
            if worker.missing == "perform"
            else "makes a worker, but the class defines no `process`, so every attempt fails",
            "Define `async def process(self, job)`",
        )
