"""A retry adds again.

## What it does

Reports updates that add to what is there: `update_all(inc: …)`, a `fragment` with
`? +`, `change(x, count: x.count + 1)`.

## Why is this bad?

Oban runs a job at least once, and each run adds. Balances and counters drift,
and nothing tells which jobs ran twice.

Guards are those of OB201: `unique:`, `max_attempts: 1`, a marker or a ledger row
that decides whether the update runs.

In Python such updates are not recognised: nothing is reported there.

## Invalid

```elixir
defmodule Shop.Workers.Deposit do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query

  def perform(%Oban.Job{args: %{"id" => id, "cents" => cents}}) do
    query = from(a in Shop.Account, where: a.id == ^id)
    Shop.Repo.update_all(query, inc: [balance: cents]) # reported
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Count do
  use Oban.Worker, queue: :shop, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Repo.get(Shop.Page, id) do
      nil -> {:cancel, :gone}
      page -> Shop.Repo.update(Ecto.Changeset.change(page, views: page.views + 1)) # reported
    end
  end
end
```

## Valid

```elixir
defmodule Shop.Workers.Deposit do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query

  alias Shop.{Account, Entry, Repo}

  def perform(%Oban.Job{args: %{"id" => id, "cents" => cents, "ref" => ref}}) do
    entry = %{account_id: id, ref: ref, cents: cents}

    case Repo.insert_all(Entry, [entry], on_conflict: :nothing, conflict_target: :ref) do
      {0, _} ->
        :ok

      {1, _} ->
        Repo.update_all(from(a in Account, where: a.id == ^id), inc: [balance: cents])
        :ok
    end
  end
end
```

```elixir
defmodule Shop.Workers.Set do
  use Oban.Worker, queue: :shop, max_attempts: 3

  import Ecto.Query

  def perform(%Oban.Job{args: %{"id" => id, "cents" => cents}}) do
    Shop.Repo.update_all(from(a in Shop.Account, where: a.id == ^id), set: [balance: cents])
    :ok
  end
end
```

```elixir
defmodule Shop.Workers.Once do
  use Oban.Worker, queue: :shop, max_attempts: 1

  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Repo.update_all(Shop.Account, inc: [bumps: 1])
    {:ok, id}
  end
end
```

```python
from oban import worker
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Account, engine


@worker(queue="orders", max_attempts=3)
class Deposit:
    async def process(self, job):
        async with AsyncSession(engine) as session:
            await session.execute(
                update(Account)
                .where(Account.id == job.args["id"])
                .values(balance=job.args["balance"] + 1)
            )
            await session.commit()
```

```python
from oban import worker
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Account, engine


@worker(queue="orders", max_attempts=1)
class Deposit:
    async def process(self, job):
        async with AsyncSession(engine) as session:
            await session.execute(
                update(Account)
                .where(Account.id == job.args["id"])
                .values(balance=Account.balance + job.args["cents"])
            )
            await session.commit()
```
"""

from __future__ import annotations

from checker.model.idempotency import at_most_once, claims_in_query, decided, is_unique
from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB203"
NAME = "relative-update"
SEVERITY = WARNING
LANGUAGES = ("elixir", "python")


def check(worker: Worker):
    if at_most_once(worker) or is_unique(worker):
        return
    for step in worker.steps:
        if step.has("relative") and not decided(step) and not claims_in_query(step):
            yield Problem(
                step.span,
                "adds to what is there, so every retry adds again",
                "Insert a ledger row first (`on_conflict: :nothing`) and add only when it is new"
                if worker.language == "elixir"
                else "Insert a ledger row first (`ON CONFLICT DO NOTHING`), add only when it is new",
                function=step.function,
            )
