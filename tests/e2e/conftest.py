"""One installed plugin for all sessions, and projects to run them in."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import UNSHARE, Claude
from .plugin import REPOSITORY, Installation, clone
from .projects import Project

FETCH = REPOSITORY / "scripts/fetch-claude"


@pytest.fixture(scope="session")
def claude_executable() -> Path:
    """The client: the one named by OBAN_GUARD_TEST_CLAUDE, else the one the script fetches."""
    if named := os.environ.get("OBAN_GUARD_TEST_CLAUDE"):
        return Path(named)
    cache = REPOSITORY / ".cache"
    cache.mkdir(exist_ok=True)
    with open(cache / "claude.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes that run side by side fetch it once
        fetch = subprocess.run([FETCH], capture_output=True, text=True)
    if fetch.returncode != 0:
        pytest.skip(f"Claude Code could not be fetched: {fetch.stderr.strip()}")
    return Path(fetch.stdout.strip())


@pytest.fixture(scope="session")
def loopback() -> None:
    """Sessions run where only loopback exists, which takes Linux and the right to make it so."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare (util-linux) is not installed")
    attempt = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True)
    if attempt.returncode != 0:
        pytest.skip(f"unshare is not allowed here: {attempt.stderr.strip()}")


@pytest.fixture(scope="session")
def new_installation(
    claude_executable: Path, loopback: None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Installation]:
    """Makes installations that are not set up, each in a home of its own."""
    plugin = clone(tmp_path_factory.mktemp("plugin") / "oban guard")

    def install() -> Installation:
        return Installation(Claude(claude_executable, tmp_path_factory.mktemp("home")), plugin)

    return install


@pytest.fixture(scope="session")
def installation(
    new_installation: Callable[[], Installation], tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The installation that is set up, which most tests share."""
    installed = new_installation()
    installed.set_up(Project(tmp_path_factory.mktemp("first project")).root)
    return installed


@pytest.fixture
def claude(installation: Installation) -> Claude:
    """A client whose plugin is ready."""
    return installation.claude


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A Phoenix project that uses Oban."""
    return Project(tmp_path / "a shop")
