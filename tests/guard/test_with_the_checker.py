"""The guard over the rules' own examples: what is new, what is old, what was renamed."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from checker.check import check_source
from checker.config import Config
from checker.guard import decide
from checker.rules import all_rules
from checker.source import Source
from checker.world import World

from .desk import Desk

DEFINES = {".ex": r"defmodule ([\w.]+)", ".py": r"(?m)^ *(?:class|def|async def) (\w+)"}
PATHS = {"elixir": "lib/shop/example.ex", "python": "shop/example.py"}


class Bad(NamedTuple):
    """An example that blocks, and where it stands."""

    path: str
    text: str


def examples() -> list:
    """Every invalid example of one file that blocks, of every rule."""
    found = []
    for rule in all_rules():
        invalid = rule.__doc__.partition("## Invalid")[2].partition("## Valid")[0]
        for number, fence in enumerate(re.findall(r"```(\w+)\n(.*?)```", invalid, re.DOTALL)):
            bad = Bad(PATHS[fence[0]], fence[1])
            if findings(bad):
                found.append(pytest.param(bad, id=f"{rule.ID}-{number}"))
    return found


def findings(bad: Bad) -> list:
    """The errors and warnings that the checker finds in a text."""
    report = check_source(Source(bad.path, bad.text), Config.default())
    return [finding for finding in report.findings if finding.blocking]


class Examples(Desk):
    """A session with the real checker."""

    def decide(self, event):
        return decide(event, World(event, str(self.data), self.env))


@pytest.fixture
def desk(tmp_path) -> Examples:
    """A session in an empty project."""
    return Examples(tmp_path)


@pytest.fixture(params=examples())
def bad(request) -> Bad:
    """An example that blocks."""
    return request.param


def renamed(bad: Bad) -> str:
    """The text with everything that has a problem under a new name."""
    text = bad.text
    for name in {finding.worker for finding in findings(bad) if finding.worker}:
        text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w|\.[A-Z])", f"{name}Again", text)
    return text


def copied(bad: Bad) -> str:
    """The text with every module that it defines under a new name, also where it is aliased."""
    text = bad.text
    names = re.findall(DEFINES[bad.path[bad.path.rindex("."):]], text)
    for name in {name.rpartition(".")[2] for name in names}:
        text = re.sub(rf"(?<![\w:]){re.escape(name)}(?!\w)", f"{name}Again", text)
    return text


def test_a_new_problem_is_held_back(desk, bad):
    assert desk.write(bad.path, bad.text).verdict == "deny"


def test_an_old_problem_holds_no_edit_back(desk, bad):
    desk.put(bad.path, bad.text)
    assert desk.write(bad.path, bad.text + "\n# one line more\n").verdict == "pass"


def test_a_renamed_worker_keeps_its_problems(desk, bad):
    desk.put(bad.path, bad.text)
    assert desk.write(bad.path, renamed(bad)).verdict == "pass"


def test_a_moved_worker_keeps_its_problems(desk, bad):
    desk.put(bad.path, bad.text)
    assert desk.write(bad.path, bad.text + "\n# one line more\n").verdict == "pass"
    desk.remove(bad.path)
    moved = bad.path.replace("/example", "/jobs/example")
    assert desk.write(moved, bad.text).verdict == "pass"


def test_a_second_worker_with_the_same_problems_is_held_back(desk, bad):
    desk.put(bad.path, bad.text)
    assert desk.write(bad.path, bad.text + "\n" + copied(bad)).verdict == "deny"
