"""The plugin as it stands on a user's machine: a folder, and data that hooks/setup prepared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import uuid
from copy import copy
from pathlib import Path

from benchmarks.measure import Command

REPOSITORY = Path(__file__).resolve().parents[1]
PARTS = ("bin", "checker", "hooks", "requirements.lock")


class Plugin:
    """A plugin folder, ready to be used; `project` is where it is used.

    `interpreter` is a program to use instead of the one that set-up finds.
    """

    def __init__(self, root: Path, data: Path, project: Path, interpreter: str | None) -> None:
        self.root = root
        self.data = data
        self.project = project
        self._set_up(interpreter)
        self.python = (data / "python").read_text().strip()

    def bare(self) -> Command:
        """The interpreter that hooks run, doing nothing."""
        return Command([self.python, "-c", "pass"], str(self.project), _quiet)

    def edit(self, name: str, old: str, new: str, fresh: bool, verdict: str | None) -> Command:
        """The hook on an Edit, in a session of its own each time or in one that goes on.

        `verdict` is what it has to decide.
        """
        given = {"file_path": str(self.project / name), "old_string": old, "new_string": new}
        return self._hook("Edit", given, fresh, verdict)

    def write(self, name: str, text: str, verdict: str | None) -> Command:
        """The hook on a Write, in a session of its own each time."""
        given = {"file_path": str(self.project / name), "content": text}
        return self._hook("Write", given, True, verdict)

    def within(self, project: Path) -> Plugin:
        """The same plugin, used in another project."""
        other = copy(self)
        other.project = project
        return other

    def check(self, folder: Path, path: str = ".", cold: bool = False) -> Command:
        """The command line on something in a folder, which has blocking findings.

        `cold`: nothing is kept of the project.
        """

        def forgotten() -> bytes:
            if cold:
                shutil.rmtree(self.data / "index", ignore_errors=True)
            return b""

        return Command(
            [str(self.root / "bin/oban-guard"), "check", path],
            str(folder),
            lambda code, output: code == 1 and b"OB" in output,
            {"OBAN_GUARD_DATA": str(self.data)},
            forgotten,
        )

    def script(self, path: Path, folder: Path, *more: str) -> Command:
        """A script that has the packages which the checker has, on a folder."""
        site = self.data / "env/current/site"
        arguments = [self.python, "-I", "-S", "-X", f"pycache_prefix={self.data}/pycache"]
        given = [str(path), str(site), str(folder), *more]
        return Command([*arguments, *given], str(folder), _quiet)

    def _hook(self, tool: str, given: dict, fresh: bool, verdict: str | None) -> Command:
        event = {
            "session_id": "one",
            "transcript_path": str(self.project / "transcript.jsonl"),
            "cwd": str(self.project),
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": tool,
            "tool_input": given,
            "tool_use_id": "toolu_01",
        }

        def payload() -> bytes:
            session = self._begun_session() if fresh else {}
            return json.dumps(event | session, separators=(",", ":")).encode()

        return Command(
            ["/bin/sh", "-c", '"${CLAUDE_PLUGIN_ROOT}"/hooks/guard'],
            str(self.project),
            lambda code, output: code == 0 and _verdict(output) == verdict,
            {
                "CLAUDE_PLUGIN_ROOT": f"{self.root}/",
                "CLAUDE_PLUGIN_DATA": str(self.data),
                "CLAUDE_PROJECT_DIR": str(self.project),
            },
            payload,
        )

    def _begun_session(self) -> dict:
        """A session that has told the guard of its start, as hooks/session-start does."""
        session = {"session_id": str(uuid.uuid4())}
        start = {"hook_event_name": "SessionStart", "source": "startup", "cwd": str(self.project)}
        hook = [str(self.root / "checker/hook.py"), str(self.root), str(self.data)]
        subprocess.run(
            [self.python, "-I", "-S", "-OO", "-X", f"pycache_prefix={self.data}/pycache", *hook],
            input=json.dumps(start | session).encode(),
            env={"CLAUDE_PROJECT_DIR": str(self.project)},
            check=True,
        )
        return session

    def _set_up(self, interpreter: str | None) -> None:
        """Run hooks/setup; what was compiled before is compiled anew."""
        (self.data / "python").unlink(missing_ok=True)
        shutil.rmtree(self.data / "sessions", ignore_errors=True)
        with tempfile.TemporaryDirectory() as programs:
            if interpreter:
                Path(programs, "python3").symlink_to(os.path.realpath(interpreter))
            subprocess.run(
                [self.root / "hooks/setup", "--wait", self.data],
                cwd="/",
                env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"},
                check=True,
            )


def read_only_copy(folder: Path) -> Path:
    """A copy of the plugin that nobody may write to."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    return folder


def _verdict(output: bytes) -> str | None:
    specific = json.loads(output)["hookSpecificOutput"] if output else {}
    return specific.get("permissionDecision")


def _quiet(code: int, output: bytes) -> bool:
    return code == 0 and not output
