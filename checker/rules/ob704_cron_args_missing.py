"""A crontab entry gives args that its worker does not take.

## What it does

Points at an entry of the crontab whose args, `%{}` unless it gives some, fit no clause of the
worker's perform.

## Why is this bad?

The job is inserted on time and fails with a `FunctionClauseError` on each of its attempts: the
work is not done at all, and each run reports one error per attempt.

## Invalid

```elixir
# lib/shop/workers/import.ex
defmodule Shop.Workers.Import do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"source" => source}}), do: Shop.Feeds.import(source)
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
       {"@daily", Shop.Workers.Import}, # reported
       {"@weekly", Shop.Workers.Import, args: %{feed: "all"}} # reported
     ]}
  ]
```

```elixir
# lib/shop/workers/import.ex
defmodule Shop.Workers.Import do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"mode" => "full"}}), do: Shop.Feeds.import_all()
  def perform(%Oban.Job{args: %{"mode" => "new"}}), do: Shop.Feeds.import_new()
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
       {"@daily", Shop.Workers.Import, args: %{mode: "all"}} # reported
     ]}
  ]
```

## Valid

```elixir
# lib/shop/workers/import.ex
defmodule Shop.Workers.Import do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"source" => source}}), do: Shop.Feeds.import(source)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.Import, args: %{source: "erp"}}]}
  ]
```

```elixir
# lib/shop/workers/import.ex
defmodule Shop.Workers.Import do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{meta: %{"cron" => true}}), do: Shop.Feeds.import_all()
  def perform(%Oban.Job{args: %{"source" => source}}), do: Shop.Feeds.import(source)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.Import}]}
  ]
```

```elixir
# lib/shop/workers/import.ex
defmodule Shop.Workers.Import do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: args}), do: Shop.Feeds.import(args["source"] || "all")
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [
    Oban.Plugins.Lifeline,
    Oban.Plugins.Pruner,
    {Oban.Plugins.Cron, crontab: [{"@daily", Shop.Workers.Import}]}
  ]
```
"""

from __future__ import annotations

from checker.model.oban_config import CronEntry, ObanConfig
from checker.model.shape import Map, Value, only
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB704"
NAME = "cron-args-missing"
SEVERITY = ERROR
EXAMPLE = "config/config.exs"


def check_config(config: ObanConfig):
    if config.around is None:
        return
    for entry in config.entries:
        worker = config.around.worker(entry.worker) if entry.worker else None
        given = _given(entry)
        if worker is None or given is None or not worker.clauses or worker.args_cast:
            continue
        if not any(clause.takes(given) for clause in worker.clauses):
            yield Problem(
                entry.span,
                f"gives {_listed(given)}; no clause of `{worker.name}` takes that, and every run"
                " fails",
                f"Give what it asks for, `args: %{{{_wanted(worker)}}}`, or add a clause",
            )


def _given(entry: CronEntry) -> dict[str, Value] | None:
    """The fields of the args; None where they are not known."""
    if not entry.options_known:
        return None
    args = entry.options.get("args")
    if args is None:
        return {}
    shape = only(args.value)
    if not isinstance(shape, Map) or shape.open:
        return None
    return {key[1]: value for key, value in shape.fields.items() if key[0] in ("atom", "text")}


def _listed(given: dict[str, Value]) -> str:
    keys = ", ".join(f'`"{key}"`' for key in given)
    return f"{keys} only" if keys else "no args"


def _wanted(worker: Worker) -> str:
    """The args of the clause that asks for least."""
    least = min(worker.clauses, key=lambda clause: len(clause.matched))
    return ", ".join(f"{key}: …" for key in least.matched)
