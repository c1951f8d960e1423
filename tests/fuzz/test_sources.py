"""Whatever a source holds: no exception, no failing rule, and findings that lie inside it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.check import check_source
from checker.config import Config
from checker.rules import all_rules
from checker.source import Source, decode
from tests.fuzz.broken import assert_sound, mutated, truncated
from tests.rules.examples import examples

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    e.code for rule in all_rules() for e in examples(rule, "invalid") if e.language == "elixir"
]
SOURCES += [p.read_text() for p in sorted((ROOT / "examples/shop").rglob("*.ex"))]
PIECES = [
    "end", "do", "->", "|>", "<-", "fn", "%{", "}", "(", ")", "[", "]", '"', '"""', "~s(", "#{",
    "&", "&1", "@", "::", "<<", ">>", ":", ",", ";", "\n", "\r\n", "\t", "\0", "\ufeff", "é", "😀",
    "\u202e", "case x do", "with a <- b", "rescue", "catch", "after", "else", "def perform(",
    "# oban-guard: ignore[OB101]", "use Oban.Worker", "__MODULE__", "nil", "Repo.transaction(",
]  # fmt: skip
FUZZ = settings(
    max_examples=250, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def check(text: str):
    source = Source("lib/shop/fuzzed.ex", text)
    report = check_source(source, Config.default())
    assert_sound(report, text)
    return report


@FUZZ
@given(truncated(SOURCES))
def test_truncated(text):
    check(text)


@FUZZ
@given(mutated(SOURCES, PIECES))
def test_mutated(text):
    check(text)


@FUZZ
@given(st.sampled_from(SOURCES), st.data())
def test_lines_moved(text, data):
    """Lines taken out and doubled: still Elixir, most of the time."""
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        if data.draw(st.booleans()) and len(lines) > 1:
            del lines[at]
        else:
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
    check("\n".join(lines))


@FUZZ
@given(st.binary(max_size=400))
def test_bytes(data):
    check(decode(b"use Oban.Worker\n" + data))


@pytest.mark.parametrize(
    "body",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "[" * 3000 + "]" * 3000,
        "x" + " |> f()" * 4000,
        "x" + " <> y" * 3000,
        "if a do\n" * 600 + "1\n" + "end\n" * 600,
        "case a do\n1 -> " * 600 + "1\n" + "end\n" * 600,
        "fn -> " * 1500 + "1" + " end" * 1500,
        "{:ok, " * 2500 + "1" + "}" * 2500,
        "%{a: " * 2500 + "1" + "}" * 2500,
        "!" * 5000 + "x",
        "a." * 3000 + "b",
        '"#{' * 500 + "1" + '}"' * 500,
    ],
    ids=lambda body: body[:12].strip(),
)
def test_deeply_nested(body):
    check(f"defmodule A do\n  use Oban.Worker\n  def perform(_job) do\n{body}\n  end\nend\n")


def test_many_ways_through_end():
    """Branches multiply; the work does not."""
    branches = "\n".join(
        f"    x{n} = if a{n}(job), do: x{n - 1}, else: {{x{n - 1}, {n}}}" for n in range(1, 60)
    )
    code = f"  def perform(job) do\n    x0 = 1\n{branches}\n    x59\n  end\n"
    check(f"defmodule A do\n  use Oban.Worker\n{code}end\n")


def test_functions_that_call_each_other_end():
    functions = "\n".join(
        f"  defp f{n}(x), do: if(x > {n}, do: f{(n * 7) % 40}([x]), else: f{(n * 3 + 1) % 40}({{x}}))"
        for n in range(40)
    )
    code = f"  def perform(job), do: f1(job.id)\n{functions}\n"
    check(f"defmodule A do\n  use Oban.Worker\n{code}end\n")


def test_what_decided_a_value_does_not_add_up_from_call_to_call():
    """Five calls deep it once took more memory than there is."""
    functions = "\n".join(
        f"  defp f{n}(x), do: f{n + 1}(case f{n + 1}(x) do {{:ok, y}} -> y; other -> other end)"
        for n in range(4)
    )
    code = f"  def perform(job), do: f0(job.id)\n{functions}\n  defp f4(x), do: Repo.get(A, x)\n"
    tracemalloc.start()
    check(f"defmodule A do\n  use Oban.Worker\n{code}end\n")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
