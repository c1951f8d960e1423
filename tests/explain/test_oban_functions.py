"""Waits that are left to Oban's own functions, and what backoff_waits promises besides."""

from __future__ import annotations

import math

import pytest

from checker.elixir import arithmetic, syntax
from checker.elixir.arithmetic import Interval, NotAnInteger, backoff_waits, default_wait, timeouts
from checker.elixir.modules import modules


def module(body: str):
    source = f"defmodule Shop.W do\nuse Oban.Worker\n{body}\nend\n"
    return modules(syntax.parse(source.encode()))[0]


def waits(body: str, attempts: int = 5, most: int | None = 20):
    return backoff_waits(module(body), attempts, most)


@pytest.mark.parametrize(
    "body",
    [
        "def backoff(job), do: super(job)",
        "def backoff(job), do: Worker.backoff(job)",
        "def backoff(%Job{} = job), do: Oban.Worker.backoff(job)",
        "alias Oban.Worker, as: W\ndef backoff(job), do: job |> W.backoff()",
    ],
)
def test_the_default(body):
    assert waits(body, 19) == [default_wait(attempt, 20) for attempt in range(1, 20)]


def test_the_default_of_another_attempt():
    body = "def backoff(job), do: Worker.backoff(%{job | attempt: job.attempt + 2})"
    assert waits(body, 3) == [default_wait(attempt, 20) for attempt in (3, 4, 5)]


def test_the_default_depends_on_max_attempts():
    body = "def backoff(job), do: Worker.backoff(job)"
    assert waits(body, 4, 100) == [default_wait(attempt, 100) for attempt in range(1, 5)]


def test_exponential():
    assert waits("def backoff(j), do: Oban.Backoff.exponential(j.attempt)", 11)[8:] == [
        Interval(512, 512), Interval(1024, 1024), Interval(1024, 1024),
    ]  # fmt: skip
    options = "mult: 5, max_pow: 2, min_pad: 1"
    body = f"def backoff(j), do: Oban.Backoff.exponential(j.attempt, {options})"
    assert waits(body, 3) == [Interval(11, 11), Interval(21, 21), Interval(21, 21)]


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        (", mode: :inc", 200, 220), (", mode: :dec", 180, 200),
        (", mult: 0.5, mode: :inc", 200, 299),
        # a random number below one half takes away, so at most half of it
        ("", 191, 220), (", mode: :both", 191, 220),
    ],
)  # fmt: skip
def test_jitter(options, low, high):
    """Of 200, as far as a random number below one can move it."""
    body = f"def backoff(_), do: Oban.Backoff.jitter(200{options})"
    assert waits(body, 1) == [Interval(low, high)]


def test_options_that_cannot_be_read():
    body = "def backoff(j), do: Oban.Backoff.exponential(j.attempt, Shop.options())"
    assert waits(body, 1) == [None]
    assert waits("def backoff(_), do: Oban.Backoff.jitter(9, mode: Shop.mode())", 1) == [None]


def test_what_is_not_there_or_not_public_is_not_known():
    assert waits("", 3) == [None, None, None]
    assert waits("defp backoff(_job), do: 5", 2) == [None, None]
    assert waits("defdelegate backoff(job), to: Shop.Waits", 2) == [None, None]


def test_sometimes_no_integer():
    assert waits("def backoff(j), do: if(Shop.up?(j), do: 5)", 1) == [NotAnInteger("nil", False)]
    assert waits("def backoff(j), do: if(Shop.up?(j), do: 5, else: Shop.wait(j))", 1) == [None]


def test_branches_that_cannot_be_told_apart_make_a_range():
    body = """
    def backoff(%Job{attempt: attempt, unsaved_error: error}) do
      case error.reason do
        %Shop.Error{status: 429} -> 300
        _ -> attempt * 10
      end
    end"""
    assert waits(body, 2) == [Interval(10, 300), Interval(20, 300)]


def test_timeouts():
    never = Interval(math.inf, math.inf)
    assert timeouts(module("def timeout(_), do: :infinity"), 1) == [never]
    assert timeouts(module("def timeout(job), do: super(job)"), 1) == [never]
    assert waits("def backoff(_), do: :infinity", 1) == [NotAnInteger(":infinity")]
    body = "def timeout(_), do: to_timeout(hour: 1, minute: 2, second: 3, millisecond: 4)"
    assert timeouts(module(body), 1) == [Interval(3_723_004, 3_723_004)]
    assert timeouts(module("def timeout(_), do: to_timeout(fortnight: 1)"), 1) == [None]


def test_work_is_bounded_for_all_attempts_together(monkeypatch):
    runs = []

    class Counted(arithmetic.Calculator):
        def run(self, *args):
            runs.append(args)
            return super().run(*args)

    monkeypatch.setattr(arithmetic, "Calculator", Counted)
    long = "def backoff(_) do\n" + "x = 1 + 1\n" * 13_000 + "x\nend"
    assert waits(long, 50) == [None] * 50
    assert len(runs) == 1
