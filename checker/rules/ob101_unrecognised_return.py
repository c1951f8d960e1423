"""Oban logs a value it does not know and counts the job as completed.

## What it does

Follows every way through `perform/1` and reports values that Oban does not
recognise: bare control atoms, tuples of the wrong size or with a misspelt head,
`nil`, booleans, lists, maps, structs.

## Why is this bad?

Only `:ok`, `{:ok, _}`, `{:error, _}`, `{:cancel, _}`, `{:discard, _}`, `:discard`
and `{:snooze, period}` mean something (oban 2.23.1,
lib/oban/queue/executor.ex). Anything else is logged as an unexpected value and
the job is **completed**: a failure written as `:error` is never retried and no
error reporter hears of it. Where the value is the answer of something that
succeeded, such as the struct of `Repo.update!`, the job does complete, but every
run logs a warning with the whole value: then this is a warning.

In Python any value completes the job, and that is as meant. Reported is only one that says
that it failed: a text, or the head of a tuple or a dictionary, such as `("error", reason)`.

## Invalid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Stock.sync(id) do
      {:ok, _} -> :ok
      {:error, _} -> :error # reported
      :gone -> {:cancelled, :gone} # reported
      :later -> :snooze # reported
      :split -> {:error, :stock, :split} # reported
    end
  end
end
```

```elixir
defmodule Shop.Workers.Rename do
  use Oban.Worker, queue: :sync, max_attempts: 3

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id, "name" => name}}) do
    case Repo.get(Item, id) do
      nil -> {:cancel, :gone}
      item -> Repo.update!(Item.name_changeset(item, name)) # reported
    end
  end
end
```

```python
from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        try:
            await sync(job.args["id"])
        except ConnectionError as error:
            return ("error", str(error))  # reported

        if job.args["id"] < 0:
            return {"error": "no such item"}  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  require Logger

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Stock.sync(id) do
      {:ok, _} -> :ok
      {:error, :gone} -> {:cancel, :gone}
      {:error, reason} -> {:error, reason}
      :later -> {:snooze, {5, :minutes}}
      other -> other
    end
  end
end
```

```elixir
defmodule Shop.Workers.Touch do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"ids" => ids}}) do
    result = Enum.map(ids, fn id -> {:error, id} end)
    Enum.each(result, &Shop.Stock.touch!/1)
  end
end
```

```elixir
defmodule Shop.Workers.Traced do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    :telemetry.span([:shop, :sync], %{}, fn -> {Shop.Stock.sync(id), %{id: id}} end)
  end
end
```

```python
from oban import Cancel, worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        if job.args["id"] < 0:
            return Cancel("no such item")

        count = await sync(job.args["id"])

        if count is None:
            return False

        return {"error": None, "count": count}
```

```python
from oban import job

from shop.stock import sync


def described(count):
    return ("error", "nothing came") if not count else ("ok", count)


@job(queue="sync", max_attempts=3)
async def sync_all(region: str):
    _, text = described(await sync(region))
    print(text)
    return "error-free"
```
"""

from __future__ import annotations

from checker.model.outcome import COMPLETED, UNRECOGNISED, Outcome
from checker.model.shape import (
    FALSE,
    NIL,
    Atom,
    Float,
    Int,
    Map,
    Opaque,
    Seq,
    Struct,
    Text,
    Tup,
    only,
)
from checker.model.worker import Worker
from checker.rules.problem import ERROR, WARNING, Problem
from checker.vocabulary import closest_outcome, says_failure

ID = "OB101"
NAME = "unrecognised-return"
SEVERITY = ERROR

BUILDERS = frozenset(("Ecto.Multi", "Ecto.Query", "Swoosh.Email", "Bamboo.Email"))
FAILING = frozenset(("nil", "false"))
OUTCOMES = frozenset(("ok", "error", "cancel", "discard", "snooze"))
KINDS = {
    Atom: "an atom", Tup: "a tuple", Seq: "a list", Map: "a map", Text: "a string",
    Int: "a number", Float: "a number", Struct: "a struct",
}  # fmt: skip

NOTHING = (NIL, FALSE)
PYTHON_HELP = {
    "error": "Raise an exception to retry, or return `Cancel(reason)` to stop",
    "cancel": "Return `Cancel(reason)`",
    "discard": "Return `Cancel(reason)`",
    "snooze": "Return `Snooze(seconds)`",
}
MENDED = {"ok": ":ok", "error": "{:error, :failed}", "cancel": "{:cancel, :cancelled}"}


def check(worker: Worker):
    for outcome in worker.outcomes:
        if outcome.kind == UNRECOGNISED and not _belongs_elsewhere(outcome):
            yield _problem(outcome)


