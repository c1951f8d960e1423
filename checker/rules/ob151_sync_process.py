"""A `process` that cannot be awaited fails after its work is done.

## What it does

Reports `def process` without `async` in a `@worker` class, and an `async def process` that
yields.

## Why is this bad?

oban for Python awaits what `process` gives. The body runs, then the await raises a
`TypeError`: the attempt fails, and its side effects are repeated with every retry.

Python only.

## Invalid

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    def process(self, job):  # reported
        print(job.args["to"])
```

```python
from oban import Cancel, worker


@worker(queue="search", max_attempts=3)
class Drop:
    def process(self, job):  # reported
        return Cancel("search is off")
```

## Valid

```python
from oban import job, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        print(job.args["to"])


@job(queue="mail", max_attempts=3)
def count(to: str):
    return len(to)
```

```python
class Mailer:
    name = "no worker of oban"

    def process(self, job):
        return job.args
```

```python
from oban import worker
from shop.mail import deliver


class Sending:
    async def process(self, job):
        await deliver(job.args["to"])


@worker(queue="mail", max_attempts=3)
class SendMail(Sending):
    def backoff(self, job):
        return 30 * job.attempt

    def timeout(self, job):
        return 60
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB151"
NAME = "sync-process"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    place = worker.declaration.sync
    if place is not None and not worker.pro:
        yield Problem(
            place,
            "cannot be awaited: it runs, then every attempt fails with a TypeError",
            "Write `async def process(self, job)`, and give values with `return`",
            function="process",
        )
