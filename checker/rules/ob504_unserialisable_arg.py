"""Args are stored as JSON, which knows no tuple, pid, reference, function or set.

## What it does

Reports args that JSON cannot hold: a tuple (and so a keyword list), a pid, a reference,
a function, a port, a `MapSet`, a range, a regex, bytes that are no text.

## Why is this bad?

The changeset is valid, then inserting it raises `Protocol.UndefinedError` or
`Jason.EncodeError`: the job is never enqueued (seen with oban 2.23.1, Basic engine, for
each of these).

In Python it is what `json.dumps` refuses: a `datetime`, a `Decimal`, a `UUID`, a set, bytes,
an object. A tuple is stored as a list. Under `oban start` orjson encodes, which takes more: so
the same call works in a worker and raises in the web application.

## Invalid

```elixir
defmodule Shop.Reports do
  alias Shop.Workers.Report

  def schedule(id, from, to) do
    Oban.insert(Report.new(%{id: id, range: {from, to}})) # reported
  end

  def watch(id), do: Oban.insert(Report.new(%{id: id, reply_to: self()})) # reported

  def with_options(id) do
    %{
      id: id,
      options: [format: :csv, page: 1] # reported
    }
    |> Report.new()
    |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Tags do
  alias Shop.Workers.Retag

  def retag(ids) do
    Oban.insert(Retag.new(%{"ids" => MapSet.new(ids)})) # reported
  end

  def sign(id) do
    nonce = :crypto.strong_rand_bytes(16)
    Oban.insert(Retag.new(%{id: id, nonce: nonce})) # reported
  end
end
```

```python
import uuid
from datetime import UTC, datetime

from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args)


async def sign_up(user):
    await SendMail.enqueue(
        {
            "key": uuid.uuid4(),  # reported
            "at": datetime.now(UTC),  # reported
            "tags": {"new", "trial"},  # reported
        }
    )
```

## Valid

```elixir
defmodule Shop.Reports do
  alias Shop.Workers.Report

  def schedule(id, from, to) do
    Oban.insert(Report.new(%{id: id, range: [from, to], bounds: %{from: from, to: to}}))
  end

  def with_options(id, options) do
    Oban.insert(Report.new(%{id: id, options: Map.new(options), kind: :csv}))
  end

  def tags(id, set, later) do
    %{id: id, tags: MapSet.to_list(set), nonce: Base.encode64(:crypto.strong_rand_bytes(16))}
    |> Report.new(schedule_in: {5, :minutes}, meta: %{later: later})
    |> Oban.insert()
  end
end
```

```elixir
defmodule Shop.Range do
  def of(from, to), do: Shop.Interval.new(%{bounds: {from, to}})
end
```

```elixir
defmodule Shop.Results do
  def store(id, work) do
    Oban.insert(Shop.Workers.Store.new(%{id: id, result: describe(work.())}))
  end

  defp describe({:ok, value}), do: %{status: "ok", value: value}
  defp describe({:error, reason}), do: %{status: "error", reason: inspect(reason)}
end
```

```python
import uuid
from datetime import UTC, datetime

from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args)


async def sign_up(user):
    await SendMail.enqueue(
        {
            "key": str(uuid.uuid4()),
            "at": datetime.now(UTC).isoformat(),
            "tags": sorted({"new", "trial"}),
            "range": (1, 5),
            "id": user.id,
        }
    )
```

```python
from datetime import UTC, datetime, timedelta

from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args)


async def sign_up(user):
    soon = datetime.now(UTC) + timedelta(hours=1)
    await SendMail.enqueue({"at": soon.timestamp()}, scheduled_at=soon)
    await SendMail.enqueue({"id": user.id}, scheduled_in=timedelta(hours=1))
```
"""

from __future__ import annotations

from checker.model.args import arguments, built_here, each, plain_jobs
from checker.model.job import Jobs
from checker.model.shape import Alt, Func, Opaque, Struct, Tup, Value
from checker.rules.problem import ERROR, Problem

