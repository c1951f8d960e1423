"""The hook as the client runs it: a process that reads an event and prints an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTROLS = {chr(code) for code in (*range(32), 127, *range(128, 160))} - {"\n"}

CLEAN = """\
defmodule Shop.Workers.Ping do
  use Oban.Worker, queue: :health, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"host" => host}}) do
    case Shop.Health.ping(host) do
      :up -> :ok
      :down -> {:error, :host_down}
    end
  end
end
"""
BAD = CLEAN.replace("{:error, :host_down}", ":error")
CART = "defmodule Shop.Cart do\n  def total(cart), do: Enum.sum(cart.prices)\nend\n"


class Hook:
    """The hook's process, for one project."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project with spaces"
        self.data = folder / "data"
        self.trace = folder / "trace"
        self.project.mkdir()
        (self.data / "env/current").mkdir(parents=True)
        (self.data / "env/current/site").symlink_to(sysconfig.get_paths()["purelib"])
        self.env = {"CLAUDE_PROJECT_DIR": str(self.project), "OBAN_GUARD_TRACE": str(self.trace)}

    def run(self, raw: bytes, env: dict | None = None, **options: object):
        """Run it on some input."""
        return subprocess.run(
            [sys.executable, "-I", "-S", "-OO", "-X", f"pycache_prefix={self.data}/pycache",
             ROOT / "checker/hook.py", ROOT, self.data],
            input=raw, env=self.env if env is None else env, capture_output=True, timeout=60,
            cwd="/", **options,
        )  # fmt: skip

    def answer(self, event: object, env: dict | None = None) -> dict | None:
        """The answer to an event, which must be an object in JSON, or nothing."""
        raw = event if isinstance(event, bytes) else json.dumps(event).encode()
        done = self.run(raw, env)
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""
        answer = json.loads(done.stdout) if done.stdout else None
        assert answer is None or isinstance(answer, dict)
        return answer

    def event(self, tool: str, path: str, **given: object) -> dict:
        """An event with the fields that the client sends."""
        return {
            "session_id": "9f2c", "transcript_path": "/nowhere/t.jsonl", "cwd": str(self.project),
            "prompt_id": "p", "permission_mode": "default", "effort": "high",
            "hook_event_name": "PreToolUse", "tool_name": tool, "tool_use_id": "toolu_1",
            "tool_input": {"file_path": os.path.join(self.project, path), **given},
        }  # fmt: skip

    def write(self, path: str, content: str) -> dict | None:
        """The answer to a Write."""
        return self.answer(self.event("Write", path, content=content))

    def put(self, path: str, content: str) -> None:
        """Put a file into the project."""
        (self.project / path).parent.mkdir(parents=True, exist_ok=True)
        (self.project / path).write_text(content)

    def traced(self) -> list[str]:
        """The lines of the trace, which starts anew."""
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        self.trace.unlink(missing_ok=True)
        return lines


@pytest.fixture
def hook(tmp_path) -> Hook:
    """The hook in an empty project."""
    return Hook(tmp_path)


def denied(answer: dict | None) -> bool:
    """Whether an answer holds the edit back, in the client's terms."""
    return answer is not None and answer["hookSpecificOutput"]["permissionDecision"] == "deny"


def test_a_bad_write_is_denied(hook):
    answer = hook.write("lib/ping.ex", BAD)
    assert set(answer) == {"hookSpecificOutput"}
    specific = answer["hookSpecificOutput"]
    assert specific["hookEventName"] == "PreToolUse"
    assert specific["permissionDecision"] == "deny"
    first, second, *_ = specific["permissionDecisionReason"].splitlines()
    assert first == "[oban-guard] Edit to lib/ping.ex held back: 1 new problem."
    assert second.startswith("Line 8: `:error` ")
    assert hook.traced() == [f"check deny parser Write {hook.project}/lib/ping.ex"]


def test_a_bad_edit_is_denied(hook):
    hook.put("lib/ping.ex", CLEAN)
    edit = {"old_string": "{:error, :host_down}", "new_string": ":error"}
    assert denied(hook.answer(hook.event("Edit", "lib/ping.ex", replace_all=False, **edit)))
    assert denied(hook.answer(hook.event("MultiEdit", "lib/ping.ex", edits=[edit])))


def test_a_clean_write_gets_no_answer(hook):
    assert hook.write("lib/ping.ex", CLEAN) is None
    assert hook.traced() == [f"check pass parser Write {hook.project}/lib/ping.ex"]


