"""What `doctor` says of each state."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path

import pytest

from checker import doctor


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is set up, with a project as the working directory."""
    folder = tmp_path / "data"
    (folder / "env/current/site").mkdir(parents=True)
    (folder / "python").write_text(f"{sys.executable}\n")
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("OBAN_GUARD_DATA", str(folder))
    for name in ("OBAN_GUARD", "CLAUDE_PLUGIN_OPTION_MODE"):
        monkeypatch.delenv(name, raising=False)
    return folder


def _line(label: str) -> str:
    return dict(doctor.report())[label]


def test_ready(data: Path) -> None:
    """And nothing failed."""
    assert _line("hooks") == f"ready, on {sys.executable}"
    assert _line("last failure") == "none"
    assert _line("data folder") == str(data)


def test_not_set_up(data: Path) -> None:
    """Nor does asking make the folder."""
    (data / "python").unlink()
    (data / "env/current/site").rmdir()
    assert _line("hooks").startswith("not set up")


def test_being_set_up(data: Path) -> None:
    """As long as somebody holds the lock."""
    with open(data / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert _line("hooks") == "being set up"
    assert _line("hooks").startswith("ready")


def test_what_is_gone(data: Path) -> None:
    """The packages, or the interpreter."""
    (data / "env/current/site").rmdir()
    assert _line("hooks").startswith("the packages are gone")
    (data / "python").write_text("/no/such/python3\n")
    assert _line("hooks").startswith("/no/such/python3 is gone")


def test_the_last_failure(data: Path) -> None:
    """With its time and its log."""
    (data / "failure.json").write_text(json.dumps("no way"))
    os.utime(data / "failure.json", (0, 0))
    assert _line("last failure").endswith(", no way")
    assert _line("last failure")[:2] in ("19", "20")
    (data / "setup.log").touch()
    assert _line("last failure").endswith(f", no way (log: {data}/setup.log)")
    (data / "failure.json").write_text("{")
    assert _line("last failure") == "none"


def test_the_mode(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment before the plugin's option before the project's file."""
    assert _line("mode") == "block"
    Path(".oban-guard.toml").write_text('mode = "warn"\n')
    assert _line("mode") == f"warn (from {Path.cwd()}/.oban-guard.toml)"
    monkeypatch.setenv("CLAUDE_PLUGIN_OPTION_MODE", "off")
    assert _line("mode") == "off (from CLAUDE_PLUGIN_OPTION_MODE)"
    monkeypatch.setenv("OBAN_GUARD", "Block")
    assert _line("mode") == "block (from OBAN_GUARD)"
    monkeypatch.setenv("OBAN_GUARD", "nonsense")
    assert _line("mode") == "off (from CLAUDE_PLUGIN_OPTION_MODE)"


def test_a_wrong_configuration(data: Path) -> None:
    """Is named, and does not break doctor."""
    Path(".oban-guard.toml").write_text('mod = "warn"\n')
    assert _line("mode").startswith(f"block ({Path.cwd()}/.oban-guard.toml: ")


def test_no_data_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no variable names one."""
    for name in ("OBAN_GUARD_DATA", "CLAUDE_PLUGIN_DATA", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert _line("data folder") == "none"
    assert "OBAN_GUARD_DATA" in _line("hooks")
