"""A worker that is defined inside a function cannot be found.

## What it does

Reports `@worker` and `@job` inside of a function.

## Why is this bad?

A job is stored with the worker's import path. What stands in a function has none, so another
process, or the next one, cannot import it: every attempt fails.

Python only.

## Invalid

```python
from oban import worker


def make(name):
    @worker(queue=name, max_attempts=3)  # reported
    class Made:
        async def process(self, job):
            print(job.args)

    return Made
```

## Valid

```python
from oban import worker


@worker(queue="made", max_attempts=3)
class Made:
    async def process(self, job):
        print(job.args)
```

```python
from functools import wraps


def made(job):
    @wraps(job)
    def oban():
        return job

    return oban
```

```python
from oban import worker


class Lists:
    @worker(queue="lists", max_attempts=3)
    class Rebuild:
        async def process(self, job):
            print(job.args)


try:
    import numpy
except ImportError:
    numpy = None

if numpy is not None:

    @worker(queue="lists", max_attempts=3)
    class Score:
        async def process(self, job):
            print(numpy.mean(job.args["scores"]))
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB162"
NAME = "not-importable"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    if worker.declaration.nested:
        yield Problem(
            worker.use_span,
            "stands in a function: no process can import the worker by its path",
            "Move it to the top of the module",
        )
