"""Ways to change a value, or to leave a function, that are easily forgotten; each really run."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from tests.soundness_python.test_generated import inferred, missed

OUTSIDE = '''
import contextlib
import functools
from dataclasses import dataclass

from oban import Cancel, Snooze, worker

TOTAL = 1
SEEN = []
LIMITS = {"a": 1}


class Gone(Exception):
    pass


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


@contextlib.contextmanager
def quiet():
    try:
        yield 1
    except Exception:
        pass


@dataclass
class Order:
    total: int = 1


def add(items, item):
    items.append(item)


def put(fields):
    fields["k"] = 5


def count(to, found=[]):
    found.append(to)
    return len(found)


def total():
    global TOTAL
    TOTAL += 1
    return TOTAL


def numbers():
    yield 1
    yield 2
    return 3


async def slow():
    yield 1


def decorated(function):
    return lambda *args: 7


@decorated
def replaced():
    return 1


@functools.cache
def cached():
    return 1


'''
TEXT = Path(__file__).with_name("known.txt").read_text("utf-8")
BODIES = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)+)", TEXT, re.MULTILINE))
MEMBERS = '''
    kept = 1

    def set(self):
        self.x = 2

    def me(self):
        return self

    @property
    def shown(self):
        return 9
'''


def worker(body: str) -> str:
    process = textwrap.indent(body, " " * 8)
    return (
        f"{OUTSIDE}@worker(max_attempts=3)\nclass W:\n    async def process(self, job):\n{process}\n"
        f"{MEMBERS}"
    )


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_happens_is_among_what_is_said(body):
    source = worker(body)
    model = inferred(source)
    assert not model.broken
    assert missed(source, model) == [], model.outcome


def test_every_body_is_read():
    assert len(BODIES) == TEXT.count("## ") > 200
