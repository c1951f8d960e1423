"""What the tables say of a return value is what was measured in a real queue."""

from __future__ import annotations

import json
import re

import pytest

from tests.skills.fences import ROOT, SKILLS

FILE = ROOT / "tests/facts/elixir_results.json"
FACTS = json.loads(FILE.read_text("utf-8"))["facts"]
SKILL = SKILLS / "oban/SKILL.md"
PAGE = SKILLS / "oban/references/return-values.md"
LAST = "last attempt"
STATES = {"completed", "retryable", "cancelled", "discarded", "scheduled"}


class Row:
    """One value of one table: what the page says becomes of the job."""

    def __init__(self, heading: str, value: str, cells: list[str]) -> None:
        self.last = LAST in heading.lower()
        self.value = value
        self.state = re.search(r"`(\w+)`", cells[1]).group(1)
        self.logged = cells[2] if cells[2] in ("yes", "no") else None

    def measured(self) -> set[tuple[str, bool]]:
        """(state, whether Oban logged the value as unknown) of each run that returned it."""
        return {
            (fact["state"], bool(fact["warning_logged"]))
            for fact in FACTS
            if fact["expr"] == self.value and fact["id"].startswith("last_") == self.last
        }


def rows(text: str) -> list[Row]:
    """Rows of the tables whose second column is headed `Job becomes`; one for each value."""
    found, heading, inside = [], "", False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line[:1] == "|" else []
        if line.startswith("#"):
            heading = line
        if len(cells) < 3:
            inside = False
        elif cells[1] == "Job becomes":
            inside = True
        elif inside and not cells[1].startswith("-"):
            found += [Row(heading, value, cells) for value in re.findall(r"`([^`]+)`", cells[0])]
    return found


IN_SKILL, IN_PAGE = rows(SKILL.read_text("utf-8")), rows(PAGE.read_text("utf-8"))


@pytest.mark.parametrize("row", IN_SKILL + IN_PAGE, ids=lambda row: row.value)
def test_a_row_says_what_was_measured(row):
    assert row.measured(), "measured with exactly this text, or it does not belong in the table"
    assert {state for state, _ in row.measured()} == {row.state}
    if row.logged:
        assert {logged for _, logged in row.measured()} == {row.logged == "yes"}


def test_every_state_that_a_job_can_end_in_has_a_row():
    assert {row.state for row in IN_PAGE} == STATES
    assert {row.state for row in IN_SKILL} >= STATES - {"discarded"}


def test_the_page_has_both_tables():
    assert len([row for row in IN_PAGE if not row.last]) >= 25
    assert len([row for row in IN_PAGE if row.last]) >= 5
    assert all(row.logged for row in IN_PAGE)


def test_a_wrong_row_would_be_noticed():
    table = (
        "| Value | Job becomes | Logged |\n|---|---|---|\n| `:error`, `:ok` | `retryable` | no |\n"
    )
    wrong, right = rows(table)
    assert wrong.measured() == {("completed", True)}
    assert right.measured() == {("completed", False)}
    assert {state for state, _ in right.measured()} != {right.state}
    assert rows("# On the last attempt\n" + table.replace("`:ok`", "`:x`"))[0].last
