"""A backoff that Oban cannot use leaves the job hanging.

## What it does

Points at values of `backoff/1` that are no integer, and at a `backoff/1` without a clause for
an attempt that the job can reach.

## Why is this bad?

Oban asks for the wait after the attempt has failed, and wants whole seconds. A float, `nil`, a
tuple or an exception crashes there: the failure is not recorded, the row stays `executing`,
and nothing retries it until Lifeline finds it an hour later (measured with oban 2.23.1;
lib/oban/engines/basic.ex, `error_job`). `perform_job/2` does not call `backoff/1`, so tests
pass.

In Python floats are taken. A `timedelta` or a coroutine cannot be stored, and the whole queue
stands still; without a `return` the job is tried again at once.

## Invalid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: :math.pow(2, attempt) # reported
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}) do
    if attempt > 3, do: 600 # reported
  end
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: 1}), do: 30 # reported
  def backoff(%Oban.Job{attempt: 2}), do: 300
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(_job), do: {5, :minutes} # reported
end
```

```python
from datetime import timedelta

from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return timedelta(seconds=30)  # reported


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        print(job.args["id"])

    async def backoff(self, job):  # reported
        return 30
```

## Valid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: trunc(:math.pow(2, attempt)) + 15
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: 1}), do: 30
  def backoff(%Oban.Job{attempt: 2}), do: 300
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(job), do: Shop.Backoff.seconds(job)
end
```

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Stock.sync(id)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}) do
    2 ** attempt + :rand.uniform(10)
  end
end
```

```python
from datetime import timedelta

from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return timedelta(minutes=job.attempt).total_seconds()
```

```python
import random

from oban import worker

from shop.waits import wait


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return 30 * 1.5**job.attempt + random.uniform(0, 5)


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        print(job.args["id"])

    def backoff(self, job):
        return wait(job)
```
"""

from __future__ import annotations

from checker.model.shape import NIL, Alt, Atom, Float, Int, Struct, Unknown
from checker.model.timing import RAISES, NotAnInteger, Timing
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB402"
NAME = "backoff-invalid"
SEVERITY = ERROR

HELP = "Give whole seconds: `trunc(…)` around it, or `Integer.pow(2, attempt)`"


def check(worker: Worker):
    timing = worker.backoff
    if timing is None:
        return
    wrong = next((answer for answer in timing.each if isinstance(answer, NotAnInteger)), None)
    if wrong is None:
        return
    if wrong.what == RAISES:
        if wrong.certain:
            yield _without_clause(timing)
        return
    for alt in timing.value:
        if _is_no_integer(alt):
            yield Problem(
                alt.origin.span or timing.span,
                f"can be {wrong.what}: Oban crashes on it, and the job stays `executing`",
                HELP,
                function=timing.function,
                edits=_edits(alt, timing),
                safe=True,
            )


def _edits(alt: Alt, timing: Timing) -> tuple:
    """`trunc(…)` around a float, and around the pipe that it ends."""
    if not isinstance(alt.shape, Float) or alt.origin.span is None or alt.origin.trail is not None:
        return ()
    start, end = alt.origin.span
    start = timing.pipes.get(alt.origin.span, start)
    return ((start, start), "trunc("), ((end, end), ")")


def _without_clause(timing: Timing) -> Problem:
    attempt = next(n for n, answer in enumerate(timing.each, 1) if isinstance(answer, NotAnInteger))
    return Problem(
        timing.span,
        f"raises after attempt {attempt}: the failure is lost, and the job stays `executing`",
        "Add a clause for every other attempt, such as `def backoff(_job), do: 600`",
        function=timing.function,
    )


def _is_no_integer(alt: Alt) -> bool:
    shape = alt.shape
    if isinstance(shape, (Int, Unknown)):
        return False
    return not (isinstance(shape, Atom) and shape.name is None)


def check_python(worker: Worker):
    """Floats are taken; a `timedelta`, a coroutine and None are not."""
    place = worker.declaration.awaited_backoff
    if place is not None:
        yield Problem(
            place,
            "gives a coroutine, which cannot be stored: the job stays `executing`",
            "Write `def backoff(self, job)`",
            function="backoff",
        )
        return
    timing = worker.backoff
    if timing is None or not any(isinstance(answer, NotAnInteger) for answer in timing.each):
        return
    for alt in timing.value:
        if isinstance(alt.shape, Struct) and alt.shape.name == "datetime.timedelta":
            message = "gives a `timedelta`, which cannot be stored: the job stays `executing`"
        elif alt.shape == NIL:
            message = "gives `None`: the job is tried again at once, until nothing is left"
        else:
            continue
        yield Problem(
            alt.origin.span or timing.span, message, "Return seconds: `return 30 * job.attempt`",
            function=timing.function,
        )  # fmt: skip
