"""The guard over the rules' own examples: what is new, what is old, what was renamed."""

from __future__ import annotations

import re

import pytest

from checker.check import check_source
from checker.config import Config
from checker.guard import decide
from checker.rules import all_rules
from checker.source import Source
from checker.world import World

from .desk import Desk

NAME = re.compile(r"defmodule ([\w.]+)")
PATH = "lib/shop/example.ex"


def examples() -> list:
    """Every invalid example that blocks, of every rule."""
    found = []
    for rule in all_rules():
        invalid = rule.__doc__.partition("## Invalid")[2].partition("## Valid")[0]
        texts = re.findall(r"```elixir\n(.*?)```", invalid, re.DOTALL)
        found += [pytest.param(t, id=f"{rule.ID}-{n}") for n, t in enumerate(texts) if blocks(t)]
    return found


def blocks(text: str) -> bool:
    """Whether the checker finds an error or a warning in a text."""
    return any(f.blocking for f in check_source(Source(PATH, text), Config.default()).findings)


class Examples(Desk):
    """A session with the real checker."""

    def decide(self, event):
        return decide(event, World(event, str(self.data), self.env))


@pytest.fixture
def desk(tmp_path) -> Examples:
    """A session in an empty project."""
    return Examples(tmp_path)


@pytest.fixture(params=examples())
def bad(request) -> str:
    """An example that blocks."""
    return request.param


def renamed(text: str) -> str:
    """The text with every module that has a problem under a new name."""
    findings = check_source(Source(PATH, text), Config.default()).findings
    for name in {finding.worker for finding in findings if finding.blocking and finding.worker}:
        text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w|\.[A-Z])", f"{name}Again", text)
    return text


def copied(text: str) -> str:
    """The text with every module that it defines under a new name, also where it is aliased."""
    for name in {name.rpartition(".")[2] for name in NAME.findall(text)}:
        text = re.sub(rf"(?<![\w:]){re.escape(name)}(?!\w)", f"{name}Again", text)
    return text


def test_a_new_problem_is_held_back(desk, bad):
    assert desk.write(PATH, bad).verdict == "deny"


def test_an_old_problem_holds_no_edit_back(desk, bad):
    desk.put(PATH, bad)
    assert desk.write(PATH, bad + "\n# one line more\n").verdict == "pass"


def test_a_renamed_worker_keeps_its_problems(desk, bad):
    desk.put(PATH, bad)
    assert desk.write(PATH, renamed(bad)).verdict == "pass"


def test_a_moved_worker_keeps_its_problems(desk, bad):
    desk.put(PATH, bad)
    assert desk.write(PATH, bad + "\n# one line more\n").verdict == "pass"
    desk.remove(PATH)
    assert desk.write("lib/shop/jobs/example.ex", bad).verdict == "pass"


def test_a_second_worker_with_the_same_problems_is_held_back(desk, bad):
    desk.put(PATH, bad)
    assert desk.write(PATH, bad + "\n" + copied(bad)).verdict == "deny"
