"""A job function whose parameters cannot be filled from JSON, or that is given options.

## What it does

Reports `@job` on a function with `*args`, `**kwargs` or positional-only parameters, and options
such as `queue=` that are given to `enqueue` or `new` of a job function.

## Why is this bad?

oban for Python calls a job function with its args by name: `*args` and positional-only
parameters raise a `TypeError` on every attempt, `**kwargs` arrive as one nested dictionary.
`enqueue` of a job function takes the function's own parameters: `queue=` raises.

Python only.

## Invalid

```python
from oban import job


@job(queue="lists", max_attempts=3)  # reported
async def rebuild(*ids):
    print(ids)


@job(queue="lists", max_attempts=3)
async def rebuild_one(id: int):
    print(id)


async def handle(id):
    await rebuild_one.enqueue(id, queue="urgent")  # reported
```

## Valid

```python
from oban import job


@job(queue="lists", max_attempts=3)
async def rebuild(ids: list[int], *, queue: str = "none"):
    print(ids, queue)


async def handle(ids, conn):
    await rebuild.enqueue(ids, queue="mine", conn=conn)
```

```python
def rebuild(*ids, **options):
    print("oban", ids, options)
```

```python
from oban import job, worker


@job(queue="lists", max_attempts=3)
async def resend(campaign: int, priority: int = 0, *, tags: list[str] | None = None):
    print(campaign, priority, tags)


@worker(queue="lists", max_attempts=3)
class Rebuild:
    async def process(self, job, *rest, **options):
        print(job.args, rest, options)


async def handle(campaign):
    await resend.enqueue(campaign, priority=5, tags=["spring"])
    await Rebuild.enqueue({"id": campaign}, queue="urgent", priority=1)
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB160"
NAME = "job-signature"
SEVERITY = ERROR
LANGUAGES = ("python",)

WRITTEN = {"args": "*{}", "kwargs": "**{}", "positional": "{}, /"}
OPTIONS = frozenset((
    "queue", "max_attempts", "priority", "tags", "meta", "scheduled_at", "scheduled_in",
    "schedule_in",
))  # fmt: skip


def check(worker: Worker):
    for parameter in worker.declaration.parameters:
        if parameter.kind in WRITTEN:
            written = WRITTEN[parameter.kind].format(parameter.name)
            yield Problem(
                worker.use_span,
                f"makes a job of a function with `{written}`, which no args can fill",
                "Give it plain parameters, each with its name",
                function=worker.name,
            )
            return


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        if not job.definition_is_function or job.elsewhere:
            continue
        for name in job.options:
            if name in OPTIONS:
                yield Problem(
                    job.span,
                    f"gives `{name}=` to a job function, which takes its own parameters only",
                    f"Give `{name}=` in the decorator, or use a `@worker` class",
                    function=job.function,
                )
                break
