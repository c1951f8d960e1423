"""Sixty runs in an hour that was meant for one.

## What it does

Reports cron expressions with a `*` for the minute and single hours.

## Why is this bad?

`* 3 * * *` runs at 3:00, 3:01, 3:02 and so on to 3:59 (oban 2.23.1,
lib/oban/cron/expression.ex). A range of hours, `* 9-17 * * *`, is taken as meant.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"* 3 * * *", Shop.Workers.Clean}, # reported
       {"* 6,18 * * MON-FRI", Shop.Workers.Sync} # reported
     ]}
  ]
```

```elixir
import Config

config :shop, Oban, cron: [crontab: [{"* */6 * * *", Shop.Workers.Sync}]] # reported
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="* 3 * * *")  # reported
async def nightly():
    print("sync")
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"0 3 * * *", Shop.Workers.Clean}, {"* 9-17 * * *", Shop.Workers.Heartbeat}]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [{Oban.Plugins.Cron, crontab: [{"* * * * *", Shop.Workers.Heartbeat}]}]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"*/5 3 * * *", Shop.Workers.Poll}, {"* * * * SUN", Shop.Workers.Poll}]}
  ]
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="0 3 * * *")
async def nightly():
    print("sync")
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="* 9-17 * * *")
async def by_day():
    print("sync")


@job(queue="sync", max_attempts=3, cron="* * * * *")
async def always():
    print("sync")
```
"""

from __future__ import annotations

from checker.model.oban_config import ObanConfig
from checker.rules.problem import WARNING, Problem

ID = "OB710"
NAME = "cron-every-minute"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")
EXAMPLE = "config/config.exs"

MINUTES = 60


def check_config(config: ObanConfig):
    for entry in config.entries:
        values = entry.schedule.values if entry.schedule is not None else None
        if values is None:
            continue
        minutes, hours = values[:2]
        if len(minutes) == MINUTES and _single(hours):
            written = " ".join(("0", *entry.schedule.written[1:]))
            yield Problem(
                entry.place,
                f"runs {MINUTES * len(hours)} times on each of its days, once a minute",
                f'Replace it with `"{written}"`',
            )


def _single(hours: frozenset[int]) -> bool:
    """Whether no hour is followed by the next one: these are no ranges."""
    return not any(hour + 1 in hours for hour in hours)
