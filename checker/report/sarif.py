"""SARIF 2.1.0, for code scanning and for viewers of it."""

from __future__ import annotations

import json
from urllib.parse import quote

from checker import __version__
from checker.batch import Outcome
from checker.finding import ADVICE, ERROR, WARNING, Edit, Finding, Fix
from checker.report import catalogue
from checker.report.wording import sentence, statement
from checker.root import Root
from checker.rules import all_rules

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
VERSION = "2.1.0"
BASE = "%SRCROOT%"
FINGERPRINT = "obanGuardFingerprint/v1"
UNSAFE = "It may change how the job ends."
PROBLEM = {ERROR: "error", WARNING: "warning", ADVICE: "recommendation"}  # GitHub's own words
LEVELS = {ERROR: "error", WARNING: "warning", ADVICE: "note"}


def render(outcome: Outcome, problems: list[tuple[str, str]], root: Root) -> str:
    """One log with one run; `problems` are `(path, message)` of what could not be checked."""
    found = {finding.rule for finding in outcome.findings}
    rules = [rule for rule in all_rules() if rule.ID in found]
    places = {rule.ID: place for place, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "oban-guard",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [_notification(*p, root) for p in problems],
            }
        ],
        "originalUriBaseIds": {BASE: {"uri": _uri(root.folder).rstrip("/") + "/"}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places, root) for finding in outcome.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, indent=1)


def _rule(rule) -> dict:
    page = catalogue.page(rule)
    return {
        "id": rule.ID,
        "name": rule.NAME,
        "shortDescription": {"text": catalogue.summary(rule)},
        "fullDescription": {"text": catalogue.purpose(rule)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": LEVELS[rule.SEVERITY]},
        "properties": {"problem.severity": PROBLEM[rule.SEVERITY]},
    }


def _notification(path: str, message: str, root: Root) -> dict:
    return {
        "level": "error",
        "message": {"text": sentence(f"{path}: {message}")},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path, root)}}],
    }


def _result(finding: Finding, places: dict[str, int], root: Root) -> dict:
    artifact = _artifact(finding.path, root)
    said = (statement(finding), sentence(finding.help or ""))
    result = {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": " ".join(filter(None, said))},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": _region(finding)}}
        ],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
    }
    if finding.fix:
        result["fixes"] = [_fix(finding.fix, said[1], artifact)]
    return result


def _fix(fix: Fix, description: str, artifact: dict) -> dict:
    replacements = [
        {"deletedRegion": _region(edit), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    return {
        "description": {"text": description if fix.safe else f"{description} {UNSAFE}".strip()},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _region(place: Finding | Edit) -> dict:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _artifact(path: str, root: Root) -> dict:
    inside = root.path(path)
    if inside.startswith("/"):
        return {"uri": _uri(inside)}
    return {"uri": quote(inside), "uriBaseId": BASE}


def _uri(path: str) -> str:
    return f"file://{quote(path, errors='replace')}"
