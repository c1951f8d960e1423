"""Findings for people: place, rule, the line with a pointer, what is wrong, what to write."""

from __future__ import annotations

import click

from checker.batch import Outcome
from checker.finding import ADVICE, ERROR, SEVERITIES, WARNING, Finding
from checker.report.excerpt import excerpt
from checker.report.wording import sentence, statement

LONGEST_TRIGGER = 60
COLOURS = {ERROR: "red", WARNING: "yellow", ADVICE: "cyan"}
PLURALS = {ERROR: "errors", WARNING: "warnings", ADVICE: "pieces of advice"}
SINGULARS = {ERROR: "error", WARNING: "warning", ADVICE: "piece of advice"}


def render(outcome: Outcome) -> str:
    """All findings and a last line with the totals; coloured (click strips it where it must)."""
    parts = [_finding(finding, outcome) for finding in outcome.findings]
    return "\n".join([*parts, summary(outcome)])


def summary(outcome: Outcome) -> str:
    """The totals, in one or two lines."""
    where = f"{_count(outcome.files, 'file')}, {_count(outcome.workers, 'worker')}"
    kept = [(outcome.suppressed, "suppressed"), (outcome.known, "known before")]
    kept = ", ".join(f"{number} {how}" for number, how in kept if number)
    kept = f" ({kept})" if kept else ""
    counts = [(outcome.count(severity), severity) for severity in SEVERITIES]
    found = [f"{n} {(SINGULARS if n == 1 else PLURALS)[s]}" for n, s in counts if n]
    if not found:
        return f"No problems in {where}{kept}."
    rule = outcome.findings[0].rule
    return f"{', '.join(found)} in {where}{kept}.\nMore about a rule: `oban-guard explain {rule}`."


def printable(text: str) -> str:
    """A path, or a sentence with one in it, that cannot play tricks on a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _finding(finding: Finding, outcome: Outcome) -> str:
    place = f"{printable(finding.path)}:{finding.line}:{finding.column}"
    severity = click.style(finding.severity, fg=COLOURS[finding.severity], bold=True)
    head = f"{click.style(place, bold=True)}: {severity} {finding.rule} {finding.name}"
    said = [statement(finding, LONGEST_TRIGGER), sentence(finding.help or "")]
    said = [f"  {words}" for words in said if words]
    return "\n".join([head, *_excerpt(finding, outcome), *said, ""])


def _excerpt(finding: Finding, outcome: Outcome) -> list[str]:
    line = outcome.lines.get((finding.path, finding.line), "")
    one_line = finding.end_line == finding.line
    shown = excerpt(line, finding.column, finding.end_column if one_line else None)
    if shown is None:
        return []
    text, start, width = shown
    number = str(finding.line)
    pointer = click.style("^" * width, fg=COLOURS[finding.severity])
    gutter = " " * len(number)
    return [f"  {number} | {text}", f"  {gutter} | {' ' * start}{pointer}"]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