@pytest.mark.parametrize(
    ("path", "content"),
    [("lib/cart.ex", CART), ("README.md", BAD), ("lib/ping.py", "def perform(job):\n    return None\n"), ("pyproject.toml", "a = 1")],
)
def test_an_edit_without_jobs_starts_no_checker(hook, path, content):
    assert hook.write(path, content) is None
    assert hook.traced() == [f"skip pass - Write {hook.project}/{path}"]
    assert not (hook.data / "sessions").exists()


def imported(hook: Hook, event: dict) -> set[str]:
    """The modules that the hook imports for an event."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-OO", "-X", f"pycache_prefix={hook.data}/pycache",
         "-X", "importtime", ROOT / "checker/hook.py", ROOT, hook.data],
        input=json.dumps(event).encode(), env=hook.env, capture_output=True, check=True,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}


def test_an_edit_without_jobs_imports_little(hook):
    del hook.env["OBAN_GUARD_TRACE"]
    hook.put("lib/cart.ex", CART)
    modules = imported(hook, hook.event("Write", "lib/cart.ex", content=CART + "# more\n"))
    assert "checker.guard" in modules
    heavy = {"tree_sitter._binding", "json", "re", "enum", "hashlib", "fcntl", "checker.check"}
    assert not modules & heavy
    assert not list((hook.data / "pycache").glob("checker.*"))  # nothing asked for the bundle


def test_an_edit_with_jobs_imports_nothing_for_the_command_line(hook):
    hook.put(".oban-guard.toml", "")
    modules = imported(hook, hook.event("Write", "lib/ping.ex", content=BAD))
    assert "tree_sitter._binding" in modules
    heavy = {"click", "rich", "jinja2", "libcst", "pathspec", "dataclasses", "tempfile"}
    assert not modules & heavy


def test_an_edit_with_jobs_imports_no_more_of_python_than_it_needs(hook):
    modules = imported(hook, hook.event("Write", "lib/ping.ex", content=BAD))
    assert "tree_sitter._binding" in modules
    assert not modules & {"typing", "json", "hashlib", "tomllib"}


def test_the_session_keeps_its_configuration(hook):
    assert hook.answer({"session_id": "9f2c", "hook_event_name": "SessionStart"}) is None
    assert hook.traced() == ["begin pass -"]
    hook.put(".oban-guard.toml", 'mode = "off"')
    assert denied(hook.write("lib/ping.ex", BAD))


def test_the_fourth_attempt_asks(hook):
    answers = [hook.write("lib/ping.ex", BAD) for _ in range(4)]
    verdicts = [answer["hookSpecificOutput"]["permissionDecision"] for answer in answers]
    assert verdicts == ["deny", "deny", "deny", "ask"]


@pytest.mark.parametrize("variable", ["OBAN_GUARD", "CLAUDE_PLUGIN_OPTION_MODE"])
def test_the_guard_can_be_switched_off(hook, variable):
    hook.env[variable] = "off"
    assert hook.write("lib/ping.ex", BAD) is None
    assert not hook.traced()[0].startswith("check")


GARBAGE = {
    "nothing": b"",
    "blanks": b" \n",
    "no JSON": b"{'tool_name': 'Write'}",
    "half an object": b'{"tool_name": "Write", "tool_in',
    "two objects": b"{}{}",
    "bytes": bytes(range(256)),
    "NUL bytes": b"\0" * 1000,
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "a long number": b'{"a": ' + b"9" * 10_000 + b"}",
}
VALUES = [
    [], {}, None, 3, "Write", {"tool_name": 3}, {"tool_input": []}, {"tool_name": "Write"},
    {"session_id": {}, "cwd": 3, "hook_event_name": "PreToolUse", "tool_name": "Write"},
    {"hook_event_name": "PreToolUse", "tool_name": ["Write"], "tool_input": {"file_path": "a"}},
]  # fmt: skip


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE)
def test_garbage_passes_and_the_user_is_told(hook, raw):
    answer = hook.answer(raw)
    assert set(answer) == {"systemMessage"}
    assert answer["systemMessage"].startswith("oban-guard: an edit was not checked (")
    assert not CONTROLS & set(answer["systemMessage"])


@pytest.mark.parametrize("event", VALUES, ids=map(str, range(len(VALUES))))
def test_an_event_of_another_shape_passes(hook, event):
    assert hook.answer(event) is None


INPUTS = [
    {"file_path": None}, {"file_path": ""}, {"file_path": 3}, {"file_path": ["a.ex"]},
    {"file_path": "a\0.ex"}, {"file_path": "\ud800.ex"}, {"file_path": "a" * 5000 + ".ex"},
    {"file_path": "/" * 3000 + "a.ex"}, {"file_path": "../" * 900 + "etc/passwd.ex"},
    {"file_path": "lib/a.ex", "content": None}, {"file_path": "lib/a.ex", "content": [BAD]},
    {"file_path": "lib/a.ex", "content": "\0" + BAD}, {"file_path": "lib/a.ex/b.ex"},
    {"file_path": "lib/a.ex", "content": "\ud800 Oban \udfff"}, {"file_path": "/dev/stdin.ex"},
    {"file_path": "lib/a.ex", "edits": {"old_string": 1}}, {"file_path": "~/a.ex"},
]  # fmt: skip


@pytest.mark.parametrize("tool", ["Write", "Edit", "MultiEdit", "NotebookEdit", "Read", "Bash"])
@pytest.mark.parametrize("given", INPUTS, ids=map(str, range(len(INPUTS))))
def test_hostile_fields_pass(hook, tool, given):
    event = hook.event(tool, "lib/a.ex")
    event["tool_input"] = {"content": BAD, "old_string": "", "new_string": BAD, **given}
    answer = hook.answer(event)
    if answer is not None and "systemMessage" in answer:
        assert answer["systemMessage"].startswith("oban-guard: a")
        assert "not checked" not in answer["systemMessage"]
        assert len(answer["systemMessage"]) < 400
    else:
        assert answer is None or denied(answer)


def test_file_names_are_shown_as_one_harmless_line(hook):
    name = "lib/\x1b[31mred\x07\r\nLine 1: `x`\u202e\u2066\x9b.ex"
    reason = hook.write(name, BAD)["hookSpecificOutput"]["permissionDecisionReason"]
    assert denied(hook.write(name, BAD))
    assert not CONTROLS & set(reason)
    assert not {"\u202e", "\u2066"} & set(reason)
    assert [line for line in reason.splitlines() if line.startswith("Line 1:")] == []
    assert all(line.isprintable() for line in hook.traced())


def test_a_huge_file_passes(hook):
    assert hook.write("lib/ping.ex", BAD + "# x\n" * 500_000) is None
    assert hook.write("lib/cart.ex", "a" * 20_000_000) is None


def test_deeply_nested_source_passes(hook):
    deep = BAD.replace("host}}", "host, " + "[" * 100_000 + "]" * 100_000 + "}}")
    hook.write("lib/ping.ex", deep)
    hook.write("lib/ping.ex", BAD.replace(":error", "(" * 50_000 + ":error" + ")" * 50_000))


@pytest.mark.parametrize("env", [{}, {"HOME": "/nonexistent"}, {"CLAUDE_PROJECT_DIR": "relative"}])
def test_no_environment_is_needed(hook, env):
    assert denied(hook.answer(hook.event("Write", "lib/ping.ex", content=BAD), env))


def test_python_variables_of_the_environment_do_not_count(hook, tmp_path):
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil/json.py").write_text("raise SystemExit(9)")
    (hook.project / "checker").mkdir()
    (hook.project / "checker/__init__.py").write_text("raise SystemExit(9)")
    hook.env |= {"PYTHONPATH": str(tmp_path / "evil"), "PYTHONSTARTUP": "x", "PYTHONHOME": "/x"}
    event = json.dumps(hook.event("Write", "lib/ping.ex", content=BAD)).encode()
    assert denied(json.loads(hook.run(event).stdout))


def test_state_that_cannot_be_kept_lets_edits_pass_and_says_so(hook):
    (hook.data / "sessions").write_text("in the way")
    answer = hook.write("lib/ping.ex", BAD)
    assert set(answer) == {"systemMessage"}
    assert "not checked" in answer["systemMessage"]


def test_a_missing_parser_lets_edits_pass_and_says_so_once(hook):
    (hook.data / "env/current/site").unlink()
    assert "not checked" in hook.write("lib/ping.ex", BAD)["systemMessage"]
    assert hook.write("lib/ping.ex", BAD) is None


def test_a_pipe_in_the_place_of_a_file_does_not_hold_the_hook(hook):
    (hook.project / "lib").mkdir()
    os.mkfifo(hook.project / "lib/ping.ex")
    assert "not a regular file" in hook.write("lib/ping.ex", BAD)["systemMessage"]


def test_nothing_is_written_into_the_project_or_next_to_the_checker(hook):
    before = set((ROOT / "checker").rglob("*"))
    hook.put("lib/ping.ex", CLEAN)
    hook.write("lib/ping.ex", BAD)
    assert [path.name for path in hook.project.rglob("*")] == ["lib", "ping.ex"]
    assert set((ROOT / "checker").rglob("*")) == before
