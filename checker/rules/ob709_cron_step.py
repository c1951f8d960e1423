"""A step that does not do what it looks like.

## What it does

Reports steps larger than their field (`*/90` minutes), and points at steps that do not divide
it (`*/7` minutes).

## Why is this bad?

A step counts within its field and begins anew with the next hour, day or month (oban 2.23.1,
lib/oban/cron/expression.ex). `*/90 * * * *` means minute 0: it runs every hour. `*/7 * * * *`
runs at 0, 7, … 49, 56 and then 4 minutes later.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"*/90 * * * *", Shop.Workers.Sync}, # reported
       {"0 */36 * * *", Shop.Workers.Sync} # reported
     ]}
  ]
```

```elixir
import Config

config :shop, Oban, cron: [crontab: [{"*/7 * * * *", Shop.Workers.Sync}]] # reported
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="*/90 * * * *")  # reported
async def sync():
    print("sync")
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"*/15 */6 * * *", Shop.Workers.Sync}, {"0 0 1 */3 *", Shop.Workers.Quarter}]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [{Oban.Plugins.Cron, crontab: [{"0 9-17/3 * * MON-FRI", Shop.Workers.Sync}]}]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"*/60 */24 * * *", Shop.Workers.Daily}, {"*/1 * * * *", Shop.Workers.Tick}]}
  ]
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="*/15 */6 * * *")
async def sync():
    print("sync")
```

```python
from oban import job


@job(queue="sync", max_attempts=3, cron="0-45/15 8-18/2 * * *")
async def sync():
    print("sync")


@job(queue="sync", max_attempts=3, cron="@hourly")
async def sync_hourly():
    print("*/90 * * * *")
```
"""

from __future__ import annotations

from checker.model.oban_config import ObanConfig
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB709"
NAME = "cron-step"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")
EXAMPLE = "config/config.exs"

# Each field: how many values it has, and what one of them is called.
FIELDS = ((60, "minutes"), (24, "hours"), (31, "days"), (12, "months"), (7, "weekdays"))
STEP = "*/"


def check_config(config: ObanConfig):
    for entry in config.entries:
        written = entry.schedule.written if entry.schedule is not None else ()
        if len(written) != len(FIELDS):
            continue
        for field, (size, unit) in zip(written, FIELDS, strict=True):
            step = _step(field)
            if step > size:
                yield Problem(
                    entry.place,
                    f"has a step of {step} in a field of {size} {unit}: only the first is taken",
                    f"Give a step that divides {size}, and larger ones in the next field",
                )
            elif step and size % step:
                yield Problem(
                    entry.place,
                    f"has a step of {step}, which does not divide {size} {unit}: the last gap "
                    "is shorter",
                    f"Give a step that divides {size}, or accept the uneven gap",
                    ADVICE,
                )


def _step(field: str) -> int:
    """The number of `*/n`, 0 for anything else."""
    return int(field.removeprefix(STEP)) if field[2:].isdigit() and field.startswith(STEP) else 0
