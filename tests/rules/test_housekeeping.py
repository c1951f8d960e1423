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
LOOKALIKES_EACH = 2  # in every language that a rule is for
UNREAD = {("OB203", "python"), ("OB205", "python")}  # what they ask for is not read there
IN = [(r, language) for r in RULES for language in languages(r) if not r.ID.startswith("OB9")]


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


@pytest.mark.parametrize(("rule", "language"), IN, ids=lambda part: getattr(part, "ID", part))
def test_a_rule_shows_what_it_does_in_each_of_its_languages(rule, language):
    wrong = [e for e in examples(rule, "invalid") if e.language == language]
    right = [e for e in examples(rule, "valid") if e.language == language]
    assert bool(wrong) != ((rule.ID, language) in UNREAD)
    assert len(right) >= LOOKALIKES_EACH


def test_no_rule_asks_a_syntax_tree():
    """Rules read the model; what language it came from is none of their business."""
    for rule in RULES:
        text = Path(rule.__file__).read_text()
        for package in ("checker.elixir", "checker.python", "tree_sitter", "libcst"):
            assert f"import {package}" not in text and f"from {package}" not in text, rule.ID
