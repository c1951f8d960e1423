"""Every fix of a rule's own wrong examples mends them, and leaves them as `mix format` would."""

from __future__ import annotations

import shutil

import pytest

from checker.config import Config
from checker.discover import File
from checker.elixir import syntax
from checker.fix import mend
from checker.rules import all_rules
from tests.rules.examples import MARK, _files, examples, findings
from tests.skills.fences import Fence
from tests.skills.test_against_elixir import verdicts

WITH_FIXES = {
    "OB101", "OB103", "OB104", "OB111", "OB302", "OB402", "OB407", "OB408", "OB501", "OB607", "OB802",
}  # fmt: skip


def fixable(example) -> list:
    if _files(example.code):  # of several files
        return []
    found = findings(example.code, example.path)
    return [f for f in found if f.rule == example.rule.ID and f.fix is not None]


INVALID = [example for rule in all_rules() for example in examples(rule, "invalid")]
EXAMPLES = [(example, found) for example in INVALID if (found := fixable(example))]


def mended(example, found):
    file = File(example.path, example.path, Config.default(), example.code.encode())
    return mend(file, found, unsafe=True)


def test_every_rule_that_has_fixes_shows_one():
    assert {example.rule.ID for example, _found in EXAMPLES} == WITH_FIXES


@pytest.mark.parametrize(("example", "found"), EXAMPLES, ids=[e.name for e, _found in EXAMPLES])
def test_a_fix_mends_its_example(example, found):
    result = mended(example, found)
    assert result.dropped == []
    assert len(result.fixed) == len(found)
    assert syntax.parse(result.after).errors == []
    before = {(f.rule, f.line) for f in findings(example.code, example.path)}
    after = {(f.rule, f.line) for f in findings(result.after.decode(), example.path)}
    assert after <= before - {(f.rule, f.line) for f in found}


def fence(example, code: str) -> Fence:
    """Code without the marks, which stand where the formatter has no comments."""
    return Fence(example.name, 1, "elixir", "", code.replace(f" {MARK}", ""))


@pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")
def test_fixed_examples_stay_formatted():
    """What was formatted still is."""
    was = [fence(e, e.code) for e, _found in EXAMPLES]
    now = [fence(e, mended(e, found).after.decode()) for e, found in EXAMPLES]
    formatted = [verdict.startswith("ok ") for verdict in verdicts(was)]
    assert sum(formatted) > len(formatted) // 2
    told = [v for fine, v in zip(formatted, verdicts(now), strict=True) if fine]
    assert [verdict for verdict in told if not verdict.startswith("ok ")] == []
