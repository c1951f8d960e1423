"""Which texts may hold a job: all others need no parser."""

from __future__ import annotations

from checker.language import PYTHON, language_of

MARKS = ("Oban", "oban", "def perform", "def process")


def speaks_of_jobs(text: str, path: str) -> bool:
    """Whether a text may define a worker; in Python nothing does without a word of Oban."""
    if language_of(path) == PYTHON:
        return "oban" in text or "Oban" in text
    return any(mark in text for mark in MARKS) or _uses_a_worker(text)


def _uses_a_worker(text: str) -> bool:
    at = text.find("Worker")
    while at >= 0:
        before = text[max(text.rfind("\n", 0, at) + 1, at - 200) : at]
        if "use " in before or "use(" in before:
            return True
        at = text.find("Worker", at + 6)
    return False
