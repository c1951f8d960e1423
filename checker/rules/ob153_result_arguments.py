"""A result that Python refuses to build fails the attempt instead.

## What it does

Reports `Cancel()` without a reason, `Snooze()` without seconds, `Record()` without a value,
and keywords that they do not take.

## Why is this bad?

The call raises a `TypeError` inside of the job: it is retried until the attempts are used up,
where it was meant to stop or to wait.

Python only.

## Invalid

```python
from oban import Cancel, Snooze, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if job.args.get("to") is None:
            return Cancel()  # reported

        if job.meta.get("snoozed", 0) < 3:
            return Snooze(minutes=5)  # reported
```

## Valid

```python
from oban import Cancel, Record, Snooze, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if job.args.get("to") is None:
            return Cancel(reason="nobody to write to")

        if job.meta.get("snoozed", 0) < 3:
            return Snooze(seconds=300, meta={"why": "night"})

        return Record({"to": job.args["to"]}, limit=1_000)
```

```python
from oban import Cancel, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        reasons = ["nobody"]
        return Cancel(*reasons)
```

```python
from oban import Cancel, Snooze, worker

from shop.mail import window


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        options = window(job.args["to"])

        if options is None:
            return Cancel("")

        if job.meta.get("snoozed", 0) < 3:
            return Snooze(**options)
```
"""

from __future__ import annotations

from checker.model.shape import Struct
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB153"
NAME = "result-arguments"
SEVERITY = ERROR
LANGUAGES = ("python",)

TAKES = {
    "oban.Cancel": ("reason", 'Cancel("reason")'),
    "oban.Snooze": ("seconds", "Snooze(300)"),
    "oban.Record": ("value", "Record(value)"),
}
REFUSED = ("atom", "refused")


def check(worker: Worker):
    for alt in worker.outcome:
        shape = alt.shape
        if not isinstance(shape, Struct) or shape.name not in TAKES or REFUSED not in shape.fields:
            continue
        what, example = TAKES[shape.name]
        strange = shape.fields[REFUSED][0].shape.value
        message = f"takes no `{strange}=`" if strange else f"is given no {what}"
        yield Problem(
            alt.origin.span,
            f"{message}: it raises a TypeError, and the job is retried",
            f"Replace it with `{example}`",
            function=alt.origin.function,
        )
