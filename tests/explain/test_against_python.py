"""The waits against Python itself: what `backoff` answers here is what it answers there."""

from __future__ import annotations

import importlib.util
import random
import sys
import textwrap
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from checker.config import Config
from checker.explanation import explain
from checker.model.timing import Interval, NotAnInteger
from checker.python.names import ClassDefinition, File
from checker.python.tree import parse
from checker.python.waits import default_wait, waits
from checker.source import Source
from tests.oban_py import needed, python

BODIES = (Path(__file__).parent / "python_backoffs.txt").read_text().split("\n----\n")
ATTEMPTS = 20
HEAD = """
import math
import random
from datetime import timedelta

STEPS = [10, 60, 300]


def helper(attempt, most=100):
    return min(attempt * 7, most)


class Sync:
    base = 30

    def grown(self, attempt, by=1):
        return attempt ** by

    def backoff(self, job):
"""
BELOW_ONE = 1 - 2**-53


def module(body: str) -> str:
    return HEAD + textwrap.indent(body.rstrip("\n"), " " * 8) + "\n"


def here(body: str, attempts: int = ATTEMPTS) -> list:
    file = File(parse(module(body)), "w.py", "w")
    (worker,) = [d for d in file.definitions if isinstance(d, ClassDefinition)]
    found = {**worker.constants, **worker.methods}
    return waits(worker.methods["backoff"], worker, found.get, attempts, ATTEMPTS)[0]


def there(body: str, attempt: int):
    """What CPython answers where chance gives its least and its most, in whole seconds."""
    names: dict = {}
    exec(module(body), names)  # noqa: S102: written in this folder
    job = SimpleNamespace(attempt=attempt, max_attempts=ATTEMPTS)
    answers = []
    for share in (0.0, BELOW_ONE):
        chance = SimpleNamespace(
            random=lambda share=share: share,
            uniform=lambda a, b, share=share: a + (b - a) * share,
            randint=lambda a, b, share=share: b if share else a,
            choice=lambda items, share=share: max(items) if share else min(items),
        )
        names["random"] = chance
        try:
            answers.append(names["Sync"]().backoff(job))
        except (LookupError, ArithmeticError, ValueError):
            return "raises"
    if isinstance(answers[0], timedelta):
        return "a `timedelta`"
    numbers = [round(float(answer or 0)) for answer in answers]
    return min(numbers), max(numbers)


def told(answer):
    if isinstance(answer, Interval):
        return answer.low, answer.high
    return answer.what if isinstance(answer, NotAnInteger) and answer.certain else answer


@pytest.mark.parametrize("body", BODIES)
def test_backoffs_answer_what_python_answers(body):
    expected = [there(body, attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert [told(answer) for answer in here(body)] == expected


@pytest.mark.parametrize(
    "body",
    [
        "return job.args['wait']",
        "return elsewhere(job)",
        "for _ in range(3): pass\nreturn 5",
        "return 10 ** 10 ** 10",
        "return 2 ** 5000",
        "return 'x' * 10 ** 9",
        "while True:\n    pass",
        "return self.backoff(job)",
        "return 100 / random.randint(0, 5)",
    ],
)
def test_what_cannot_be_worked_out(body):
    assert here(body, 2) == [None, None]


def test_what_raises_by_chance_is_told_to_do_so():
    body = "if random.random() < 0.5:\n    raise ValueError\nreturn 5"
    assert here(body, 1) == [NotAnInteger("raises", False)]


def jittery_clamped(attempt: int, max_attempts: int, share: float) -> int:
    """As oban-py 0.7.0 has it (src/oban/_backoff.py), with a share that chance gives there."""
    clamped = attempt if max_attempts <= 20 else round(attempt / max_attempts * 20)
    time = 15 + 1 * pow(2, min(clamped, 100))
    return time + int(share * 0.1 * time)


@pytest.mark.parametrize("most", [3, 20, 21, 40, 97])
def test_default_waits_are_obans(most):
    for attempt in range(1, most + 1):
        ends = [jittery_clamped(attempt, most, share) for share in (0.0, BELOW_ONE)]
        assert default_wait(attempt, most) == Interval(*ends)


@cache
def oban_backoff():
    """The module of the real oban; what it needs of Python is older than oban itself."""
    needed()
    (path,) = python().parents[1].glob("lib/python*/site-packages/oban/_backoff.py")
    spec = importlib.util.spec_from_file_location("oban_backoff", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("call", [
    "jittery_clamped(job.attempt, job.max_attempts)",
    "jittery_exponential(job.attempt, max_pow=8, min_pad=5)",
    "exponential(job.attempt, mult=3)",
    "jitter(60 * job.attempt, mode='dec', mult=0.2)",
])  # fmt: skip
def test_obans_own_helpers(call):
    oban = oban_backoff()
    name = call.partition("(")[0]
    file = f"from oban._backoff import {name}\n" + module(f"return {call}")
    tree = File(parse(file), "w.py", "w")
    (worker,) = [d for d in tree.definitions if isinstance(d, ClassDefinition)]
    found = {**worker.constants, **worker.methods}
    ours = waits(worker.methods["backoff"], worker, found.get, 20, 20)[0]
    for attempt, wait in enumerate(ours, 1):
        job = SimpleNamespace(attempt=attempt, max_attempts=20)
        names = {name: getattr(oban, name), "job": job}
        answers = []
        for share in (0.0, 0.5 - 2**-53, 0.5, BELOW_ONE):
            with mock.patch.object(random, "random", return_value=share):
                answers.append(eval(call, names))  # noqa: S307: written above
        assert wait == Interval(min(answers), max(answers))


WORKER = """from oban import Cancel, Snooze, job, worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        if job.args.get("a"):
            return Cancel("gone")
        if job.args.get("b"):
            return Snooze(60)
        if job.args.get("c"):
            raise SystemExit(1)
        if job.args.get("d"):
            raise ValueError("d")
        return ValueError("e")

    def backoff(self, job):
        return 10 * job.attempt

    def timeout(self, job):
        return 1.5


@job()
async def send_mail(to):
    return True
"""


def explained(text: str) -> list:
    return explain(Source("w.py", text), Config.default())


def test_outcomes_of_a_worker():
    sync, mail = explained(WORKER)
    assert (sync.name, mail.name, sync.language) == ("w.Sync", "w.send_mail", "python")
    assert [(row.value, row.state, row.place.line) for row in sync.outcomes] == [
        ('Cancel("gone")', "cancelled", 8),
        ("Snooze(60)", "scheduled", 10),
        ('ValueError("e")', "retryable", 15),
    ]
    assert [(row.kind, row.place.line) for row in sync.raises] == [("exit", 12), ("raise", 14)]
    assert [attempt.wait_min for attempt in sync.timeline] == [0, 10, 20]
    assert (sync.timeout.low, sync.timeout.high) == (1500, 1500)
    assert mail.max_attempts == 20 and len(mail.timeline) == 20


def test_it_is_the_line_of_the_decorator_that_names_the_place():
    sync, mail = explained(WORKER)
    assert (sync.place.line, sync.place.end_line, mail.place.line) == (4, 21, 24)


def test_python_is_not_run():
    explained(WORKER.replace("return 10 * job.attempt", "import this\n        return 1"))
    assert "this" not in sys.modules
