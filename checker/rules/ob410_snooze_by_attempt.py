"""A snooze gives the attempt back: counting attempts never ends it.

## What it does

Reports a snooze that only some attempts come to: by a pattern, a guard or a condition on
`attempt`.

## Why is this bad?

From Oban 2.24 (and with Oban Pro at any version) a snoozed job gets its attempt back
(CHANGELOG of 2.24.0). `perform(%Job{attempt: 1})` with `{:snooze, 0}` was run four times
and would be for ever; with 2.23.1 the second run had `attempt` 2 and completed.

`meta["snoozed"]` counts the snoozes, from 2.24 and with Pro; `inserted_at` tells a job's
age at any version. Where the attempt chooses no more than the delay, nothing is reported.

Oban for Python has given the attempt back in every version, and counts the snoozes.

## Invalid

```elixir
defmodule Shop.Workers.DeleteExpired do
  use Oban.Worker, queue: :policies, max_attempts: 3

  def perform(%Oban.Job{attempt: 1}), do: {:snooze, 30} # reported
  def perform(%Oban.Job{args: args}), do: Shop.Policies.delete_expired(args["tenant"])
end
```

```elixir
defmodule Shop.Workers.AwaitApproval do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{args: %{"approval_id" => id}, attempt: attempt} = job) do
    case Shop.Approvals.status(id) do
      :approved -> :ok
      :pending when attempt < 10 -> {:snooze, 300} # reported
      :pending -> {:cancel, :nobody_approved}
      :busy -> wait(job)
    end
  end

  defp wait(job) do
    if job.attempt < job.max_attempts do
      {:snooze, 60} # reported
    else
      {:error, :busy}
    end
  end
end
```

```elixir
defmodule Shop.Workers.GiveUp do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{attempt: attempt}) when attempt >= 10, do: {:cancel, :late}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Approvals.done?(id), do: :ok, else: {:snooze, 60} # reported
  end
end

defmodule Shop.Workers.Slower do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{} = job) do
    cond do
      Shop.Approvals.done?(job.args["id"]) -> :ok
      job.attempt < 3 -> {:snooze, 10} # reported
      job.attempt < 9 -> {:snooze, 60} # reported
      true -> {:cancel, :late}
    end
  end
end
```

```python
from oban import Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=5)
class Poll:
    async def process(self, job):
        if not await is_done(job.args["id"]) and job.attempt < 5:
            return Snooze(30)  # reported
```

## Valid

```elixir
defmodule Shop.Workers.AwaitApproval do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{args: %{"approval_id" => id}, meta: meta, attempt: attempt}) do
    case Shop.Approvals.status(id, attempt) do
      :approved -> :ok
      :pending -> if Map.get(meta, "snoozed", 0) < 9, do: {:snooze, 300}, else: {:cancel, :late}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Delay do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{args: %{"id" => id}, attempt: attempt} = job) do
    case Shop.Approvals.status(id) do
      :approved -> :ok
      :pending when attempt < 3 -> {:snooze, 10}
      :pending -> {:snooze, 60}
      :busy -> {:snooze, if(attempt > 5, do: 600, else: 60)}
      :slow -> if job.attempt == 1, do: {:snooze, 5}, else: {:snooze, 50}
      :idle -> idle(job, id)
    end
  end

  defp idle(job, id) do
    cond do
      job.attempt < 3 -> {:snooze, 5}
      Shop.Approvals.done?(id) -> :ok
      true -> later(job)
    end
  end

  defp later(job) do
    if job.attempt < 6 do
      {:snooze, 50}
    else
      if job.attempt < 9, do: {:snooze, 500}, else: {:snooze, 5_000}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Deadline do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{attempt: attempt, inserted_at: at, args: %{"id" => id}}) do
    age = DateTime.diff(DateTime.utc_now(), at)

    cond do
      Shop.Approvals.done?(id) -> :ok
      age > 86_400 or attempt > 5 -> {:cancel, :late}
      true -> {:snooze, 60}
    end
  end
end
```

```elixir
defmodule Shop.Workers.First do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{attempt: 1, args: %{"id" => id}}), do: Shop.Approvals.start(id)
  def perform(%Oban.Job{attempt: 2, args: %{"id" => id}}), do: Shop.Approvals.remind(id)

  def perform(%Oban.Job{args: %{"id" => id}, attempt: attempt}) when is_integer(attempt) do
    if Shop.Approvals.done?(id), do: :ok, else: {:snooze, 60}
  end
end
```

```elixir
defmodule Shop.Workers.OfKinds do
  use Oban.Worker, queue: :policies, max_attempts: 10

  def perform(%Oban.Job{args: %{"kind" => "once"}, attempt: 2}), do: {:cancel, :once}

  def perform(%Oban.Job{args: %{"kind" => "poll", "id" => id}} = job) do
    cond do
      Shop.Approvals.done?(id) -> :ok
      job.attempt < 3 -> {:snooze, 5}
      true -> {:snooze, 60}
    end
  end
end
```

```python
from oban import Snooze, worker

from shop.sync import is_done


@worker(queue="sync", max_attempts=5)
class Poll:
    async def process(self, job):
        if not await is_done(job.args["id"]) and job.meta.get("snoozed", 0) < 5:
            return Snooze(30)
```

```python
from oban import worker

from shop.sync import sync


@worker(queue="sync", max_attempts=5)
class Sync:
    async def process(self, job):
        if job.attempt > 1:
            print("once more")

        await sync(job.args["id"])
```
"""

