"""Whatever arrives, the guard answers in the client's terms or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import edits, quickjson
from checker.answer import answer
from checker.novelty import changed_lines, join, rename, rows, split

from .desk import Desk, DeskWorld, check_text, worker

SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
LINES = ["a", "b", "BAD_1", "BAD_2", "ERR_1", "HINT_1", "TORN", "BAD_1 # ok[BAD_1] for a reason"]
TEXTS = st.builds(
    lambda lines, name, function: worker(*lines, name=name, function=function),
    st.lists(st.sampled_from(LINES), max_size=5),
    st.sampled_from(["Shop.A", "Shop.B"]),
    st.sampled_from(["perform", "sync"]),
)
PATHS = st.sampled_from(["lib/a.ex", "lib/b.ex", "c.exs", "README.md", ".oban-guard.toml"])
FIELDS = st.dictionaries(
    st.sampled_from(
        ["file_path", "content", "old_string", "new_string", "replace_all", "edits", "x"]
    ),
    JSON | TEXTS | PATHS,
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "session_id": JSON,
        "cwd": JSON,
        "hook_event_name": st.sampled_from(["PreToolUse", "SessionStart", "Stop"]) | JSON,
        "tool_name": st.sampled_from(["Write", "Edit", "MultiEdit", "Bash"]) | JSON,
        "tool_input": FIELDS | JSON,
    },
)


def is_answer(output: str) -> bool:
    """Whether an output is empty or an answer that the client understands."""
    if not output:
        return True
    given = json.loads(output)
    specific = given.get("hookSpecificOutput", {"hookEventName": "PreToolUse"})
    return (
        bool(given)
        and set(given) <= {"hookSpecificOutput", "systemMessage"}
        and specific["hookEventName"] == "PreToolUse"
        and specific.get("permissionDecision", "deny") in ("deny", "ask")
        and ("permissionDecision" in specific) == ("permissionDecisionReason" in specific)
    )


@pytest.fixture
def checked(monkeypatch):
    """`answer` with the stand-in for the checker."""
    monkeypatch.setattr("checker.answer.World", DeskWorld)
    return answer


@SLOW
@given(EVENTS)
def test_events_of_any_shape(checked, event):
    with TemporaryDirectory() as folder:
        env = {"CLAUDE_PROJECT_DIR": folder}
        assert is_answer(checked(json.dumps(event).encode(), folder, env))


@SLOW
@given(st.binary(max_size=200))
def test_bytes_of_any_kind(checked, raw):
    with TemporaryDirectory() as folder:
        assert is_answer(checked(raw, folder, {}))


@given(JSON)
def test_json_is_read_as_the_library_reads_it(value):
    raw = json.dumps(value)
    assert repr(quickjson.read(f" {raw}\n".encode())) == repr(json.loads(raw))


@given(JSON)
def test_json_is_written_as_the_library_writes_it(value):
    assert quickjson.write(value) == json.dumps(value)


@given(st.text(max_size=30))
def test_what_the_library_refuses_is_refused(text):
    raw = text.encode("utf-8", "replace")
    try:
        expected = json.loads(raw.decode("utf-8", "replace").strip(), strict=False)
    except ValueError:
        with pytest.raises(ValueError):
            quickjson.read(raw)
    else:
        assert repr(quickjson.read(raw)) == repr(expected)


@SLOW
@given(st.lists(st.tuples(PATHS.filter(lambda p: p.endswith((".ex", ".exs"))), TEXTS), max_size=8))
def test_what_lands_never_adds_a_problem(writes):
    """However many edits: no file ends with more blocking words than it began with."""
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for number, (path, text) in enumerate(writes):
            landed = desk.write(path, text).verdict == "pass"
            hidden = "TORN" in text or "HINT" in text or " # ok[" in text
            bad = any(f.blocking for f in check_text(path, text, desk_config()).findings)
            assert not (landed and bad), (number, path, text, hidden)


def desk_config():
    """A configuration that says nothing."""
    from checker.config import Config

    return Config.default()


@given(TEXTS, TEXTS)
def test_every_finding_is_either_new_or_old(before, after):
    def findings(text: str) -> list:
        found = check_text("a.ex", text, desk_config()).findings
        return [finding for finding in found if finding.blocking]

    known, found = rows(findings(before)), findings(after)
    names = set(after.split()), {f"{word}/1" for word in after.split()}
    result = split(found, known, lambda: names, changed_lines(before, after))
    assert sorted(map(id, result.new + result.old)) == sorted(map(id, found))
    if before == after:
        assert result.new == []
    counts = sum(row[0] for row in known.values())
    assert len(result.old) <= counts
    rename(known, result.renamed)
    assert sum(row[0] for row in known.values()) == counts
    assert all(row[0] > 0 for row in known.values())
    again = split(found, known, lambda: names, (1, 0))
    assert len(again.new) == len(result.new)
    assert again.renamed == []


@given(TEXTS, TEXTS)
def test_joining_twice_changes_nothing_more(first, second):
    known = rows(check_text("a.ex", first, desk_config()).findings)
    more = rows(check_text("a.ex", second, desk_config()).findings)
    join(known, more)
    once = {key: list(row) for key, row in known.items()}
    join(known, more)
    assert known == once
    assert all(known[key][0] >= row[0] for key, row in more.items())


QUOTED = st.text(alphabet="ab\"'“”‘’ \n\r\u2014(", max_size=30)


@given(QUOTED, QUOTED, QUOTED, st.booleans())
def test_edits_never_fail_otherwise_than_they_say(text, old, new, everywhere):
    current = edits.settle(text)
    given = {"old_string": old, "new_string": new, "replace_all": everywhere}
    try:
        after = edits.apply("Edit", given, current)
    except edits.Unplaced:
        return
    assert edits.settle(after) == after or "\r" in after


@given(QUOTED, QUOTED)
def test_changed_lines_hold_all_that_differs(before, after):
    first, last = changed_lines(before, after)
    was, now = before.split("\n"), after.split("\n")
    assert now[: first - 1] == was[: first - 1]
    below = len(now) - last
    assert was[len(was) - below :] == now[last:]