ID = "OB504"
NAME = "unserialisable-arg"
SEVERITY = ERROR

# What a message calls it, and what to pass instead.
TUPLE = ("a tuple", "Pass a list, or a map with a key for each part")
FUNCTION = ("a function", "Pass a name, and choose the function in `perform/1`")
BYTES = ("bytes that are no text", "Encode it: `Base.encode64(…)`")
PROCESS = "Pass something that finds it again: a registered name, a topic, an id"
OPAQUE = {
    "pid": ("a pid", PROCESS),
    "self": ("a pid", PROCESS),
    "reference": ("a reference", PROCESS),
    "port": ("a port", PROCESS),
    "function": FUNCTION,
}
STRUCTS = {
    "MapSet": ("a `MapSet`", "Pass a list: `MapSet.to_list(…)`"),
    "Range": ("a range", "Pass its ends, `first` and `last`"),
    "Date.Range": ("a range", "Pass its ends, `first` and `last`"),
    "Regex": ("a regex", "Pass its text: `Regex.source(…)`"),
}
RAW = frozenset((":crypto.strong_rand_bytes", ":crypto.hash", ":crypto.mac",
                 ":erlang.term_to_binary"))  # fmt: skip


def check_jobs(jobs: Jobs):
    for job in plain_jobs(jobs):
        for argument in arguments(job):
            found = _unserialisable(argument.value)
            if found is not None:
                what, help = found
                yield Problem(
                    argument.span,
                    f"gives {what}, which JSON cannot hold: inserting the job raises",
                    help,
                    function=argument.function,
                )


def _unserialisable(value: Value) -> tuple[str, str] | None:
    """What JSON cannot hold, when that is all a value can be."""
    found = [_kind(alt) for alt in each(value)]
    return found[0] if found and all(found) else None


def _kind(alt: Alt) -> tuple[str, str] | None:
    shape = alt.shape
    if isinstance(shape, Tup):
        return TUPLE
    if isinstance(shape, Func):
        return FUNCTION
    if isinstance(shape, Opaque):
        return OPAQUE.get(shape.kind)
    if isinstance(shape, Struct):
        return STRUCTS.get(shape.name)
    return BYTES if alt.origin.call in RAW else None


# What Python's `json` refuses, and what to pass instead.
REFUSED = {
    "datetime.datetime": ("a `datetime`", "Pass `….isoformat()`"),
    "datetime.date": ("a `date`", "Pass `….isoformat()`"),
    "datetime.time": ("a `time`", "Pass `….isoformat()`"),
    "datetime.timedelta": ("a `timedelta`", "Pass `….total_seconds()`"),
    "decimal.Decimal": ("a `Decimal`", "Pass `str(…)`"),
    "uuid.UUID": ("a `UUID`", "Pass `str(…)`"),
    "pathlib.Path": ("a `Path`", "Pass `str(…)`"),
}
PYTHON_OPAQUE = {
    "set": ("a set", "Pass a list: `sorted(…)`"),
    "bytes": ("bytes", "Pass text: `base64.b64encode(…).decode()`"),
    "generator": ("a generator", "Pass a list: `list(…)`"),
}


def check_python_jobs(jobs: Jobs):
    for job in built_here(jobs):
        for argument in arguments(job):
            found = [_refused(alt, jobs) for alt in each(argument.value)]
            if found and all(found):
                what, help = found[0]
                yield Problem(
                    argument.span,
                    f"gives {what}, which JSON cannot hold: enqueuing raises a TypeError",
                    help,
                    function=argument.function,
                )


def _refused(alt: Alt, jobs: Jobs) -> tuple[str, str] | None:
    shape = alt.shape
    if isinstance(shape, Opaque):
        return PYTHON_OPAQUE.get(shape.kind)
    if isinstance(shape, Struct) and shape.name in jobs.classes:
        return (f"a `{shape.name}`", "Pass its id, and load it in `process`")
    if isinstance(shape, Struct):
        return REFUSED.get(shape.name)
    return FUNCTION if isinstance(shape, Func) else None
