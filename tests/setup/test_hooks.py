"""The hooks' shell scripts: before there is a checker, and around it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .machine import PYTHON, REPOSITORY, UV, WORKER, Machine, interpreter, read_only

PREPARING = (
    "oban-guard: preparing its checker, once; until that is done edits are not checked."
)


@pytest.fixture
def held_back(bare: Machine, tmp_path: Path) -> Path:
    """Makes set-up wait for a file before it installs; the file's path."""
    gate = tmp_path / "gate"
    bare.put("python3", PYTHON)
    bare.script(
        "uv", f'while [ ! -e "{gate}" ]; do sleep 0.05; done; exec "{UV}" "$@"'
    )
    return gate


# before there is a checker


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lib/shop/cart.ex", "defmodule Shop.Cart do\n  def perfect(x), do: x\nend\n"),
        ("oban/lib/cart.ex", "defmodule Cart do\nend\n"),
        ("README.md", "Nothing about jobs."),
    ],
)
def test_an_edit_without_jobs_starts_nothing(machine: Machine, name: str, text: str) -> None:
    """A folder's name does not make it one with jobs."""
    assert machine.hook("guard", machine.write_event(name, text)) == ""
    assert not machine.data.exists()


@pytest.mark.parametrize(
    "text",
    ["use Oban.Worker", "@oban_queue", "def perform(job)", "def process(job)", "use My.Worker"],
)
def test_an_edit_of_a_job_starts_set_up(held_back: Path, bare: Machine, text: str) -> None:
    """The edit passes, the user is told, and the file is noted."""
    event = bare.write_event("lib/mailer.ex", text)
    assert _told(bare.hook("guard", event)) == PREPARING
    assert _noted(bare) == [["session one", f"{bare.project}/lib/mailer.ex"]]
    held_back.touch()
    bare.wait_until_ready()


def test_an_edit_within_a_job_counts_too(held_back: Path, bare: Machine) -> None:
    """What is edited may not say so; the file does."""
    path = bare.write("lib/mailer.ex", WORKER)
    event = bare.write_event("lib/mailer.ex", "")
    event["tool_name"] = "Edit"
    event["tool_input"] = {
        "replace_all": False, "file_path": str(path), "old_string": ":done", "new_string": ":ok",
    }  # fmt: skip
    assert _told(bare.hook("guard", event)) == PREPARING
    held_back.touch()
    bare.wait_until_ready()


def test_the_user_is_told_once_per_session(held_back: Path, bare: Machine) -> None:
    """In each session that has jobs to check."""
    event = bare.write_event("lib/mailer.ex", WORKER)
    assert _told(bare.hook("guard", event)) == PREPARING
    assert bare.hook("guard", event) == ""
    other = bare.write_event("lib/mailer.ex", WORKER, session="session two")
    assert _told(bare.hook("guard", other)) == PREPARING
    held_back.touch()
    bare.wait_until_ready()


def test_a_file_edited_before_is_checked_after(held_back: Path, bare: Machine) -> None:
    """At the session's next event, be it about another file."""
    bare.hook("guard", bare.write_event("lib/mailer.ex", WORKER))
    bare.write("lib/mailer.ex", WORKER)
    held_back.touch()
    bare.wait_until_ready()
    later = bare.hook("guard", bare.write_event("lib/cart.ex", "defmodule Cart do\nend\n"))
    assert "lib/mailer.ex" in json.loads(later)["hookSpecificOutput"]["additionalContext"]
    assert "OB101" in later
    assert _noted(bare) == []


