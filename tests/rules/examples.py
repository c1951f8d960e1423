"""The examples in a rule's documentation, as data."""

from __future__ import annotations

MARK = "# reported"
PATH = "lib/shop/example.ex"


class Example:
    """A code block: its text, where it stands, and the lines (from 1) marked as reported."""

    def __init__(self, rule, kind: str, number: int, code: str) -> None:
        self.rule = rule
        self.kind = kind
        self.code = code
        self.path = getattr(rule, "EXAMPLE", PATH)
        self.lines = {n for n, line in enumerate(code.splitlines(), 1) if MARK in line}
        self.name = f"{rule.ID}-{kind}-{number}"


def examples(rule, kind: str) -> list[Example]:
    """The examples under a rule's `## Invalid` or `## Valid` heading."""
    found, lines, inside, section = [], [], False, ""
    for line in rule.__doc__.splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        elif line.startswith("```"):
            if inside and section.lower() == kind:
                found.append(Example(rule, kind, len(found) + 1, "\n".join(lines) + "\n"))
            inside, lines = not inside, []
        elif inside:
            lines.append(line)
    return found
