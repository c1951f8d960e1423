"""A job function that is called does not run.

## What it does

Reports a call of a `@job` function, and `@job` or `@worker` without parentheses.

## Why is this bad?

Under `@job` the name stands for a worker class: calling it makes an object, and nothing runs.
Without parentheses, `@job` takes the function for its options, and the name is no worker at
all.

Python only.

## Invalid

```python
from oban import job


@job(queue="lists", max_attempts=3)
async def refresh():
    print("refresh")


@job  # reported
async def rebuild(id: int):
    print(id)


async def handle():
    refresh()  # reported
```

## Valid

```python
from oban import job


@job()
async def refresh():
    print("refresh")


async def handle():
    await refresh.enqueue()
```

```python
from rq.decorators import job


@job("oban", timeout=5)
def refresh():
    print("refresh")


def handle():
    refresh()
```

```python
from oban import job, worker


def refresh_now():
    print("refresh")


@job(queue="lists", max_attempts=3)
async def refresh():
    refresh_now()


@worker()
class Rebuild:
    async def process(self, job):
        print(job.args)


async def handle(refresh_list):
    refresh_now()
    refresh_list()
    await Rebuild().process(Rebuild.new({"id": 1}))


def shadowing(refresh):
    refresh()
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB161"
NAME = "job-called"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    if worker.declaration.bare:
        yield Problem(
            worker.use_span,
            "is not called, so nothing becomes a worker",
            "Write parentheses after it, with its options: `(queue=\"default\", max_attempts=5)`",
        )


def check_jobs(jobs: Jobs):
    for span, name in jobs.called:
        yield Problem(
            span,
            "makes an object of the worker class that `@job` leaves: nothing runs",
            f"Write `await {name}.enqueue(…)`, or call a function of its own",
        )
