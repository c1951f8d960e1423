"""The examples in a rule's documentation, as data."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from checker.check import check_source
from checker.config import Config
from checker.language import ELIXIR, PYTHON, is_source, language_of
from checker.project import project_of
from checker.source import Source

MIX = """defmodule Shop.MixProject do
  def project, do: [app: :shop, deps: [{:oban, "~> 2.20"}]]
end
"""
PYPROJECT = """[project]
name = "shop"
dependencies = ["oban>=0.7"]
"""
FILE = re.compile(r"# ([\w/-]+\.(?:exs?|lock|py|toml))")
MARK = "# reported"
PATHS = {ELIXIR: "lib/shop/example.ex", PYTHON: "shop/example.py"}
MANIFESTS = {ELIXIR: {"mix.exs": MIX}, PYTHON: {"pyproject.toml": PYPROJECT}}
NOT_CHECKED = ("mix.exs", "mix.lock")  # by the project they are read, as is all TOML


class Example:
    """A code block: its text, where it stands, and the lines (from 1) marked as reported.

    `language` is that of its fence. A rule's EXAMPLE is the path of those in its language.
    """

    def __init__(self, rule, kind: str, number: int, language: str, code: str) -> None:
        self.rule = rule
        self.kind = kind
        self.code = code
        self.language = language
        usual = getattr(rule, "EXAMPLE", PATHS[language])
        self.path = usual if language_of(usual) == language else PATHS[language]
        self.lines = {n for n, line in enumerate(code.splitlines(), 1) if MARK in line}
        self.name = f"{rule.ID}-{kind}-{number}"


def findings(code: str, path: str) -> list:
    """What an example gives. A line such as `# lib/shop/a.ex` or `# shop/a.py` begins a file of
    a project of several."""
    files = _files(code)
    if not files:
        return _checked(Source(path, code), None)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**MANIFESTS[language_of(path)], **files}.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return [
            finding
            for name, text in files.items()
            if is_source(name) and name not in NOT_CHECKED
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
    found, lines, language, section = [], [], "", ""
    for line in rule.__doc__.splitlines():
        if line.startswith("## "):
            section = line[3:].strip()
        elif line.startswith("```"):
            if language and section.lower() == kind:
                code = "\n".join(lines) + "\n"
                found.append(Example(rule, kind, len(found) + 1, language, code))
            language, lines = "" if language else line[3:].strip() or "text", []
        elif language:
            lines.append(line)
    return found
