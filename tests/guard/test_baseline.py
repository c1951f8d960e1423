"""Edits of a baseline: more known findings are a person's to decide, fewer are not."""

from __future__ import annotations

import json

import pytest

from .desk import Desk

FILE = ".oban-guard-baseline"
HEAD = '{"oban-guard": "baseline", "version": 1}\n'


def baseline(*entries: str) -> str:
    rows = ({"path": "lib/a.ex", "rule": "OB104", "fingerprint": name} for name in entries)
    return HEAD + "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, baseline("a"), "1 more finding"),
        (baseline("a"), baseline("a", "b", "c"), "2 more findings"),
        (baseline("a"), baseline("a", "a"), "1 more finding"),
        (baseline("a"), baseline("b"), "1 more finding"),
        ("no baseline", baseline("a"), "1 more finding"),
    ],
)
def test_more_known_findings_are_a_persons_to_decide(desk, before, after, said):
    if before is not None:
        desk.put(FILE, before)
    decision = desk.write(FILE, after)
    assert decision.verdict == "ask"
    assert decision.reason.splitlines()[0] == f"[oban-guard] Edit to {FILE} loosens the guard."
    assert f"It makes {said} known, left out by check --baseline." in decision.reason


@pytest.mark.parametrize("after", [baseline(), baseline("b"), baseline("b", "a")])
def test_fewer_and_the_same_pass(desk, after):
    desk.put(FILE, baseline("a", "b"))
    assert desk.write(FILE, after).output() is None


def test_an_edit_of_a_line_is_judged_too(desk):
    desk.put(FILE, baseline("a"))
    assert desk.edit(FILE, '"a"', '"b"').verdict == "ask"


def test_what_could_not_be_read_is_told(desk):
    desk.put(FILE, baseline("a"))
    decision = desk.write(FILE, HEAD + "<<<<<<< HEAD\n")
    assert decision.verdict == "pass"
    assert "has no entry on line 2" in decision.context[0]


def test_where_the_guard_only_warns_it_is_told(tmp_path):
    desk = Desk(tmp_path, OBAN_GUARD="warn")
    decision = desk.write(FILE, baseline("a"))
    assert decision.verdict == "pass" and "loosens the guard" in decision.context[0]
