"""A job that ends the process takes all other jobs with it.

## What it does

Reports `sys.exit`, `exit`, `os._exit`, `os.abort` and `raise SystemExit` in a job.

## Why is this bad?

`SystemExit` is no `Exception`: oban for Python does not record it. The process ends, and every
job that it was running stays `executing` until it is rescued.

Python only.

## Invalid

```python
import sys

from oban import worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        if not job.args.get("remote"):
            sys.exit(1)  # reported

        raise SystemExit("no remote")  # reported
```

## Valid

```python
import sys

from oban import Cancel, worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        if not job.args.get("remote"):
            return Cancel("no remote")


def main():
    sys.exit("usage: sync REMOTE")
```

```python
from oban import worker

from shop.terminal import exit


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        exit(job.args["terminal"])
```

```python
import signal
import sys

from oban import job, worker

from shop.sync import Remote


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        with Remote(job.args["remote"]) as remote:
            remote.on_lost(sys.exc_info())
            await remote.exit()


@job(queue="sync", max_attempts=3)
async def sync_code(path: str):
    print(path, sys.exc_info())


def stop(*_):
    raise SystemExit("stopped")


signal.signal(signal.SIGTERM, stop)
```
"""

from __future__ import annotations

from checker.model.shape import Struct, only
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB163"
NAME = "process-exit"
SEVERITY = ERROR
LANGUAGES = ("python",)

EXIT = "builtins.SystemExit"
HELP = "Raise an `Exception` to fail the attempt, or return `Cancel(reason)`"


def check(worker: Worker):
    for step in worker.steps:
        if step.has("exits"):
            yield Problem(step.span, _message(), HELP, function=step.function)
    for failure in worker.failures:
        shape = only(failure.value or ())
        name = getattr(shape, "name", None)
        if name == EXIT or (isinstance(shape, Struct) and shape.name == EXIT):
            yield Problem(failure.span, _message(), HELP, function=failure.function)


def _message() -> str:
    return "ends the whole process, and every job that it runs stays `executing`"
