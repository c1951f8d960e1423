"""A crontab names something that is no worker.

## What it does

Points at the module of a crontab entry that the project does not define, or defines without
`use Oban.Worker`. Modules of dependencies are left alone.

## Why is this bad?

Oban looks at every module of the crontab when it starts: one that is not there, or has no
`perform/1`, raises an `ArgumentError`, and the application does not boot (oban 2.23.1,
lib/oban/plugins/cron.ex 225–257). In tests the plugins are off, so that no test fails.

## Invalid

```elixir
# lib/shop/workers/sweep_carts.ex
defmodule Shop.Workers.SweepCarts do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron,
     crontab: [
       {"@daily", Shop.Workers.SweepCart} # reported
     ]}
  ]
```

```elixir
# lib/shop/carts.ex
defmodule Shop.Carts do
  def sweep, do: :ok
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Carts}]} # reported
  ]
```

## Valid

```elixir
# lib/shop/workers/sweep_carts.ex
defmodule Shop.Workers.SweepCarts do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.SweepCarts}]}
  ]
```

```elixir
# lib/shop/worker.ex
defmodule Shop.Worker do
  defmacro __using__(opts) do
    quote do
      use Oban.Worker, unquote(opts)
    end
  end
end
# lib/shop/workers/sweep_carts.ex
defmodule Shop.Workers.SweepCarts do
  use Shop.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.SweepCarts}]}
  ]
```

```elixir
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", ErrorTracker.Plugins.Prune}]}
  ]
```
"""

from __future__ import annotations

from checker.model.oban_config import CronEntry, ObanConfig
from checker.rules.problem import ERROR, Problem

ID = "OB703"
NAME = "cron-worker-unknown"
SEVERITY = ERROR
EXAMPLE = "config/config.exs"


def check_config(config: ObanConfig):
    around = config.around
    if around is None:
        return
    for entry in config.entries:
        if entry.worker is None or not _is_own(entry, around) or around.worker(entry.worker):
            continue
        if not around.defines(entry.worker):
            yield Problem(
                entry.worker_span,
                "is not defined in this project; Oban refuses the crontab and does not start",
                "Name the module of a worker, or remove the entry",
            )
        elif around.performs(entry.worker) is False:
            yield Problem(
                entry.worker_span,
                "is no worker; Oban refuses the crontab and does not start",
                f"Add `use Oban.Worker` to `{entry.worker}`, or name the module of a worker",
            )


def _is_own(entry: CronEntry, around) -> bool:
    return entry.worker.partition(".")[0] in {base.partition(".")[0] for base in around.bases}
