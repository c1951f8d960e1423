"""Machines, with what they fetched before kept for the next ones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .machine import PYTHON, UV, Machine


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the caches of uv and pip."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture
def bare(tmp_path: Path, caches: Path) -> Machine:
    """A machine without Python, as far as its path tells."""
    return Machine(tmp_path / "machine", caches)


@pytest.fixture
def machine(bare: Machine) -> Machine:
    """A machine with Python and uv."""
    bare.put("python3", PYTHON)
    bare.put("uv", UV)
    return bare


@pytest.fixture
def namespaces() -> None:
    """Tests that hide programs, folders or the network take Linux and the right to do it."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare (util-linux) is not installed")
    if subprocess.run(["unshare", "-rmn", "true"], capture_output=True).returncode != 0:
        pytest.skip("unshare -rmn is not allowed here")
