"""Set-up on many a machine."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .machine import (
    PYTHON, UV, VERSION, Machine, add_pip, hiding_pythons, interpreter,
)  # fmt: skip


def test_uv_installs_where_it_is(machine: Machine) -> None:
    """The packages of the lock, for an interpreter that is real, in folders for the user alone."""
    done = machine.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.python == PYTHON
    assert (machine.environment / "site/tree_sitter_elixir").is_dir()
    assert "uv pip install" in (machine.data / "setup.log").read_text()
    assert machine.data.stat().st_mode & 0o777 == 0o700
    assert machine.environment.stat().st_mode & 0o777 == 0o700
    assert not (machine.data / "work").exists()


def test_uv_finds_a_python_where_there_is_none(
    bare: Machine, tmp_path: Path, namespaces: None
) -> None:
    """One that it manages, for instance."""
    bare.put("uv", UV)
    managed = tmp_path / "managed"
    name = f"cpython-{platform.python_version()}-linux-{platform.machine()}-gnu"
    python = interpreter(managed / name)
    done = bare.set_up(*hiding_pythons(), UV_PYTHON_INSTALL_DIR=str(managed))
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.python == str(python)


def test_venv_and_pip_install_without_uv(bare: Machine) -> None:
    """The virtual environment only brings pip: hooks run the interpreter itself."""
    bare.put("python3", PYTHON)
    done = bare.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert "-m venv" in (bare.data / "setup.log").read_text()
    assert bare.python == PYTHON
    assert (bare.environment / "site/tree_sitter_elixir").is_dir()


def test_pip_installs_without_venv(bare: Machine, tmp_path: Path) -> None:
    """As on a Debian with python3-pip but without python3-venv."""
    python = interpreter(tmp_path / "other", without=("ensurepip", "venv"))
    add_pip(python, tmp_path / "work")
    bare.put("python3", python)
    done = bare.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert "-m venv" not in (bare.data / "setup.log").read_text()
    assert bare.python == str(python)


def test_without_any_way_the_package_to_install_is_named(bare: Machine, tmp_path: Path) -> None:
    """One line, for the terminal and for the hooks."""
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    done = bare.set_up()
    assert done.returncode == 1
    assert done.stderr == f"oban-guard: set-up failed: {bare.reason}.\n"
    assert "install the package python3-venv, or uv" in bare.reason
    assert bare.python == ""


def test_without_python_that_is_named(bare: Machine, namespaces: None) -> None:
    """There is nothing to run that could say it but the shell."""
    done = bare.set_up(*hiding_pythons())
    assert done.returncode == 1
    assert bare.reason == "there is no Python 3.11 or newer: install the package python3, or uv"
    assert done.stderr == f"oban-guard: set-up failed: {bare.reason}.\n"


def test_an_older_python_is_passed_over(bare: Machine) -> None:
    """`python3` is too old, another name is not."""
    bare.script("python3", "exit 1")
    bare.script("python3.13", "echo nonsense; exit 127")
    bare.put("python3.11", PYTHON)
    bare.put("uv", UV)
    assert bare.set_up().returncode == 0
    assert bare.python == PYTHON


def test_a_shim_is_seen_through(bare: Machine) -> None:
    """It may choose by folder or by variable, and costs a start of its own."""
    bare.script("python3", f'[ -z "$PYENV_VERSION" ] || exit 1\nexec "{PYTHON}" "$@"')
    bare.put("uv", UV)
    assert bare.set_up(PYENV_VERSION="2.7.18").returncode == 0
    assert bare.python == PYTHON


def test_a_virtual_environment_is_seen_through(bare: Machine, tmp_path: Path) -> None:
    """The user may remove theirs at any time."""
    subprocess.run([PYTHON, "-I", "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    bare.put("uv", UV)
    activated = {
        "PATH": f"{tmp_path}/venv/bin:{bare.variables['PATH']}",
        "VIRTUAL_ENV": f"{tmp_path}/venv",
    }
    assert bare.set_up(**activated).returncode == 0
    assert bare.python == PYTHON


def test_a_second_run_does_nothing(machine: Machine) -> None:
    """Neither a build nor a compilation."""
    machine.set_up()
    before = _times(machine.data)
    assert machine.set_up().returncode == 0
    assert _times(machine.data) == before


def test_another_lock_makes_another_environment(machine: Machine) -> None:
    """The one before stays for the sessions that still use it."""
    machine.set_up()
    old = machine.environment
    with open(machine.plugin / "requirements.lock", "a") as lock:
        lock.write("# changed\n")
    assert machine.set_up().returncode == 0
    assert machine.environment != old
    assert old.is_dir()
    _age(old, days=2)
    machine.set_up()
    assert not old.exists()


def test_another_interpreter_makes_another_environment(machine: Machine, tmp_path: Path) -> None:
    """As when the recorded one was removed."""
    other = interpreter(tmp_path / "other")
    link = machine.path / "python3"
    link.unlink()
    link.symlink_to(other)
    machine.set_up()
    old = machine.environment
    assert machine.python == str(other)
    shutil.rmtree(tmp_path / "other")
    link.unlink()
    link.symlink_to(PYTHON)
    assert machine.set_up().returncode == 0
    assert machine.python == PYTHON
    assert machine.environment != old


def test_a_damaged_environment_is_built_again(machine: Machine) -> None:
    """Somebody tidied up too much."""
    machine.set_up()
    shutil.rmtree(machine.environment / "site")
    assert machine.set_up().returncode == 0
    assert (machine.environment / "site/tree_sitter_elixir").is_dir()


def test_what_was_not_finished_is_finished(machine: Machine) -> None:
    """The interpreter is recorded last: before that no hook runs."""
    machine.set_up()
    (machine.data / "python").unlink()
    assert machine.set_up().returncode == 0
    assert machine.python == PYTHON


def test_two_at_once_are_one_build(bare: Machine, tmp_path: Path) -> None:
    """The second waits for the first, and finds all done."""
    bare.put("python3", PYTHON)
    bare.script("uv", f'echo "$@" >>"{tmp_path}/calls"\nexec "{UV}" "$@"')
    command = [bare.plugin / "hooks/setup", "--wait", str(bare.data)]
    both = [subprocess.Popen(command, cwd=bare.project, env=bare.variables) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert (tmp_path / "calls").read_text().count("pip install") == 1
    assert bare.python == PYTHON


def test_a_killed_set_up_is_in_nobodys_way(bare: Machine, tmp_path: Path) -> None:
    """The lock goes with its owner, and what was half done is done anew."""
    bare.put("python3", PYTHON)
    uv = bare.script("uv", f'mkdir -p site; : >"{tmp_path}/building"; sleep 60')
    process = subprocess.Popen(
        [bare.plugin / "hooks/setup", "--wait", str(bare.data)],
        cwd=bare.project,
        env=bare.variables,
        start_new_session=True,
    )
    bare.wait_for((tmp_path / "building").exists)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    uv.unlink()
    bare.put("uv", UV)
    done = bare.set_up()
    os.killpg(process.pid, signal.SIGKILL)
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.python == PYTHON


def test_a_failure_is_told_in_a_line_and_gone_after_a_success(
    bare: Machine, tmp_path: Path
) -> None:
    """Whatever uv said."""
    bare.put("python3", interpreter(tmp_path / "other", without=("ensurepip", "venv")))
    uv = bare.script("uv", "printf 'resolving\\nerror: no \"such\" \\033[31mhost\\n'; exit 2")
    done = bare.set_up()
    assert done.returncode == 1
    assert bare.reason == (
        'its packages could not be installed with uv (error: no "such"  [31mhost)'
    )
    assert done.stderr == f"oban-guard: set-up failed: {bare.reason}.\n"
    assert bare.python == ""
    uv.unlink()
    bare.put("uv", UV)
    assert bare.set_up().returncode == 0
    assert bare.reason == ""


def test_uv_that_fails_leaves_it_to_pip(bare: Machine) -> None:
    """An old uv does not know every option. What it left behind is not built upon."""
    bare.put("python3", PYTHON)
    bare.script("uv", "mkdir -p environment/site/click; exit 2")
    assert bare.set_up().returncode == 0
    assert bare.python == PYTHON
    assert (bare.environment / "site/click/__init__.py").exists()


@pytest.mark.parametrize("way", ["uv", "pip"])
def test_the_projects_own_configuration_counts_for_nothing(
    bare: Machine, tmp_path: Path, way: str
) -> None:
    """Its indexes, its interpreter, its modules, its programs: none is used, none is run."""
    trap = f'echo "$0" >>"{tmp_path}/sprung"; exit 1'
    names = ("python3", "python", VERSION, "uv", "pip", "cat", "grep", "find", "mkdir", "cksum")
    for name in (*names, "setsid", "rm", "head", "cmp"):
        bare.script(name, trap, bare.project / ".venv/bin")
        bare.script(name, trap, bare.project)
    dead = "http://127.0.0.1:9/simple"
    bare.write("pyproject.toml", f'[tool.uv]\nindex-url = "{dead}"\nrequires-python = "3.8"\n')
    bare.write("uv.toml", f'index-url = "{dead}"\n')
    bare.write("pip.conf", f"[global]\nindex-url = {dead}\n")
    bare.write(".python-version", "2.7\n")
    bare.write("json.py", f"open({str(tmp_path / 'sprung')!r}, 'a').write('json')")
    shutil.copy(bare.project / "json.py", bare.project / "sitecustomize.py")
    python = interpreter(tmp_path / "other", without=("ensurepip", "venv"))
    bare.put("python3", python)
    if way == "uv":
        bare.put("uv", UV)
    else:
        add_pip(python, tmp_path / "work")
    project = str(bare.project)
    # The data folder itself lies in the project here, where uv would look upwards.
    bare.data = bare.project / "cache"
    done = bare.set_up(
        CLAUDE_PROJECT_DIR=project,
        PATH=f".:{project}/.venv/bin::{bare.variables['PATH']}",
        PYTHONPATH=project,
        PYTHONHOME=project,
        VIRTUAL_ENV=f"{project}/.venv",
        PIP_CONFIG_FILE=f"{project}/pip.conf",
        UV_CONFIG_FILE="uv.toml",
        PIP_TARGET=f"{project}/elsewhere",
        UV_TARGET=f"{project}/elsewhere",
        UV_PYTHON="2.7",
        UV_NO_BINARY="1",
        UV_DEFAULT_INDEX=dead,
        PIP_INDEX_URL=dead,
        PIP_RETRIES="0",
        UV_HTTP_RETRIES="0",
    )
    assert not (tmp_path / "sprung").exists()
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.python == str(python)
    assert (bare.environment / "site/tree_sitter_elixir").is_dir()
    assert not (bare.project / "elsewhere").exists()


def test_the_hooks_modules_are_compiled(machine: Machine) -> None:
    """So that the first edit is as fast as the second, also from a read-only plugin folder."""
    machine.set_up()
    compiled = {path.name for path in (machine.data / "pycache").rglob("*.opt-2.pyc")}
    tag = sys.implementation.cache_tag
    assert {f"check.{tag}.opt-2.pyc", f"guard.{tag}.opt-2.pyc"} <= compiled
    before = _times(machine.data / "pycache")
    machine.hook("guard", machine.write_event("lib/mailer.ex", "use Oban.Worker\n"))
    assert _times(machine.data / "pycache") == before
    assert not list(machine.plugin.rglob("__pycache__"))


@pytest.mark.parametrize("folder", ["sessions", "work"])
def test_nothing_of_the_trial_is_left(machine: Machine, folder: str) -> None:
    """Set-up lets a hook check an edit; that session has no state."""
    machine.set_up()
    assert not list((machine.data / folder).glob("*"))


def _times(folder: Path) -> dict[str, int]:
    return {
        str(path): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.name != "setup.lock"
    }


def _age(folder: Path, days: int) -> None:
    then = time.time() - days * 24 * 3600
    os.utime(folder, (then, then))
