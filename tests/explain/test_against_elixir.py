"""The arithmetic against Elixir itself: what backoff/1 answers here is what it answers there."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from checker.elixir import syntax
from checker.elixir.arithmetic import Interval, NotAnInteger, backoff_waits
from checker.elixir.modules import modules

HERE = Path(__file__).parent
BODIES = (HERE / "backoffs.txt").read_text().rstrip("\n").split("\n----\n")
ATTEMPTS = 20
WORDS = {"float": "a float", ":raises": "raises", '"60"': "a string", "{5,:minutes}": "a tuple"}

pytestmark = pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")


def in_elixir(bodies: list[str], folder: Path) -> list[list]:
    """For each body what it answers in each attempt: (least, most), or what it is instead."""
    path = folder / "bodies.txt"
    path.write_text("\n----\n".join(bodies))
    run = subprocess.run(
        ["elixir", str(HERE / "evaluate.exs"), str(path)],
        capture_output=True, text=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found: list[list] = [[] for _ in bodies]
    for line in run.stdout.splitlines():
        index, _attempt, kind, least, most = line.split(" ")
        answer = (int(least), int(most)) if kind == "integer" else WORDS.get(kind, kind)
        found[int(index)].append(answer)
    return found


def here(body: str) -> list:
    source = f"defmodule W do\nuse Oban.Worker\n{body}\nend\n"
    (module,) = modules(syntax.parse(source.encode()))
    return backoff_waits(module, ATTEMPTS, ATTEMPTS)


def told(answer):
    if isinstance(answer, Interval):
        return (answer.low, answer.high)
    return answer.what if isinstance(answer, NotAnInteger) and answer.certain else answer


def test_backoffs_answer_what_elixir_answers(tmp_path):
    """Ranges too: each of these is small enough that chance gives both its ends."""
    theirs = in_elixir(BODIES, tmp_path)
    assert all(len(answers) == ATTEMPTS for answers in theirs)
    wrong = []
    for body, answers in zip(BODIES, theirs, strict=True):
        ours = [told(answer) for answer in here(body)]
        if ours != answers:
            wrong.append((body, ours, answers))
    assert not wrong


LEAVES = ["attempt", "0", "1", "2", "3", "7", "-4", "1.5", "0.25"]
CALLS = ["trunc({})", "round({})", "ceil({})", "floor({})", "abs({})", "-({})"]
PAIRS = ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "min({}, {})", "max({}, {})",
         "div({}, {})", "rem({}, {})", "Integer.mod({}, {})", "({} ** {})",
         "(:math.pow({}, {}))"]  # fmt: skip
TESTS = ["<", ">", "<=", ">=", "==", "!=", "===", "!=="]


def expression(chance: random.Random, depth: int) -> str:
    """Some expression over the attempt; it may well raise."""
    if depth == 0:
        return chance.choice(LEAVES)
    inner = [expression(chance, depth - 1) for _ in range(4)]
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(CALLS).format(inner[0])
    if kind < 0.8:
        return chance.choice(PAIRS).format(*inner[:2])
    test = f"{inner[2]} {chance.choice(TESTS)} {inner[3]}"
    return f"if({test}, do: {inner[0]}, else: {inner[1]})"


def test_any_expression(tmp_path):
    chance = random.Random(7)
    written = [expression(chance, chance.randint(1, 3)) for _ in range(250)]
    bodies = [f"def backoff(%Job{{attempt: attempt}}), do: {text}" for text in written]
    known = 0
    for text, answers in zip(written, in_elixir(bodies, tmp_path), strict=True):
        body = f"def backoff(%Job{{attempt: attempt}}), do: {text}"
        for ours, theirs in zip(map(told, here(body)), answers, strict=True):
            known += ours is not None
            assert ours is None or ours == theirs, (text, ours, theirs)
    assert known > 0.9 * 250 * ATTEMPTS
