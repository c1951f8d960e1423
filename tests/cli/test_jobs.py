"""`check --jobs`, and the progress bar on a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from checker import batch

from .repository import put, run, worker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    for number in range(batch.PARALLEL_FROM):
        put(tmp_path / f"lib/w{number:02}.ex", worker(f"W{number}"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_output_is_the_same_for_every_number(root):
    outputs = {run("--jobs", number, "--format", "sarif").stdout for number in (1, 2, 5)}
    assert len(outputs) == 1
    assert outputs.pop().count('"ruleId": "OB101"') == batch.PARALLEL_FROM


@pytest.mark.parametrize(("jobs", "processes"), [("1", []), ("3", [3]), ("99", [6])])
def test_no_more_processes_than_asked_for(root, monkeypatch, jobs, processes):
    import concurrent.futures

    made, pool = [], concurrent.futures.ProcessPoolExecutor
    monkeypatch.setattr(
        concurrent.futures, "ProcessPoolExecutor",
        lambda number, *more: made.append(number) or pool(number, *more),
    )  # fmt: skip
    run("--jobs", jobs)
    assert made == processes


@pytest.mark.parametrize("wrong", ["0", "-1", "many"])
def test_wrong_numbers(wrong):
    result = run("--jobs", wrong)
    assert result.exit_code == 2
    assert "Invalid value for '--jobs'" in result.stderr


def on_terminal(root, *arguments, **env):
    """What the command prints, and what it shows on a terminal that is its standard error."""
    base = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    reading, writing = pty.openpty()
    with TemporaryFile("w+") as printed:  # a pipe that is full would halt it while we read
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "check", *arguments], cwd=root, stderr=writing,
            stdout=printed, env={**base, "PYTHONPATH": str(ROOT), "TERM": "xterm", **env},
        )  # fmt: skip
        os.close(writing)
        shown = b""
        try:
            while chunk := os.read(reading, 4096):
                shown += chunk
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(reading)
        process.wait(timeout=60)
        printed.seek(0)
        return printed.read(), shown.decode()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bar_is_shown_and_gone(root, jobs):
    printed, shown = on_terminal(root, "--jobs", jobs)
    assert "48 errors in 48 files" in printed
    assert "Checking" not in printed
    assert "Checking" in shown
    assert shown.rstrip("\r\n").endswith("\x1b[2K")  # the bar's line, erased


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["--format", "json"], {}),
        (["--format", "sarif"], {}),
        (["--format", "github"], {}),
        ([], {"NO_COLOR": "1"}),
        ([], {"CI": "true"}),
        ([], {"TERM": "dumb"}),
    ],
)
def test_no_bar_where_nobody_wants_it(root, arguments, env):
    assert on_terminal(root, *arguments, **env)[1] == ""
