"""`return Cancel` gives the class, which completes the job.

## What it does

Reports `Cancel`, `Snooze` and `Record` that are returned without being called.

## Why is this bad?

oban for Python looks for an instance. A class is a value like any other: the job completes,
and nothing says so.

Python only.

## Invalid

```python
from oban import Cancel, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if job.args.get("to") is None:
            return Cancel  # reported
```

## Valid

```python
from oban import Cancel, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if job.args.get("to") is None:
            return Cancel("nobody to write to")
```

```python
from oban import worker

from shop.results import Cancel


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        return Cancel
```

```python
from oban import Cancel, Snooze, worker

from shop.mail import deliver


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        result = await deliver(job.args["to"])

        if isinstance(result, (Cancel, Snooze)):
            return result

        return {"type": str(Cancel)}
```
"""

from __future__ import annotations

from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB152"
NAME = "result-class"
SEVERITY = ERROR
LANGUAGES = ("python",)

CALLED = {
    "oban.Cancel": 'Cancel("reason")',
    "oban.Snooze": "Snooze(60)",
    "oban.Record": "Record(value)",
}


def check(worker: Worker):
    for alt in worker.outcome:
        name = getattr(alt.shape, "name", None)
        if name in CALLED and not hasattr(alt.shape, "fields"):
            yield Problem(
                alt.origin.span,
                "is the class, not a result of it: the job completes",
                f"Replace it with `{CALLED[name]}`",
                function=alt.origin.function,
            )
