"""A worker that cannot be built without arguments fails every attempt.

## What it does

Reports an `__init__` of a `@worker` class that asks for arguments.

## Why is this bad?

oban for Python builds the worker anew for each attempt, with no arguments: a `TypeError` every
time.

Python only.

## Invalid

```python
from oban import worker


@worker(queue="search", max_attempts=3)
class PutDocument:
    def __init__(self, index):  # reported
        self.index = index

    async def process(self, job):
        await self.index.put(job.args["id"])
```

## Valid

```python
from oban import worker

from shop.search import client


@worker(queue="search", max_attempts=3)
class PutDocument:
    def __init__(self, index=None):
        self.index = index or client()

    async def process(self, job):
        await self.index.put(job.args["id"])
```

```python
class Index:
    def __init__(self, client):
        self.client = client
        self.name = "oban"
```

```python
from dataclasses import dataclass, field

from oban import worker


@worker(queue="search", max_attempts=3)
@dataclass
class PutDocument:
    name: str = "documents"
    seen: list = field(default_factory=list)

    async def process(self, job):
        self.seen.append(job.args["id"])


@worker(queue="search", max_attempts=3)
class PutPage:
    def __init__(self, *clients, **options):
        self.clients = clients
        self.options = options

    async def process(self, job):
        print(self.clients, self.options)
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB158"
NAME = "constructor"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    if worker.declaration.needs is not None:
        yield Problem(
            worker.declaration.needs,
            "asks for arguments that Oban does not give: every attempt fails with a TypeError",
            "Give each parameter a default, or make what it needs in `process`",
            function="__init__",
        )
