"""The last attempt is `max_attempts`, not a number written again.

## What it does

Reports a number above `max_attempts` that the job's `attempt` is matched or compared
with. It is advice where the number is equal to `max_attempts`.

## Why is this bad?

A job runs `max_attempts` times, and `attempt` counts from 1 (oban 2.23.1,
lib/oban/engines/basic.ex takes only rows with `attempt < max_attempts`). What shall happen
at the last attempt never does when the number is higher, and stops happening when somebody
lowers `max_attempts` alone.

Where a job may be snoozed before Oban 2.24, `max_attempts` grows with each snooze, and the
rule is silent.

## Invalid

```elixir
defmodule Shop.Workers.Deliver do
  use Oban.Worker, queue: :exports, max_attempts: 5

  def perform(%Oban.Job{args: %{"file_id" => id}, attempt: attempt}) do
    result = Shop.Files.deliver(id)

    last? = attempt == 10 # reported

    if attempt == 20 and match?({:error, _}, result) do # reported
      Shop.Files.mark_failed(id, last?)
    end

    result
  end
end
```

```elixir
defmodule Shop.Workers.Collect do
  use Oban.Worker, queue: :exports, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}, attempt: 3}), do: Shop.Files.give_up(id) # reported
  def perform(%Oban.Job{} = job) when job.attempt > 3, do: Shop.Files.report(job.id) # reported
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Files.collect(id)
end
```

## Valid

```elixir
defmodule Shop.Workers.Deliver do
  use Oban.Worker, queue: :exports, max_attempts: 5

  def perform(%Oban.Job{attempt: n, max_attempts: n, args: %{"id" => id}}) do
    Shop.Files.deliver_or_give_up(id)
  end

  def perform(%Oban.Job{attempt: 1, args: %{"id" => id}}), do: Shop.Files.deliver(id)

  def perform(%Oban.Job{args: %{"id" => id}} = job) do
    urgent = job.attempt >= job.max_attempts - 1
    if job.attempt == 2, do: Shop.Files.warn(id)
    Shop.Files.deliver(id, urgent)
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :exports, max_attempts: 1

  def perform(%Oban.Job{attempt: 1, args: %{"id" => id}}), do: Shop.Files.deliver(id)
end
```

```elixir
defmodule Shop.Workers.Backoff do
  use Oban.Worker, queue: :exports, max_attempts: 5

  def backoff(%Oban.Job{attempt: attempt}) when attempt > 10, do: 3600
  def backoff(%Oban.Job{attempt: attempt}), do: attempt * 60

  def perform(%Oban.Job{args: %{"attempt" => attempt}}) when attempt > 10, do: :ok
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Files.deliver(id)
end
```

```elixir
defmodule Shop.Workers.Given do
  use Oban.Worker, queue: :exports, max_attempts: 5

  def enqueue(id), do: Oban.insert(new(%{id: id}, max_attempts: 20))

  def perform(%Oban.Job{attempt: 20, args: %{"id" => id}}), do: Shop.Files.give_up(id)
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Files.deliver(id)
end
```
"""

from __future__ import annotations

from checker.model.attempt import AttemptTest
from checker.model.outcome import ROLLS_BACK, SNOOZED
from checker.model.shape import Int, only
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB411"
NAME = "last-attempt-literal"
SEVERITY = WARNING

DEFAULT = 20
EQUAL = frozenset(("==", "===", ">="))
HELP = "Compare with the field: `%Oban.Job{attempt: n, max_attempts: n}`"


def check(worker: Worker):
    most = _max_attempts(worker)
    if most is None or _grows(worker):
        return
    for test in worker.attempt_tests:
        if _never(test, most):
            message = f"is never reached: `max_attempts` is {most}"
            yield Problem(test.literal, message, HELP, function=test.function)
        elif test.number == most and most > 1 and test.operator in EQUAL:
            yield Problem(
                test.literal, "is `max_attempts`, written again", HELP, ADVICE, test.function
            )


def _never(test: AttemptTest, most: int) -> bool:
    if test.number is None:
        return False
    if test.operator == ">":
        return test.number >= most
    return test.operator in EQUAL and test.number > most


def _max_attempts(worker: Worker) -> int | None:
    if any("max_attempts" in options for options in worker.enqueue_options):
        return None
    value = worker.option("max_attempts")
    if value is None:
        return DEFAULT if worker.options_known else None
    shape = only(value)
    return shape.value if isinstance(shape, Int) else None


def _grows(worker: Worker) -> bool:
    """Whether snoozing adds to the job's `max_attempts`."""
    gives_back = worker.pro or worker.version >= ROLLS_BACK
    return not gives_back and any(outcome.kind == SNOOZED for outcome in worker.outcomes)
