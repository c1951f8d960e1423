"""A plugin's time in the wrong unit.

## What it does

Reports a `max_age` of the Pruner in milliseconds, a `rescue_after` of Lifeline in seconds, and
`{n, unit}` for either before Oban 2.24.

## Why is this bad?

`max_age` counts seconds: `:timer.hours(24)` is 86,400,000 of them, and jobs are kept for more
than two years. `rescue_after` counts milliseconds: with 60, every job that has run for 60 ms
counts as lost and is run a second time. Oban takes both without a word (oban 2.23.1,
lib/oban/plugins/pruner.ex and lifeline.ex). It takes `{1, :day}` from 2.24 on, and refuses to
start with it before that.

## Invalid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Pruner, max_age: :timer.hours(24)}, # reported
    {Oban.Plugins.Lifeline, rescue_after: 60} # reported
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  pruner: [max_age: 7 * :timer.hours(24)], # reported
  lifeline: [rescue_after: 30 * 60] # reported
```

## Valid

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Pruner, max_age: 60 * 60 * 24 * 7, interval: :timer.minutes(1)},
    {Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)}
  ]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  pruner: [max_age: {7, :days}],
  lifeline: [rescue_after: {30, :minutes}]
```

```elixir
import Config

config :shop, Oban,
  repo: Shop.Repo,
  plugins: [
    {Oban.Plugins.Pruner, max_age: div(:timer.hours(24), 1000)},
    {Oban.Plugins.Lifeline, rescue_after: String.to_integer(System.get_env("RESCUE_MS", "60"))}
  ]
```
"""

from __future__ import annotations

from checker.model.duration import in_milliseconds
from checker.model.oban_config import LIFELINE, PRUNER, ObanConfig, Setting
from checker.model.shape import Int, Tup, only
from checker.rules.problem import ERROR, Problem

ID = "OB711"
NAME = "plugin-unit"
SEVERITY = ERROR
EXAMPLE = "config/config.exs"

TOO_MANY_SECONDS = 100_000_000  # three years
TOO_FEW_MILLISECONDS = 10_000
DAY = 86_400
WITH_UNITS = (2, 24)


def check_config(config: ObanConfig):
    for plugin in config.plugins:
        if plugin.module in PRUNER:
            yield from _age(plugin.settings.get("max_age"), config.version)
        elif plugin.module in LIFELINE:
            yield from _rescue(plugin.settings.get("rescue_after"), config.version)


def _age(setting: Setting | None, version: tuple):
    if setting is None:
        return
    shape = only(setting.value)
    if isinstance(shape, Tup) and version < WITH_UNITS:
        yield _too_new(setting, "max_age: 86_400", version)
    number = shape.value if isinstance(shape, Int) else None
    if in_milliseconds(setting.value) or (
        number is not None and number >= TOO_MANY_SECONDS
    ):
        kept = f": they are kept for {number // DAY:,} days" if number is not None else ""
        seconds = f"{number // 1000:_}" if number is not None else "86_400"
        yield Problem(
            setting.span,
            f"gives milliseconds where the Pruner reads seconds{kept}",
            f"Replace it with `max_age: {seconds}`",
        )


def _rescue(setting: Setting | None, version: tuple):
    if setting is None:
        return
    shape = only(setting.value)
    if isinstance(shape, Tup) and version < WITH_UNITS:
        yield _too_new(setting, "rescue_after: :timer.minutes(60)", version)
    number = shape.value if isinstance(shape, Int) else None
    if in_milliseconds(setting.value):
        return
    if number is not None and 0 < number < TOO_FEW_MILLISECONDS:
        yield Problem(
            setting.span,
            f"is {number} milliseconds: Lifeline runs every job a second time that takes longer",
            f"Replace it with `rescue_after: :timer.seconds({number})`",
        )


def _too_new(setting: Setting, instead: str, version: tuple) -> Problem:
    return Problem(
        setting.span,
        f"has a unit, which Oban {version[0]}.{version[1]} refuses to start with; 2.24 reads it",
        f"Replace it with `{instead}`",
    )
