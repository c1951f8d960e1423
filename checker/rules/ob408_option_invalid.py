"""An option of `use Oban.Worker` that Oban refuses.

## What it does

Reports options that a worker does not know (`retry:`, `attempts:`, `timeout:`), and values
it does not take: `max_attempts` below 1, a `priority` outside 0..9, `tags` that are no
list of strings, a `queue` that is neither atom nor string.

## Why is this bad?

The options are checked when the module is compiled, and the compilation fails with an
ArgumentError (oban 2.23.1, lib/oban/worker.ex, `__after_compile__`). What is said of one
job (`schedule_in`, `meta`) belongs to `new/2`; `timeout/1` and `backoff/1` are functions.

Options that Oban Pro or a wrapper adds are left alone.

In Python the decorator takes anything: `max_attempts` and `priority` out of range raise when
the first job is built. Options that it does not know are OB157.

## Invalid

```elixir
defmodule Shop.Workers.Retry do
  use Oban.Worker, queue: :shop, retry: false # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.touch(id)
end

defmodule Shop.Workers.Misspelt do
  use Oban.Worker, queue: :shop, max_attempt: 3 # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.touch(id)
end
```

```elixir
defmodule Shop.Workers.Values do
  use Oban.Worker,
    queue: :shop,
    max_attempts: 0, # reported
    priority: 10, # reported
    tags: [:things] # reported

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.move(id)
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=0)  # reported
class Sync:
    async def process(self, job):
        print(job.args["id"])


@worker(queue="sync", max_attempts=3, priority=10)  # reported
class Poll:
    async def process(self, job):
        print(job.args["id"])
```

## Valid

```elixir
defmodule Shop.Workers.All do
  @tags ~w(things moves)

  use Oban.Worker,
    queue: "shop",
    max_attempts: 3,
    priority: 9,
    tags: @tags,
    unique: [period: 60, keys: [:id]],
    replace: [scheduled: [:scheduled_at]]

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.move(id)
end
```

```elixir
defmodule Shop.Workers.Pro do
  use Oban.Pro.Worker, queue: :shop, max_attempts: 3, recorded: true, hooks: [Shop.Hook]

  def process(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.move(id)
end
```

```elixir
defmodule Shop.Workers.Wrapped do
  use Shop.Worker, queue: :shop, retries: 3, timeout: 5_000

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.move(id)
end
```

```elixir
defmodule Shop.Workers.Computed do
  @attempts Application.compile_env(:shop, :attempts, 3)

  use Oban.Worker, queue: :shop, max_attempts: @attempts, priority: @attempts - 1

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Things.move(id)
end
```

```python
from oban import worker


@worker(queue="sync", max_attempts=1, priority=9, tags=["sync"])
class Sync:
    async def process(self, job):
        print(job.args["id"])
```

```python
from celery import shared_task
from oban import worker

from shop.options import ATTEMPTS


@worker(queue="sync", max_attempts=ATTEMPTS)
class Sync:
    async def process(self, job):
        print(job.args["id"])


@shared_task(priority=10)
def poll(id):
    print(id)
```
"""

from __future__ import annotations

from checker.model.shape import Atom, Int, Seq, Shape, Text, Unknown, only
from checker.model.worker import Option, Worker
from checker.rules.problem import ERROR, Problem
from checker.vocabulary import misspelt

ID = "OB408"
NAME = "option-invalid"
SEVERITY = ERROR
IN_TESTS = True

OPTIONS = ("max_attempts", "priority", "queue", "replace", "tags", "unique", "worker")
OF_JOBS = frozenset("args meta schedule_in scheduled_in scheduled_at state".split())
CALLBACKS = frozenset(("timeout", "backoff"))
ATTEMPTS = frozenset(
    "retry retries attempts max_retries max_retry max_tries tries max retry_count".split()
)


def check(worker: Worker):
    if worker.wrapper is not None:
        return
    for option in worker.options.values():
        if option.name in OPTIONS:
            yield from _value(option)
        elif not worker.pro:
            yield _unknown(option, worker)


def _unknown(option: Option, worker: Worker) -> Problem:
    name = option.name
    meant = [known for known in OPTIONS if misspelt(name, known) and known not in worker.options]
    edits = ()
    if len(meant) == 1:
        help = f"Write `{meant[0]}:`"
        edits = ((option.key, f"{meant[0]}: "),) if option.key is not None else ()
    elif name in OF_JOBS:
        help = f"Give it to each job: `new(args, {name}: …)`"
    elif name in CALLBACKS:
        help = f"Define it: `def {name}(_job), do: …`"
    elif name in ATTEMPTS:
        help = "Say how often it may run in all: `max_attempts: 3`"
    else:
        help = "Take it out; known are " + ", ".join(f"`{known}`" for known in OPTIONS)
    return Problem(
        option.span, "is no option of a worker: the module does not compile", help,
        edits=edits, safe=bool(edits),
    )  # fmt: skip


def _value(option: Option):
    shape = only(option.value)
    if shape is None or isinstance(shape, Unknown) or option.name not in TAKEN:
        return
    takes, wanted, example = TAKEN[option.name]
    if not takes(shape):
        yield Problem(
            option.span,
            f"is not {wanted}: the module does not compile",
            f"Give {wanted}: `{option.name}: {example}`",
        )


def _attempts(shape: Shape) -> bool:
    return isinstance(shape, Int) and (shape.high is None or shape.high >= 1)


def _priority(shape: Shape) -> bool:
    if not isinstance(shape, Int):
        return False
    return (shape.high is None or shape.high >= 0) and (shape.low is None or shape.low <= 9)


def _tags(shape: Shape) -> bool:
    return isinstance(shape, Seq) and all(
        isinstance(alt.shape, (Text, Unknown)) for alt in shape.element
    )


def _queue(shape: Shape) -> bool:
    return isinstance(shape, (Atom, Text))


# Whether it may be right, what it has to be, and an example.
TAKEN = {
    "max_attempts": (_attempts, "a positive number", "3"),
    "priority": (_priority, "a number from 0 to 9", "1"),
    "tags": (_tags, "a list of strings", '["billing"]'),
    "queue": (_queue, "an atom or a string", ":default"),
    "worker": (lambda shape: isinstance(shape, Text), "a string", '"Shop.Worker"'),
}


def check_python(worker: Worker):
    """What oban for Python refuses; options it does not know are OB157."""
    for option in worker.options.values():
        shape = only(option.value)
        taken = PYTHON_TAKES.get(option.name)
        if taken is None or shape is None or isinstance(shape, Unknown):
            continue
        takes, wanted, example = taken
        if not takes(shape):
            yield Problem(
                option.span,
                f"is not {wanted}: the job is refused",
                f"Give {wanted}: `{option.name}={example}`",
            )


PYTHON_TAKES = {
    "max_attempts": (_attempts, "a positive number", "3"),
    "priority": (_priority, "a number from 0 to 9", "1"),
}