def test_a_failure_is_told_once_and_tried_again_in_the_next_session(
    bare: Machine, tmp_path: Path
) -> None:
    """It never holds up work."""
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    complaint = "printf '%s\\n' 'error: no \"way\" \\'"
    bare.script("uv", f"echo >>'{tmp_path}/tries'; {complaint}; exit 2")
    event = bare.write_event("lib/mailer.ex", WORKER)
    bare.hook("guard", event)
    bare.wait_for(lambda: bare.reason)
    assert _told(bare.hook("guard", event)) == (
        "oban-guard: set-up failed: its packages could not be installed with uv"
        ' (error: no "way" \\). Edits are not checked; the next session tries again.'
        " More: oban-guard doctor"
    )
    tries = (tmp_path / "tries").read_text()
    assert bare.hook("guard", event) == ""
    assert bare.reason, "another set-up was started"
    bare.hook("guard", bare.write_event("lib/mailer.ex", WORKER, session="session two"))
    bare.wait_for(lambda: (tmp_path / "tries").read_text() > tries)
    bare.wait_for(lambda: bare.reason)


def test_an_interpreter_that_is_gone_is_replaced(machine: Machine, tmp_path: Path) -> None:
    """Its owner may upgrade it at any time."""
    link = machine.path / "python3"
    link.unlink()
    link.symlink_to(interpreter(tmp_path / "other"))
    machine.set_up()
    shutil.rmtree(tmp_path / "other")
    link.unlink()
    link.symlink_to(PYTHON)
    assert _told(machine.hook("guard", machine.write_event("lib/a.ex", WORKER))) == PREPARING
    machine.wait_for(lambda: machine.python == PYTHON)
    machine.wait_until_ready()


@pytest.mark.parametrize(
    "event",
    ["", "{}", "oban", '"oban', '{"session_id":"oban', "oban" * 300_000, 'oban"file_path":"\\'],
    ids=["empty", "object", "word", "string", "cut off", "long", "escape"],
)
def test_any_event_passes(held_back: Path, bare: Machine, event: str) -> None:
    """Whatever stands in it, and soon."""
    told = bare.hook("guard", event)
    assert _told(told) == PREPARING if "oban" in event else told == ""
    assert _noted(bare) == []
    held_back.touch()


def test_a_session_name_never_becomes_a_path(held_back: Path, bare: Machine) -> None:
    """Whatever it holds."""
    session = "../../../../$(touch x)/`touch y`"
    bare.hook("guard", bare.write_event("lib/mailer.ex", WORKER, session=session))
    assert all(name.name.strip("0123456789-") in ("preparing", "set-up")
               for name in (bare.data / "told").iterdir())  # fmt: skip
    assert not list(bare.project.iterdir())
    held_back.touch()
    bare.wait_until_ready()


@pytest.mark.parametrize("variable", ["OBAN_GUARD", "CLAUDE_PLUGIN_OPTION_MODE"])
def test_off_is_off(machine: Machine, variable: str) -> None:
    """Nothing is started, nothing said."""
    machine.write("mix.exs", "{:oban}")
    assert machine.hook("guard", machine.write_event("a.ex", WORKER), **{variable: "off"}) == ""
    assert machine.hook("session-start", machine.start_event(), **{variable: "off"}) == ""
    assert not (machine.data / "setup.lock").exists()


def test_the_environment_decides_before_the_option(held_back: Path, bare: Machine) -> None:
    """OBAN_GUARD=block switches the guard on again."""
    modes = {"OBAN_GUARD": "block", "CLAUDE_PLUGIN_OPTION_MODE": "off"}
    assert bare.hook("guard", bare.write_event("a.ex", WORKER), **modes)
    held_back.touch()
    bare.wait_until_ready()


def test_windows_is_told_that_it_is_not_supported(machine: Machine) -> None:
    """Once, and set-up is not started."""
    start = machine.hook("session-start", machine.start_event(), OS="Windows_NT")
    edit = machine.hook("guard", machine.write_event("a.ex", WORKER), OS="Windows_NT")
    message = "oban-guard: Windows is not supported yet; edits are not checked."
    assert _told(start) == _told(edit) == message
    assert not (machine.data / "setup.lock").exists()


