"""A job that is enqueued beside a transaction, not in it.

## What it does

Reports `.enqueue(…)` inside of `session.begin()` or `conn.transaction()` without `conn=`.

## Why is this bad?

Without `conn=` the job goes over a connection of Oban's own: it is there before the data is
committed, a worker may run before it can see the row, and it stays when the transaction is
rolled back.

Python only; in Elixir the repo's transaction holds the job too.

## Invalid

```python
from oban import worker


@worker(queue="orders", max_attempts=3)
class ConfirmOrder:
    async def process(self, job):
        print(job.args["id"])


async def place(session, order):
    async with session.begin():
        session.add(order)
        await session.flush()
        await ConfirmOrder.enqueue({"id": order.id})  # reported
```

## Valid

```python
from oban import worker


@worker(queue="orders", max_attempts=3)
class ConfirmOrder:
    async def process(self, job):
        print(job.args["id"])


async def place(session, order):
    async with session.begin():
        session.add(order)
        await session.flush()
        await ConfirmOrder.enqueue({"id": order.id}, conn=session)


async def place_after(session, order):
    async with session.begin():
        session.add(order)

    await ConfirmOrder.enqueue({"id": order.id})
```

```python
async def place(session, oban_queue, order):
    async with session.begin():
        await oban_queue.enqueue({"id": order.id})
```

```python
from oban import Oban, worker
from shop.locks import lock


@worker(queue="orders", max_attempts=3)
class ConfirmOrder:
    async def process(self, job):
        print(job.args["id"])


async def place(pool, id):
    async with pool.connection() as conn, conn.transaction():
        await conn.execute("INSERT INTO orders (id) VALUES (%s)", (id,))
        await ConfirmOrder.enqueue({"id": id}, conn=conn)


async def confirm(oban: Oban, session, id):
    async with lock(id):
        await ConfirmOrder.enqueue({"id": id})

    async with session.begin():
        await oban.enqueue(ConfirmOrder.new({"id": id}), conn=session)
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import WARNING, Problem

ID = "OB606"
NAME = "enqueue-outside-transaction"
SEVERITY = WARNING
LANGUAGES = ("python",)


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if job.enqueued and job.transaction and not job.conn and not job.elsewhere:
            yield Problem(
                job.span,
                "is no part of the transaction around it: the job runs before, or without, its data",
                "Pass the connection: `conn=session`",
                function=job.function,
            )
