"""The plugin as a user gets it: cloned, installed from its marketplace, set up."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from .client import SESSION_LIMIT, Claude, registry_settings

REPOSITORY = Path(__file__).resolve().parents[2]
NAME = "elixir-phoenix"
SET_UP_LIMIT = 300  # seconds


class Installation:
    """The plugin of `clone`, installed for `claude`."""

    def __init__(self, claude: Claude, clone: Path) -> None:
        manifest = json.loads((clone / ".claude-plugin/marketplace.json").read_text())
        self.claude = claude
        self.clone = clone
        self.marketplace: str = manifest["name"]
        self._must("plugin", "marketplace", "add", str(clone))
        self._must("plugin", "install", f"{NAME}@{self.marketplace}")

    @property
    def data(self) -> Path:
        """The folder that the client gives the plugin for its data."""
        return self.claude.home / f".claude/plugins/data/{NAME}-{self.marketplace}"

    @property
    def ready(self) -> bool:
        """Whether set-up has recorded the interpreter that hooks run."""
        return (self.data / "python").is_file()

    @property
    def _failure(self) -> Path:
        return self.data / "failure.json"

    @property
    def failure(self) -> str:
        """Why set-up failed; empty when it did not."""
        try:
            return json.loads(self._failure.read_text())
        except FileNotFoundError:
            return ""

    def start_session(self, project: Path) -> None:
        """Run hooks/session-start as the client does in `project`, with the network."""
        event = {
            "session_id": str(uuid4()),
            "transcript_path": str(project / "none.jsonl"),
            "cwd": str(project),
            "hook_event_name": "SessionStart",
            "source": "startup",
        }
        environment_file = self.claude.home / "session-environment.sh"
        subprocess.run(
            [self.clone / "hooks/session-start"],
            cwd=project,
            env=self.claude.environment
            | registry_settings()
            | {
                "CLAUDE_PLUGIN_ROOT": f"{self.clone}/",
                "CLAUDE_PLUGIN_DATA": str(self.data),
                "CLAUDE_PROJECT_DIR": str(project),
                "CLAUDE_ENV_FILE": str(environment_file),
            },
            input=json.dumps(event).encode(),
            check=True,
            timeout=SESSION_LIMIT,
        )

    def set_up(self, project: Path) -> None:
        """Set the plugin up and wait until it is ready; RuntimeError when it does not get there."""
        self._failure.unlink(missing_ok=True)  # an earlier attempt's
        self.start_session(project)
        self.wait_until(lambda: self.ready or self.failure)
        if self.failure:
            raise RuntimeError(f"set-up failed: {self.failure}")

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait for what set-up does in the background; TimeoutError when it takes too long."""
        end = time.monotonic() + SET_UP_LIMIT
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"set-up takes longer than {SET_UP_LIMIT} s")
            time.sleep(0.1)

    def _must(self, *arguments: str) -> None:
        done = self.claude.run(*arguments, cwd=self.clone)
        if done.returncode != 0:
            raise RuntimeError(f"claude {' '.join(arguments)}: {done.stdout}{done.stderr}")


def clone(destination: Path) -> Path:
    """A clone of this repository, with what is not committed yet; returns `destination`."""
    _git("clone", "--quiet", str(REPOSITORY), str(destination))
    for name in _listed("--modified", "--others", "--exclude-standard"):
        source, target = REPOSITORY / name, destination / name
        target.unlink(missing_ok=True)
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    return destination


def _listed(*options: str) -> set[str]:
    return {name for name in _git("ls-files", "-z", *options).split("\0") if name}


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    return done.stdout