# at the start of a session


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mix.exs", '{:oban, "~> 2.19"}'),
        ("apps/shop/mix.exs", '{:oban, "~> 2.19"}'),
        ("backend/apps/shop/mix.exs", '{:oban, "~> 2.19"}'),
        ("mix.lock", '"oban": {:hex, :oban}'),
        ("pyproject.toml", 'dependencies = ["oban"]'),
        ("service/uv.lock", 'name = "oban"'),
        ("service/requirements-prod.txt", "oban==0.5"),
    ],
)
def test_a_project_that_uses_oban_is_set_up_for(
    machine: Machine, name: str, text: str
) -> None:
    """Said of by a manifest or a lock file, at most three folders down."""
    machine.write(name, text)
    assert machine.hook("session-start", machine.start_event()) == ""
    machine.wait_until_ready()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mix.exs", '{:phoenix, "~> 1.8"}'),
        ("README.md", "We may use oban one day."),
        ("a/b/c/d/mix.exs", "{:oban}"),
        ("node_modules/x/pyproject.toml", "oban"),
    ],
)
def test_another_project_is_not_set_up_for(machine: Machine, name: str, text: str) -> None:
    """The script ends before it looks for an interpreter."""
    machine.write(name, text)
    script = machine.plugin / "hooks/setup"
    done = machine.run(script, "--session", "1", "--tree", machine.project, str(machine.data))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not machine.data.exists()


def test_set_up_outlives_and_does_not_hold_the_session(held_back: Path, bare: Machine) -> None:
    """session-start returns, its output ended, while set-up waits; and that goes on."""
    bare.write("mix.exs", "{:oban}")
    bare.data.mkdir(mode=0o700)
    (bare.data / "failure.json").write_text('"no way"\n')
    assert bare.hook("session-start", bare.start_event()) == ""
    bare.wait_for((bare.data / "setup.lock").exists)
    assert bare.python == ""
    # This session's set-up has been started: an edit does not start another, nor is the
    # failure of an earlier one told.
    assert _told(bare.hook("guard", bare.write_event("lib/mailer.ex", WORKER))) == PREPARING
    assert len(list((bare.data / "told").glob("*-set-up"))) == 1
    held_back.touch()
    bare.wait_until_ready()


def test_a_resumed_session_tries_again_a_compacted_one_goes_on(
    bare: Machine, tmp_path: Path
) -> None:
    """The client says SessionStart for both."""
    bare.write("mix.exs", "{:oban}")
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    uv = bare.script("uv", "exit 2")
    event = bare.write_event("lib/mailer.ex", WORKER)
    bare.hook("session-start", bare.start_event())
    bare.wait_for(lambda: bare.reason)
    assert "set-up failed" in bare.hook("guard", event)
    bare.hook("session-start", bare.start_event() | {"source": "compact"})
    assert bare.hook("guard", event) == ""
    uv.unlink()
    bare.script("uv", "exit 3")
    bare.hook("session-start", bare.start_event() | {"source": "resume"})
    bare.wait_for(lambda: "3" in bare.reason)
    assert "set-up failed" in bare.hook("guard", event)


def test_later_commands_learn_where_state_is(machine: Machine) -> None:
    """In words that a shell reads as they are meant, whatever the folder's name."""
    machine.data = machine.home / "it's $HOME `here`"
    file = machine.home / "session.sh"
    file.write_text("export OTHER=1\n")
    machine.hook("session-start", machine.start_event(), CLAUDE_ENV_FILE=str(file))
    done = machine.run("/bin/sh", "-c", f'. "{file}"; printf %s "$OTHER$OBAN_GUARD_DATA"')
    assert done.stdout == f"1{machine.data}"


def test_a_session_after_an_update_sets_up_anew(machine: Machine) -> None:
    """In any project: what hooks run must be what the plugin's lock says."""
    machine.set_up()
    old = machine.environment
    with open(machine.plugin / "requirements.lock", "a") as lock:
        lock.write("# changed\n")
    machine.hook("session-start", machine.start_event())
    machine.wait_for(lambda: machine.environment != old)
    machine.wait_until_ready()


