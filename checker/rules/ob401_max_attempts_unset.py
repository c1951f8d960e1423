"""Without `max_attempts` a failing job is tried twenty times over two weeks.

## What it does

Reports a worker whose `use` (or wrapper) sets no `max_attempts`. It is a warning
when the worker has an effect on the world, else advice.

## Why is this bad?

The default is 20 attempts with growing waits: 12 to 13 days (oban 2.23.1,
lib/oban/job.ex, lib/oban/worker.ex). A customer gets the mail two weeks late,
and each attempt is an error in every reporter.

## Invalid

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, unique: [period: :infinity, keys: [:id]] # reported

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.voucher(id)), do: :ok
  end
end
```

```python
from oban import worker


@worker(queue="mail")  # reported
class SendMail:
    async def process(self, job):
        print(job.args["to"])
```

## Valid

```elixir
defmodule Shop.Workers.Voucher do
  use Oban.Worker, queue: :mailers, max_attempts: 5, unique: [period: :infinity, keys: [:id]]

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Shop.Mailer.deliver(Shop.Emails.voucher(id)), do: :ok
  end
end
```

```elixir
defmodule Shop.Workers.FromConfig do
  @options [queue: :mailers, max_attempts: 5]
  use Oban.Worker, @options

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Vouchers.count(id)
end
```

```elixir
defmodule Shop.Workers.Wrapped do
  use Shop.Worker, queue: :mailers

  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Vouchers.count(id)
end
```

```python
from oban import job


@job(queue="mail", max_attempts=3)
async def send_mail(to: str):
    print(to)
```

```python
from oban import worker

from shop.options import MAIL


@worker(**MAIL)
class SendMail:
    async def process(self, job):
        print(job.args["to"])
```
"""

from __future__ import annotations

from checker.model.idempotency import effects
from checker.model.worker import Worker
from checker.rules.problem import ADVICE, WARNING, Problem

ID = "OB401"
NAME = "max-attempts-unset"
SEVERITY = ADVICE
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if "max_attempts" in worker.options or not worker.options_known or worker.missing:
        return
    if any("max_attempts" in options for options in worker.enqueue_options):
        return
    effect = bool(effects(worker))
    yield Problem(
        worker.use_span,
        "sets no `max_attempts`: a failing job is tried 20 times over many days",
        "Add `max_attempts: 5` (or what suits the job)"
        if worker.language == "elixir"
        else "Add `max_attempts=5` (or what suits the job)",
        severity=WARNING if effect else ADVICE,
    )
