"""Runs generated Python workers, and their tests, with the real oban and a real database."""

from __future__ import annotations

import os
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

import pytest

from .environment import Missing, python
from .server import Server, server

LIMIT = 300  # seconds

# What a project that uses Oban has anyway; a file of the same name replaces each.
PROJECT = {
    "pytest.ini": """\
[pytest]
asyncio_mode = strict
pythonpath = .
addopts = -p no:cacheprovider
""",
    "conftest.py": """\
import os

import pytest_asyncio
from oban import Oban
from oban.testing import reset_oban


@pytest_asyncio.fixture(autouse=True)
async def oban():
    pool = await Oban.create_pool(os.environ["OBAN_DSN"])
    oban = Oban(pool=pool)
    yield oban
    await reset_oban(oban)
    await pool.close()
""",
}


class Result:
    """What pytest said of a project: `outcomes` by test, as `path::name`."""

    def __init__(self, code: int, output: str, report: Path) -> None:
        self.code = code
        self.output = output
        self.outcomes = _outcomes(report) if report.exists() else {}

    @property
    def passed(self) -> bool:
        """Every test ran and passed, and there was one."""
        return self.code == 0 and bool(self.outcomes) and set(self.outcomes.values()) == {"passed"}


def run_generated(worker_source: str, test_source: str) -> Result:
    """Run a test of one worker: `from worker import …` is how it finds it.

    Skips the calling test where PostgreSQL or a Python for oban is missing.
    """
    return run_project({"worker.py": worker_source, "test_worker.py": test_source})


def run_project(files: Mapping[str, str]) -> Result:
    """Run pytest over files, by path, in a project with a database of its own.

    Every test has an Oban without queues, named as usual, whose tables are emptied after
    it; see PROJECT. `asyncio_mode` is strict. Skips like run_generated.
    """
    with needed().database() as dsn, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, text in (PROJECT | files).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        report = folder / "report.xml"
        done = subprocess.run(
            [python(), "-m", "pytest", "-q", "-o", "junit_family=xunit1", "--junit-xml", report],
            cwd=folder,
            env=os.environ | {"OBAN_DSN": dsn, "PYTEST_ADDOPTS": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )
        return Result(done.returncode, done.stdout, report)


def needed() -> Server:
    """The server; where something for it is missing the calling test is skipped."""
    try:
        return server()
    except Missing as missing:
        pytest.skip(str(missing))


def _outcomes(report: Path) -> dict[str, str]:
    words = {"failure": "failed", "error": "error", "skipped": "skipped"}
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [words[child.tag] for child in case if child.tag in words]
        found[f"{case.get('file')}::{case.get('name')}"] = bad[0] if bad else "passed"
    return found
