"""The scripts of the repository itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .machine import REPOSITORY

SKIPPING = {
    "a test": "import pytest\ndef test_it(): pytest.skip('no tool')\n",
    "a marked test": "import pytest\n@pytest.mark.skip('no tool')\ndef test_it(): pass\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef x(): pytest.skip('no tool')\n"
    "def test_it(x): pass\n",
    "a module": "import pytest\npytest.skip('no tool', allow_module_level=True)\n",
}


@pytest.mark.parametrize("text", SKIPPING.values(), ids=SKIPPING)
def test_a_skip_is_a_failure_in_ci_alone(tmp_path: Path, text: str) -> None:
    """Whoever skips, and the reason is shown."""
    shutil.copy(REPOSITORY / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(text)
    elsewhere, ci = (_pytest(tmp_path, CI=value) for value in ("", "true"))
    assert "1 skipped" in elsewhere.stdout
    assert elsewhere.returncode in (0, 5)
    assert ci.returncode in (1, 2)
    assert "skipped" not in ci.stdout.splitlines()[-1]
    assert "not allowed in CI: " in ci.stdout
    assert "no tool" in ci.stdout


def test_an_expected_failure_is_none_in_ci(tmp_path: Path) -> None:
    """pytest counts it as skipped, too."""
    shutil.copy(REPOSITORY / "tests/conftest.py", tmp_path)
    failing = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert 0\n"
    (tmp_path / "test_it.py").write_text(failing)
    done = _pytest(tmp_path, CI="true")
    assert done.returncode == 0
    assert "1 xfailed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "busybox sh"])
@pytest.mark.parametrize(
    "script",
    ["hooks/guard", "hooks/session-start", "hooks/setup", "hooks/lib.sh", "hooks/find.sh",
     "hooks/unready.sh", "bin/oban-guard"],
)  # fmt: skip
def test_scripts_are_read_by_every_shell(shell: str, script: str) -> None:
    """That is, parsed; Debian's sh runs them in the other tests."""
    program, *options = shell.split()
    if shutil.which(program) is None:
        program, options = "/bin/sh", []
    done = subprocess.run([program, *options, "-n", REPOSITORY / script], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def _pytest(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", folder],
        cwd=folder, env=os.environ | variables, capture_output=True, text=True,
    )  # fmt: skip
