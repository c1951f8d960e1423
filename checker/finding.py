"""A finding: what is wrong, where, and what to write instead."""

from __future__ import annotations

from checker.digest import sha256

ERROR, WARNING, ADVICE = "error", "warning", "advice"
SEVERITIES = (ERROR, WARNING, ADVICE)
BLOCKING = frozenset((ERROR, WARNING))


class Edit:
    """Replace the text between two positions (1-based, end exclusive) with `text`."""

    __slots__ = ("line", "column", "end_line", "end_column", "text")

    def __init__(self, line: int, column: int, end_line: int, end_column: int, text: str) -> None:
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column
        self.text = text

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where it begins and ends: line, column, end line, end column."""
        return self.line, self.column, self.end_line, self.end_column


class Fix:
    """Edits that mend a finding; `safe` when they cannot change a job's success."""

    __slots__ = ("safe", "edits")

    def __init__(self, safe: bool, edits: list[Edit]) -> None:
        self.safe = safe
        self.edits = edits


class Finding:
    """One problem at one place.

    Lines and columns count code points from 1, `end_column` is exclusive.
    `trigger` is the offending text, already safe to show; `message` states the
    fact about it, `help` what to write instead (an imperative sentence).
    `function` is `name/arity` or empty; it takes part in the fingerprint.
    `first_line` is where the statement begins, in a pipe its first line.
    """

    __slots__ = (
        "rule", "name", "severity", "path", "line", "column", "end_line", "end_column",
        "worker", "function", "trigger", "message", "help", "fix", "first_line",
    )  # fmt: skip

    def __init__(self, **fields: object) -> None:
        for field in self.__slots__:
            setattr(self, field, fields.pop(field, None))
        if fields:
            raise TypeError(f"unknown fields: {', '.join(fields)}")

    @property
    def blocking(self) -> bool:
        return self.severity in BLOCKING

    @property
    def fingerprint(self) -> str:
        """Names the finding by rule, worker, function and trigger, never by line."""
        trigger = "".join((self.trigger or "").split())
        name = "\0".join((self.rule, self.worker or "", self.function or "", trigger))
        return sha256(name.encode("utf-8", "replace")).hexdigest()[:20]

    def sort_key(self) -> tuple:
        return (self.path, self.line, self.column, self.rule)
