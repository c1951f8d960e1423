"""A job may run for longer than Lifeline lets it.

## What it does

Points at a `timeout/1` longer than `rescue_after` of the project's Lifeline.

## Why is this bad?

Lifeline does not ask whether a job still runs: one that has been `executing` for longer than
`rescue_after`, 60 minutes by default, is made available again (oban 2.23.1,
lib/oban/engines/basic.ex, `rescue_jobs`). It then runs twice at once.

In Python the lifeline waits for 300 seconds unless `rescue_after` says otherwise, and both
are in seconds.

## Invalid

```elixir
# lib/shop/workers/rebuild.ex
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Shards.rebuild(shard)

  @impl Oban.Worker
  def timeout(_job), do: :timer.hours(2) # reported
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Pruner, Oban.Plugins.Lifeline]
```

```elixir
# lib/shop/workers/rebuild.ex
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Shards.rebuild(shard)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(45) # reported
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Pruner, {Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)}]
```

```python
# shop/rebuild.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Rebuild:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 3_600  # reported


# oban.toml
[queues]
sync = 5
```

## Valid

```elixir
# lib/shop/workers/rebuild.ex
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Shards.rebuild(shard)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(25)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Pruner, {Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)}]
```

```elixir
# lib/shop/workers/rebuild.ex
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Shards.rebuild(shard)

  @impl Oban.Worker
  def timeout(_job), do: :timer.hours(2)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Pruner]
```

```elixir
# lib/shop/workers/rebuild.ex
defmodule Shop.Workers.Rebuild do
  use Oban.Worker, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shard" => shard}}), do: Shop.Shards.rebuild(shard)

  @impl Oban.Worker
  def timeout(_job), do: :timer.hours(2)
end
# config/config.exs
import Config

config :shop, Oban,
  queues: [default: 10],
  plugins: [Oban.Plugins.Pruner, {Oban.Plugins.Lifeline, rescue_after: Shop.Jobs.rescue_after()}]
```

```python
# shop/rebuild.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Rebuild:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 3_600


# oban.toml
[queues]
sync = 5

[lifeline]
rescue_after = 7200
```

```python
# shop/rebuild.py
from oban import worker


@worker(queue="sync", max_attempts=3)
class Rebuild:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 240


# oban.toml
[queues]
sync = 5
```
"""

from __future__ import annotations

from checker.model.duration import human
from checker.model.timing import Interval
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB412"
NAME = "timeout-exceeds-rescue"
SEVERITY = WARNING


def check(worker: Worker):
    timing, around = worker.timeout, worker.around
    rescued = around.rescued_after if timing is not None and around is not None else None
    if rescued is None:
        return
    lows = [answer.low for answer in timing.each if isinstance(answer, Interval)]
    longest = max((low for low in lows if low != float("inf")), default=0)
    if longest > rescued:
        yield Problem(
            timing.span,
            f"lets it run for {human(longest // 1000)}; after {human(rescued // 1000)} Lifeline"
            " starts it a second time",
            f"Give Lifeline `rescue_after: {longest + 60_000}` or more, or end the job sooner",
            function=timing.function,
        )


def check_python(worker: Worker):
    timing, around = worker.timeout, worker.around
    rescued = around.rescued_after if timing is not None and around is not None else None
    if rescued is None:
        return
    longest = max((a.low for a in timing.each if isinstance(a, Interval)), default=0)
    if longest * 1000 > rescued:
        places = [alt.origin.span for alt in timing.value if alt.origin.span is not None]
        yield Problem(
            places[0] if len(places) == 1 else timing.span,
            f"lets it run for {human(longest)}; after {human(rescued // 1000)} the lifeline starts"
            " it a second time",
            f"Set `rescue_after = {longest + 60}` for the lifeline, or end the job sooner",
            function=timing.function,
        )
