"""The JSON format, version 1 (docs/schema/findings-v1.json).

Built field by field: an internal change must never change the format.
"""

from __future__ import annotations

import json

from checker.batch import Outcome
from checker.finding import ADVICE, ERROR, WARNING, Finding, Fix
from checker.report.wording import sentence, statement

VERSION = 1


def render(outcome: Outcome, problems: list[tuple[str, str]]) -> str:
    """One JSON object; `problems` are `(path, message)` of what could not be checked."""
    report = {
        "version": VERSION,
        "findings": [_finding(finding) for finding in outcome.findings],
        "errors": [{"path": path, "message": message} for path, message in problems],
        "summary": {
            "files": outcome.files,
            "workers": outcome.workers,
            "errors": outcome.count(ERROR),
            "warnings": outcome.count(WARNING),
            "advice": outcome.count(ADVICE),
        },
    }
    return json.dumps(report, indent=1)


def _finding(finding: Finding) -> dict:
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "worker": finding.worker or None,
        "trigger": finding.trigger or "",
        "fingerprint": finding.fingerprint,
        "message": statement(finding),
        "help": sentence(finding.help or ""),
        "fix": _fix(finding.fix) if finding.fix else None,
    }


def _fix(fix: Fix) -> dict:
    edits = [
        {
            "line": edit.line,
            "column": edit.column,
            "end_line": edit.end_line,
            "end_column": edit.end_column,
            "text": edit.text,
        }
        for edit in fix.edits
    ]
    return {"safe": fix.safe, "edits": edits}
