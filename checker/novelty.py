"""New or old: which findings an edit adds to those a file already had.

What is known of a file is kept as rows, fingerprint → `[count, kin, worker,
function]`. All but the count are digests; `kin` names rule and trigger.
"""

from __future__ import annotations

import re

from checker.digest import sha256

_HEAD = r"^(defmodule|class)\s+[\w.]+"


def digest(*words: str) -> str:
    """A short name for words that must not be kept themselves."""
    return sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()[:20]


def rows(findings) -> dict[str, list]:
    """The rows of some findings."""
    known: dict[str, list] = {}
    for finding in findings:
        row = known.setdefault(finding.fingerprint, [0, *_marks(finding)])
        row[0] += 1
    return known


def join(known: dict[str, list], more: dict[str, list]) -> None:
    """Add to `known` what `more` has beyond it: of each fingerprint the higher count stays."""
    for fingerprint, row in more.items():
        known.setdefault(fingerprint, list(row))[0] = max(row[0], known.get(fingerprint, row)[0])


class Split:
    """Findings that are `new` and `old`, and those of the old that were `renamed`.

    The last are pairs: the fingerprint that was known, and the finding.
    """

    __slots__ = ("new", "old", "renamed")

    def __init__(self) -> None:
        self.new: list = []
        self.old: list = []
        self.renamed: list[tuple[str, object]] = []


def split(findings: list, known: dict[str, list], names, changed: tuple[int, int]) -> Split:
    """Sort findings into new and old.

    Of each fingerprint, those above the known count are new, first the ones
    within the `changed` lines. One without a match is old if a row of its kin
    lost its worker or its function: a rename. `names()` gives the modules, and the
    functions (`name/arity`), that the text still defines.
    """
    result = Split()
    unmatched = _match(findings, known, changed, result)
    lost = _lost(unmatched, known, names) if unmatched else {}
    for finding in unmatched:
        rows_of_kin = lost.get(_marks(finding)[0])
        if rows_of_kin:
            result.renamed.append((rows_of_kin.pop(), finding))
            result.old.append(finding)
        else:
            result.new.append(finding)
    return result


def rename(known: dict[str, list], renamed: list[tuple[str, object]]) -> None:
    """Know renamed findings by the fingerprint they have now."""
    for fingerprint, finding in renamed:
        known[fingerprint][0] -= 1
        if not known[fingerprint][0]:
            del known[fingerprint]
        known.setdefault(finding.fingerprint, [0, *_marks(finding)])[0] += 1


def line_digest(line: str) -> str:
    """A short name for a line of a text, wherever it is indented to."""
    return digest(line.strip())[:10]


def uncover(known: dict[str, list], findings: list, text: str, hidden: set[str]) -> None:
    """Know the findings that a text hid by not parsing: those whose lines stood in it.

    `hidden` are the digests of its lines; the findings are those of `text`.
    """
    lines = text.split("\n")
    join(known, rows([f for f in findings if line_digest(lines[f.line - 1]) in hidden]))


def changed_lines(before: str, after: str) -> tuple[int, int]:
    """First and last line, from 1, between which two texts differ; lines of `after`."""
    was, now = before.split("\n"), after.split("\n")
    same, most = 0, min(len(was), len(now))
    while same < most and was[same] == now[same]:
        same += 1
    below = 0
    while below < most - same and was[-1 - below] == now[-1 - below]:
        below += 1
    return same + 1, len(now) - below


def _marks(finding) -> tuple[str, str, str]:
    worker, trigger = finding.worker or "", re.sub(_HEAD, "\0", finding.trigger or "")
    if worker and worker in trigger:
        trigger = re.sub(rf"(?<![\w.]){re.escape(worker)}(?!\w|\.[A-Z])", "\0", trigger)
    kin = digest(finding.rule, "".join(trigger.split()))
    return kin, digest(worker), digest(finding.function or "")


def _match(findings: list, known: dict[str, list], changed: tuple, result: Split) -> list:
    """Put what is known into `result.old`; give the findings above the known counts."""
    first, last = changed
    left = {fingerprint: row[0] for fingerprint, row in known.items()}
    above = []
    for finding in sorted(findings, key=lambda f: first <= f.line <= last):
        if left.get(finding.fingerprint, 0):
            left[finding.fingerprint] -= 1
            result.old.append(finding)
        else:
            above.append(finding)
    return sorted(above, key=lambda f: f.sort_key())


def _lost(unmatched: list, known: dict[str, list], names) -> dict[str, list[str]]:
    """Of each kin of the unmatched: the fingerprints known in what the text no longer has."""
    kins = {_marks(finding)[0] for finding in unmatched}
    related = [(key, row) for key, row in known.items() if row[1] in kins]
    if not related:
        return {}
    modules, functions = ({digest(name) for name in ("", *group)} for group in names())
    lost: dict[str, list[str]] = {}
    for fingerprint, (count, kin, worker, function) in related:
        if worker not in modules or function not in functions:
            lost.setdefault(kin, []).extend([fingerprint] * count)
    return lost
