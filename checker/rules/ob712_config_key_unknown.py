"""A key of Oban's configuration that this version does not know.

## What it does

Reports misspelt keys of `config :app, Oban, …`, keys of a plugin that stand beside it, keys of
Oban 1.x, and keys that need a newer Oban than the locked one.

## Why is this bad?

Oban refuses to start with "unknown option" (oban 2.23.1, lib/oban/config.ex). `cron:`,
`pruner:`, `lifeline:`, `reindexer:` and `stager:` are keys from 2.24 on, `insert_trigger:`
from 2.17, `stage_interval:` from 2.14, `testing:` and `peer:` from 2.12.

Keys that look like none of Oban's are left alone in config files, for an application may take
them out before it starts Oban.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queue: [default: 10], # reported
  crontab_timezone: "Etc/UTC", # reported
  plugins: [Oban.Plugins.Pruner]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  verbose: false, # reported
  max_age: 86_400 # reported
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  engine: Oban.Engines.Basic,
  notifier: Oban.Notifiers.PG,
  queues: [default: 10],
  stage_interval: 1_000,
  shutdown_grace_period: :timer.seconds(60),
  cron: [crontab: [{"@daily", Shop.Workers.Clean}], timezone: "Europe/Paris"],
  pruner: [max_age: 86_400],
  lifeline: [rescue_after: :timer.minutes(30)]
```

```elixir
import Config

config :shop, Oban, enabled: System.get_env("JOBS") == "true", queues: [default: 10]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  poll_interval: 1_000,
  crontab: [{"@daily", Shop.Workers.Clean}],
  timezone: "Etc/UTC"
```
"""

from __future__ import annotations

from checker.model.oban_config import CODE, ObanConfig, Setting
from checker.rules.problem import ERROR, Problem

ID = "OB712"
NAME = "config-key-unknown"
SEVERITY = ERROR
EXAMPLE = "config/config.exs"

# Keys, and the version that brought each (lib/oban/config.ex at the tags); those of 2.0 are
# still taken, some of them as what they became.
FIRST = (2, 0)
KEYS = {
    **dict.fromkeys(
        ("circuit_backoff", "crontab", "dispatch_cooldown", "log", "name", "node", "plugins",
         "poll_interval", "prefix", "queues", "repo", "shutdown_grace_period", "timezone"), FIRST
    ),
    "get_dynamic_repo": (2, 2), "engine": (2, 6), "notifier": (2, 7), "peer": (2, 12),
    "testing": (2, 12), "stage_interval": (2, 14), "insert_trigger": (2, 17),
    **dict.fromkeys(("cron", "lifeline", "pruner", "reindexer", "stager"), (2, 24)),
}  # fmt: skip
# Keys of something else, and what to write.
ELSEWHERE = {
    "max_age": "Move it to `{Oban.Plugins.Pruner, max_age: …}`",
    "rescue_after": "Move it to `{Oban.Plugins.Lifeline, rescue_after: …}`",
    "crontab_timezone": "Move it to `{Oban.Plugins.Cron, crontab: […], timezone: …}`",
    "verbose": "Replace it with `log: false`",
    "prune": "Replace it with `{Oban.Plugins.Pruner, max_age: …}` in `plugins:`",
    "prune_interval": "Replace it with `{Oban.Plugins.Pruner, interval: …}` in `plugins:`",
    "prune_limit": "Replace it with `{Oban.Plugins.Pruner, limit: …}` in `plugins:`",
}
AS_PLUGIN = {"cron": "Cron", "lifeline": "Lifeline", "pruner": "Pruner", "reindexer": "Reindexer"}
SIMILAR = 0.8


def check_config(config: ObanConfig):
    for setting in config.keys:
        since = KEYS.get(setting.name)
        if since is not None and config.version >= since:
            continue
        help = _help(setting, since)
        if help is not None or config.place == CODE:
            release = ".".join(map(str, config.version[:2]))
            needed = f"; it came with {since[0]}.{since[1]}" if since is not None else ""
            yield Problem(
                setting.span,
                f"is no option of Oban {release}, which refuses to start{needed}",
                help or "Remove it: Oban takes no key that it does not know",
            )


def _help(setting: Setting, since: tuple | None) -> str | None:
    """What to write instead; None when the key is like none of Oban's."""
    from difflib import get_close_matches  # rarely needed, slow to load

    name = setting.name
    if name in AS_PLUGIN:
        return f"Move it to `plugins: [{{Oban.Plugins.{AS_PLUGIN[name]}, …}}]`, or update Oban"
    if since is not None:
        return "Remove it, or update Oban"
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    close = get_close_matches(name, KEYS, 1, SIMILAR)
    return f"Replace it with `{close[0]}:`" if close else None
