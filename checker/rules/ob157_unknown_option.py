"""An option that oban for Python does not know is stored, and does nothing.

## What it does

Reports options of `@worker`, `@job`, `.new` and `.enqueue` that oban-py 0.7 does not know:
`max_attempt=`, `retries=`, `timeout=`, `unique=` …

## Why is this bad?

Nothing refuses them. They end up in the job's `extra`, and the worker runs with its defaults:
20 attempts, no timeout, no uniqueness.

`unique=` exists in Oban Pro for Python only.

Python only.

## Invalid

```python
from oban import worker


@worker(queue="crm", max_attempt=3)  # reported
class PushContact:
    async def process(self, job):
        print(job.args["id"])


@worker(queue="crm", max_attempts=3, unique={"period": 60})  # reported
class PullContact:
    async def process(self, job):
        print(job.args["id"])


async def later(id):
    await PullContact.enqueue({"id": id}, delay=5)  # reported
```

## Valid

```python
from oban import worker


@worker(queue="crm", max_attempts=3, priority=1, tags=["crm"], meta={"owner": "sales"})
class PushContact:
    async def process(self, job):
        print(job.args["id"])

    def timeout(self, job):
        return 30


async def later(id):
    await PushContact.enqueue({"id": id}, scheduled_in=300)
```

```python
from oban import worker
from oban_pro import Relay


@worker(queue="crm", max_attempts=3, unique={"period": 60})
class PushContact:
    async def process(self, job):
        print(job.args["id"], Relay)
```

```python
from celery import shared_task

from oban import job


@shared_task(max_retries=3)
def pull_contact(id):
    print(id)


@job(queue="crm", max_attempts=3)
async def push_contact(id: int, delay: int = 0, retries: int = 0):
    print(id, delay, retries)


async def later(id):
    await push_contact.enqueue(id, delay=5, retries=2)
    pull_contact.apply_async((id,), countdown=5)
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.worker import Option, Worker
from checker.rules.problem import ERROR, Problem
from checker.vocabulary import misspelt

ID = "OB157"
NAME = "unknown-option"
SEVERITY = ERROR
LANGUAGES = ("python",)

# (oban-py 0.7.0, src/oban/decorators.py and job.py)
OF_BOTH = (
    "args", "max_attempts", "meta", "priority", "queue", "schedule_in", "scheduled_at",
    "scheduled_in", "tags",
)  # fmt: skip
OF_WORKERS = (*OF_BOTH, "cron", "oban", "state", "worker")
OF_JOBS = (*OF_BOTH, "conn", "state", "worker")
ATTEMPTS = frozenset("retry retries attempts max_retries max_retry max_tries tries".split())
DELAYS = frozenset("delay run_in countdown eta run_at".split())


def check(worker: Worker):
    for option in worker.options.values():
        if option.name not in OF_WORKERS and not worker.pro:
            yield _problem(option, worker.options, OF_WORKERS, "")


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if job.definition_is_function or job.elsewhere or jobs.pro:
            continue
        for option in job.options.values():
            if option.name not in OF_JOBS:
                yield _problem(option, job.options, OF_JOBS, job.function)


def _problem(option: Option, given: dict, known: tuple, function: str) -> Problem:
    name = option.name
    meant = [other for other in known if misspelt(name, other) and other not in given]
    if len(meant) == 1:
        help = f"Write `{meant[0]}=`"
    elif name in ATTEMPTS:
        help = "Write `max_attempts=`"
    elif name in DELAYS:
        help = "Write `scheduled_in=`, in seconds"
    elif name in ("timeout", "backoff"):
        help = f"Define it: `def {name}(self, job): return …`"
    elif name == "unique":
        help = "Take it out: a constraint of the database, or Oban Pro, keeps jobs unique"
    else:
        help = "Take it out; known are " + ", ".join(f"`{other}`" for other in known)
    return Problem(
        option.span,
        f"does nothing: Oban stores `{name}` and never reads it",
        help,
        function=function,
    )
