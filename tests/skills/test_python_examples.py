"""Every Python example runs on the real oban: the bad ones go wrong as their page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.oban_py import Result, run_project
from tests.skills.fences import PYTHON_PAGE, ROOT, Fence, of

CHECKS = Path(__file__).with_name("python_examples")
FENCES = of("python")
PAIRS = {bad.rule: (bad, good) for bad, good in zip(FENCES[::2], FENCES[1::2], strict=True)}
FACTS = json.loads((ROOT / "tests/facts/python_results.json").read_text("utf-8"))["jobs"]


def ran(pairs: dict[str, tuple[Fence, Fence]]) -> Result:
    """The checks of all pairs, run in one project; each imports its pair as modules."""
    files = {f"{name}.py": (CHECKS / f"{name}.py").read_text() for name in ("shop", "support")}
    for rule, (bad, good) in pairs.items():
        name = rule.lower()
        files[f"{name}_bad.py"] = bad.source
        files[f"{name}_good.py"] = good.source
        files[f"test_{name}.py"] = (CHECKS / f"{name}.py").read_text("utf-8")
    return run_project(files)


def of_pair(result: Result, rule: str) -> dict[str, str]:
    """What became of one pair's checks."""
    path = f"test_{rule.lower()}.py::"
    return {
        name.removeprefix(path): outcome
        for name, outcome in result.outcomes.items()
        if name.startswith(path)
    }


@pytest.fixture(scope="module")
def as_written() -> Result:
    return ran(PAIRS)


@pytest.fixture(scope="module")
def swapped() -> Result:
    return ran({rule: (good, bad) for rule, (bad, good) in PAIRS.items()})


def test_every_pair_has_its_rule_and_its_checks():
    checks = {path.stem for path in CHECKS.glob("ob*.py")}
    assert checks == {str(rule).lower() for rule in PAIRS}
    assert len(PAIRS) * 2 == len(FENCES)


@pytest.mark.parametrize("rule", PAIRS)
def test_examples_do_what_the_page_says(rule, as_written):
    outcomes = of_pair(as_written, rule)
    assert set(outcomes.values()) == {"passed"}, as_written.output
    assert {name.split("_")[1] for name in outcomes} == {"bad", "good"}


@pytest.mark.parametrize("rule", PAIRS)
def test_good_and_bad_cannot_be_mistaken(rule, swapped):
    outcomes = of_pair(swapped, rule)
    for kind in ("bad", "good"):
        assert "failed" in {o for name, o in outcomes.items() if name.startswith(f"test_{kind}_")}


def rows() -> list[tuple[str, str]]:
    """(what process ends in, what the page says the job becomes), for each value."""
    found = []
    for line in PYTHON_PAGE.read_text("utf-8").splitlines():
        if re.match(r"\| `(return|raise) ", line):
            values, state = line.strip("|").split("|")
            state = re.search(r"`(\w+)`", state).group(1)
            found += [(value, state) for value in re.findall(r"`([^`]+)`", values)]
    return found


@pytest.mark.parametrize("value, state", rows(), ids=str)
def test_a_row_says_what_was_measured(value, state):
    assert {fact["state"] for fact in FACTS if fact.get("body") == value} == {state}


def test_every_state_that_a_first_attempt_can_end_in_has_a_row():
    states = {"completed", "retryable", "cancelled", "scheduled", "executing"}
    assert {state for _, state in rows()} == states
