"""A failure ends in success: the job completes and nobody hears of it.

## What it does

Reports the end of a failure path that completes the job: a blanket rescue or
catch that answers `:ok`, `{:ok, _}`, `nil`, `{:cancel, _}`, `{:snooze, _}` or a
bare `Logger` call, and an `{:error, _}` clause that ends in a `Logger` call
(which returns `:ok`).

## Why is this bad?

`:ok` marks the job completed; it is not retried and no reporter hears of it
(oban 2.23.1, lib/oban/queue/executor.ex). A blanket rescue does that to bugs too.

An explicit `:ok` for an error that was matched is a decision, and advice only.
Reasons such as `:already_exists`, that mean there is nothing left to do, are fine.

In Python it is a blanket `except` (`Exception`, or none at all) that neither raises nor
returns the failure.

## Invalid

```elixir
defmodule Shop.Workers.Digest do
  use Oban.Worker, queue: :digest, max_attempts: 3

  require Logger

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Digests.build!(id)
    :ok
  rescue
    error -> Logger.error(inspect(error)) # reported
  end
end
```

```elixir
defmodule Shop.Workers.Inbox do
  use Oban.Worker, queue: :digest, max_attempts: 3

  require Logger

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Inbox.sync(id) do
      {:ok, _} -> :ok
      {:error, reason} -> Logger.error("no sync: #{inspect(reason)}") # reported
    end
  end
end
```

```python
import logging

from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        try:
            await sync(job.args["id"])
        except Exception:
            logging.exception("sync failed")  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Digest do
  use Oban.Worker, queue: :digest, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Digests.build!(id)
    :ok
  rescue
    Ecto.StaleEntryError -> :ok
  end
end
```

```elixir
defmodule Shop.Workers.Inbox do
  use Oban.Worker, queue: :digest, max_attempts: 3

  require Logger

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Inbox.sync(id) do
      {:ok, _} ->
        Logger.info("synced")

      {:error, :already_synced} ->
        Logger.info("nothing to do")

      {:error, reason} ->
        Logger.error("no sync: #{inspect(reason)}")
        {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Cover do
  use Oban.Worker, queue: :digest, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    cover = cover(id)
    Shop.Books.build(id, cover)
  end

  defp cover(id) do
    Shop.Covers.fetch!(id)
  rescue
    _ -> nil
  end
end
```

```python
import logging

from oban import Cancel, worker

from shop.stock import Gone, sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        try:
            await sync(job.args["id"])
        except Gone:
            return Cancel("gone")
        except Exception:
            logging.exception("sync failed")
            raise
```

```python
import logging

from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        failed = []

        for id in job.args["ids"]:
            try:
                await sync(id)
            except Exception:
                logging.exception("sync failed")
                failed.append(id)

        if failed:
            raise RuntimeError(f"{len(failed)} items failed")
```
"""

from __future__ import annotations

from checker.model.outcome import CANCELLED, COMPLETED, SNOOZED, UNRECOGNISED, kind_of
from checker.model.shape import Alt, Atom, Tup, Value
from checker.model.worker import Handler, Worker
from checker.rules.problem import ADVICE, WARNING, Problem
from checker.vocabulary import done_already

ID = "OB106"
NAME = "swallowed-failure"
SEVERITY = WARNING

BLANKET = frozenset((COMPLETED, CANCELLED, SNOOZED, UNRECOGNISED))


def check(worker: Worker):
    lost = _lost_places(worker)
    for handler in worker.handlers:
        if handler.reraises or handler.reports or handler.loop:
            continue
        for alt in handler.tail:
            if alt.origin.handler is not handler or alt.origin.span not in lost:
                continue
            problem = _swallows(handler, alt, worker)
            if problem is not None:
                yield problem
                break


def _lost_places(worker: Worker) -> set:
    """Places whose value ends the job, or is dropped on the way to its end."""
    places = {alt.origin.span for alt in worker.outcome}
    places.update(alt.origin.span for drop in worker.drops for alt in drop.value)
    return places


def _swallows(handler: Handler, alt: Alt, worker: Worker) -> Problem | None:
    kind = kind_of(alt.shape, worker.version)
    logs = (alt.origin.call or "").startswith("Logger.")
    if handler.kind in ("rescue", "catch"):
        if not handler.blanket or not _completes(kind, alt):
            return None
        return _problem(
            handler,
            alt,
            "ends the failure of anything, bugs included, as a success"
            if kind != CANCELLED
            else "cancels the job for any failure, bugs included",
        )
    if _nothing_to_do(handler.reason):
        return None
    ends_job = any(alt.origin.span == a.origin.span for a in worker.outcome)
    if logs and ends_job:
        return _problem(handler, alt, "returns `:ok`, so this failure completes the job")
    if kind == COMPLETED and ends_job:
        return _problem(handler, alt, "completes the job although this failed", ADVICE)
    return None


def _completes(kind: str, alt: Alt) -> bool:
    if kind == UNRECOGNISED:
        return alt.shape == Atom("nil")
    return kind in BLANKET


def _nothing_to_do(reason: Value) -> bool:
    """Every reason the clause takes says that the work is done already."""
    found = []
    for alt in reason:
        row = alt.shape
        for item in row.items if isinstance(row, Tup) else ():
            for inner in item:
                if isinstance(inner.shape, Tup) and len(inner.shape.items) > 1:
                    found.extend(_names(inner.shape.items[1]))
                elif isinstance(inner.shape, Atom) and inner.shape.name == "error":
                    found.append(None)
    return bool(found) and all(name is not None and done_already(name) for name in found)


def _names(reason: Value) -> list[str | None]:
    """The names of reasons: of `:already_sent` and of `{:already_started, pid}`."""
    return [
        alt.shape.name
        if isinstance(alt.shape, Atom)
        else alt.shape.head
        if isinstance(alt.shape, Tup)
        else None
        for alt in reason
    ]


def _problem(handler: Handler, alt: Alt, message: str, severity: str = WARNING) -> Problem:
    if handler.kind in ("rescue", "catch"):
        help = "Remove this clause, or name the exceptions it can deal with"
    else:
        help = "End with `{:error, reason}` to retry or `{:cancel, reason}` to give up"
    return Problem(alt.origin.span, message, help, severity, handler.function)


def check_python(worker: Worker):
    """A blanket `except` whose end is the end of the job, and no failure of it."""
    for handler in worker.handlers:
        if not handler.blanket or handler.reraises or handler.loop:
            continue
        for outcome in worker.outcomes:
            if outcome.origin.handler is not handler or not _swallows_in_python(outcome):
                continue
            yield Problem(
                outcome.origin.span,
                "cancels the job for any failure, bugs included"
                if outcome.kind == CANCELLED
                else "ends the failure of anything, bugs included, as a success",
                "Remove this `except`, or name the exceptions it can deal with",
                WARNING,
                handler.function,
            )
            break


def _swallows_in_python(outcome) -> bool:
    if outcome.kind in (CANCELLED, SNOOZED):
        return True
    return outcome.kind == COMPLETED and outcome.shape == Atom("nil")
