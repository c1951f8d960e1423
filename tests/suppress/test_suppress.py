"""Which comments suppress what, and which of them are themselves reported."""

import pytest

from checker.finding import Finding
from checker.suppress import apply, read

KNOWN = {"OB108", "OB201", "OB204"}
REASON = "a lost mail is harmless"


def comments(*entries):
    """(line, text) stands alone; (line, text, column) follows code."""
    return [(e[0], e[2] if len(e) > 2 else 3, e[1], len(e) == 2) for e in entries]


def finding(rule, line, end_line=None):
    return Finding(rule=rule, line=line, end_line=end_line or line, column=5, end_column=9)


def outcome(found, *entries):
    kept, problems = apply(found, read(comments(*entries)), KNOWN)
    return [(f.rule, f.line) for f in kept], [(rule, s.line, ids) for rule, s, ids in problems]


def test_a_comment_above_or_behind_suppresses():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    assert outcome([finding("OB201", 5)], (4, text)) == ([], [])
    assert outcome([finding("OB201", 5)], (5, text, 30)) == ([], [])


@pytest.mark.parametrize("line", [3, 5, 6])
def test_it_reaches_no_further(line):
    text = f"# oban-guard: ignore[OB201] {REASON}"
    assert outcome([finding("OB201", line)], (3, text)) == (
        ([("OB201", line)], [("OB901", 3, ("OB201",))])
    )


def test_a_comment_behind_code_does_not_speak_for_the_next_line():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    kept, problems = outcome([finding("OB201", 5)], (4, text, 30))
    assert kept == [("OB201", 5)]
    assert problems == [("OB901", 4, ("OB201",))]


def test_only_the_named_rule_is_suppressed():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    found = [finding("OB201", 5), finding("OB108", 5)]
    assert outcome(found, (4, text)) == ([("OB108", 5)], [])


def test_several_rules_share_a_comment():
    text = f"# oban-guard: ignore[OB201, ob108 ,OB201] {REASON}"
    found = [finding("OB201", 5), finding("OB108", 5)]
    assert outcome(found, (4, text)) == ([], [])
    assert outcome(found[:1], (4, text)) == ([], [("OB901", 4, ("OB108",))])


def test_comments_stack():
    found = [finding("OB201", 6), finding("OB108", 6)]
    first, second = (f"# oban-guard: ignore[{r}] {REASON}" for r in ("OB201", "OB108"))
    assert outcome(found, (3, first), (4, "# the queue is slow"), (5, second)) == ([], [])
    assert outcome(found[:1], (3, first), (5, "# after a gap"))[0] == [("OB201", 6)]


def test_any_line_of_a_findings_range_will_do():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    spread = [finding("OB201", 5, 8)]
    for place in ((4, text), (5, text, 30), (6, text), (8, text, 30)):
        assert outcome(spread, place) == ([], [])
    for place in ((8, text), (9, text, 30), (3, text)):
        assert outcome(spread, place)[0] == [("OB201", 5)]


@pytest.mark.parametrize("reason", ["", " ", "harmless", "harmless.", "- harmless", "— !", "..."])
def test_a_reason_takes_two_words(reason):
    found = [finding("OB201", 5)]
    kept, problems = outcome(found, (4, f"# oban-guard: ignore[OB201] {reason}"))
    assert kept == [("OB201", 5)]
    assert problems == [("OB902", 4, ("OB201",))]


@pytest.mark.parametrize("text", [
    "# oban-guard: ignore[OB201] harmless here",
    "#oban-guard:ignore[OB201]harmless here",
    "## oban-guard : ignore [ OB201 ] : ça va",
    "# oban-guard: ignore[OB201] – harmless, really\r",
])  # fmt: skip
def test_spellings(text):
    assert outcome([finding("OB201", 5)], (4, text)) == ([], [])


def test_an_unknown_rule_is_that_and_nothing_else():
    assert outcome([], (4, f"# oban-guard: ignore[OB199] {REASON}")) == (
        ([], [("OB903", 4, ("OB199",))])
    )
    assert outcome([], (4, "# oban-guard: ignore[OB199, OB198]")) == (
        ([], [("OB903", 4, ("OB199", "OB198"))])
    )


def test_an_unknown_rule_does_not_spoil_its_neighbours():
    text = f"# oban-guard: ignore[OB199, OB201] {REASON}"
    assert outcome([finding("OB201", 5)], (4, text)) == ([], [("OB903", 4, ("OB199",))])


@pytest.mark.parametrize("text", [
    "# oban-guard: ignore OB201 the mail is harmless",
    "# oban-guard: ignore",
    "# oban-guard: ignore[] the mail is harmless",
    "# oban-guard: ignore[OB201 the mail is harmless",
    "# oban-guard: disable[OB201] the mail is harmless",
])  # fmt: skip
def test_a_comment_that_names_no_rule_is_told(text):
    found = [finding("OB201", 5)]
    assert outcome(found, (4, text)) == ([("OB201", 5)], [("OB903", 4, ())])


@pytest.mark.parametrize("text", [
    "# oban-guard: this worker is checked in CI",
    "# write oban-guard: ignore[OB201] with a reason",
    "# credo:disable-for-next-line",
])  # fmt: skip
def test_other_comments_are_left_alone(text):
    assert read(comments((4, text))) == []


def test_of_two_for_one_finding_the_second_is_unused():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    assert outcome([finding("OB201", 5)], (4, text), (5, text, 30)) == (
        ([], [("OB901", 5, ("OB201",))])
    )


def test_what_was_silenced_is_known():
    found = finding("OB201", 5)
    suppressions = read(comments((4, f"# oban-guard: ignore[OB201] {REASON}")))
    apply([found], suppressions, KNOWN)
    assert suppressions[0].silenced == [found]
    assert suppressions[0].reason == REASON
    assert (suppressions[0].line, suppressions[0].column) == (4, 3)


def test_thousands_of_comments_are_no_trouble():
    text = f"# oban-guard: ignore[OB201] {REASON}"
    many = [(line, text) for line in range(1, 30_001)]
    kept, problems = outcome([finding("OB201", 30_001)] * 1000, *many)
    assert kept == []
    assert len(problems) == 29_999
