"""A blanket rescue turns any exception into `{:error, …}` and loses where it came from.

## What it does

Reports `rescue e ->`, `rescue _ ->` and `catch kind, reason ->` that answer
`{:error, _}`.

## Why is this bad?

Oban records an exception with its kind and stack trace and hands it to error
reporters. An `{:error, _}` is an `Oban.PerformError` with an empty stack trace
(oban 2.23.1, lib/oban/queue/executor.ex 161): bugs of every kind are grouped
together, have no place, and are retried as if they could heal.

A rescue that names its exceptions, one that reraises or reports with
`__STACKTRACE__`, and one that collects the failures of single items are fine.

In Python an exception that is returned was never raised and has no trace, and `raise … from
None` hides the one that it replaces. `return error` hands on the one that was raised.

## Invalid

```elixir
defmodule Shop.Workers.Scan do
  use Oban.Worker, queue: :scan, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Scanner.scan!(id)
    :ok
  rescue
    e -> {:error, Exception.message(e)} # reported
  end
end
```

```python
from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except Exception as error:
            raise RuntimeError(str(error)) from None  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Scan do
  use Oban.Worker, queue: :scan, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Scanner.scan!(id)
    :ok
  rescue
    e in Shop.Scanner.Busy -> {:snooze, e.seconds}
    e in [Postgrex.Error] -> {:error, e}
  end
end
```

```elixir
defmodule Shop.Workers.Report do
  use Oban.Worker, queue: :scan, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Scanner.scan!(id)
    :ok
  rescue
    e ->
      Sentry.capture_exception(e, stacktrace: __STACKTRACE__)
      {:error, e}
  end
end
```

```elixir
defmodule Shop.Workers.Batch do
  use Oban.Worker, queue: :scan, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    results =
      Enum.map(ids, fn id ->
        try do
          {id, Shop.Scanner.scan!(id)}
        rescue
          e -> {:error, Exception.message(e)}
        end
      end)

    Shop.Scanner.store(results)
  end
end
```

```python
from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except KeyError:
            raise RuntimeError("the feed has no items") from None
        except Exception as error:
            raise RuntimeError("import failed") from error
```

```python
from oban import worker

from shop.feeds import load


@worker(queue="feeds", max_attempts=3)
class Import:
    async def process(self, job):
        try:
            await load(job.args["url"])
        except Exception as error:
            return error
```
"""

from __future__ import annotations

from checker.model.outcome import RETRIED
from checker.model.shape import Tup
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB105"
NAME = "erased-stacktrace"
SEVERITY = WARNING


def check(worker: Worker):
    for handler in worker.handlers:
        if handler.kind not in ("rescue", "catch") or not handler.blanket:
            continue
        if handler.reraises or handler.reports or handler.loop:
            continue
        for alt in handler.tail:
            shape = alt.shape
            if not isinstance(shape, Tup) or shape.head != "error" or len(shape.items) != 2:
                continue
            if alt.origin.handler is not handler:
                continue
            yield Problem(
                alt.origin.span,
                "replaces any exception, bugs included, and its stack trace is lost",
                "Remove this clause, or name the exceptions it can deal with:"
                " `rescue e in [Some.Error] -> …`",
                function=handler.function,
            )
            break


def check_python(worker: Worker):
    """`except Exception: return SomeError(…)`, and `raise … from None`: no trace is recorded."""
    for handler in worker.handlers:
        if not handler.blanket or handler.loop:
            continue
        for outcome in worker.outcomes:
            if outcome.kind == RETRIED and outcome.origin.handler is handler:
                if outcome.origin.literal:  # `return error` hands on the one that was raised
                    yield _without_trace(outcome.origin.span, handler.function)
                    break
        for failure in worker.failures:
            if failure.handler is handler and failure.untraced:
                yield _without_trace(failure.span, handler.function)


def _without_trace(span, function: str) -> Problem:
    return Problem(
        span,
        "replaces any exception, bugs included, and its stack trace is lost",
        "Let the exception go on: `raise`, or name those that it can deal with",
        function=function,
    )
