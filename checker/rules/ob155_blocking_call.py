"""A call that blocks stalls every job on the event loop.

## What it does

Reports `time.sleep`, `requests`, `subprocess.run`, blocking database drivers and the like,
where a job calls them itself.

## Why is this bad?

All jobs of a process run on one event loop. While a call blocks it, no other job goes on, no
timeout fires, and the heartbeat stops, so other nodes may take this one for dead. A plain
`def` that stands under `@job` runs on the loop too.

`asyncio.to_thread` and executors are fine.

Python only.

## Invalid

```python
import time

import requests
from oban import worker


@worker(queue="web", max_attempts=3)
class Fetch:
    async def process(self, job):
        page = requests.get(job.args["url"], timeout=10)  # reported
        page.raise_for_status()
        time.sleep(1)  # reported
```

## Valid

```python
import asyncio

import requests
from oban import worker


def fetch(url):
    page = requests.get(url, timeout=10)
    page.raise_for_status()


@worker(queue="web", max_attempts=3)
class Fetch:
    async def process(self, job):
        await asyncio.to_thread(fetch, job.args["url"])
        await asyncio.sleep(0.1)
```

```python
import requests
from oban import worker


@worker(queue="web", max_attempts=3)
class Fetch:
    async def process(self, job):
        await self.store(job.args["url"])

    async def store(self, url):
        print(url)


def script(url):
    return requests.get(url, timeout=10)
```

```python
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import requests
from oban import worker

pool = ProcessPoolExecutor()


def render(id):
    time.sleep(2)
    return id


@worker(queue="web", max_attempts=3)
class Render:
    async def process(self, job):
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(pool, render, job.args["id"])
        await loop.run_in_executor(None, partial(requests.get, job.args["url"], timeout=10))
        tool = await asyncio.create_subprocess_exec("render", "--all")
        await tool.wait()
```

```python
import anyio.to_thread
import requests
from asgiref.sync import sync_to_async
from oban import worker


def load(url):
    return requests.get(url, timeout=10)


@worker(queue="web", max_attempts=3)
class Fetch:
    async def process(self, job):
        await anyio.to_thread.run_sync(load, job.args["url"])
        await sync_to_async(load)(job.args["url"])
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import WARNING, Problem

ID = "OB155"
NAME = "blocking-call"
SEVERITY = WARNING
LANGUAGES = ("python",)


def check(worker: Worker):
    for step in worker.steps:
        if not step.has("blocking") or all(context.apart for context in step.contexts):
            continue
        sleeps = step.has("sleep")
        yield Problem(
            step.span,
            "stalls every job on this event loop while it "
            + ("sleeps" if sleeps else "waits for an answer"),
            "Write `await asyncio.sleep(…)`, or return `Snooze(seconds)`"
            if sleeps
            else "Use an async client, or `await asyncio.to_thread(…)`",
            function=step.function,
        )
