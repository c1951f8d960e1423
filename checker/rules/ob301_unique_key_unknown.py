"""`keys:` names something that the args do not have.

## What it does

Reports an entry of `unique: [keys: …]` that the args given beside it do not have (where a job
is built), or that no clause of perform asks for and no job built in this file has (at a
worker); and keys written as strings.

A key may be there for uniqueness alone, given by code in other files. So a worker whose jobs
are not built in its own file is reported only for what looks like a slip of a key that perform
asks for. Nothing is said where the args as a whole go on to other code, and where `meta` is
compared, which has keys of its own.

## Why is this bad?

Oban takes the named keys from the args (oban 2.23.1, lib/oban/engines/basic.ex 491-520). One
that is not there is ignored, and jobs are compared by the rest; when none is there, no two
jobs are ever duplicates, not even with the same args.

Keys must be atoms. With strings every changeset is invalid, and no job is ever inserted
(`expected :keys to be a list of atoms`, lib/oban/job.ex).

## Invalid

```elixir
defmodule Shop.Workers.Prune do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 300, keys: [:acount_id]] # reported

  def perform(%Oban.Job{args: %{"account_id" => id}}), do: Shop.Accounts.prune(id)
end
```

```elixir
defmodule Shop.Workers.Export do
  use Oban.Worker,
    queue: :shop,
    max_attempts: 3,
    unique: [period: 300, keys: ["account_id"]] # reported

  def perform(%Oban.Job{args: %{"account_id" => id}}), do: Shop.Accounts.export(id)
end
```

```elixir
defmodule Shop.Workers.Pack do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def enqueue(order) do
    unique = [period: 300, keys: [:order]] # reported
    Oban.insert(new(%{order_id: order.id}, unique: unique))
  end

  def perform(%Oban.Job{args: args}), do: Shop.Orders.pack(args)
end
```

## Valid

```elixir
defmodule Shop.Workers.Alert do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 300, keys: [:alert_id, :due_at]]

  def perform(%Oban.Job{args: %{"alert_id" => id}}), do: Shop.Alerts.run(id)
end
```

```elixir
defmodule Shop.Workers.Prune do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 300, keys: [:account_id, :day]]

  def perform(%Oban.Job{args: %{"account_id" => id}}), do: Shop.Accounts.prune(id)

  def enqueue(id), do: Oban.insert(new(%{account_id: id, day: Date.utc_today()}))
end
```

```elixir
defmodule Shop.Workers.PassedOn do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 300, keys: [:account_ids]]

  def perform(%Oban.Job{args: %{"account_id" => id} = args}), do: Shop.Accounts.move(id, args)
end
```

```elixir
defmodule Shop.Workers.ByMeta do
  use Oban.Worker,
    queue: :shop,
    max_attempts: 3,
    unique: [period: 300, fields: [:worker, :args, :meta], keys: [:account_id, :batch]]

  def perform(%Oban.Job{args: %{"account_id" => id}}), do: Shop.Accounts.count(id)

  def enqueue(id, batch), do: Oban.insert(new(%{account_id: id}, meta: %{batch: batch}))
end
```

```elixir
defmodule Shop.Workers.Dynamic do
  @keys Application.compile_env(:shop, :keys, [:id])
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 300, keys: @keys]

  def perform(%Oban.Job{args: %{"account_id" => id}}), do: Shop.Accounts.count(id)
end
```
"""

from __future__ import annotations

from checker.model.job import Jobs, NewJob
from checker.model.shape import Alt, Atom, Map
from checker.model.uniqueness import Unique, members, of_worker, texts, unique_jobs
from checker.model.worker import Worker
from checker.rules.problem import ERROR, WARNING, Problem
from checker.vocabulary import misspelt

ID = "OB301"
NAME = "unique-key-unknown"
SEVERITY = WARNING

MOST_NAMED = 4


def check(worker: Worker):
    unique = of_worker(worker)
    if unique is None or "keys" not in unique.entries:
        return
    yield from _strings(unique, "")
    asked = _asked(worker)
    if asked is None:
        return
    for problem, name in _unknown(unique, asked, "no clause of perform asks for it", ""):
        if _jobs(worker) or any(misspelt(name, other) for other in asked):
            yield problem


def check_jobs(jobs: Jobs):
    for job, unique in unique_jobs(jobs):
        yield from _strings(unique, job.function)
        given = _given(job)
        if given:
            found = _unknown(unique, given, "these args do not have it", job.function)
            yield from (problem for problem, _name in found)


def _asked(worker: Worker) -> set[str] | None:
    """The keys that perform asks for and jobs are given, in this file and the others of the
    project; None when there may be others."""
    known: set[str] = set()
    for clause in worker.clauses:
        if not clause.readable or clause.passes_on:
            return None
        known.update(clause.keys)
    for job in _jobs(worker):
        given = _given(job)
        if given is None:
            return None
        known |= given
    return known


def _jobs(worker: Worker) -> list[NewJob]:
    """The jobs of the worker that are built, as far as they are known."""
    elsewhere = worker.around.enqueues(worker.name) if worker.around is not None else None
    return [*worker.jobs, *(elsewhere or ())]


def _given(job: NewJob) -> set[str] | None:
    """The keys of the args of a job, on any way there; None when there may be others."""
    known: set[str] = set()
    for alt in job.args:
        if not isinstance(alt.shape, Map) or alt.shape.open:
            return None
        known.update(key[1] for key in alt.shape.fields)
    return known


def _strings(unique: Unique, function: str):
    keys = unique.entries.get("keys")
    for alt in texts(keys.value) if keys is not None else ():
        yield Problem(
            alt.origin.span or keys.span,
            "is a string where Oban takes atoms alone: no job is ever inserted",
            f"Write the key as `:{alt.shape.value}`" if alt.shape.value else "Write it as an atom",
            severity=ERROR,
            function=function,
        )


def _unknown(unique: Unique, known: set[str], why: str, function: str):
    """A problem for each key that is not known, with its name."""
    keys = unique.entries.get("keys")
    fields = unique.fields
    if keys is None or fields is None or "args" not in fields or "meta" in fields:
        return
    held: list[Alt] = members(keys.value) or []
    names = [alt.shape.name for alt in held if isinstance(alt.shape, Atom) and alt.shape.name]
    if len(names) < len(held):
        return
    others = [name for name in names if name in known]
    for alt in held:
        name = alt.shape.name
        if name not in known:
            problem = Problem(
                alt.origin.span or keys.span,
                f"names `{name}`, but {why}; {_effect(others)}",
                f"Name a key that the args have: {_listed(known)}",
                function=function,
            )
            yield problem, name


def _effect(others: list[str]) -> str:
    if others:
        return f"it is ignored, and jobs are compared by {_listed(others)} alone"
    return "so nothing is compared, and no job is ever a duplicate"


def _listed(names) -> str:
    return ", ".join(f"`:{name}`" for name in sorted(names)[:MOST_NAMED])
