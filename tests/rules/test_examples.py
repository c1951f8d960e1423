"""Every example in a rule's documentation is a test."""

from __future__ import annotations

import pytest

from checker.model.shape import NOWHERE, Origin
from checker.rules import all_rules
from tests.rules.examples import examples, findings

RULES = all_rules()
INVALID = [example for rule in RULES for example in examples(rule, "invalid")]
VALID = [example for rule in RULES for example in examples(rule, "valid")]


@pytest.mark.parametrize("example", INVALID, ids=lambda e: e.name)
def test_invalid_examples_are_reported_where_marked(example):
    found = {f.line for f in findings(example.code, example.path) if f.rule == example.rule.ID}
    if example.lines:
        assert found == example.lines
    else:
        assert found


@pytest.mark.parametrize("example", VALID, ids=lambda e: e.name)
def test_valid_examples_hold_nothing_back(example):
    assert [f"{f.rule} at {f.line}" for f in findings(example.code, example.path) if f.blocking] == []
    assert example.rule.ID not in {f.rule for f in findings(example.code, example.path)}


@pytest.mark.parametrize("example", INVALID, ids=lambda e: e.name)
def test_findings_can_be_acted_on(example):
    for finding in findings(example.code, example.path):
        assert finding.message and finding.help
        assert "\n" not in finding.message + finding.help + finding.trigger
        assert not finding.message.endswith(".") and not finding.help.endswith(".")
        lines = example.code.split("\n")
        assert 1 <= finding.line <= finding.end_line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1


MARKED = [e for e in INVALID if e.lines and not e.rule.ID.startswith("OB9")]


@pytest.mark.parametrize("example", MARKED, ids=lambda e: e.name)
def test_reasons_silence_what_they_name(example):
    """A suppression above each reported line silences the rule there, and no other line."""
    lines = []
    for number, line in enumerate(example.code.splitlines(), 1):
        if number in example.lines:
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}# oban-guard: ignore[{example.rule.ID}] known and accepted")
        lines.append(line)
    found = {f.rule for f in findings("\n".join(lines) + "\n", example.path)}
    assert example.rule.ID not in found
    assert "OB901" not in found


def test_nothing_is_left_behind_by_what_was_checked():
    """All values without a place share one origin: writing to it would move findings elsewhere."""
    for example in INVALID:
        findings(example.code, example.path)
    assert {name: getattr(NOWHERE, name) for name in Origin.__slots__} == {
        name: getattr(Origin(None), name) for name in Origin.__slots__
    }
