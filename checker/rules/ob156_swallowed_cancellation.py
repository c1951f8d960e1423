"""A handler that takes a cancellation for a failure keeps the job from being stopped.

## What it does

Reports `except BaseException`, a bare `except` and `except asyncio.CancelledError` that do not
raise again.

## Why is this bad?

A timeout and a shutdown reach a job as `CancelledError`. Swallowed, the timed-out job counts as
completed, and a shutdown waits for work that goes on.

Python only.

## Invalid

```python
from oban import worker

from shop.pages import crawl


@worker(queue="web", max_attempts=3)
class Crawl:
    async def process(self, job):
        try:
            await crawl(job.args["url"])
        except BaseException as error:  # reported
            print(error)
```

## Valid

```python
from oban import worker

from shop.pages import crawl


@worker(queue="web", max_attempts=3)
class Crawl:
    async def process(self, job):
        try:
            await crawl(job.args["url"])
        except BaseException:
            print("crawl failed")
            raise
```

```python
from oban import worker

from shop.pages import Gone, crawl


@worker(queue="web", max_attempts=3)
class Crawl:
    async def process(self, job):
        try:
            await crawl(job.args["url"])
        except Gone:
            print("gone")
```

```python
import asyncio
from contextlib import suppress

from oban import worker

from shop.pages import crawl, heartbeat


@worker(queue="web", max_attempts=3)
class Crawl:
    async def process(self, job):
        beat = asyncio.create_task(heartbeat(job.id))

        try:
            async with asyncio.timeout(30):
                await crawl(job.args["url"])
        except TimeoutError:
            print("crawl took too long")
            raise
        finally:
            beat.cancel()

            with suppress(asyncio.CancelledError):
                await beat
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB156"
NAME = "swallowed-cancellation"
SEVERITY = WARNING
LANGUAGES = ("python",)

CANCELLED = "asyncio.CancelledError"
TAKEN = frozenset(("builtins.BaseException", CANCELLED))


def check(worker: Worker):
    for handler in worker.handlers:
        if not TAKEN & set(handler.exceptions) or handler.reraises or not handler.awaits:
            continue
        yield Problem(
            handler.span,
            "takes the CancelledError of a timeout or a shutdown, and the job goes on",
            "Write `except Exception`, or end with `raise`",
            function=handler.function,
        )
