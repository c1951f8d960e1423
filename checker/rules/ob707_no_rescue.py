"""Nothing rescues orphaned jobs, or nothing removes finished ones.

## What it does

Points at a configuration whose plugins have no Lifeline or no Pruner.

## Why is this bad?

Both must be asked for in every version (oban 2.23.1, lib/oban/config.ex; from 2.24 also as
`lifeline:` and `pruner:`). When a node dies, the jobs that it ran stay `executing` for ever
without Lifeline, and hold back new ones that are unique. Without Pruner the table of jobs
grows for ever.

## Invalid

```elixir
import Config

config :shop, Oban, # reported
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [{Oban.Plugins.Cron, crontab: [{"0 4 * * *", Shop.Workers.Clean}]}]
```

```elixir
import Config

config :shop, Oban, # reported
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [{Oban.Plugins.Pruner, max_age: 86_400}]
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [
    {Oban.Plugins.Pruner, max_age: 86_400},
    {Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [{Oban.Plugins.Reindexer, schedule: "@weekly"}],
  pruner: [max_age: 86_400],
  lifeline: [rescue_after: :timer.minutes(30)]
```

```elixir
import Config

config :shop, Oban,
  engine: Oban.Pro.Engines.Smart,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [Oban.Pro.Plugins.DynamicLifeline, Oban.Plugins.Pruner]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  queues: [default: 10],
  plugins: [Oban.Plugins.Reindexer] ++ Shop.Config.plugins()
```

```elixir
import Config

config :shop, Oban, repo: Shop.Repo, queues: false, plugins: [Oban.Plugins.Gossip]
```
"""

from __future__ import annotations

from checker.model.oban_config import BASE, CODE, LIFELINE, PRUNER, ObanConfig
from checker.rules.problem import ADVICE, Problem

ID = "OB707"
NAME = "no-rescue"
SEVERITY = ADVICE
EXAMPLE = "config/config.exs"

ROLES = (
    (LIFELINE, "no Lifeline: jobs of a node that dies stay `executing`",
     "{Oban.Plugins.Lifeline, rescue_after: :timer.minutes(60)}"),
    (PRUNER, "no Pruner: finished jobs are kept for ever",
     "{Oban.Plugins.Pruner, max_age: 86_400}"),
)  # fmt: skip


def check_config(config: ObanConfig):
    if config.pro or not _is_whole(config):
        return
    missing = [role for role in ROLES if config.plugin(role[0]) is None]
    if missing:
        facts = ", and ".join(fact for _modules, fact, _plugin in missing)
        plugins = "`, `".join(plugin for _modules, _fact, plugin in missing)
        yield Problem(config.span, f"has {facts}", f"Add `{plugins}` to `plugins:`")


def _is_whole(config: ObanConfig) -> bool:
    """Whether it runs jobs, and all of its plugins are written here."""
    written = config.place in (BASE, CODE) and not config.conditional and config.known
    idle = config.is_off("queues") or config.is_off("plugins")
    return written and not idle and config.plugins_known and bool(config.plugins)
