"""Findings that are known and left for later, in a file that the project keeps.

JSON Lines: a first line that says what the file is, then one finding a line, so
that two branches that each mend something merge.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from shlex import quote

from checker.finding import Finding
from checker.root import Root

VERSION = 1
FIELDS = ("path", "rule", "fingerprint")
HEAD = {"oban-guard": "baseline", "version": VERSION}


class BaselineError(Exception):
    """A baseline cannot be read or written; the message says why and what to do."""


class Baseline:
    """Known findings as a multiset: `(path in the project, rule, fingerprint)` → how many."""

    def __init__(self, entries: Counter, root: Root) -> None:
        self._entries = entries
        self._root = root

    @classmethod
    def of(cls, findings: list[Finding], root: Root) -> Baseline:
        """The baseline that knows exactly some findings."""
        return cls(Counter(_entry(finding, root) for finding in findings), root)

    def sift(self, findings: list[Finding]) -> tuple[list[Finding], Counter]:
        """The findings that are not known, and the entries that matched none.

        Of findings that look the same the first are taken for the known ones.
        """
        left, unknown = Counter(self._entries), []
        for finding in findings:
            entry = _entry(finding, self._root)
            if left[entry]:
                left[entry] -= 1
            else:
                unknown.append(finding)
        return unknown, +left

    def write(self, file: str) -> int:
        """Write the baseline, sorted; gives the number of its findings. Raises BaselineError."""
        entries = sorted(self._entries.elements())
        lines = [HEAD, *(dict(zip(FIELDS, entry, strict=True)) for entry in entries)]
        try:
            with open(file, "w", encoding="utf-8", newline="\n") as opened:
                opened.writelines(json.dumps(line) + "\n" for line in lines)
        except OSError as error:
            raise BaselineError(f"{file} cannot be written: {error.strerror}") from None
        return len(entries)


def read(file: str, root: Root) -> Baseline:
    """The baseline in a file. Raises BaselineError."""
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
    except FileNotFoundError:
        raise _unusable(file, "does not exist", "write it") from None
    except OSError as error:
        raise BaselineError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _unusable(file, "is no baseline of oban-guard") from None
    return Baseline(entries_of(file, text), root)


def entries_of(file: str, text: str) -> Counter:
    """The entries of a baseline's text; `file` is how to call it. Raises BaselineError."""
    head, *lines = text.splitlines() or [""]
    version = _parsed(head).get("version") if "oban-guard" in _parsed(head) else None
    if version is None:
        raise _unusable(file, "is no baseline of oban-guard")
    if version != VERSION:
        raise _unusable(file, f"has version {version}, and this oban-guard reads {VERSION}")
    entries = Counter()
    for number, line in enumerate(lines, 2):
        fields = _parsed(line)
        if fields.keys() != set(FIELDS) or not all(isinstance(f, str) for f in fields.values()):
            raise _unusable(file, f"has no entry on line {number}", "mend the line, or write it")
        entries[tuple(fields[field] for field in FIELDS)] += 1
    return entries


def stale(left: Counter, checked: dict, root: Root) -> int:
    """How many entries that matched nothing will match nothing any more.

    `checked`: path in the project → configuration, of the files that were
    checked. The entries of other files count only when the file is gone, those of a
    rule that is off not at all.
    """
    return sum(
        number
        for (path, rule, _fingerprint), number in left.items()
        if (path in checked and checked[path].enables(rule))
        or not os.path.lexists(os.path.join(root.folder, path))
    )


def _entry(finding: Finding, root: Root) -> tuple[str, str, str]:
    return root.path(finding.path), finding.rule, finding.fingerprint


def _parsed(line: str) -> dict:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _unusable(file: str, fault: str, cure: str = "write it anew") -> BaselineError:
    command = f"`oban-guard check --baseline {quote(file)} --write-baseline`"
    return BaselineError(f"{file} {fault}; {cure} with {command}")
