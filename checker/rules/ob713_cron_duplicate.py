"""The same crontab entry twice: every run is enqueued twice.

## What it does

Reports the second of two entries of a crontab with equal times, worker and options.

## Why is this bad?

Oban inserts a job for each entry (oban 2.23.1, lib/oban/plugins/cron.ex). Since 2.18 cron jobs
are not unique by themselves, so both run.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 8 * * *", Shop.Workers.Report},
       {"0 9 * * *", Shop.Workers.Report},
       {"0 8 * * *", Shop.Workers.Report} # reported
     ]}
  ]
```

```elixir
import Config

alias Shop.Workers

config :shop, Oban,
  cron: [
    crontab: [
      {"@daily", Workers.Report, args: %{kind: "full"}},
      {"0 0 * * *", Shop.Workers.Report, args: %{kind: "full"}} # reported
    ]
  ]
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 8 * * *", Shop.Workers.Report, args: %{region: "eu"}},
       {"0 8 * * *", Shop.Workers.Report, args: %{region: "us"}},
       {"0 8 * * *", Shop.Workers.Report}
     ]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab: [
       {"0 8 * * *", Shop.Workers.Report},
       {"0 8 * * *", Shop.Workers.Digest}
     ]}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Cron,
     crontab:
       if config_env() == :prod do
         [
           {"0 8 * * *", Shop.Workers.Report, args: %{to: System.get_env("A")}},
           {"0 8 * * *", Shop.Workers.Report, args: %{to: System.get_env("B")}}
         ]
       else
         [{"0 8 * * *", Shop.Workers.Report}]
       end}
  ]
```
"""

from __future__ import annotations

from checker.model.oban_config import CronEntry, ObanConfig
from checker.model.shape import is_written, value_key
from checker.rules.problem import WARNING, Problem

ID = "OB713"
NAME = "cron-duplicate"
SEVERITY = WARNING
EXAMPLE = "config/config.exs"


def check_config(config: ObanConfig):
    for crontab in config.crontabs:
        seen = set()
        for entry in filter(_is_readable, crontab):
            values = {name: value_key(option.value) for name, option in entry.options.items()}
            mark = (entry.schedule.values, entry.worker, frozenset(values.items()))
            if mark in seen:
                yield Problem(
                    entry.span,
                    "is in the crontab already: each run is enqueued twice",
                    "Remove it, or tell the two apart with `args:`",
                )
            seen.add(mark)


def _is_readable(entry: CronEntry) -> bool:
    return (
        entry.schedule is not None
        and entry.worker is not None
        and entry.options_known
        and all(is_written(option.value) for option in entry.options.values())
    )
