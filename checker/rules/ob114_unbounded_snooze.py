"""A job that snoozes for ever.

## What it does

Points at a snooze in a worker that looks at nothing which could end it: not at
`meta["snoozed"]`, not at the attempt, not at a deadline or the job's age.

## Why is this bad?

Snoozing never uses up attempts: the attempt is given back (oban 2.24) or
`max_attempts` grows (before). A job that waits for something that never happens
stays in the queue until someone deletes it.

`meta["snoozed"]` counts from oban 2.24, in Oban Pro and in Oban for Python; the
job's `inserted_at` works in every version.

## Invalid

```elixir
defmodule Shop.Workers.AwaitPayment do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Payments.status(id) do
      :paid -> :ok
      :open -> {:snooze, 300} # reported
    end
  end
end
```

```python
from oban import Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if not await is_done(job.args["id"]):
            return Snooze(60)  # reported
```

## Valid

```elixir
defmodule Shop.Workers.AwaitPayment do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, inserted_at: inserted_at}) do
    case Shop.Payments.status(id) do
      :paid -> :ok
      :open -> if old?(inserted_at), do: {:cancel, :never_paid}, else: {:snooze, 300}
    end
  end

  defp old?(at), do: DateTime.diff(DateTime.utc_now(), at) > 86_400
end
```

```elixir
defmodule Shop.Workers.Counted do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{meta: %{"snoozed" => n}}) when n > 10, do: {:cancel, :tired}
  def perform(%Oban.Job{}), do: {:snooze, 60}
end
```

```elixir
defmodule Shop.Workers.Never do
  use Oban.Worker, queue: :poll, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Payments.settle(id)
end
```

```python
from oban import Cancel, Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if await is_done(job.args["id"]):
            return None

        if job.meta.get("snoozed", 0) > 20:
            return Cancel("never done")

        return Snooze(60)
```

```python
from datetime import UTC, datetime, timedelta

from oban import Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=3)
class Poll:
    async def process(self, job):
        if datetime.now(UTC) - job.inserted_at > timedelta(days=1):
            raise RuntimeError("never done")

        if not await is_done(job.args["id"]):
            return Snooze(60)
```
"""

from __future__ import annotations

from checker.model.outcome import SNOOZED, UNKNOWN, Outcome
from checker.model.shape import Tup
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB114"
NAME = "unbounded-snooze"
SEVERITY = ADVICE

BOUNDS = frozenset((
    "snoozed", "attempt", "max_attempts", "inserted_at", "scheduled_at", "attempted_at",
    "deadline", "expires_at", "timeout_at", "age",
))  # fmt: skip


def check(worker: Worker):
    snoozes = list(filter(_snoozes, worker.outcomes))
    if not snoozes or worker.mentions & BOUNDS or "deadline" in worker.options:
        return
    for outcome in snoozes:
        yield Problem(
            outcome.origin.span,
            "has no end: snoozing uses up no attempts, and nothing here counts or has a deadline",
            "Cancel when the job is too old: compare `job.inserted_at` with the time",
            function=outcome.origin.function,
        )


def _snoozes(outcome: Outcome) -> bool:
    """Also by a period that is not known."""
    if outcome.kind == UNKNOWN:
        return isinstance(outcome.shape, Tup) and outcome.shape.head == "snooze"
    return outcome.kind == SNOOZED


def check_python(worker: Worker):
    if not worker.mentions & BOUNDS:
        for outcome in filter(_snoozes, worker.outcomes):
            yield Problem(
                outcome.origin.span,
                "has no end: snoozing uses up no attempts, and nothing here counts",
                'Count them: `job.meta.get("snoozed", 0)`, and return `Cancel` after some',
                function=outcome.origin.function,
            )