def _belongs_elsewhere(outcome: Outcome) -> bool:
    """More specific rules: OB102, OB103, OB109 and OB117 say more about these."""
    shape, origin = outcome.shape, outcome.origin
    if origin.implicit and not isinstance(shape, Struct):
        return True
    if isinstance(shape, Tup) and shape.head == "snooze" and len(shape.items) == 2:
        return True
    if isinstance(shape, Tup) and shape.head == "error" and len(shape.items) == 4:
        if origin.step is not None and origin.step.has("multi"):
            return True
    if isinstance(shape, Opaque) and shape.kind == "stream":
        return True
    if isinstance(shape, Struct) and shape.name != "Ecto.Changeset":
        if shape.name in BUILDERS or (origin.step is not None and origin.step.has("build")):
            return True
    return False


def _problem(outcome: Outcome) -> Problem:
    origin = outcome.origin
    span = origin.source.span if origin.implicit and origin.source else origin.span
    severity = WARNING if _succeeded(outcome) else ERROR
    return Problem(
        span,
        _message(outcome, severity),
        _help(outcome, severity),
        severity=severity,
        function=origin.function,
        edits=_edits(outcome),
    )


def _edits(outcome: Outcome) -> tuple:
    """The outcome that an atom was meant to be; never safe, since jobs end otherwise then."""
    shape, origin = outcome.shape, outcome.origin
    if not isinstance(shape, Atom) or shape.name is None or not origin.literal or outcome.foreign:
        return ()
    text = MENDED.get(closest_outcome(shape.name)) if shape.name not in FAILING else None
    return ((origin.span, text),) if text and not origin.implicit else ()


def _succeeded(outcome: Outcome) -> bool:
    """A value that looks like success, where nothing failed."""
    shape = outcome.shape
    if outcome.origin.handler is not None:
        return False
    if isinstance(shape, (Struct, Seq, Map, Int, Float, Text, Opaque)):
        return True
    if isinstance(shape, Tup) and shape.items:
        first = only(shape.items[0])
        return isinstance(first, Int) or (shape.head == "ok")
    return isinstance(shape, Atom) and shape.name == "true"


def _message(outcome: Outcome, severity: str) -> str:
    what = _described(outcome)
    if severity == WARNING:
        return f"{what}; the job completes, and every run logs an unexpected value"
    return f"{what}; Oban logs it and marks the job completed, nothing is retried"


def _described(outcome: Outcome) -> str:
    shape, call = outcome.shape, outcome.origin.call
    if outcome.origin.literal and not (isinstance(shape, Tup) and shape.head in OUTCOMES):
        return f"is {KINDS.get(type(shape), 'a value')}, no result that Oban knows"
    if isinstance(shape, Tup) and shape.head in OUTCOMES:
        size = len(shape.items)
        known = f"`{{:{shape.head}, _}}`"
        return (
            f"{'can give' if call else 'is'} a tuple of {size}; Oban knows {known} only as a pair"
        )
    if isinstance(shape, Tup) and shape.head:
        return f"can give `{{:{shape.head}, …}}`, no result that Oban knows"
    if isinstance(shape, Atom) and shape.name:
        named = shape.name if shape.name in FAILING | {"true"} else f":{shape.name}"
        return f"can return `{named}`, no result that Oban knows"
    if isinstance(shape, Struct) and shape.name:
        return f"returns a `%{shape.name}{{}}`, no result that Oban knows"
    return f"returns {KINDS.get(type(shape), 'a value')}, no result that Oban knows"


def _help(outcome: Outcome, severity: str) -> str:
    shape = outcome.shape
    if severity == WARNING:
        return "End with `:ok` or `{:ok, value}` after it"
    if isinstance(shape, Atom) and shape.name not in FAILING:
        meant = closest_outcome(shape.name)
        if meant == "ok":
            return "Replace it with `:ok`"
        if meant == "snooze":
            return "Replace it with `{:snooze, 60}` (seconds)"
        if meant:
            return f"Replace it with `{{:{meant}, reason}}`"
    if isinstance(shape, Tup) and shape.head:
        meant = closest_outcome(shape.head) or "error"
        if len(shape.items) == 2:
            return f"Replace it with `{{:{meant}, …}}`"
        return f"Replace it with `{{:{meant}, {{…}}}}`, the rest in one tuple"
    return "Return `:ok`, `{:error, reason}` to retry or `{:cancel, reason}` to stop"


def check_python(worker: Worker):
    """Any value completes a job of oban for Python: only one that says failure is reported."""
    for outcome in worker.outcomes:
        head = _said(outcome.shape)
        if head is not None and outcome.kind == COMPLETED:
            origin = outcome.origin
            yield Problem(
                origin.span,
                "says that it failed, but any value completes the job: nothing is retried",
                PYTHON_HELP.get(closest_outcome(head), PYTHON_HELP["error"]),
                function=origin.function,
            )


def _said(shape) -> str | None:
    """The word of failure that a text, or the head of a tuple or dictionary, is."""
    if isinstance(shape, Text):
        head = shape.value
    elif isinstance(shape, Tup):
        first = only(shape.items[0]) if shape.items else None
        head = first.value if isinstance(first, Text) else None
    elif isinstance(shape, Map) and shape.fields:
        key, value = next(iter(shape.fields.items()))
        head = key[1] if isinstance(key[1], str) and only(value) not in NOTHING else None
    else:
        return None
    return head if head is not None and says_failure(head) else None
