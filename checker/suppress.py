"""Suppressions: `# oban-guard: ignore[OB201] why this is right`.

A comment after code speaks for its own line; one that stands alone for the next
line that is no comment, so several may be stacked. A finding is reached on any
line of its range. Every suppression has to say why, in two words or more.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_MARK = re.compile(r"#+\s*oban-guard\s*:(.*)", re.DOTALL)
_IGNORE = re.compile(r"\s*ignore\s*\[([^\]]*)\](.*)", re.DOTALL)
_MEANT = re.compile(r"\s*(?:ignore|disable|allow|skip|suppress)\b")
_WORD = re.compile(r"\w[^\s]*")


class Suppression:
    """One comment that asks for silence.

    `line`, `column`: of the comment, from 1. `target`: the line it speaks for.
    `rules`: the ids it names. `reason`: the text after them. `counts`: whether
    the reason has two words or more. `silenced`: the findings it kept back,
    filled by `apply`.
    """

    __slots__ = ("line", "column", "end_column", "target", "rules", "reason", "silenced")

    def __init__(
        self, line: int, column: int, end_column: int, target: int, rules: tuple, reason: str
    ) -> None:
        self.line = line
        self.column = column
        self.end_column = end_column
        self.target = target
        self.rules = rules
        self.reason = reason
        self.silenced: list = []

    @property
    def counts(self) -> bool:
        return len(_WORD.findall(self.reason)) >= 2


def read(comments: list[tuple[int, int, str, bool]]) -> list[Suppression]:
    """The suppressions among a file's comments, in their order.

    A comment is `(line, column, text, alone)`: place of its `#` from 1, text
    from the `#` to the end of the line, and whether nothing stands before it.
    A comment that means to suppress but is no `ignore[…]` comes back without rules.
    """
    targets = _targets(comments)
    found = []
    for line, column, text, alone in comments:
        mark = _MARK.match(text)
        ignore = _IGNORE.match(mark[1]) if mark else None
        if mark is None or not (ignore or _MEANT.match(mark[1])):
            continue
        names, reason = ignore.groups() if ignore else ("", mark[1])
        rules = tuple(dict.fromkeys(n.strip().upper() for n in names.split(",") if n.strip()))
        target = targets[line] if alone else line
        end = column + len(text.rstrip())
        found.append(Suppression(line, column, end, target, rules, reason.strip()))
    return found


def apply(findings: list, suppressions: list[Suppression], known_rules) -> tuple[list, list]:
    """Keep back the findings that are rightly suppressed.

    `findings` are those of every rule, also of the ones that the configuration
    switches off, so that their suppressions are not called unused. Returns the
    findings that stay and the problems with the suppressions themselves, as
    `(rule, suppression, ids)`: OB903 with the ids that no rule has (none: the
    comment names no rule at all), OB902 and OB901 with the ids concerned. At
    most one problem of a rule per suppression.
    """
    kept, by_rule = [], _by_rule(suppressions)
    for finding in findings:
        last = max(finding.line, finding.end_line or finding.line)
        able = by_rule.get(finding.rule, ())
        start = min(finding.line, finding.first_line or finding.line)
        first = bisect_left(able, start, key=_target)
        if first < len(able) and able[first].target <= last:
            able[first].silenced.append(finding)
        else:
            kept.append(finding)
    problems = []
    for suppression in suppressions:
        problems += _problems(suppression, known_rules)
    return kept, problems


def _targets(comments: list) -> dict[int, int]:
    """Line of a comment that stands alone → the line it speaks for."""
    targets: dict[int, int] = {}
    for line in sorted((line for line, _, _, alone in comments if alone), reverse=True):
        targets[line] = targets.get(line + 1, line + 1)
    return targets


def _by_rule(suppressions: list[Suppression]) -> dict[str, list[Suppression]]:
    """Rule → the suppressions that count for it, by the line they speak for."""
    by_rule: dict[str, list[Suppression]] = {}
    for suppression in suppressions:
        for rule in suppression.rules if suppression.counts else ():
            by_rule.setdefault(rule, []).append(suppression)
    for able in by_rule.values():
        able.sort(key=_target)
    return by_rule


def _target(suppression: Suppression) -> int:
    return suppression.target


def _problems(suppression: Suppression, known_rules) -> list[tuple]:
    known = tuple(rule for rule in suppression.rules if rule in known_rules)
    unknown = tuple(rule for rule in suppression.rules if rule not in known_rules)
    problems = []
    if unknown or not suppression.rules:
        problems.append(("OB903", suppression, unknown))
    if known and not suppression.counts:
        problems.append(("OB902", suppression, known))
    elif known:
        used = {finding.rule for finding in suppression.silenced}
        unused = tuple(rule for rule in known if rule not in used)
        if unused:
            problems.append(("OB901", suppression, unused))
    return problems
