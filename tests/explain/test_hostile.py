"""Whatever a file holds: an explanation or none, soon, and no exception."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings

from checker.config import Config
from checker.explanation import explain
from checker.report import explanation as text_format
from checker.report import explanation_json
from checker.source import Source
from tests.fuzz.broken import mutated, truncated

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path.read_text() for path in sorted((ROOT / "tests/explain/golden").glob("*.ex"))]
SOURCES += [path.read_text() for path in sorted((ROOT / "examples/shop").rglob("*.ex"))]
SOURCES += [
    f"defmodule W do\nuse Oban.Worker\ndef perform(_), do: :ok\n{body}\nend\n"
    for body in (ROOT / "tests/explain/backoffs.txt").read_text().split("\n----\n")
]
PIECES = [
    "end", "do", "->", "|>", "fn", "%{", "}", "(", ")", "[", "]", '"', "#{", "&", "@", ":", ",",
    "\n", "\0", "\u202e", "def backoff(", "def timeout(_), do: ", "use Oban.Worker", "nil", "..",
    "**", "/ 0", "<<<", "99999999999999999999999999999999", "1.0e300", "-", ":rand.uniform()",
    "max_attempts: 99999999999", "max_attempts: -1", "max_attempts: 0", "{:snooze, ", "super(job)",
    "defmodule Other do", "Enum.random(1..0)", "Oban.Backoff.jitter(", "attempt: ",
]  # fmt: skip
FUZZ = settings(
    max_examples=250, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def check(text: str) -> None:
    source = Source("lib/w.ex", text)
    found = explain(source, Config.default())
    lines = text.encode("utf-8", "replace").decode("utf-8").count("\n") + 1
    for worker in found:
        rows = [*worker.outcomes, *worker.effects, *worker.raises, *worker.options]
        assert all(1 <= r.place.line <= r.place.end_line <= lines for r in [worker, *rows])
        for attempt in worker.timeline:
            assert 0 <= attempt.wait_min <= attempt.wait_max
        for line in range(worker.place.line, min(worker.place.end_line, worker.place.line + 3) + 1):
            text_format.render([worker.at(line)], line)
    shown = click.unstyle(text_format.render(found))
    assert all(char.isprintable() or char == "\n" for char in shown)
    json.loads(explanation_json.render(found))


@FUZZ
@given(truncated(SOURCES))
def test_truncated(text):
    check(text)


@FUZZ
@given(mutated(SOURCES, PIECES))
def test_mutated(text):
    check(text)


@pytest.mark.parametrize(
    "body",
    [
        "def backoff(_), do: 10 ** 10 ** 10",
        "def backoff(%{attempt: a}), do: Integer.pow(a + 1, 999_999_999_999)",
        "def backoff(_), do: Integer.pow(7, 80_000_000)",
        "def backoff(_), do: 9 ** 9 ** 9 ** 9 * 9 ** 9 ** 9",
        "import Bitwise\ndef backoff(_), do: 1 <<< 1_000_000_000_000",
        "def backoff(_), do: 1.0e308 * 10 + :math.pow(10.0, 400)",
        "def backoff(_), do: trunc(1.0e308 * 1.0e308)",
        "def backoff(job), do: backoff(job) + 1",
        "def backoff(job), do: a(job)\ndefp a(j), do: b(j) * 2\ndefp b(j), do: a(j) + 2",
        "def backoff(%{attempt: a}), do: f(a)\ndefp f(n) when n < 2, do: 1\n"
        "defp f(n), do: f(n - 1) + f(n - 2)",
        "@a @a\ndef backoff(_), do: @a",
        "def backoff(_), do: " + "(" * 900 + "1" + ")" * 900,
        "def backoff(_), do: " + " + ".join(["1"] * 3000),
        "def backoff(_), do: " + " + ".join(["Enum.random([1, 2, 4, 8, 16, 32, 64])"] * 300),
        "def backoff(%{attempt: a}) do\n" + "if a > 1 do\n" * 400 + "1\n" + "end\n" * 400 + "end",
        "def backoff(_), do: Enum.random(0..100_000_000_000_000_000_000_000_000_000_000_000)",
        "def timeout(_), do: :timer.hours(99_999_999_999_999_999_999_999_999_999_999_999)",
        "def backoff(_), do: Float.round(1.0e29 / 3, 15) |> trunc()",
    ],
)
def test_nothing_takes_long(body):
    began = time.monotonic()
    check(f"defmodule W do\nuse Oban.Worker, max_attempts: 9999\n"
          f"def perform(_), do: :ok\n{body}\nend\n")  # fmt: skip
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("attempts", ["0", "-3", "nil", "1.5", '"5"', "10 * 2", ":many"])
def test_attempts_of_any_kind(attempts):
    options = f"use Oban.Worker, max_attempts: {attempts}"
    source = f"defmodule W do\n{options}\ndef perform(_), do: 1\nend"
    check(source)
    (worker,) = explain(Source("lib/w.ex", source), Config.default())
    assert worker.max_attempts == (20 if attempts == "10 * 2" else None)
