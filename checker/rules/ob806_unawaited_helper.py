"""A helper of `oban.testing` that nobody awaits asserts nothing.

## What it does

Reports `assert_enqueued(…)`, `refute_enqueued(…)` and `drain_queue(…)` without `await`, and
`assert process_job(job)` in an async test.

## Why is this bad?

They are coroutines: without `await` nothing is looked at and nothing runs, and the test passes.
`process_job` of an async test gives a coroutine too, which is always true.

Python only.

## Invalid

```python
# tests/test_mail.py
from oban.testing import assert_enqueued, process_job

from shop.mail import SendMail, sign_up


async def test_mail():
    await sign_up("ada@example.org")
    assert_enqueued(worker=SendMail)  # reported
    assert process_job(SendMail.new({"to": "ada@example.org"}))  # reported
```

## Valid

```python
# tests/test_mail.py
from oban.testing import assert_enqueued, process_job

from shop.mail import SendMail, sign_up


async def test_mail():
    await sign_up("ada@example.org")
    await assert_enqueued(worker=SendMail)
    assert await process_job(SendMail.new({"to": "ada@example.org"})) is None


def test_mail_without_a_loop():
    assert process_job(SendMail.new({"to": "ada@example.org"})) is None
```

```python
# tests/test_mail.py
from shop.testing import assert_enqueued

oban = "none of its"


async def test_mail():
    assert_enqueued("mail")
```

```python
# tests/test_mail.py
from oban.testing import all_enqueued, process_job, refute_enqueued

from shop.mail import SendMail, sign_up


async def test_mail():
    pending = refute_enqueued(worker=SendMail)
    await pending
    assert await sign_up("ada@example.org")

    jobs = await all_enqueued(worker=SendMail)
    assert jobs[0].args == {"to": "ada@example.org"}


class TestMail:
    def test_result(self):
        result = process_job(SendMail.new({"to": "ada@example.org"}))
        assert result is None
```
"""

from __future__ import annotations

from checker.model.tests import Tests
from checker.rules.problem import ERROR, Problem

ID = "OB806"
NAME = "unawaited-helper"
SEVERITY = ERROR
LANGUAGES = ("python",)
EXAMPLE = "tests/test_example.py"


def check_tests(tests: Tests):
    for test in tests.tests:
        for action in test.actions:
            if action.waiting:
                yield Problem(
                    action.span,
                    "is a coroutine that nothing awaits: the test passes whatever is so",
                    "Write `await` before it",
                    function=test.name,
                )
