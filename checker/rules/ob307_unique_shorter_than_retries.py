"""A job is unique for less time than its retries take.

## What it does

Points at a unique period that ends while the job may still be waiting for a retry.

## Why is this bad?

The period is counted from when the job was inserted (oban 2.23.1, lib/oban/engines/basic.ex,
`since_period`). Once it is over, an equal job is accepted although the first one is not done:
both run, one beside the other.

## Invalid

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker,
    queue: :search,
    max_attempts: 10,
    unique: [period: {5, :minutes}] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker,
    queue: :search,
    max_attempts: 5,
    unique: [period: 60, keys: [:shard]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(30 * Integer.pow(2, attempt), 3_600)
end
```

## Valid

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker,
    queue: :search,
    max_attempts: 5,
    unique: [period: {1, :hour}]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker,
    queue: :search,
    max_attempts: 10,
    unique: [period: :infinity, states: :incomplete]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```

```elixir
defmodule Shop.Workers.Compact do
  use Oban.Worker,
    queue: :search,
    max_attempts: 10,
    unique: [period: 60, states: [:scheduled]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Search.compact(shard)
end
```
"""

from __future__ import annotations

from checker.model.duration import human, seconds
from checker.model.timing import Interval
from checker.model.uniqueness import of_worker
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, Problem

ID = "OB307"
NAME = "unique-shorter-than-retries"
SEVERITY = ADVICE


def check(worker: Worker):
    unique = of_worker(worker)
    period = unique.option("period") if unique is not None else None
    length = seconds(period.value) if period is not None else None
    if length is None or "retryable" not in (unique.states or ()):
        return
    waits = worker.waits
    if not waits or not all(isinstance(wait, Interval) for wait in waits):
        return
    total = sum(wait.low for wait in waits)
    if total > length:
        yield Problem(
            period.span,
            f"is over while the job still retries: its {len(waits) + 1} attempts take {human(total)}",
            "Use `period: :infinity, states: :incomplete`, which lasts as long as the job does",
        )
