"""Workflow commands of GitHub Actions, which shows them beside the changed lines."""

from __future__ import annotations

from checker.batch import Outcome
from checker.finding import ADVICE, ERROR, WARNING, Finding
from checker.report.wording import sentence, statement
from checker.root import Root

COMMANDS = {ERROR: "error", WARNING: "warning", ADVICE: "notice"}


def render(outcome: Outcome, problems: list[tuple[str, str]], root: Root) -> str:
    """One command a line: findings, then `(path, message)` of what could not be checked."""
    lines = [_finding(finding, root) for finding in outcome.findings]
    lines += [_problem(path, message, root) for path, message in problems]
    return "\n".join(lines)


def _finding(finding: Finding, root: Root) -> str:
    place = {"file": root.path(finding.path), "line": finding.line}
    if finding.line == finding.end_line:  # GitHub takes columns of single lines only
        place["col"] = finding.column
    place |= {"endLine": finding.end_line, "title": f"{finding.rule} {finding.name}"}
    said = filter(None, (statement(finding), sentence(finding.help or "")))
    return _command(COMMANDS[finding.severity], place, "\n".join(said))


def _problem(path: str, message: str, root: Root) -> str:
    return _command("error", {"file": root.path(path)}, sentence(message))


def _command(name: str, properties: dict, message: str) -> str:
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
