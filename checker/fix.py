"""Mends findings: a fix is taken only when the checker then finds the mistake gone and no other.

Positions are those of findings: lines and columns in code points, from 1.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from difflib import unified_diff

from checker.check import Report, check_source
from checker.discover import File
from checker.elixir import syntax
from checker.finding import Finding
from checker.project import project_of
from checker.source import MAX_BYTES, Source, decode

UTF16_MARK, UTF8_MARK = b"\xff\xfe", b"\xef\xbb\xbf"


class FixError(Exception):
    """A file cannot be mended; the message says why, as the end of a sentence about it."""


class Mended:
    """What came of the fixes of one file.

    `before` and `after`: its content in bytes, equal when nothing was mended. `fixed`: the
    findings that are gone. `dropped`: pairs, a finding whose fix was not taken and why.
    """

    __slots__ = ("file", "before", "after", "fixed", "dropped")

    def __init__(self, file: File, before: bytes) -> None:
        self.file = file
        self.before = before
        self.after = before
        self.fixed: list[Finding] = []
        self.dropped: list[tuple[Finding, str]] = []

    @property
    def changed(self) -> bool:
        return self.after != self.before


def mend(file: File, findings: list[Finding], unsafe: bool) -> Mended:
    """Fix some findings of a file, in memory; those with an unsafe fix only if `unsafe`.

    Raises FixError when the file cannot be read, or not be written back as it was.
    """
    result = Mended(file, _read(file))
    text = _Text(file, decode(result.before))
    if _encode(text.source.text, result.before) != result.before:
        raise FixError("holds bytes that are no text; it was not mended")
    wanted = Counter(finding.fingerprint for finding in findings)
    tried: set[str] = set()
    while (finding := _first(text.findings, wanted, tried, unsafe)) is not None:
        mended = text.with_fix(finding)
        change = _Change(finding, text.findings, mended.findings)
        if reason := text.objection(mended, change, finding):
            tried.add(finding.fingerprint)
            result.dropped.append((finding, reason))
            continue
        text = mended
        wanted[finding.fingerprint] -= 1
        for was, now in change.renamed:
            if wanted[was]:
                wanted[was] -= 1
                wanted[now] += 1
        result.fixed.append(finding)
    result.after = _encode(text.source.text, result.before)
    return result


def write(mended: Mended) -> None:
    """Put the mended content into the file at once, with the rights that it had.

    Raises FixError, and then the file is as it was.
    """
    path = os.path.realpath(mended.file.path)
    draft = None
    try:
        if not os.access(path, os.W_OK):
            raise FixError("cannot be written: Permission denied")
        handle, draft = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".oban-guard-")
        with os.fdopen(handle, "wb") as out:
            out.write(mended.after)
        os.chmod(draft, os.stat(path).st_mode & 0o7777)
        if _read(mended.file) != mended.before:
            raise FixError("was changed by someone else meanwhile; it was not mended")
        os.replace(draft, path)
        draft = None
    except OSError as error:
        raise FixError(f"cannot be written: {error.strerror}") from None
    finally:
        if draft is not None:
            os.unlink(draft)


def diff(mended: Mended) -> str:
    """What fixes change, as a unified diff that `patch -p1` and `git apply` take."""
    shown = mended.file.shown
    lines = unified_diff(
        _lines(mended.before), _lines(mended.after), f"a/{shown}", f"b/{shown}", lineterm=""
    )
    return "\n".join(
        line.removesuffix("\n")
        if line.endswith("\n") or line.startswith(("---", "+++", "@@"))
        else f"{line}\n\\ No newline at end of file"
        for line in lines
    )


class _Text:
    """One state of a file's text, with what the checker finds in it."""

    def __init__(self, file: File, text: str) -> None:
        self._file = file
        self.source = Source(file.shown, text)
        self._report: Report | None = None

    @property
    def findings(self) -> list[Finding]:
        return self._checked().findings

    @property
    def failures(self) -> list[str]:
        return self._checked().failures

    @property
    def errors(self) -> list[tuple[int, int]]:
        """The spans that do not parse."""
        return syntax.parse(self.source.data).errors

    def _checked(self) -> Report:
        if self._report is None:
            project = project_of(self._file.path)
            self._report = check_source(self.source, self._file.config, project)
        return self._report

    def with_fix(self, finding: Finding) -> _Text:
        text = self.source.text
        starts = _line_starts(text)
        newline = "\r\n" if "\r\n" in text else "\n"
        for edit in reversed(_edits(finding)):
            start = starts[edit.line - 1] + edit.column - 1
            end = starts[edit.end_line - 1] + edit.end_column - 1
            text = text[:start] + edit.text.replace("\n", newline) + text[end:]
        return _Text(self._file, text)

    def objection(self, mended: _Text, change: _Change, finding: Finding) -> str | None:
        """Why the text with a finding's fix is no better than this one; None when it is."""
        if len(mended.errors) > len(self.errors):
            return "the file would not parse"
        if len(mended.failures) > len(self.failures):
            return "the checker fails on what it would leave"
        if any(_mark(other) == _mark(finding) for other in change.added):
            return "it would not mend it"
        for other in change.added:
            return f"{other.rule} would show on line {other.line}"
        return None


class _Change:
    """What mending a finding does to the others: those `added`, and pairs of fingerprints,
    before and after, of those `renamed`: they begin where they did, but their text is changed.
    """

    def __init__(self, finding: Finding, before: list[Finding], after: list[Finding]) -> None:
        old = [other for other in before if _mark(other) != _mark(finding)]
        left = Counter(other.fingerprint for other in old)
        new = []
        for other in after:
            if left[other.fingerprint]:
                left[other.fingerprint] -= 1
            else:
                new.append(other)
        unmatched = {_mark(other): other.fingerprint for other in old if left[other.fingerprint]}
        self.added = [other for other in new if _mark(other) not in unmatched]
        self.renamed = [
            (unmatched[_mark(other)], other.fingerprint)
            for other in new
            if _mark(other) in unmatched
        ]


def _first(
    findings: list[Finding], wanted: Counter, tried: set[str], unsafe: bool
) -> Finding | None:
    """The first finding in the text that is wanted, may be fixed, and was not tried."""
    fixable = (
        finding
        for finding in findings
        if finding.fix is not None
        and (finding.fix.safe or unsafe)
        and wanted[finding.fingerprint] > 0
        and finding.fingerprint not in tried
    )
    return min(fixable, key=lambda finding: _edits(finding)[0].place, default=None)


def _edits(finding: Finding) -> list:
    return sorted(finding.fix.edits, key=lambda edit: edit.place)


def _mark(finding: Finding) -> tuple[str, int, int]:
    return finding.rule, finding.line, finding.column


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _lines(data: bytes) -> list[str]:
    """Lines as a diff has them: they end in `\\n` alone, a carriage return belongs to the line."""
    lines = decode(data).split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _read(file: File) -> bytes:
    if file.data is not None:
        return file.data
    try:
        with open(file.path, "rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise FixError(f"cannot be read: {error.strerror}") from None


def _encode(text: str, like: bytes) -> bytes:
    """A text as a file with such content has it."""
    if like.startswith(UTF16_MARK):
        return UTF16_MARK + text.encode("utf-16-le", "replace")
    mark = UTF8_MARK if like.startswith(UTF8_MARK) else b""
    return mark + text.encode("utf-8", "replace")
