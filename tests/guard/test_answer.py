"""Whatever goes wrong, the edit passes, and the user is told once."""

from __future__ import annotations

import json

import pytest

from checker import answer as module
from checker.answer import answer

from .desk import DeskWorld, worker


@pytest.fixture
def said(desk, monkeypatch):
    """A function that gives the answer to a Write of a worker, by a `check_source`."""

    def said(check_source) -> dict | None:
        class World(DeskWorld):
            pass

        World.check_source = lambda self, source, config: check_source(source)
        monkeypatch.setattr(module, "World", World)
        event = desk.event("Write", "lib/a.ex", content=worker("BAD_1"))
        output = answer(json.dumps(event).encode(), str(desk.data), {})
        return json.loads(output) if output else None

    return said


def test_a_failure_of_the_checker_lets_the_edit_pass_and_is_told_once(said):
    def fails(_source):
        raise RuntimeError("a \x1b[31m\nfault")

    assert said(fails) == {
        "systemMessage": "oban-guard: an edit was not checked (RuntimeError: a \\x1b[31m fault)."
    }
    assert said(fails) is None


def test_another_failure_is_told_as_well(said):
    def fails(_source):
        raise RuntimeError("a fault")

    def fails_otherwise(_source):
        raise RuntimeError("another fault")

    assert "a fault" in said(fails)["systemMessage"]
    assert "another fault" in said(fails_otherwise)["systemMessage"]


@pytest.mark.parametrize("failure", [RecursionError, MemoryError, OSError, UnicodeError])
def test_failures_of_any_kind_let_the_edit_pass(said, failure):
    def fails(_source):
        raise failure

    assert failure.__name__ in said(fails)["systemMessage"]


def test_checking_that_takes_too_long_lets_the_edit_pass(said, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.2)

    def hangs(_source):
        while True:
            try:
                sum(range(1000))
            except Exception:  # as a rule's own handler might
                pass

    assert "TooSlow" in said(hangs)["systemMessage"]


def test_an_event_that_is_too_large_lets_the_edit_pass(desk, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    assert "not checked" in answer(b"{" + b" " * 20, str(desk.data), {})


def test_the_trace_tells_what_was_done(desk, tmp_path):
    env = {"OBAN_GUARD_TRACE": str(tmp_path / "trace")}
    for event in (desk.event("Write", "a b.ex", content="x"), "?", {"tool_name": "\x1b"}):
        answer(json.dumps(event).encode(), str(desk.data), env)
    answer(b"?", str(desk.data), env)
    lines = (tmp_path / "trace").read_text().splitlines()
    assert [line.replace(" parser", " -") for line in lines] == [
        f"skip pass - Write {desk.root}/a b.ex",
        "skip pass -",
        "skip pass - \\x1b",
        "failed JSONDecodeError -",
    ]


def test_a_trace_that_cannot_be_written_changes_nothing(desk, tmp_path):
    event = json.dumps(desk.event("Write", "a.ex", content="x")).encode()
    assert answer(event, str(desk.data), {"OBAN_GUARD_TRACE": str(tmp_path)}) == ""
