"""A time without a zone is read as UTC.

## What it does

Reports `scheduled_at=` with `datetime.now()`, `datetime.utcnow()` or a `datetime(…)` without a
zone.

## Why is this bad?

`datetime.now()` is the local time of the machine; oban for Python stores it as if it were UTC:
the job runs hours too early or too late.

Python only.

## Invalid

```python
from datetime import datetime, timedelta

from oban import worker


@worker(queue="lights", max_attempts=3)
class Light:
    async def process(self, job):
        print(job.args["scene"])


async def plan(scene):
    soon = datetime.now() + timedelta(minutes=5)
    await Light.enqueue({"scene": scene}, scheduled_at=soon)  # reported
```

## Valid

```python
from datetime import UTC, datetime, timedelta

from oban import worker


@worker(queue="lights", max_attempts=3)
class Light:
    async def process(self, job):
        print(job.args["scene"])


async def plan(scene, when):
    await Light.enqueue({"scene": scene}, scheduled_at=datetime.now(UTC) + timedelta(minutes=5))
    await Light.enqueue({"scene": scene}, scheduled_at=when)
    await Light.enqueue({"scene": scene}, scheduled_at=datetime.now().astimezone())
```

```python
from datetime import datetime

from shop.lights import plan


def oban(scene):
    plan(scene, scheduled_at=datetime.now())
```

```python
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from oban import worker


@worker(queue="lights", max_attempts=3)
class Light:
    async def process(self, job):
        print(job.args["scene"])


async def plan(scene):
    here = ZoneInfo("Europe/Vienna")
    await Light.enqueue({"scene": scene}, scheduled_at=datetime(2027, 1, 1, tzinfo=here))
    await Light.enqueue({"scene": scene}, scheduled_at=datetime.now(tz=timezone.utc))
    await Light.enqueue({"scene": scene}, scheduled_in=timedelta(minutes=5))

    soon = datetime.now() + timedelta(minutes=5)
    await Light.enqueue({"scene": scene}, scheduled_at=soon.replace(tzinfo=here))
```
"""

from __future__ import annotations

from checker.model.job import Jobs
from checker.model.shape import Struct
from checker.rules.problem import WARNING, Problem

ID = "OB164"
NAME = "naive-schedule"
SEVERITY = WARNING
LANGUAGES = ("python",)

NAIVE = ("atom", "naive")


def check_jobs(jobs: Jobs):
    for job in jobs.built:
        option = job.options.get("scheduled_at")
        if option is None or job.elsewhere or not option.value:
            continue
        if all(isinstance(a.shape, Struct) and NAIVE in a.shape.fields for a in option.value):
            yield Problem(
                option.span,
                "has no zone and is read as UTC, whatever the clock of this machine says",
                "Give it a zone: `datetime.now(UTC)`, or `scheduled_in=` with seconds",
                function=job.function,
            )
