"""A cron expression that Oban refuses when it starts.

## What it does

Reports expressions in a crontab that are not of Oban's grammar: six fields, weekday 7,
`@every 5m`, `L`, `W`, `#`, `?`, names in lower case, a day that no month has.

## Why is this bad?

`Oban.Cron.Expression.parse!/1` raises an `ArgumentError` and Oban does not start (oban 2.23.1,
lib/oban/cron/expression.ex). No test sees it: with `testing: :manual` or `:inline` the plugins
are left out before they are validated (lib/oban/config.ex).

There are five fields of numbers, `*`, ranges, lists and steps, names such as `MON` and `JAN`
in upper case, and `@annually`, `@yearly`, `@monthly`, `@weekly`, `@midnight`, `@daily`,
`@hourly`, `@reboot`.

In Python the crontab is the workers' own `cron=`. There is no `@reboot`, and a weekday may
be 7; the module cannot be imported with an expression that is refused.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 9 * * 7", Shop.Workers.Sunday}, # reported
       {"0 0 9 * * MON", Shop.Workers.Weekly}, # reported
       {"@every 5m", Shop.Workers.Sync} # reported
     ]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  cron: [
    crontab: [
      {"0 9 * * mon", Shop.Workers.Weekly}, # reported
      {"0 0 L * *", Shop.Workers.Close} # reported
    ]
  ]
```

```python
from oban import job, worker


@worker(queue="sync", max_attempts=3, cron="@reboot")  # reported
class Sync:
    async def process(self, job):
        print(job.args)


@job(queue="sync", max_attempts=3, cron="0 9 * * mon")  # reported
async def weekly():
    print("sync")
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 9 * * SUN", Shop.Workers.Sunday},
       {"*/15 8-18 * * MON-FRI", Shop.Workers.Sync, args: %{full: false}},
       {"@reboot", Shop.Workers.Warm},
       {"0 0 29 FEB *", Shop.Workers.Leap}
     ]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{System.get_env("SYNC_CRON", "0 * * * *"), Shop.Workers.Sync}]}
  ]
```

```elixir
import Config

config :shop, Shop.Scheduler, jobs: [{"0 0 9 * * 7", {Shop.Reports, :send, []}}]
```

```python
from oban import job, worker


@worker(queue="sync", max_attempts=3, cron="@hourly")
class Sync:
    async def process(self, job):
        print(job.args)


@job(queue="sync", max_attempts=3, cron="0 9 * JAN-MAR 7")
async def weekly():
    print("sync")
```

```python
from celery.schedules import crontab
from oban import job

from shop.settings import EVERY


@job(queue="sync", max_attempts=3, cron=EVERY)
async def weekly():
    print("sync", crontab("@reboot"))
```
"""

from __future__ import annotations

from checker.model.oban_config import ObanConfig
from checker.rules.problem import ERROR, Problem

ID = "OB702"
NAME = "cron-expression-invalid"
SEVERITY = ERROR
LANGUAGES = ("elixir", "python")
EXAMPLE = "config/config.exs"


def check_config(config: ObanConfig):
    for entry in () if config.pro else config.entries:
        if entry.error is not None:
            yield Problem(
                entry.place,
                f"is no cron expression of Oban's, which refuses to start: {entry.error}",
                "Give five fields of numbers, `*`, ranges, lists, steps and names such as `MON`",
            )
