"""Every example in a rule's documentation is a test."""

from __future__ import annotations

import pytest

from checker.check import check_source
from checker.config import Config
from checker.rules import all_rules
from checker.source import Source
from tests.rules.examples import examples

RULES = all_rules()
INVALID = [example for rule in RULES for example in examples(rule, "invalid")]
VALID = [example for rule in RULES for example in examples(rule, "valid")]


def check(code: str, path: str):
    report = check_source(Source(path, code), Config.default())
    assert not report.failures
    return report.findings


@pytest.mark.parametrize("example", INVALID, ids=lambda e: e.name)
def test_invalid_examples_are_reported_where_marked(example):
    found = {f.line for f in check(example.code, example.path) if f.rule == example.rule.ID}
    if example.lines:
        assert found == example.lines
    else:
        assert found


@pytest.mark.parametrize("example", VALID, ids=lambda e: e.name)
def test_valid_examples_hold_nothing_back(example):
    assert [f"{f.rule} at {f.line}" for f in check(example.code, example.path) if f.blocking] == []
    assert example.rule.ID not in {f.rule for f in check(example.code, example.path)}


@pytest.mark.parametrize("example", INVALID, ids=lambda e: e.name)
def test_findings_can_be_acted_on(example):
    source = Source(example.path, example.code)
    for finding in check_source(source, Config.default()).findings:
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
    findings = check("\n".join(lines) + "\n", example.path)
    assert example.rule.ID not in {f.rule for f in findings}
    assert "OB901" not in {f.rule for f in findings}
