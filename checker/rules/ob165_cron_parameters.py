"""A job function in the crontab is given no args.

## What it does

Reports `@job(cron=…)` on a function with parameters that have no default.

## Why is this bad?

The scheduler enqueues the job without args. That raises inside of the scheduler, and every
entry that is due in the same minute is lost with it.

Python only.

## Invalid

```python
from oban import job


@job(queue="lights", max_attempts=3, cron="0 7 * * *")  # reported
async def morning(scene: str):
    print(scene)
```

## Valid

```python
from oban import job


@job(queue="lights", max_attempts=3, cron="0 7 * * *")
async def morning(scene: str = "dawn", *, dim: bool = False):
    print(scene, dim)
```

```python
from oban import job


@job(queue="lights", max_attempts=3)
async def morning(scene: str):
    print(scene)
```

```python
from oban import job, worker


@worker(queue="lights", max_attempts=3, cron="0 7 * * *")
class Morning:
    async def process(self, job):
        print(job.args.get("scene", "dawn"))


@job(queue="lights", max_attempts=3, cron={"expr": "0 19 * * *", "timezone": "Europe/Vienna"})
async def evening(scene: str | None = None):
    print(scene)


@job(queue="lights", max_attempts=3)
async def light(cron: str, scene: str):
    print(cron, scene)
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB165"
NAME = "cron-parameters"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    if not worker.declaration.function or "cron" not in worker.options:
        return
    needed = [p.name for p in worker.declaration.parameters if p.required]
    if needed:
        yield Problem(
            worker.use_span,
            f"runs without args, but `{needed[0]}` has no default: the scheduler raises",
            f"Give it a default: `{needed[0]}=None`",
            function=worker.name,
        )
