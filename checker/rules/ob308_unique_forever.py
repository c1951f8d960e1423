"""A job that is unique for ever must run again.

## What it does

Points at `period: :infinity` (or `unique: true`) of a worker in the crontab whose finished
jobs count as duplicates too, which they do unless `states:` says otherwise. Nothing is said
where the Pruner is known to delete them before the next run.

## Why is this bad?

The default states include `completed` (oban 2.23.1, lib/oban/job.ex 228–238). The first run
is inserted; every later one finds it, answers `{:ok, %Oban.Job{conflict?: true}}` and inserts
nothing, until the Pruner deletes the row. Nothing is logged.

## Invalid

```elixir
# lib/shop/workers/rotate_keys.ex
defmodule Shop.Workers.RotateKeys do
  use Oban.Worker, max_attempts: 3, unique: [period: :infinity] # reported

  @impl Oban.Worker
  def perform(_job), do: Shop.Keys.rotate()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    {Oban.Plugins.Pruner, max_age: 604_800},
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.RotateKeys}]}
  ]
```

```elixir
# lib/shop/workers/rotate_keys.ex
defmodule Shop.Workers.RotateKeys do
  use Oban.Worker, max_attempts: 3, unique: true # reported

  @impl Oban.Worker
  def perform(_job), do: Shop.Keys.rotate()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    {Oban.Plugins.Pruner, max_age: 604_800},
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.RotateKeys}]}
  ]
```

## Valid

```elixir
# lib/shop/workers/rotate_keys.ex
defmodule Shop.Workers.RotateKeys do
  use Oban.Worker, max_attempts: 3, unique: [period: :infinity, states: :incomplete]

  @impl Oban.Worker
  def perform(_job), do: Shop.Keys.rotate()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.RotateKeys}]}
  ]
```

```elixir
# lib/shop/workers/welcome.ex
defmodule Shop.Workers.Welcome do
  use Oban.Worker, max_attempts: 3, unique: [period: :infinity, keys: [:user_id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}), do: Shop.Users.welcome(id)
end
# config/config.exs
import Config

config :shop, Oban, queues: [default: 10]
```

```elixir
# lib/shop/workers/rotate_keys.ex
defmodule Shop.Workers.RotateKeys do
  use Oban.Worker, max_attempts: 3, unique: true

  @impl Oban.Worker
  def perform(_job), do: Shop.Keys.rotate()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.RotateKeys}]}
  ]
```

```elixir
# lib/shop/workers/rotate_keys.ex
defmodule Shop.Workers.RotateKeys do
  use Oban.Worker, max_attempts: 3, unique: [period: 3600]

  @impl Oban.Worker
  def perform(_job), do: Shop.Keys.rotate()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    {Oban.Plugins.Pruner, max_age: 86_400},
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.RotateKeys}]}
  ]
```
"""

from __future__ import annotations

from functools import partial

from checker.model.duration import is_forever
from checker.model.oban_config import Schedule
from checker.model.shape import only_atom
from checker.model.uniqueness import HAS_GROUPS, Unique, of_worker
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB308"
NAME = "unique-forever"
SEVERITY = WARNING

COMPLETED = "completed"


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is None or worker.around is None or not _for_ever(unique):
        return
    schedules = [entry.schedule for entry in worker.around.schedules(worker.name)]
    if COMPLETED not in (unique.states or ()) or not schedules:
        return
    if all(map(partial(_is_pruned_before, worker.around.pruned_after), schedules)):
        return
    period = unique.option("period")
    yield Problem(
        period.span if period is not None else unique.span,
        "keeps out every run after the first: cron's next job finds the completed one",
        f"Add `states: {_incomplete(worker)}`, so that finished jobs do not count",
    )


def _for_ever(unique: Unique) -> bool:
    if only_atom(unique.value) == "true":
        return True
    period = unique.option("period")
    return period is not None and is_forever(period.value)


def _is_pruned_before(kept: int | None, schedule: Schedule | None) -> bool:
    """Whether the Pruner has deleted the last run before the next one comes."""
    interval = schedule.interval if schedule is not None else None
    return kept is not None and interval is not None and kept <= interval


def _incomplete(worker: Worker) -> str:
    if worker.version >= HAS_GROUPS:
        return ":incomplete"
    return "[:available, :scheduled, :executing, :retryable]"
