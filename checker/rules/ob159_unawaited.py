"""A coroutine that nobody awaits never runs.

## What it does

Reports `Worker.enqueue(…)` and calls of other `async def` functions that are never awaited, and
those that a job returns without awaiting them.

## Why is this bad?

Calling an `async def` only makes a coroutine. Not awaited, nothing is enqueued and nothing is
done; the job completes, and Python says a word about it at best.

Python only.

## Invalid

```python
from oban import worker


@worker(queue="feeds", max_attempts=3)
class StoreItem:
    async def process(self, job):
        return self.store(job.args["id"])  # reported

    async def store(self, id):
        print(id)


async def add(id):
    StoreItem.enqueue({"id": id})  # reported
```

## Valid

```python
import asyncio

from oban import worker


@worker(queue="feeds", max_attempts=3)
class StoreItem:
    async def process(self, job):
        return await self.store(job.args["id"])

    async def store(self, id):
        print(id)


async def add(ids):
    await asyncio.gather(*(StoreItem.enqueue({"id": id}) for id in ids))


def add_later(id):
    return StoreItem.enqueue({"id": id})
```

```python
from rq import Queue

queue = Queue("oban")


def add(id):
    queue.enqueue(print, id)
```

```python
import asyncio

from oban import worker

from shop.feeds import items


@worker(queue="feeds", max_attempts=3)
class StoreItem:
    async def process(self, job):
        print(job.args["id"])


async def add_all(feed):
    pending = [StoreItem.enqueue({"id": item}) for item in items(feed)]
    await asyncio.gather(*pending)


async def add_together(ids):
    async with asyncio.TaskGroup() as group:
        for id in ids:
            group.create_task(StoreItem.enqueue({"id": id}))


def script(id):
    asyncio.run(StoreItem.enqueue({"id": id}))
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.rules.problem import ERROR, Problem

ID = "OB159"
NAME = "unawaited"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check_jobs(jobs: Jobs):
    for lost in jobs.unawaited:
        yield Problem(
            lost.span,
            "makes a coroutine that Oban does not await: it never runs, and the job completes"
            if lost.returned
            else "makes a coroutine that nobody awaits: it never runs",
            "Write `await` before it",
            function=lost.function,
        )
