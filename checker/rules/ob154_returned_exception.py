"""An exception that is returned is no exception that is raised.

## What it does

Reports `return ValueError("…")` and `return ValueError`.

## Why is this bad?

oban for Python takes a returned instance for a failure, but it was never raised: no stack
trace is recorded. A returned class is a value like any other, and the job completes.

Python only.

## Invalid

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if not job.args.get("to"):
            return ValueError("nobody to write to")  # reported

        return LookupError  # reported
```

## Valid

```python
from oban import worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        if not job.args.get("to"):
            raise ValueError("nobody to write to")
```

```python
from oban import Cancel, worker


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        return Cancel(ValueError("nobody to write to"))
```

```python
from oban import worker

from shop.mail import Refused, deliver


@worker(queue="mail", max_attempts=3)
class SendMail:
    async def process(self, job):
        try:
            await deliver(job.args["to"])
        except Refused as error:
            return error

    def failure(self):
        return ValueError("nobody to write to")
```
"""

from __future__ import annotations

from checker.model.python_results import is_exception
from checker.model.shape import Alt, Func, Struct
from checker.model.worker import Worker
from checker.rules.problem import ERROR, Problem

ID = "OB154"
NAME = "returned-exception"
SEVERITY = ERROR
LANGUAGES = ("python",)


def check(worker: Worker):
    for alt in worker.outcome:
        name = _exception(alt)
        if name is None or alt.origin.span is None:
            continue
        if isinstance(alt.shape, Struct):
            message = "fails the attempt without a stack trace"
        else:
            message = "is a class, a value like any other: the job completes"
        yield Problem(
            alt.origin.span,
            message,
            f"Raise it: `raise {name}(…)`",
            function=alt.origin.function,
        )


def _exception(alt: Alt) -> str | None:
    """The short name of a builtin exception, or of one of the project."""
    shape = alt.shape
    name = getattr(shape, "name", None)
    if not isinstance(name, str) or alt.origin.handler is not None:
        return None
    if is_exception(name):
        return name.removeprefix("builtins.")
    if isinstance(shape, Func) and name.endswith(("Error", "Exception")):
        return name
    if isinstance(shape, Struct) and alt.origin.literal and name.endswith(("Error", "Exception")):
        return name
    return None