def test_the_projects_configuration_is_noted(machine: Machine) -> None:
    """What an edit writes later does not count in this session."""
    machine.set_up()
    machine.write(".oban-guard.toml", 'mode = "warn"\n')
    assert machine.hook("session-start", machine.start_event()) == ""
    machine.write(".oban-guard.toml", 'mode = "block"\n')
    answer = json.loads(machine.hook("guard", machine.write_event("lib/mailer.ex", WORKER)))
    assert "permissionDecision" not in answer["hookSpecificOutput"]
    assert "OB101" in answer["hookSpecificOutput"]["additionalContext"]


@pytest.mark.parametrize(
    ("client", "old"),
    [
        ("claude-code_2-1-175_harness", True),
        ("claude-code_1-9-999_cli", True),
        ("claude-code_2-1-176_harness", False),
        ("claude-code_2-2-0", False),
        ("claude-code_3-0-0_harness", False),
        ("claude-code_2-1-175[$(touch sprung)]_harness", False),
        ("another", False),
    ],
)
def test_a_client_that_skips_the_hooks_is_told_of(machine: Machine, client: str, old: bool) -> None:
    """Where it says which one it is."""
    told = machine.hook("session-start", machine.start_event(), AI_AGENT=client)
    expected = "oban-guard: Claude Code 2.1.176 or newer is needed; edits are not checked."
    assert (_told(told) if told else None) == (expected if old else None)
    assert not list(machine.project.iterdir())


def test_a_data_folder_that_cannot_be_used_is_told_of(machine: Machine) -> None:
    """And no edit is held up by it."""
    machine.data = machine.write("a file", "") / "below"
    told = _told(machine.hook("session-start", machine.start_event()))
    assert told.startswith("oban-guard: its data folder must belong to you and be writable")
    assert machine.hook("guard", machine.write_event("a.ex", WORKER)) == ""


# with a checker


def test_a_bad_worker_is_held_back_from_a_read_only_plugin(
    machine: Machine, namespaces: None
) -> None:
    """All that is written is written to the data folder."""
    assert machine.set_up(*read_only(machine.plugin)).returncode == 0
    event = machine.write("event.json", json.dumps(machine.write_event("lib/a.ex", WORKER)))
    done = machine.run(
        *read_only(machine.plugin), "/bin/sh", "-c", '"$0" <"$1"',
        machine.plugin / "hooks/guard", event, CLAUDE_PLUGIN_DATA=str(machine.data),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"


def test_a_relative_path_works_too(machine: Machine) -> None:
    """For a person who tries a hook by hand."""
    machine.set_up()
    event = machine.write("event.json", json.dumps(machine.write_event("lib/a.ex", WORKER)))
    for command, folder in (("hooks/guard", "."), ("./guard", "hooks")):
        done = machine.run(
            "/bin/sh", "-c", f'{command} <"$0"', event,
            cwd=machine.plugin / folder, CLAUDE_PLUGIN_DATA=str(machine.data),
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert "OB101" in done.stdout


def test_every_kind_of_file_has_its_handlers() -> None:
    """One condition each: the client knows no alternatives in one."""
    hooks = json.loads((REPOSITORY / "hooks/hooks.json").read_text())["hooks"]
    ours = (".oban-guard.toml", ".oban-guard-baseline")
    files = ("*.ex", "*.exs", "*.py", *ours, "pyproject.toml")
    found = [
        (group["matcher"], handler.get("if"))
        for group in hooks["PreToolUse"]
        for handler in group["hooks"]
    ]
    assert found == [(t, f"{t}({f})") for t in ("Write", "Edit") for f in files]
    handlers = [h for event in hooks.values() for group in event for h in group["hooks"]]
    assert {handler["timeout"] for handler in handlers} == {10}
    assert {handler["command"] for handler in handlers} == {
        '"${CLAUDE_PLUGIN_ROOT}"/hooks/guard', '"${CLAUDE_PLUGIN_ROOT}"/hooks/session-start',
    }  # fmt: skip


def _told(output: str) -> str:
    answer = json.loads(output)
    assert list(answer) == ["systemMessage"]
    return answer["systemMessage"]


def _noted(machine: Machine) -> list[list[str]]:
    file = machine.data / "unchecked"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
