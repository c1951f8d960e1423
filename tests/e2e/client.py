"""The real Claude Code client: its commands, and sessions that reach only a script."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from .messages_api import MessagesApi, Turn

# A network of its own, as the user who runs the tests: as another one's root the client
# ends without a word. The capability to bring loopback up has to be kept.
UNSHARE = ("unshare", "--net", "--user", "--map-current-user", "--keep-caps")
ON_LOOPBACK = Path(__file__).with_name("on_loopback.py")
TOOLS = "Edit Write Read Bash Skill"
SESSION_LIMIT = 120  # seconds


def registry_settings() -> dict[str, str]:
    """How this machine reaches its package registries, where its environment says so."""
    starts, ends = ("PIP_", "UV_", "SSL_CERT_"), ("_PROXY", "_CA_BUNDLE")
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(starts) or name.upper().endswith(ends)
    }


class Claude:
    """One executable with a home of its own."""

    def __init__(self, executable: Path, home: Path) -> None:
        self.executable = executable
        self.home = home

    @property
    def environment(self) -> dict[str, str]:
        """All that the client, and so a hook, finds in its environment."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "ANTHROPIC_API_KEY": "made-up",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
        }

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run one of the client's own commands, such as `plugin validate .`."""
        return subprocess.run(
            [self.executable, *arguments],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SESSION_LIMIT,
        )

    def session(
        self,
        project: Path,
        *script: Turn,
        prompt: str = "Please go on.",
        arguments: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
    ) -> Transcript:
        """One `claude -p` in `project`, where only loopback exists, following `script`."""
        command = [
            self.executable, "-p", prompt,
            "--allowedTools", TOOLS,
            "--output-format", "stream-json", "--verbose", "--include-hook-events",
            *arguments,
        ]  # fmt: skip
        process, listener = _start(command, project, self.environment | (environment or {}))
        with MessagesApi(listener, list(script)) as api:
            try:
                output, complaints = process.communicate(timeout=SESSION_LIMIT)
            finally:
                _end(process)
        if api.failures:
            raise api.failures[0]
        if process.returncode != 0:
            raise RuntimeError(f"claude ended with {process.returncode}: {complaints}\n{output}")
        transcript = Transcript([json.loads(line) for line in output.splitlines()], api)
        print(*transcript.hook_outputs, sep="\n")  # pytest shows it when the test fails
        if transcript.hook_failures:
            raise RuntimeError(f"hooks failed: {transcript.hook_failures}")
        return transcript


def _start(
    command: list, project: Path, environment: dict[str, str]
) -> tuple[subprocess.Popen[str], socket.socket]:
    """Start a command on loopback: the process, and the socket it takes for the API."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [*UNSHARE, sys.executable, ON_LOOPBACK, str(theirs.fileno()),
                 json.dumps(environment), *command],
                cwd=project,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )  # fmt: skip
        _, descriptors, *_ = socket.recv_fds(ours, 1, 1)
    if not descriptors:
        raise RuntimeError(f"no loopback: {process.communicate()[1]}")
    return process, socket.socket(fileno=descriptors[0])


def _end(process: subprocess.Popen[str]) -> None:
    """End a session that did not end by itself, with what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class ToolResult:
    """What came back from one tool call, as the model was told."""

    def __init__(self, block: dict) -> None:
        self.id: str = block["tool_use_id"]
        self.failed: bool = block.get("is_error", False)
        self.text: str = _text(block.get("content"))

    def __repr__(self) -> str:
        return f"<{'failed' if self.failed else 'fine'}: {self.text}>"


class Transcript:
    """What happened in one session.

    `messages` is the client's stream-json, `api.requests` what the model was sent.
    """

    def __init__(self, messages: list[dict], api: MessagesApi) -> None:
        self.messages = messages
        self.api = api

    @property
    def id(self) -> str:
        """The session's id."""
        return self.messages[-1]["session_id"]

    @property
    def results(self) -> list[ToolResult]:
        """Every tool result, in order."""
        return [ToolResult(block) for block in self._blocks() if block["type"] == "tool_result"]

    @property
    def hook_outputs(self) -> list[dict]:
        """What every hook that ran printed as JSON; other output is left out."""
        found = []
        for message in self._of("hook_response"):
            try:
                found.append(json.loads(message["stdout"]))
            except json.JSONDecodeError:
                continue
        return [output for output in found if isinstance(output, dict)]

    @property
    def hook_failures(self) -> list[object]:
        """What hooks that ended with another exit code than 0, or could not check an edit, said."""
        ended = [m for m in self._of("hook_response") if m.get("exit_code") != 0]
        return ended + [told for told in self.system_messages if "was not checked" in told]

    @property
    def system_messages(self) -> list[str]:
        """What hooks told the person at the keyboard."""
        return [o["systemMessage"] for o in self.hook_outputs if "systemMessage" in o]

    @property
    def told(self) -> str:
        """All text that the model was sent in the messages of its last request."""
        return "\n".join(_text(message["content"]) for message in self.api.requests[-1]["messages"])

    def _of(self, subtype: str) -> list[dict]:
        return [message for message in self.messages if message.get("subtype") == subtype]

    def _blocks(self) -> list[dict]:
        contents = [m["message"]["content"] for m in self.messages if m["type"] == "user"]
        return [block for content in contents if isinstance(content, list) for block in content]


def _text(content: object) -> str:
    """The text of a message's content, tool results included."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_text(block) for block in content)
    if isinstance(content, dict):
        return _text(content.get("text", content.get("content")))
    return ""
