"""The Pruner deletes jobs before their unique period is over.

## What it does

Points at a unique period longer than the project's Pruner keeps finished jobs, where finished
jobs count as duplicates.

## Why is this bad?

A period is counted on rows that are there. The Pruner deletes completed jobs after `max_age`,
60 seconds by default (oban 2.23.1, lib/oban/plugins/pruner.ex), and from then on nothing keeps
a second job out: "at most once a day" becomes once a minute.

## Invalid

```elixir
# lib/shop/workers/digest.ex
defmodule Shop.Workers.Digest do
  use Oban.Worker,
    max_attempts: 3,
    unique: [period: {1, :day}, keys: [:user_id]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Digests.build(id)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Lifeline, Oban.Plugins.Pruner]
```

```elixir
# lib/shop/workers/digest.ex
defmodule Shop.Workers.Digest do
  use Oban.Worker, max_attempts: 3, unique: [period: 7200, keys: [:user_id]] # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Digests.build(id)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Lifeline, {Oban.Plugins.Pruner, max_age: 3600}]
```

## Valid

```elixir
# lib/shop/workers/digest.ex
defmodule Shop.Workers.Digest do
  use Oban.Worker, max_attempts: 3, unique: [period: {1, :day}, keys: [:user_id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Digests.build(id)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Lifeline, {Oban.Plugins.Pruner, max_age: 86_400}]
```

```elixir
# lib/shop/workers/digest.ex
defmodule Shop.Workers.Digest do
  use Oban.Worker, max_attempts: 3, unique: [period: {1, :day}, states: :incomplete]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Digests.build(id)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Lifeline, Oban.Plugins.Pruner]
```

```elixir
# lib/shop/workers/digest.ex
defmodule Shop.Workers.Digest do
  use Oban.Worker, max_attempts: 3, unique: [period: {1, :day}, keys: [:user_id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Digests.build(id)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Lifeline, {Oban.Plugins.Pruner, max_age: Shop.Jobs.max_age()}]
```
"""

from __future__ import annotations

from checker.model.duration import seconds
from checker.model.uniqueness import INCOMPLETE, of_worker
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB312"
NAME = "unique-outlives-rows"
SEVERITY = WARNING


def check(worker: Worker):
    unique = of_worker(worker)
    period = unique.option("period") if unique is not None else None
    length = seconds(period.value) if period is not None else None
    if length is None or worker.around is None or not (unique.states or INCOMPLETE) - INCOMPLETE:
        return
    kept = worker.around.pruned_after
    if kept is not None and kept < length:
        yield Problem(
            period.span,
            f"is longer than the {kept} s for which finished jobs are kept: then nothing keeps a"
            " second one out",
            f"Give the Pruner `max_age: {length}` or more, or a unique constraint to the table",
        )
