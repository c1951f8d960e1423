"""Sources that are broken in places, and what holds for the findings in any source."""

from __future__ import annotations

from hypothesis import strategies as st


def truncated(sources: list[str]):
    """The beginning of a source."""
    return st.builds(
        lambda text, share: text[: int(len(text) * share)],
        st.sampled_from(sources), st.floats(0, 1),
    )  # fmt: skip


def mutated(sources: list[str], pieces: list[str]):
    """A source with pieces put in, and a few characters taken out, anywhere."""
    change = st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(pieces))
    return st.builds(_changed, st.sampled_from(sources), st.lists(change, max_size=6))


def _changed(text: str, changes: list[tuple[float, int, str]]) -> str:
    for share, taken, piece in changes:
        at = int(len(text) * share)
        text = text[:at] + piece + text[at + taken :]
    return text


def assert_sound(report, text: str) -> None:
    """No rule failed; each finding lies inside the text, and no line has two of one rule."""
    assert report.failures == []
    lines = text.encode("utf-8", "replace").decode("utf-8").split("\n")
    for finding in report.findings:
        assert 1 <= finding.line <= finding.end_line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert 1 <= finding.end_column <= len(lines[finding.end_line - 1]) + 1
        assert (finding.line, finding.column) <= (finding.end_line, finding.end_column)
    marks = [(f.rule, f.line) for f in report.findings]
    assert len(marks) == len(set(marks))
