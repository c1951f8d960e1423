"""An error that retrying cannot mend is retried, and reported at every attempt.

## What it does

Reports `{:error, reason}` where the reason says that the next attempt ends the
same way: `:not_found`, `:unauthorized`, a 4xx status, "does not exist".

## Why is this bad?

`{:error, _}` makes the job retryable until its attempts are used up, by default
twenty over two weeks, and each attempt is an error in every reporter
(oban 2.23.1, lib/oban/queue/executor.ex). `{:cancel, reason}` records the
reason once and stops.

Statuses that pass (408, 409, 423, 425, 429) and unknown reasons are left alone, and so is
a worker with `max_attempts: 1`: it retries nothing.
A changeset is advice only: a failed constraint may pass, a failed validation
does not.

In Python every exception that is raised is retried. One that says so in its text is advice:
who raises it may not know that a job asks.

## Invalid

```elixir
defmodule Shop.Workers.Index do
  use Oban.Worker, queue: :search, max_attempts: 5

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Repo.get(Item, id) do
      nil -> {:error, :not_found} # reported
      item -> Shop.Search.put(item)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Fetch do
  use Oban.Worker, queue: :fetch, max_attempts: 5

  def perform(%Oban.Job{args: %{"url" => url}}) do
    case Shop.Client.fetch(url) do
      {:ok, body} -> Shop.Pages.store(url, body)
      {:error, :unauthorized} = error -> error # reported
      {:error, {:http, 410}} -> {:error, {:http, 410}} # reported
      {:error, :no_page} -> {:error, "page #{url} does not exist"} # reported
    end
  end
end
```

```python
from oban import worker

from shop.users import find


@worker(queue="mail", max_attempts=5)
class Welcome:
    async def process(self, job):
        user = await find(job.args["id"])

        if user is None:
            raise ValueError("user not found")  # reported

        print(user)
```

## Valid

```elixir
defmodule Shop.Workers.Index do
  use Oban.Worker, queue: :search, max_attempts: 5

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Repo.get(Item, id) do
      nil -> {:cancel, :not_found}
      item -> Shop.Search.put(item)
    end
  end
end
```

```elixir
defmodule Shop.Workers.Fetch do
  use Oban.Worker, queue: :fetch, max_attempts: 5

  def perform(%Oban.Job{args: %{"url" => url}}) do
    case Shop.Client.fetch(url) do
      {:ok, body} -> Shop.Pages.store(url, body)
      {:error, {:http, status}} when status in [408, 429] -> {:error, {:http, status}}
      {:error, :timeout} -> {:error, :timeout}
      {:error, reason} -> {:error, reason}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Handled do
  use Oban.Worker, queue: :fetch, max_attempts: 5

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case find(id) do
      {:ok, item} -> Shop.Search.put(item)
      {:error, :not_found} -> {:cancel, :not_found}
    end
  end

  defp find(id) do
    case Shop.Repo.get(Shop.Item, id) do
      nil -> {:error, :not_found}
      item -> {:ok, item}
    end
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :search, max_attempts: 1

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Repo.get(Shop.Item, id) do
      nil -> {:error, :not_found}
      item -> Shop.Search.put(item)
    end
  end
end
```

```python
from oban import Cancel, worker

from shop.users import find


@worker(queue="mail", max_attempts=5)
class Welcome:
    async def process(self, job):
        user = await find(job.args["id"])

        if user is None:
            return Cancel("user not found")

        if not user.synced:
            raise RuntimeError("user is not synced yet")
```

```python
from oban import worker

from shop.users import find


@worker(queue="mail", max_attempts=1)
class Welcome:
    async def process(self, job):
        if await find(job.args["id"]) is None:
            raise LookupError("user not found")
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once
from checker.model.outcome import RETRIED, Outcome
from checker.model.shape import (
    Atom,
    Float,
    Int,
    Shape,
    Struct,
    Text,
    Tup,
    Unknown,
    Value,
    only,
)
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, WARNING, Problem
from checker.vocabulary import permanent_reason, permanent_status, permanent_text

ID = "OB104"
NAME = "permanent-error-retried"
SEVERITY = WARNING


def check(worker: Worker):
    if at_most_once(worker):
        return
    for outcome in worker.outcomes:
        if outcome.kind != RETRIED or outcome.origin.span is None:
            continue
        if outcome.foreign:  # another file's reasons are for all its callers
            continue
        reason = outcome.shape.items[1]
        if is_permanent(reason, worker):
            yield _problem(outcome, reason, worker.pro)
        elif _is_changeset(reason) and outcome.origin.handler is not None:
            yield Problem(
                outcome.origin.span,
                "retries a changeset; one that failed validation fails again",
                "Return `{:cancel, changeset}` for validation errors",
                severity=ADVICE,
                function=outcome.origin.function,
            )


def _problem(outcome: Outcome, reason: Value, pro: bool) -> Problem:
    """At the tuple that is returned; at the reason where that was written elsewhere."""
    place, inner = outcome.origin, reason[0].origin
    start, end = place.span
    if inner.literal and not start <= inner.span[0] < end:
        place = inner
    return Problem(
        place.span,
        "is retried until the attempts are used up, but retrying cannot mend it",
        _help(reason),
        function=place.function,
        edits=((outcome.tag, ":cancel"),) if place is outcome.origin and outcome.tag else (),
        safe=place.function == ("process/1" if pro else "perform/1"),  # no one else asks for it
    )


def is_permanent(reason: Value, worker: Worker) -> bool:
    """Whether a reason, in all its alternatives, says that retrying cannot help."""
    return bool(reason) and all(_permanent(alt.shape, worker) for alt in reason)


def _permanent(shape: Shape, worker: Worker) -> bool:
    if isinstance(shape, Atom):
        if shape.name is None or shape.name in worker.transient_reasons:
            return False
        return shape.name in worker.permanent_reasons or permanent_reason(shape.name)
    if isinstance(shape, Text):
        text = shape.value if shape.value is not None else shape.written
        return text is not None and permanent_text(text)
    if isinstance(shape, Tup) and len(shape.items) in (2, 3):
        return _tagged(shape, worker)
    return _permanent_status(shape)


def _tagged(shape: Tup, worker: Worker) -> bool:
    """`{:http, 404}` and `{:not_found, id}`; other tags say where it failed, not how."""
    if any(isinstance(alt.shape, (Int, Float)) for alt in shape.items[1]):
        return all(_permanent_status(alt.shape) for alt in shape.items[1])
    return shape.head is not None and shape.head.endswith("not_found")


def _permanent_status(shape: Shape) -> bool:
    """A status, or a range of statuses; a guard `== 404` also lets 404.0 through."""
    if isinstance(shape, (Int, Float)) and shape.value is not None:
        return permanent_status(int(shape.value))
    if not isinstance(shape, Int) or shape.low is None or shape.high is None:
        return False
    return 400 <= shape.low and shape.high < 500 and all(
        permanent_status(status) for status in range(shape.low, shape.high + 1)
    )


def _is_changeset(reason: Value) -> bool:
    shape = only(reason)
    return isinstance(shape, Struct) and shape.name == "Ecto.Changeset"


def _help(reason: Value) -> str:
    shape = only(reason)
    if isinstance(shape, Atom):
        return f"Replace it with `{{:cancel, :{shape.name}}}`"
    if isinstance(shape, Unknown) or shape is None:
        return "Replace it with `{:cancel, reason}`"
    return "Replace `:error` with `:cancel`"


def check_python(worker: Worker):
    """An exception that says so: advice, since who raises may not know that a job asks."""
    if at_most_once(worker):
        return
    for failure in worker.failures:
        shape = only(failure.value or ())
        text = _first_text(shape)
        if failure.handler is None and text is not None and permanent_text(text):
            yield Problem(
                failure.span,
                "is raised again by every attempt: retrying cannot mend it",
                "Return `Cancel(…)` with this reason",
                severity=ADVICE,
                function=failure.function,
            )


def _first_text(shape) -> str | None:
    """What an exception says, as far as it is written down."""
    args = only(shape.fields.get(("atom", "args"), ())) if isinstance(shape, Struct) else None
    first = only(args.items[0]) if isinstance(args, Tup) and args.items else None
    if not isinstance(first, Text):
        return None
    return first.value if first.value is not None else first.written
