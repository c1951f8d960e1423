"""A stranger's machine: a home, a path with chosen programs, a copy of the plugin."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from e2e.client import registry_settings

REPOSITORY = Path(__file__).resolve().parents[2]
PARTS = (
    ".claude-plugin", "bin", "checker", "examples", "hooks", "plugin.json", "requirements.lock",
)  # fmt: skip
LIMIT = 120  # seconds, for what should take a few
VERSION = f"python3.{sys.version_info.minor}"
PYTHON = os.path.realpath(sys._base_executable)
UV = Path(sys.executable).with_name("uv")

WORKER = """\
defmodule Shop.Mailer do
  use Oban.Worker
  def perform(_job), do: :done
end
"""


class Machine:
    """`root` holds it all; `path` is the only folder of programs that PATH names first.

    Folders have spaces in their names. `caches` is where packages that were fetched
    before are.
    """

    def __init__(self, root: Path, caches: Path) -> None:
        self.home = root / "home of a stranger"
        self.data = self.home / "plugin data"
        self.project = root / "their project"
        self.path = root / "programs"
        self.plugin = root / "the plugin"
        for folder in (self.home, self.project, self.path, self.plugin):
            folder.mkdir(parents=True)
        for part in PARTS:
            source, target = REPOSITORY / part, self.plugin / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target, follow_symlinks=False)
        self.variables = registry_settings() | {
            "HOME": str(self.home),
            "PATH": f"{self.path}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "UV_CACHE_DIR": str(caches / "uv"),
            "PIP_CACHE_DIR": str(caches / "pip"),
        }

    # what is on it

    def put(self, name: str, program: str | os.PathLike) -> Path:
        """Put a link to a program on the path."""
        link = self.path / name
        link.symlink_to(program)
        return link

    def script(self, name: str, text: str, folder: Path | None = None) -> Path:
        """Put a shell script on the path, or into a folder."""
        file = (folder or self.path) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        file = self.project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    # what runs on it

    def run(self, *command: str | os.PathLike, cwd: Path | None = None, **more: str):
        """Run a command to its end; `more` are variables. Its streams come back as text."""
        return subprocess.run(
            command,
            cwd=cwd or self.project,
            env=self.variables | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )

    def launch(self, *arguments: str, cwd: Path | None = None, **more: str):
        """Run the command line from a terminal."""
        return self.run(self.plugin / "bin/oban-guard", *arguments, cwd=cwd, **more)

    def set_up(self, *prefix: str | os.PathLike, **more: str):
        """Run set-up for the data folder in the foreground."""
        script = self.plugin / "hooks/setup"
        return self.run(*prefix, script, "--wait", str(self.data), **more)

    def hook(self, name: str, event: dict | str, **more: str) -> str:
        """Run a hook as the client does; what it prints. It may not fail, nor complain."""
        if isinstance(event, dict):
            event = json.dumps(event, separators=(",", ":"))
        variables = {
            "CLAUDE_PLUGIN_ROOT": f"{self.plugin}/",
            "CLAUDE_PLUGIN_DATA": str(self.data),
            "CLAUDE_PROJECT_DIR": str(self.project),
        }
        done = subprocess.run(
            ["/bin/sh", "-c", f'"${{CLAUDE_PLUGIN_ROOT}}"/hooks/{name}'],
            cwd=self.project,
            env=self.variables | variables | more,
            input=event,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def write_event(self, name: str, text: str, session: str = "session one") -> dict:
        """The event of a Write that is about to happen."""
        return {
            "session_id": session,
            "transcript_path": str(self.home / "oban.jsonl"),
            "cwd": str(self.project),
            "hook_event_name": "PreToolUse",
            "tool_name": "Write",
            "tool_input": {"file_path": str(self.project / name), "content": text},
            "tool_use_id": "toolu_1",
        }

    def start_event(self, session: str = "session one") -> dict:
        """The event of a session's start."""
        return {
            "session_id": session,
            "transcript_path": str(self.home / "oban.jsonl"),
            "cwd": str(self.project),
            "hook_event_name": "SessionStart",
            "source": "startup",
        }

    # what came of it

    @property
    def python(self) -> str:
        """The interpreter that set-up recorded for the hooks, or nothing."""
        record = self.data / "python"
        return record.read_text().rstrip("\n") if record.exists() else ""

    @property
    def environment(self) -> Path:
        """The environment in use."""
        return (self.data / "env/current").resolve(strict=True)

    @property
    def reason(self) -> str:
        """Why the last set-up failed, or nothing."""
        record = self.data / "failure.json"
        return json.loads(record.read_text()) if record.exists() else ""

    def wait_for(self, condition) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, sorted(map(str, self.data.rglob("*")))[:40]
            time.sleep(0.02)

    def wait_until_ready(self) -> None:
        """Wait for a set-up in the background to succeed, and to let go of its lock."""
        self.wait_for(lambda: self.python or self.reason)
        assert self.reason == ""
        with open(self.data / "setup.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)


def interpreter(root: Path, without: tuple[str, ...] = ()) -> Path:
    """Another interpreter of this version, lacking some modules; returns its executable.

    Its modules are links to this one's; packages it has none.
    """
    library = root / "lib" / VERSION
    library.mkdir(parents=True)
    (root / "bin").mkdir()
    executable = root / "bin" / VERSION
    shutil.copy2(PYTHON, executable)
    for module in Path(os.__file__).parent.iterdir():
        if module.name not in ("site-packages", "dist-packages", "__pycache__", *without):
            (library / module.name).symlink_to(module)
    for shared in Path(PYTHON).parents[1].glob("lib/libpython*"):
        (root / "lib" / shared.name).symlink_to(shared)
    return executable


def add_pip(executable: Path, work: Path) -> None:
    """Give an interpreter pip, which it lacks."""
    subprocess.run([PYTHON, "-I", "-m", "venv", work], check=True)
    pip = next(work.glob("lib/python3.*/site-packages/pip"))
    library = executable.parents[1] / "lib"
    for packages in (library / VERSION / "site-packages", library / "python3/dist-packages"):
        packages.mkdir(parents=True)
        (packages / "pip").symlink_to(pip)


def hiding_pythons() -> list[str]:
    """A command prefix: what follows it runs where the system's folders hold no Python."""
    hide = """
    for program in /usr/bin/python3* /usr/local/bin/python* /usr/bin/uv /usr/local/bin/uv; do
      if [ -f "$program" ]; then mount --bind /dev/null "$(realpath "$program")"; fi
    done
    exec "$@"
    """
    return ["unshare", "-rm", "/bin/sh", "-c", hide, "sh"]


def read_only(folder: Path) -> list[str]:
    """A command prefix: what follows it runs where a folder cannot be written to."""
    protect = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return ["unshare", "-rm", "/bin/sh", "-c", protect, str(folder)]
