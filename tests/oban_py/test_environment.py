"""The environment is what its lock says, the server goes with its process, and what is
missing is told.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from . import environment, generated, needed, python, server

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal
from tests.oban_py import needed
server = needed()
print(server._process.pid, server._folder, flush=True)
{end}
"""


def output(code: str) -> str:
    done = subprocess.run([python(), "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_has_the_oban_that_was_measured():
    needed()
    assert output("from importlib.metadata import version; print(version('oban'))") == "0.7.0"


def test_it_is_made_once():
    needed()
    before = python().stat().st_mtime_ns
    environment.python.cache_clear()
    assert python().stat().st_mtime_ns == before


def test_an_interpreter_that_is_too_old_is_passed_over(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert not environment._runs(old)
    assert not environment._runs(tmp_path / "nothing")
    assert not environment._runs(python(), "raise SystemExit(1)")
    assert environment._runs(python())


def test_databases_know_nothing_of_each_other():
    one = "CREATE TABLE only_here (id int)"
    with needed().database() as first, needed().database() as second:
        assert first != second
        for dsn in (first, second):
            needed().execute(dsn.split("/")[3].split("?")[0], one)
    with pytest.raises(RuntimeError, match="already exists"), needed().database() as third:
        needed().execute(third.split("/")[3].split("?")[0], f"{one}; {one}")


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGKILL)"], ids=["end", "kill"])
def test_the_server_ends_with_its_process(end):
    needed()
    if end and os.geteuid() != 0:
        pytest.skip("a killed process of an ordinary user leaves its server to the next minute")
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(end=end)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == (-signal.SIGKILL if end else 0), done.stderr
    process, folder = done.stdout.split()
    assert _gone(int(process))
    assert bool(end) or not Path(folder).exists()
    subprocess.run(["rm", "-rf", folder], check=True)


def test_what_is_missing_is_told(monkeypatch, tmp_path):
    """In CI a skip is a failure: tests/conftest.py."""

    def lacking():
        raise environment.Missing("PostgreSQL is not installed")

    monkeypatch.setattr(generated, "server", lacking)
    with pytest.raises(pytest.skip.Exception, match="PostgreSQL is not installed"):
        needed()


def test_a_lock_that_cannot_be_installed_is_told(monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("oban==0.7.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(environment, "LOCKS", (lock, environment.LOCKS[1]))
    monkeypatch.setattr(environment, "CACHE", tmp_path)
    with pytest.raises(environment.Missing, match="no environment with oban"):
        environment._made()


def test_the_newest_server_is_taken(monkeypatch):
    assert server._version(Path("/usr/lib/postgresql/15/bin")) == 15
    assert server._version(Path("/usr/lib/postgresql/9.6/bin")) == 9.6


def _gone(process: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
