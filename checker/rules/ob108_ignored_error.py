"""The result of something that can fail is dropped, and the job completes.

## What it does

Reports a call in statement position whose `{:error, _}` nobody looks at: mail,
`Repo` writes, `Oban.insert`, HTTP writes, file writes.

## Why is this bad?

perform goes on to `:ok` and Oban marks the job completed (oban 2.23.1,
lib/oban/queue/executor.ex); the mail that was not sent is never tried again.

`_ = call()` and a bang function are decisions. So is a helper that says in its
name that it only tries (`maybe_`, `try_`, `best_effort`).

In Python most failures raise. What does not, and is dropped, is reported:
`asyncio.gather(…, return_exceptions=True)`, and `subprocess.run` without `check=True`.

## Invalid

```elixir
defmodule Shop.Workers.Receipt do
  use Oban.Worker, queue: :mailers, max_attempts: 3, unique: true

  alias Shop.{Emails, Mailer}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Mailer.deliver(Emails.receipt(id)) # reported
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Label do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    save(id) # reported
    {:ok, id}
  end

  defp save(id), do: Repo.update(Item.label_changeset(id))
end
```

```python
import asyncio

from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        tasks = [sync(id) for id in job.args["ids"]]
        await asyncio.gather(*tasks, return_exceptions=True)  # reported
```

## Valid

```elixir
defmodule Shop.Workers.Receipt do
  use Oban.Worker, queue: :mailers, max_attempts: 3, unique: true

  alias Shop.{Emails, Mailer}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    with {:ok, _} <- Mailer.deliver(Emails.receipt(id)), do: :ok
  end
end
```

```elixir
defmodule Shop.Workers.Label do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Repo.update!(Item.label_changeset(id))
    _ = Repo.delete(%Item{id: id})
    Phoenix.PubSub.broadcast(Shop.PubSub, "items", {:labelled, id})
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Finish do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Shop.{Item, Repo}

  def perform(%Oban.Job{args: %{"id" => id}}) do
    maybe_touch(id)
    {:ok, id}
  end

  defp maybe_touch(id) do
    Repo.update(Item.touch_changeset(id))
    :ok
  end
end
```

```python
import asyncio

from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        await asyncio.gather(*(sync(id) for id in job.args["ids"]))
```

```python
import asyncio

from oban import worker

from shop.stock import sync


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        tasks = [sync(id) for id in job.args["ids"]]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        failures = [result for result in results if isinstance(result, Exception)]

        if failures:
            raise ExceptionGroup("sync failed", failures)
```
"""

from __future__ import annotations

from checker.model.outcome import COMPLETED, UNKNOWN, UNRECOGNISED, outcomes
from checker.model.shape import FALSE, TRUE, Alt, Atom, Tup, only
from checker.model.worker import Drop, Worker
from checker.rules.problem import WARNING, Problem
from checker.vocabulary import best_effort_name, keeps_records

ID = "OB108"
NAME = "ignored-error"
SEVERITY = WARNING

GATHER = "asyncio.gather"
PYTHON_HELP = {
    GATHER: "Look at the results, or leave `return_exceptions` out",
    "subprocess.run": "Give it `check=True`, or look at `returncode`",
    "subprocess.call": "Use `subprocess.check_call`, or look at what it gives",
}
GOES_ON = frozenset((COMPLETED, UNKNOWN, UNRECOGNISED))


def check(worker: Worker):
    for drop in worker.drops:
        if drop.per_item or best_effort_name(drop.function) or not goes_on(drop, worker):
            continue
        for alt in drop.value:
            if is_lost_failure(alt):
                yield _problem(drop, alt)


def goes_on(drop: Drop, worker: Worker) -> bool:
    """Whether what follows may complete the job."""
    return any(
        outcome.kind in GOES_ON
        for ending in drop.endings
        for outcome in outcomes(ending.value, worker.version)
    )


def is_lost_failure(alt: Alt) -> bool:
    """A failure of a call whose failing matters."""
    step = alt.origin.step
    if step is None or not step.has("fallible") or best_effort_name(step.function):
        return False
    if step.trail is not None and _is_deliberate(step.trail.name):
        return False
    shape = alt.shape
    if isinstance(shape, Tup):
        return shape.head == "error"
    return isinstance(shape, Atom) and shape.name == "error"


def _is_deliberate(name: str) -> bool:
    """A function of another file that raises by itself, or that only notes what happened."""
    return name.partition("/")[0].endswith("!") or keeps_records(name)


def _problem(drop: Drop, alt: Alt) -> Problem:
    step = alt.origin.step
    here = step.function == drop.function
    call = f"`{step.call}`"
    message = f"drops the `{{:error, _}}` of {call}; the job completes without it"
    if here:
        message = "can fail, and nothing looks at its result; the job completes without it"
    return Problem(
        step.span if here else drop.span,
        message,
        "Match the result: `with {:ok, _} <- …`, or write `_ = …` if losing it is right",
        function=drop.function,
    )


def check_python(worker: Worker):
    """What does not raise by itself: `gather(…, return_exceptions=True)`, `subprocess.run`
    without `check=True`; dropped, their failures are lost."""
    for drop in worker.drops:
        step = drop.value[0].origin.step if drop.value else None
        if step is None or drop.loop or best_effort_name(drop.function):
            continue
        help = PYTHON_HELP.get(step.call)
        if help is None or not _is_silent(step):
            continue
        yield Problem(
            step.span,
            "does not raise when it fails, and nothing looks at its result",
            help,
            function=drop.function,
        )


def _is_silent(step) -> bool:
    if step.call == GATHER:
        return only(step.options.get("return_exceptions", ())) == TRUE
    given = step.options.get("check")
    return given is None and step.options_known or (given is not None and only(given) == FALSE)
