"""bin/oban-guard, from a clone and from an installed plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import __version__

from .machine import PYTHON, UV, Machine, interpreter, read_only


@pytest.fixture
def clone(machine: Machine) -> Machine:
    """A machine where the plugin's folder is a git clone."""
    (machine.plugin / ".git").mkdir()
    return machine


def test_a_clone_keeps_its_environment_to_itself(clone: Machine) -> None:
    """In .venv; one line tells that it is prepared, the first time only."""
    first = clone.launch("--version")
    assert (first.returncode, first.stdout) == (0, f"oban-guard {__version__}\n")
    assert first.stderr == "oban-guard: preparing its environment, once …\n"
    assert (clone.plugin / ".venv/python").read_text() == f"{PYTHON}\n"
    assert list(clone.home.iterdir()) == []
    second = clone.launch("--version")
    assert (second.returncode, second.stderr) == (0, "")


def test_the_second_run_needs_no_network(clone: Machine, namespaces: None) -> None:
    """The README's first command, twice."""
    first = clone.launch("check", "examples/shop", cwd=clone.plugin)
    second = clone.run(
        "unshare", "-rn", clone.plugin / "bin/oban-guard", "check", "examples/shop",
        cwd=clone.plugin,
    )  # fmt: skip
    assert (first.returncode, second.returncode) == (1, 1)
    assert "OB101" in first.stdout
    assert (second.stdout, second.stderr) == (first.stdout, "")


def test_it_runs_in_the_callers_folder(clone: Machine) -> None:
    """By a relative path, by a link, by its name on the path, with odd arguments."""
    clone.write("lib/a b.ex", "defmodule A do\nend\n")
    links = clone.home / "bin"
    links.mkdir()
    (links / "checker").symlink_to(Path("..") / "link to the plugin" / "oban-guard")
    (clone.home / "link to the plugin").symlink_to(clone.plugin / "bin")
    clone.launch("--version")
    for command in ("../the plugin/bin/oban-guard", str(links / "checker")):
        done = clone.run(command, "check", "lib/a b.ex")
        assert done.returncode == 0
        assert done.stderr == "No Oban worker was found in the files checked.\n"
    path = f"{clone.plugin}/bin:/usr/bin:/bin"
    named = clone.run("/bin/sh", "-c", "oban-guard --version", PATH=path)
    assert named.stdout == f"oban-guard {__version__}\n"


def test_an_update_of_the_clone_updates_the_environment(clone: Machine) -> None:
    """After a `git pull` that changed the lock."""
    clone.launch("--version")
    with open(clone.plugin / "requirements.lock", "a") as lock:
        lock.write("# changed\n")
    assert "preparing" in clone.launch("--version").stderr
    assert clone.launch("--version").stderr == ""


def test_an_update_that_cannot_be_fetched_leaves_what_was(bare: Machine, tmp_path: Path) -> None:
    """The command says so and runs with the packages it has."""
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    uv = bare.put("uv", UV)
    bare.launch("--version")
    uv.unlink()
    bare.script("uv", "echo 'error: no network'; exit 2")
    with open(bare.plugin / "requirements.lock", "a") as lock:
        lock.write("# changed\n")
    done = bare.launch("--version")
    assert (done.returncode, done.stdout) == (0, f"oban-guard {__version__}\n")
    assert done.stderr.splitlines()[1:] == [
        "oban-guard: set-up failed: its packages could not be installed with uv"
        " (error: no network)."
    ]


def test_a_read_only_clone_uses_the_cache(clone: Machine, namespaces: None) -> None:
    """Which is where an installed plugin has it without being told."""
    done = clone.run(*read_only(clone.plugin), clone.plugin / "bin/oban-guard", "--version")
    assert (done.returncode, done.stdout) == (0, f"oban-guard {__version__}\n")
    assert (clone.home / ".cache/oban-guard/python").exists()
    assert not (clone.plugin / ".venv").exists()


@pytest.mark.parametrize("variable", ["OBAN_GUARD_DATA", "CLAUDE_PLUGIN_DATA"])
def test_in_a_session_it_shares_the_hooks_environment(clone: Machine, variable: str) -> None:
    """Even if the plugin was installed from a clone."""
    clone.set_up()
    done = clone.launch("--version", **{variable: str(clone.data)})
    assert (done.returncode, done.stderr) == (0, "")
    assert not (clone.plugin / ".venv").exists()


def test_an_installed_plugin_uses_the_cache(machine: Machine) -> None:
    """Outside a session, where nothing says which data folder is the plugin's."""
    assert machine.launch("--version").returncode == 0
    assert (machine.home / ".cache/oban-guard/python").exists()


def test_what_the_folder_holds_is_not_imported(clone: Machine) -> None:
    """A project's `click.py` is no part of the checker, whatever PYTHONPATH says."""
    for name in ("click", "checker", "re", "inspect", "sitecustomize"):
        clone.write(f"{name}.py", "raise SystemExit('sprung')")
    done = clone.launch("--version", PYTHONPATH=str(clone.project))
    assert (done.returncode, done.stdout) == (0, f"oban-guard {__version__}\n")


def test_a_failure_is_one_line_and_exit_code_2(bare: Machine, tmp_path: Path) -> None:
    """1 would say that something was found."""
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    done = bare.launch("check", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2
    assert "install the package python3-venv, or uv" in done.stderr


def test_without_a_home_it_asks_for_a_folder(machine: Machine) -> None:
    """A daemon may have none."""
    del machine.variables["HOME"]
    done = machine.launch("--version")
    assert (done.returncode, done.stdout) == (2, "")
    assert "OBAN_GUARD_DATA" in done.stderr
    named = machine.launch("--version", OBAN_GUARD_DATA=str(machine.data))
    assert named.returncode == 0


def test_doctor_tells_the_state(machine: Machine) -> None:
    """Of the environment it runs in, and of the hooks'."""
    machine.set_up()
    done = machine.launch("doctor", OBAN_GUARD_DATA=str(machine.data))
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert lines["interpreter"].startswith(f"{PYTHON} (Python 3.")
    assert lines["packages"] == f"{machine.data}/env/current/site"
    assert lines["data folder"] == str(machine.data)
    assert lines["hooks"] == f"ready, on {PYTHON}"
    assert (lines["last failure"], lines["mode"]) == ("none", "block")
