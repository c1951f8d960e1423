"""A project in which edits are judged, with a stand-in for the checker.

In its language a worker is `defmodule Name do … end`, a function starts at
`def name`, and a word like `BAD_1` (warning), `ERR_1` (error) or `HINT_1`
(advice) is a finding of rule OB104, OB101 or OB111. `ok[BAD_1] reason given`
suppresses those words on its line, `TORN` is where parsing stops.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from checker import edits
from checker.check import Report
from checker.config import Config
from checker.finding import Finding
from checker.guard import Decision, decide
from checker.world import World

RULES = {
    "BAD": ("OB104", "permanent-error-retried", "warning"),
    "ERR": ("OB101", "unrecognised-return", "error"),
    "HINT": ("OB111", "deprecated-discard", "advice"),
}
WORD = re.compile(r"(BAD|ERR|HINT)_\w+")


class Silence:
    """What a suppression kept back."""

    def __init__(self, silenced: list[Finding]) -> None:
        self.silenced = silenced


class DeskReport(Report):
    """A report that also tells of suppressions."""

    __slots__ = ("suppressions",)

    def __init__(self) -> None:
        super().__init__()
        self.suppressions: list[Silence] = []


def check_text(path: str, text: str, config: Config) -> DeskReport:
    """The stand-in for the checker."""
    report = DeskReport()
    worker = function = ""
    for number, line in enumerate(text.split("\n"), 1):
        if "TORN" in line:
            report.findings.append(finding(path, "OB904", "unparsable", "advice", number, "TORN"))
            break
        if "BROKEN RULE" in line:
            report.failures.append("rule OB999 failed")
        if line.strip().startswith("defmodule "):
            worker, function = line.split()[1], ""
        if line.strip().startswith("def "):
            function = line.split()[1] + "/1"
        code, _, silent = line.partition("ok[")
        for match in WORD.finditer(code):
            rule, name, severity = RULES[match[1]]
            if not config.enables(rule):
                continue
            found = finding(path, rule, name, severity, number, match[0])
            found.worker, found.function = worker, function
            if f"{match[0]}]" in silent:
                report.suppressions.append(Silence([found]))
            else:
                report.findings.append(found)
    return report


def finding(path: str, rule: str, name: str, severity: str, line: int, trigger: str) -> Finding:
    """A finding with some texts."""
    return Finding(
        rule=rule, name=name, severity=severity, path=path, line=line, column=1, end_line=line,
        end_column=2, trigger=trigger, message="is wrong for good", help="Replace it with `ok`.",
    )  # fmt: skip


class DeskWorld(World):
    """The real world but for the checker. Counts what was checked."""

    checked = 0

    def check_source(self, source, config):
        DeskWorld.checked += 1
        return check_text(source.path, source.text, config)

    def names(self, file, text):
        functions = {f"{name}/1" for name in re.findall(r"def (\w+)", text)}
        return set(re.findall(r"defmodule (\S+)", text)), functions


class Desk:
    """One session in one project, edited as the client would."""

    def __init__(self, folder: Path, session: str = "session", **env: str) -> None:
        self.root = folder / "project"
        self.data = folder / "data"
        self.root.mkdir(exist_ok=True)
        self.data.mkdir(exist_ok=True)
        self.session = session
        self.env = env

    def event(self, tool: str, path: str, **given: object) -> dict:
        """An event about a file of the project."""
        return {
            "session_id": self.session,
            "cwd": str(self.root),
            "hook_event_name": "PreToolUse",
            "tool_name": tool,
            "tool_input": {"file_path": str(self.root / path), **given},
        }

    def decide(self, event: object) -> Decision:
        """The guard's decision about an event."""
        world = DeskWorld(event if isinstance(event, dict) else {}, str(self.data), self.env)
        return decide(event, world)

    def start(self, source: str = "startup") -> None:
        """Start the session, as the client tells it."""
        event = {"session_id": self.session, "hook_event_name": "SessionStart", "source": source}
        assert self.decide({**event, "cwd": str(self.root)}).output() is None

    def attempt(self, tool: str, path: str, **given: object) -> Decision:
        """Have an edit judged; it lands when it passes."""
        decision = self.decide(self.event(tool, path, **given))
        if decision.verdict == "pass":
            self.land(tool, path, **given)
        return decision

    def land(self, tool: str, path: str, **given: object) -> None:
        """Apply an edit whatever the guard says."""
        before = edits.settle(self.read(path)) if (self.root / path).exists() else None
        self.put(path, edits.apply(tool, given, before))

    def write(self, path: str, content: str) -> Decision:
        """Claude writes a file."""
        return self.attempt("Write", path, content=content)

    def edit(self, path: str, old: str, new: str, replace_all: bool = False) -> Decision:
        """Claude edits a file."""
        return self.attempt(
            "Edit", path, old_string=old, new_string=new, replace_all=replace_all
        )

    def put(self, path: str, content: str | bytes) -> None:
        """Someone else writes a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        """What a file holds."""
        return (self.root / path).read_bytes().decode()

    def remove(self, path: str) -> None:
        """Someone removes a file."""
        os.unlink(self.root / path)


def worker(*lines: str, name: str = "Shop.Sync", function: str = "perform") -> str:
    """A worker's text; the first of `lines` is its line 4."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"defmodule {name} do\n  use Oban.Worker\n  def {function} do\n{body}  end\nend\n"
