"""A day of the month and a weekday: Oban wants both at once.

## What it does

Reports cron expressions that restrict the day of the month and the weekday.

## Why is this bad?

Unix cron runs on days when either holds. Oban asks for every field (`now?/2`, oban 2.23.1,
lib/oban/cron/expression.ex): `0 0 1 * MON` runs when the first of a month is a Monday, which
happens less than twice a year.

A run of seven days or more with a weekday is an idiom that needs both, and is fine:
`0 9 1-7 * MON` is the first Monday of a month.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 0 1 * MON", Shop.Workers.Report}, # reported
       {"30 6 1,15 * 1-5", Shop.Workers.Pay} # reported
     ]}
  ]
```

```elixir
import Config

config :shop, Oban, cron: [crontab: [{"0 0 */2 JAN SUN", Shop.Workers.Report}]] # reported
```

```python
from oban import job


@job(queue="closing", max_attempts=3, cron="0 0 1 * MON")  # reported
async def close_month():
    print("closed")
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 9 1-7 * MON", Shop.Workers.FirstMonday},
       {"0 9 25-31 * FRI", Shop.Workers.LastFriday},
       {"0 9 1-7,15-21 * TUE", Shop.Workers.EveryOther}
     ]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"0 0 1 * *", Shop.Workers.Report}, {"0 0 * * MON", Shop.Workers.Week}]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [{"0 0 1-31 * MON", Shop.Workers.Week}, {"@weekly", Shop.Workers.Week}]}
  ]
```

```python
from oban import job


@job(queue="closing", max_attempts=3, cron="0 0 1 * *")
async def close_month():
    print("closed")
```

```python
from oban import job


@job(queue="closing", max_attempts=3, cron="0 9 1-7 * MON")
async def close_first_monday():
    print("closed")


@job(queue="closing", max_attempts=3, cron="0 0 1 * 0-7")
async def close_month():
    print("closed")
```
"""

from __future__ import annotations

from checker.model.oban_config import ObanConfig
from checker.rules.problem import WARNING, Problem

ID = "OB708"
NAME = "cron-day-and-weekday"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")
EXAMPLE = "config/config.exs"

WEEKDAYS = frozenset(range(7))
WEEK = 7


def check_config(config: ObanConfig):
    for entry in config.entries:
        values = entry.schedule.values if entry.schedule is not None else None
        if values is None:
            continue
        days, weekdays = values[2], values[4]
        if weekdays != WEEKDAYS and not _is_weeks(days):
            yield Problem(
                entry.place,
                "runs only on days when both the day of the month and the weekday fit",
                "Leave one of them `*`, or make two entries if either day is meant",
            )


def _is_weeks(days: frozenset[int]) -> bool:
    """Whether the days are runs of a week or more: with a weekday, the first Monday and such."""
    starts = [day for day in days if day - 1 not in days]
    return all(days.issuperset(range(start, min(start + WEEK, 32))) for start in starts)
