"""`keys:` narrows the args or the meta, which `fields:` leaves out.

## What it does

Reports `keys:` where `fields:` has neither `:args` nor `:meta`.

## Why is this bad?

There is nothing to take the keys from. Oban 2.20 and later refuse it: at `use` the module does
not compile, at `new/2` every changeset is invalid and nothing is inserted (`validate_keys`,
lib/oban/job.ex; measured with 2.23.1). Before, the keys were ignored: one job at a time for the
whole worker or queue.

## Invalid

```elixir
defmodule Shop.Workers.Refresh do
  use Oban.Worker,
    queue: :feeds,
    max_attempts: 3,
    unique: [period: 300, fields: [:worker, :queue], keys: [:feed_id]] # reported

  def perform(%Oban.Job{args: %{"feed_id" => id}}), do: Shop.Feeds.poll(id)
end
```

```elixir
defmodule Shop.Workers.Fetch do
  use Oban.Worker, queue: :feeds, max_attempts: 3, unique: [period: 300, fields: [:worker]]

  def perform(%Oban.Job{args: %{"feed_id" => id}}), do: Shop.Feeds.fetch(id)

  def enqueue(id), do: Oban.insert(new(%{feed_id: id}, unique: [keys: [:feed_id]])) # reported
end
```

## Valid

```elixir
defmodule Shop.Workers.Refresh do
  use Oban.Worker,
    queue: :feeds,
    max_attempts: 3,
    unique: [period: 300, fields: [:worker, :args], keys: [:feed_id]]

  def perform(%Oban.Job{args: %{"feed_id" => id}}), do: Shop.Feeds.poll(id)
end
```

```elixir
defmodule Shop.Workers.DefaultFields do
  use Oban.Worker, queue: :feeds, max_attempts: 3, unique: [period: 300, keys: [:feed_id]]

  def perform(%Oban.Job{args: %{"feed_id" => id}}), do: Shop.Feeds.poll(id)
end
```

```elixir
defmodule Shop.Workers.OneAtATime do
  use Oban.Worker, queue: :feeds, max_attempts: 3, unique: [period: 300, fields: [:worker], keys: []]

  def perform(%Oban.Job{args: %{"feed_id" => id}}), do: Shop.Feeds.poll(id)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.uniqueness import FIELDS, HAS_GROUPS, Unique, of_worker, unique_jobs
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB305"
NAME = "unique-keys-ignored"
SEVERITY = ERROR
IN_TESTS = True

NARROWED = frozenset(("args", "meta"))


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is not None:
        yield from _problems(unique, "its module does not compile", "")


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        yield from _problems(unique, "no job is ever inserted", job.function)


def _problems(unique: Unique, effect: str, function: str):
    given = unique.entries.get("keys") or unique.entries.get("fields")
    fields = unique.fields
    if given is None or not unique.keys or not fields:
        return
    if not fields <= FIELDS or fields & NARROWED:
        return
    if unique.version < HAS_GROUPS:
        effect = "before Oban 2.20 they are ignored"
    yield Problem(
        given.span,
        f"narrows nothing: `fields` has neither `:args` nor `:meta`, and {effect}",
        "Add `:args` to `fields`, or leave out `keys`",
        function=function,
    )
