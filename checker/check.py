"""Text in, findings out: the one door that every surface uses."""

from __future__ import annotations

from checker.source import Source


class Report:
    """What checking one text found.

    `findings`: all that count (suppressed ones are left out), sorted by place.
    `workers`: how many workers the text defines. `failures`: sentences about
    rules that broke (the caller turns them into exit code 2).
    """

    __slots__ = ("findings", "workers", "failures")

    def __init__(self) -> None:
        self.findings: list = []
        self.workers = 0
        self.failures: list[str] = []


def check_source(source: Source, config) -> Report:
    """Check one file's text. Never raises for what the text holds."""
    return Report()
