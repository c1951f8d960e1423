"""A worker's queue is in no configuration.

## What it does

Points at the queue of a worker that no `queues:` of the project lists. It speaks only where
every list can be read: nothing is said with several instances of Oban, queues that are
started at run time, or lists that are computed.

## Why is this bad?

Inserting a job does not ask whether its queue runs anywhere: the row is there, `available`,
and stays so. Nothing is logged, and no test sees it, for tests run no queues (measured with
oban 2.23.1: a job inserted into a queue that no node runs).

In Python the queues are those of `oban.toml`, and those given to `Oban(queues=…)`.

## Invalid

```elixir
# lib/shop/workers/send_report.ex
defmodule Shop.Workers.SendReport do
  use Oban.Worker, queue: :reports, max_attempts: 3 # reported

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reports.deliver(id)
end
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10, mailers: 5]
```

```elixir
# lib/shop/workers/sweep.ex
defmodule Shop.Workers.Sweep do
  use Oban.Worker, max_attempts: 3 # reported

  @impl Oban.Worker
  def perform(_job), do: Shop.Carts.sweep()
end
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [mailers: 5]
```

```python
# shop/mail.py
from oban import worker


@worker(queue="mails", max_attempts=3)  # reported
class SendMail:
    async def process(self, job):
        print(job.args["to"])


# oban.toml
[queues]
default = 5
mail = 10
```

## Valid

```elixir
# lib/shop/workers/send_report.ex
defmodule Shop.Workers.SendReport do
  use Oban.Worker, queue: :reports, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reports.deliver(id)
end
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10]
# config/prod.exs
import Config

config :shop, Oban, queues: [default: 10, reports: 2]
```

```elixir
# lib/shop/workers/send_report.ex
defmodule Shop.Workers.SendReport do
  use Oban.Worker, queue: :reports, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reports.deliver(id)
end
# config/runtime.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: Shop.Queues.from_env()
```

```elixir
# lib/shop/workers/send_report.ex
defmodule Shop.Workers.SendReport do
  use Oban.Worker, queue: :reports, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reports.deliver(id)
end
# lib/shop/tenants.ex
defmodule Shop.Tenants do
  def start(name), do: Oban.start_queue(queue: name, limit: 2)
end
# config/config.exs
import Config

config :shop, Oban, repo: Shop.Repo, queues: [default: 10]
```

```python
# shop/mail.py
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


@worker(max_attempts=3)
class Sweep:
    async def process(self, job):
        print(job.args)


# oban.toml
[queues]
default = 5
mail = 10
```

```python
# shop/mail.py
from oban import worker


@worker(queue="mails", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


# shop/start.py
from oban import Oban

from shop.settings import queues


def start(pool):
    return Oban(pool=pool, queues=queues())


# oban.toml
[queues]
mail = 10
```
"""

from __future__ import annotations

from checker.model.shape import Atom, Text, only
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB701"
NAME = "queue-not-configured"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")

DEFAULT = "default"


def check(worker: Worker):
    queues = worker.around.queues if worker.around is not None else None
    name = _queue(worker)
    if queues is None or name is None or name in queues:
        return
    if any("queue" in options for options in worker.enqueue_options):
        return
    option = worker.options.get("queue")
    listed = ", ".join(f"`{queue}`" for queue in sorted(queues))
    yield Problem(
        option.span if option is not None else worker.use_span,
        f"puts its jobs into the queue `{name}`, which no configuration runs: they wait for ever",
        f"Add `{name}: 10` to `queues:`, or take one of {listed}"
        if worker.language == "elixir"
        else f"Add `{name} = 10` to the queues, or take one of {listed}",
    )


def _queue(worker: Worker) -> str | None:
    """The queue's name; None where it cannot be told, or a wrapper may set it."""
    given = worker.option("queue")
    if given is None:
        return DEFAULT if worker.options_known and worker.wrapper is None else None
    shape = only(given)
    if isinstance(shape, Atom):
        return shape.name
    return shape.value if isinstance(shape, Text) else None
