"""The examples in a rule's documentation, as data."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from checker.check import check_source
from checker.config import Config
from checker.project import project_of
from checker.source import Source

MIX = """defmodule Shop.MixProject do
  def project, do: [app: :shop, deps: [{:oban, "~> 2.20"}]]
end
"""
FILE = re.compile(r"# ((?:lib|config|test|mix)[\w/]*\.(?:exs?|lock))")
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


def findings(code: str, path: str) -> list:
    """What an example gives. A line `# lib/shop/a.ex` begins a file of a project of several."""
    files = _files(code)
    if not files:
        return _checked(Source(path, code), None)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"mix.exs": MIX, **files}.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return [
            finding
            for name, text in files.items()
            if not name.startswith("mix")
            for finding in _checked(Source(f"{folder}/{name}", text), f"{folder}/{name}")
        ]


def _checked(source: Source, path: str | None) -> list:
    report = check_source(source, Config.default(), project_of(path) if path else None)
    assert not report.failures
    return report.findings


def _files(code: str) -> dict[str, str]:
    """The files of an example, each with blank lines before it, so that lines are the example's."""
    found: dict[str, str] = {}
    name = None
    for number, line in enumerate(code.splitlines()):
        begins = FILE.fullmatch(line)
        if begins:
            name = begins[1]
            found[name] = "\n" * number
        if name:
            found[name] += line + "\n"
    return found


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
