"""No clause of perform takes what this job is given.

## What it does

Reports an enqueue whose args satisfy no clause of the worker's perform: a key is missing
that each of them asks for, or a value is another.

## Why is this bad?

The job is stored, and every attempt ends in a FunctionClauseError until the attempts are
used up. Most often a key was renamed on one side (oban 2.23.1, lib/oban/queue/executor.ex:
a raise is a failure, so it is retried).

Only args that are known key by key are compared, with clauses that can be read; one clause
that takes anything makes every job right.

In Python it is a key that `process` reads as `job.args["key"]`: a KeyError each time.

## Invalid

```elixir
defmodule Shop.Workers.Resize do
  use Oban.Worker, queue: :photos, max_attempts: 3

  def enqueue(photo, width) do
    %{photo: photo.id, width: width} |> new() |> Oban.insert() # reported
  end

  def perform(%Oban.Job{args: %{"photo_id" => id, "width" => width}}) do
    Shop.Photos.resize(id, width)
  end
end
```

```elixir
defmodule Shop.Workers.Notify do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def paid(id), do: Oban.insert(new(%{kind: :payed, id: id})) # reported

  def sent(id), do: Oban.insert(new(%{kind: :sent, id: id}))

  def perform(%Oban.Job{args: %{"kind" => "paid", "id" => id}}), do: Shop.Orders.paid(id)
  def perform(%Oban.Job{args: %{"kind" => "sent", "id" => id}}), do: Shop.Orders.sent(id)
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"], job.args.get("subject"))


async def sign_up(user):
    await SendMail.enqueue({"email": user.email})  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Resize do
  use Oban.Worker, queue: :photos, max_attempts: 3

  def enqueue(photo), do: Oban.insert(new(%{"photo_id" => photo.id, "width" => 10, "by" => "x"}))

  def enqueue_all(ids, more) do
    Oban.insert_all(for id <- ids, do: new(Map.merge(%{photo: id}, more)))
  end

  def perform(%Oban.Job{args: %{"photo_id" => id, "width" => width}}) do
    Shop.Photos.resize(id, width)
  end
end
```

```elixir
defmodule Shop.Workers.Report do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def enqueue, do: Oban.insert(new(%{}))

  def enqueue_month(month), do: Oban.insert(new(%{month: month}))

  def perform(%Oban.Job{args: %{"day" => day}}), do: Shop.Reports.daily(day)
  def perform(%Oban.Job{args: args}), do: Shop.Reports.monthly(args["month"])
end
```

```elixir
defmodule Shop.Workers.Kinds do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def enqueue(kind, id), do: Oban.insert(new(%{kind: kind, id: id}))

  def enqueue_urgent(id), do: Oban.insert(new(%{kind: :urgent, id: id, now: true}))

  def perform(%Oban.Job{args: %{"kind" => "urgent", "id" => id, "now" => true}}) do
    Shop.Orders.hurry(id)
  end

  def perform(%Oban.Job{args: %{"kind" => kind, "id" => id}} = job) when kind != "urgent" do
    Shop.Orders.handle(kind, id, job.attempt)
  end
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        to = job.args.get("to") or job.args.get("email")
        print(to, job.args.get("subject", "Welcome"))


async def sign_up(user):
    await SendMail.enqueue({"email": user.email})
```

```python
from oban import worker

from shop.mail import defaults, send


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if "to" in job.args:
            print(job.args["to"])

        await send(**job.args)


async def sign_up(user):
    await SendMail.enqueue({**defaults(), "email": user.email})
    await SendMail.enqueue({"email": user.email})
```
"""

from __future__ import annotations

from checker.model.args import built_here, plain_jobs
from checker.model.clause import Clause
from checker.model.job import Jobs, NewJob
from checker.model.shape import Value
from checker.rules.problem import WARNING, Problem

ID = "OB503"
NAME = "args-mismatch"
SEVERITY = WARNING


def check_jobs(jobs: Jobs):
    for job in plain_jobs(jobs):
        fields = job.fields
        clauses = job.worker.clauses if job.worker is not None else []
        if fields is None or not clauses or any(clause.takes(fields) for clause in clauses):
            continue
        lacking = _lacking(clauses, fields)
        yield Problem(
            job.span,
            f"fits no clause of `{_perform(job)}` of `{job.worker.name}`: {lacking}",
            f"Give the keys that it asks for: {_wanted(clauses)}",
            function=job.function,
        )


def _lacking(clauses: list[Clause], fields: dict[str, Value]) -> str:
    """What the clause that comes nearest does not get."""
    missing = [[key for key in clause.matched if key not in fields] for clause in clauses]
    least = min(missing, key=len)
    if not least:
        return "a value is none of those that it matches"
    return "no " + ", ".join(f'`"{key}"`' for key in least)


def _wanted(clauses: list[Clause]) -> str:
    rows = dict.fromkeys(", ".join(f'"{key}"' for key in clause.matched) for clause in clauses)
    return " or ".join(f"`{row}`" for row in rows)


def _perform(job: NewJob) -> str:
    return "process/1" if job.worker.pro else "perform/1"


def check_python_jobs(jobs: Jobs):
    """A key that `process` reads without a default and that the job is not given."""
    for job in built_here(jobs):
        fields = job.fields
        clauses = job.worker.clauses if job.worker is not None else []
        if fields is None or not clauses or clauses[0].passes_on:
            continue
        missing = sorted(clauses[0].read - fields.keys())
        if missing:
            yield Problem(
                job.span,
                f"gives no `{missing[0]}`, which `{job.worker.name}` reads: a KeyError every time",
                f'Give it `"{missing[0]}"`, or read it with `job.args.get`',
                function=job.function,
            )
