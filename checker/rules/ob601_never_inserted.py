"""`Worker.new` only builds a job: nothing is enqueued.

## What it does

Reports a job that is built and dropped.

## Why is this bad?

`new/2` answers a changeset; the row is written by `Oban.insert` (oban 2.23.1,
lib/oban/worker.ex). The code goes on, nothing warns, and the job does not exist.

In Python it is `.new(…)` too; `.enqueue(…)` that nobody awaits is OB159.

## Invalid

```elixir
defmodule Shop.Orders do
  alias Shop.{Order, Repo}
  alias Shop.Workers.Confirm

  def place(params) do
    order = Repo.insert!(Order.new_changeset(params))
    Confirm.new(%{order_id: order.id}) # reported
    {:ok, order}
  end
end

defmodule Shop.Workers.Confirm do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def perform(%Oban.Job{args: %{"order_id" => id}}), do: Shop.Orders.confirm(id)
end
```

```elixir
defmodule Shop.Workers.Remind do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def remind_all(ids) do
    Enum.each(ids, fn id ->
      %{id: id}
      |> new(schedule_in: 60) # reported
    end)
  end

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Orders.remind(id)
end
```

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


async def sign_up(user):
    SendMail.new({"to": user.email})  # reported
```

## Valid

```elixir
defmodule Shop.Orders do
  alias Shop.Workers.Confirm

  def confirm(order) do
    %{order_id: order.id} |> Confirm.new() |> Oban.insert()
  end

  def changeset(order), do: Confirm.new(%{order_id: order.id})

  def later(order) do
    job = Confirm.new(%{order_id: order.id}, schedule_in: 60)
    Shop.Queue.add(job)
    order
  end

  def check(order) do
    _ = Confirm.new(%{order_id: order.id})
    :ok
  end
end

defmodule Shop.Workers.Confirm do
  use Oban.Worker, queue: :mailers, max_attempts: 3

  def perform(%Oban.Job{args: %{"order_id" => id}}), do: Shop.Mails.confirm(id)
end
```

```elixir
defmodule Shop.Carts do
  def open(id) do
    Shop.Registry.new(%{cart_id: id})
    :ok
  end
end
```

```elixir
defmodule Shop.Imports do
  alias Shop.Workers.Import

  def all(paths) do
    jobs = for path <- paths, do: Import.new(%{path: path})
    Oban.insert_all(jobs)
  end
end

defmodule Shop.Workers.Import do
  use Oban.Worker, queue: :imports, max_attempts: 3

  def perform(%Oban.Job{args: %{"path" => path}}), do: Shop.Files.import(path)
end
```

```python
from oban import Oban, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


async def sign_up(oban: Oban, users):
    await oban.enqueue_many([SendMail.new({"to": user.email}) for user in users])


def built(user):
    return SendMail.new({"to": user.email})
```

```python
from oban import worker

from shop.mail import keep


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


class Mailbox:
    def __init__(self, user):
        self.job = SendMail.new({"to": user.email})
        keep(SendMail.new({"to": user.email}))
```
"""

from __future__ import annotations

from checker.model.job import DROPPED, Jobs
from checker.rules.problem import ERROR, Problem

ID = "OB601"
NAME = "never-inserted"
SEVERITY = ERROR


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if job.fate == DROPPED and not job.elsewhere:
            yield Problem(
                job.span,
                "only builds the job: it is dropped, and nothing is enqueued",
                "Pipe it into `Oban.insert()`, and match the result",
                function=job.function,
            )


def check_python_jobs(jobs: Jobs):
    for job in jobs.built:
        if job.fate == DROPPED and not job.elsewhere:
            yield Problem(
                job.span,
                "only builds the job: it is dropped, and nothing is enqueued",
                "Write `await` and `.enqueue(…)` for `.new(…)`",
                function=job.function,
            )
