"""The code blocks of the skills' pages, as data.

A block of Elixir or Python stands directly below a line that says what it is:

    Bad (OB104):      the checker reports exactly this rule
    Bad:              wrong, and no rule says so yet
    Good:             the checker has nothing to say

Python stands without its imports; PRELUDE has them.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKILLS = ROOT / "skills"
PAGES = sorted(SKILLS.rglob("*.md"))
PRELUDE = Path(__file__).with_name("python_examples").joinpath("prelude.py").read_text("utf-8")

PYTHON_PAGE = SKILLS / "oban/references/oban-for-python.md"
NOT_JUDGED = "does not judge Python"  # said by that page, as long as it is so
PYTHON_IS_JUDGED = NOT_JUDGED not in PYTHON_PAGE.read_text("utf-8")

LABEL = re.compile(r"(Bad|Good)(?: \((OB\d{3})\))?:")
TEST = re.compile(r"\buse (?:Oban\.Testing|ExUnit\.Case|\w+\.(?:Data|Conn)Case)\b")


class Fence:
    """A labelled block: `kind` is Bad or Good, `rule` the id that a bad one names, or None."""

    def __init__(self, page: str, line: int, language: str, label: str, code: str) -> None:
        self.language = language
        self.code = code
        self.name = f"{page}:{line}"
        match = LABEL.fullmatch(label)
        self.kind, self.rule = match.groups() if match else (None, None)

    @property
    def source(self) -> str:
        """The whole of the file."""
        return PRELUDE + self.code if self.language == "python" else self.code

    @property
    def path(self) -> str:
        """Where such code would stand in a project."""
        if self.language == "python":
            return "tests/test_example.py" if "def test_" in self.code else "shop/example.py"
        return "test/shop/example_test.exs" if TEST.search(self.code) else "lib/shop/example.ex"


def fences(text: str, page: str) -> list[Fence]:
    """Every block of a page, in order; `line` is that of its first line of code."""
    found, lines, opened, above = [], [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if opened is not None and line == "```":
            found.append(Fence(page, opened[0], opened[1], above, "\n".join(lines) + "\n"))
            opened, lines, above = None, [], ""
        elif opened is not None:
            lines.append(line)
        elif line.startswith("```"):
            opened = number + 1, line[3:]
        else:
            above = line
    assert opened is None, f"{page}: the block at line {opened[0]} does not end"
    return found


def of(language: str) -> list[Fence]:
    """Every block in one language, in all pages."""
    return [
        fence
        for path in PAGES
        for fence in fences(path.read_text("utf-8"), path.relative_to(SKILLS).as_posix())
        if fence.language == language
    ]
