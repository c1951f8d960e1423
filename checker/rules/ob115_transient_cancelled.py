"""A failure that would pass is cancelled, and the work is lost.

## What it does

Reports `{:cancel, reason}` and `{:discard, reason}` for reasons that heal by
themselves: `:timeout`, `:rate_limited`, `:econnrefused`, 408, 429 and 5xx.

## Why is this bad?

A cancelled job is never tried again, and its row is pruned (oban 2.23.1,
lib/oban/queue/executor.ex). A retry, or a snooze for a rate limit, would have
done the work. With `max_attempts: 1` giving up is the design.

In Python it is `Cancel` in an `except` of a connection that failed or took too long.

## Invalid

```elixir
defmodule Shop.Workers.Rates do
  use Oban.Worker, queue: :rates, max_attempts: 3

  def perform(%Oban.Job{args: %{"base" => base}}) do
    case Shop.Rates.fetch(base) do
      {:ok, rates} -> Shop.Rates.store(base, rates)
      {:error, :timeout} -> {:cancel, :timeout} # reported
      {:error, {:http, 503}} -> {:cancel, {:http, 503}} # reported
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```python
import httpx
from oban import Cancel, worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except (TimeoutError, httpx.ConnectError):
            return Cancel("not reached")  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Rates do
  use Oban.Worker, queue: :rates, max_attempts: 3

  def perform(%Oban.Job{args: %{"base" => base}}) do
    case Shop.Rates.fetch(base) do
      {:ok, rates} -> Shop.Rates.store(base, rates)
      {:error, :rate_limited} -> {:snooze, 60}
      {:error, :unknown_currency} -> {:cancel, :unknown_currency}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :rates, max_attempts: 1

  def perform(%Oban.Job{args: %{"base" => base}}) do
    case Shop.Rates.fetch(base) do
      {:error, :timeout} -> {:cancel, :timeout}
      other -> other
    end
  end
end
```

```elixir
defmodule Shop.Workers.Http do
  use Oban.Worker, queue: :rates, max_attempts: 3

  def perform(%Oban.Job{args: %{"url" => url}}) do
    case Shop.Client.get(url) do
      {:ok, %{status: 404}} -> {:cancel, {:http, 404}}
      {:ok, %{status: status}} -> {:cancel, {:http, status}}
      other -> other
    end
  end
end
```

```python
import httpx
from oban import Cancel, Snooze, worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except httpx.UnsupportedProtocol:
            return Cancel("no address of the web")
        except httpx.ConnectError:
            if job.meta.get("snoozed", 0) < 9:
                return Snooze(60)

            return Cancel("not reached in ten tries")
```

```python
from oban import Cancel, worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=1)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except TimeoutError:
            return Cancel("too late")
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once
from checker.model.outcome import CANCELLED, DISCARDED
from checker.model.shape import Atom, Float, Int, Shape, Tup
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem
from checker.vocabulary import transient_reason, transient_status

ID = "OB115"
NAME = "transient-cancelled"
SEVERITY = WARNING


COUNTED = frozenset(("snoozed", "attempt", "max_attempts", "inserted_at", "deadline"))
# Exceptions of a connection that another attempt may not meet.
PASSING = frozenset((
    "builtins.TimeoutError", "builtins.ConnectionError", "builtins.ConnectionResetError",
    "builtins.ConnectionRefusedError", "asyncio.TimeoutError", "httpx.TimeoutException",
    "httpx.ConnectError", "httpx.ConnectTimeout", "httpx.ReadTimeout", "requests.Timeout",
    "requests.ConnectionError", "requests.exceptions.Timeout",
    "requests.exceptions.ConnectionError", "aiohttp.ClientConnectionError",
    "aiohttp.ServerTimeoutError",
))  # fmt: skip
LOOKED_UP = frozenset(("dns", "lookup", "resolve"))
LOOKED_UP_ANSWERS = frozenset(("nxdomain",))
RESOLVERS = frozenset(("getbyname", "gethostbyname", "resolve", "lookup", "getaddr"))


def check(worker: Worker):
    if at_most_once(worker):
        return
    for outcome in worker.outcomes:
        if outcome.kind not in (CANCELLED, DISCARDED) or not isinstance(outcome.shape, Tup):
            continue
        reason = outcome.shape.items[1]
        if not outcome.origin.span or not reason or outcome.foreign:
            continue
        if all(_transient(a.shape, worker) for a in reason) and not _may_be_last(worker):
            yield Problem(
                outcome.origin.span,
                "gives the job up for something that passes by itself",
                "Return `{:error, reason}` to retry, or `{:snooze, 60}` for a rate limit",
                function=outcome.origin.function,
            )


def _may_be_last(worker: Worker) -> bool:
    """On the last attempt nothing is lost by giving up."""
    return {"attempt", "max_attempts"} <= worker.mentions


def _transient(shape: Shape, worker: Worker) -> bool:
    if isinstance(shape, Atom):
        if shape.name in worker.permanent_reasons:
            return False
        return shape.name in worker.transient_reasons or (
            shape.name is not None
            and transient_reason(shape.name)
            and not (shape.name in LOOKED_UP_ANSWERS and worker.mentions & RESOLVERS)
        )
    if isinstance(shape, Tup) and len(shape.items) in (2, 3):
        return (
            shape.head not in LOOKED_UP
            and bool(shape.items[1])
            and all(_plainly_transient(alt.shape) for alt in shape.items[1])
        )
    return isinstance(shape, Int) and _transient_range(shape)


def _plainly_transient(shape: Shape) -> bool:
    if isinstance(shape, Int):
        return _transient_range(shape)
    if isinstance(shape, Float):  # a guard `== 503` also lets 503.0 through
        return shape.value is not None and transient_status(int(shape.value))
    return isinstance(shape, Atom) and shape.name is not None and transient_reason(shape.name)


def _transient_range(status: Int) -> bool:
    if status.value is not None:
        return transient_status(status.value)
    return status.low is not None and status.low >= 500


def check_python(worker: Worker):
    """`except TimeoutError: return Cancel(…)`, where nothing counted how often."""
    if at_most_once(worker) or worker.mentions & COUNTED:
        return
    for outcome in worker.outcomes:
        handler = outcome.origin.handler
        if outcome.kind != CANCELLED or handler is None or handler.loop:
            continue
        if handler.exceptions and all(name in PASSING for name in handler.exceptions):
            yield Problem(
                outcome.origin.span,
                "gives the job up for something that passes by itself",
                "Let the exception go on, or return `Snooze(60)`",
                function=outcome.origin.function,
            )