from __future__ import annotations

from checker.model.attempt import AttemptTest
from checker.model.outcome import CANCELLED, DISCARDED, RETRIED, ROLLS_BACK, SNOOZED, Outcome
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB410"
NAME = "snooze-by-attempt"
SEVERITY = WARNING

COUNTED = frozenset(("snoozed", "inserted_at"))
GIVEN_UP = frozenset((CANCELLED, DISCARDED, RETRIED))
UPWARDS = frozenset((">", ">=", "==", "==="))


def check(worker: Worker):
    snoozes = [outcome for outcome in worker.outcomes if outcome.kind == SNOOZED]
    if not snoozes or not worker.attempt_tests or not COUNTED.isdisjoint(worker.mentions):
        return
    gives_back = worker.pro or worker.version >= ROLLS_BACK
    for outcome in snoozes:
        if _limited(outcome, worker):
            yield Problem(
                outcome.origin.span,
                "is limited by `attempt`, which a snooze gives back: it never ends"
                if gives_back
                else "is limited by `attempt`, which a snooze gives back from Oban 2.24: "
                "then it never ends",
                'Count `meta["snoozed"]`, or compare `inserted_at` with a deadline'
                if gives_back
                else "Compare `inserted_at` with a deadline",
                function=outcome.origin.function,
            )


def _limited(snooze: Outcome, worker: Worker) -> bool:
    """Whether a test of the attempt decides if the job is snoozed, and not just how long."""
    way = snooze.origin.conditions
    return any(
        _lets_go_on(way[: depth + 1], test, worker) or _gives_up(way[: depth + 1], test, worker)
        for depth in range(len(way))
        for test in worker.attempt_tests
    )


def _lets_go_on(way: tuple, test: AttemptTest, worker: Worker) -> bool:
    """The way is gone where the test holds (or in its `else`), and no other waits for good."""
    if way[-1].span != test.decides or not test.falls:
        return False
    others = _other_ways(way, test.falls, worker)
    waits = [other for other in others if other.kind == SNOOZED]
    return not any(_is_free(wait, len(way) - 1, test, worker) for wait in waits)


def _is_free(wait: Outcome, depth: int, besides: AttemptTest, worker: Worker) -> bool:
    """Whether no other test, from this condition on, decides if it comes to this snooze."""
    way = wait.origin.conditions
    return not any(
        _lets_go_on(way[: at + 1], test, worker)
        for at in range(depth, len(way))
        for test in worker.attempt_tests
        if at > depth or test.decides != besides.decides
    )


def _gives_up(way: tuple, test: AttemptTest, worker: Worker) -> bool:
    """The way is gone where the test does not hold, and where it holds the job is given up."""
    if way[-1].span == test.decides or way[-1].span not in test.falls:
        return False
    if test.operator not in UPWARDS or (test.number is not None and test.number < 2):
        return False
    kinds = {end.kind for end in _other_ways(way, frozenset((test.decides,)), worker)}
    return bool(kinds) and kinds <= GIVEN_UP


def _other_ways(way: tuple, places: frozenset, worker: Worker) -> list[Outcome]:
    """What other ways, that part from this one at its last condition, end in."""
    depth = len(way) - 1
    found = []
    for outcome in worker.outcomes:
        conditions = outcome.origin.conditions
        if len(conditions) <= depth or conditions[depth] is way[-1]:
            continue
        same = all(a is b for a, b in zip(conditions[:depth], way[:depth], strict=True))
        if same and conditions[depth].span in places:
            found.append(outcome)
    return found


def check_python(worker: Worker):
    if worker.mentions & COUNTED:
        return
    for outcome in worker.outcomes:
        asked = {name for c in outcome.origin.conditions for name in c.names}
        if outcome.kind == SNOOZED and "job.attempt" in asked:
            yield Problem(
                outcome.origin.span,
                "is limited by `attempt`, which a snooze gives back: it never ends",
                'Count `job.meta.get("snoozed", 0)`',
                function=outcome.origin.function,
            )
