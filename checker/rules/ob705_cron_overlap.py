"""A frequent cron job may pile up.

## What it does

Points at crontab entries that come at least every hour for a worker without `unique:`.

## Why is this bad?

Cron inserts a job whether or not the last one has finished (since Oban 2.18 it adds no
uniqueness of its own). A run that takes longer than its interval overlaps with the next; one
that fails is retried beside the runs that follow, each for as long as its attempts last.

## Invalid

```elixir
# lib/shop/workers/poll.ex
defmodule Shop.Workers.Poll do
  use Oban.Worker, max_attempts: 5

  @impl Oban.Worker
  def perform(_job), do: Shop.Feeds.poll()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"*/5 * * * *", Shop.Workers.Poll}]} # reported
  ]
```

```elixir
# lib/shop/workers/poll.ex
defmodule Shop.Workers.Poll do
  use Oban.Worker, max_attempts: 5

  @impl Oban.Worker
  def perform(_job), do: Shop.Feeds.poll()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@hourly", Shop.Workers.Poll}]} # reported
  ]
```

## Valid

```elixir
# lib/shop/workers/poll.ex
defmodule Shop.Workers.Poll do
  use Oban.Worker, max_attempts: 5, unique: [period: :infinity, states: :incomplete]

  @impl Oban.Worker
  def perform(_job), do: Shop.Feeds.poll()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"*/5 * * * *", Shop.Workers.Poll}]}
  ]
```

```elixir
# lib/shop/workers/close_day.ex
defmodule Shop.Workers.CloseDay do
  use Oban.Worker, max_attempts: 5

  @impl Oban.Worker
  def perform(_job), do: Shop.Ledger.close()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"0 2 * * *", Shop.Workers.CloseDay}]}
  ]
```

```elixir
# lib/shop/workers/poll.ex
defmodule Shop.Workers.Poll do
  use Oban.Worker, max_attempts: 1

  @impl Oban.Worker
  def perform(_job), do: Shop.Feeds.poll()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron,
     crontab: [{"*/5 * * * *", Shop.Workers.Poll, unique: [period: 300, states: :incomplete]}]}
  ]
```
"""

from __future__ import annotations

from checker.model.idempotency import is_unique
from checker.model.oban_config import CronEntry, ObanConfig
from checker.rules.problem import ADVICE, Problem

ID = "OB705"
NAME = "cron-overlap"
SEVERITY = ADVICE
EXAMPLE = "config/config.exs"


def check_config(config: ObanConfig):
    if config.around is None:
        return
    for entry in config.entries:
        worker = config.around.worker(entry.worker) if entry.worker else None
        if worker is None or is_unique(worker) or not _is_frequent(entry):
            continue
        if entry.options_known and "unique" not in entry.options:
            yield Problem(
                entry.span,
                f"comes while the last run of `{worker.name}` may still run or wait for a retry",
                f"Give `{worker.name}` `unique: [period: :infinity, states: :incomplete]`",
            )


def _is_frequent(entry: CronEntry) -> bool:
    """Whether it comes in every hour of a day on which it comes."""
    values = entry.schedule.values if entry.schedule is not None else None
    return values is not None and len(values[1]) == 24
