"""What a change brought: findings of a text that the text before it did not have.

New and old are told apart as the guard does, see `checker/novelty.py`.
"""

from __future__ import annotations

from checker import novelty

UNPARSABLE = "OB904"


class Before:
    """A file as it was: its `path` then, and its content (`data`, bytes; empty if none)."""

    __slots__ = ("path", "data")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data


def split(report, text: str, before, text_before: str, config) -> novelty.Split:
    """The findings of a report on a text, as new and old.

    `before` is the report on the text before. What it kept back as suppressed is
    old too, as far as `config` has the rule on.
    """
    from checker.elixir.modules import defined_names

    silenced = [f for s in before.suppressions for f in s.silenced if config.enables(f.rule)]
    known = novelty.rows(before.findings + silenced)
    changed = novelty.changed_lines(text_before, text)

    def split_by(rows):
        return novelty.split(report.findings, rows, lambda: defined_names(text), changed)

    result = split_by(known)
    if result.new and any(finding.rule == UNPARSABLE for finding in before.findings):
        hidden = set(map(novelty.line_digest, text_before.split("\n")))
        novelty.uncover(known, result.new, text, hidden)
        result = split_by(known)
    return result
