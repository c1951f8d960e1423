"""Tests about the rules themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.finding import SEVERITIES
from checker.report.catalogue import languages
from checker.rules import all_rules
from tests.rules.examples import examples

RULES = all_rules()
HEADINGS = ("## What it does", "## Why is this bad?", "## Invalid", "## Valid")
WAYS = ("check", "check_jobs", "check_config", "check_tests", "check_file")
LOOKALIKES = 3


def test_ids_and_names_are_unique():
    assert len({rule.ID for rule in RULES}) == len(RULES)
    assert len({rule.NAME for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_a_rule_is_named_after_its_file(rule):
    stem = Path(rule.__file__).stem
    assert stem == f"{rule.ID.lower()}_{rule.NAME.replace('-', '_')}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_a_rule_looks_at_one_thing(rule):
    """What a worker and the jobs built for it are given is one thing: the same options."""
    assert rule.SEVERITY in SEVERITIES
    ways = {way for way in WAYS if hasattr(rule, way)}
    assert len(ways) == 1 or ways == {"check", "check_jobs"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_documentation_has_its_parts(rule):
    lines = rule.__doc__.splitlines()
    assert lines[0].endswith(".") and len(lines[0]) <= 100
    places = [lines.index(heading) for heading in HEADINGS]
    assert places == sorted(places)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_there_are_lookalikes_that_stay_silent(rule):
    assert examples(rule, "invalid")
    least = 1 if rule.ID.startswith("OB9") else LOOKALIKES
    assert len(examples(rule, "valid")) >= least


def test_no_rule_asks_a_syntax_tree():
    """Rules read the model; what language it came from is none of their business."""
    for rule in RULES:
        text = Path(rule.__file__).read_text()
        for package in ("checker.elixir", "checker.python", "tree_sitter", "libcst"):
            assert f"import {package}" not in text and f"from {package}" not in text, rule.ID
