"""A generated worker and its test run against the real thing, and are told apart."""

from __future__ import annotations

from . import run_generated, run_project

WORKER = """\
from oban import Cancel, worker


@worker(queue="sync", max_attempts=3)
class Sync:
    async def process(self, job):
        if job.args["id"] == 0:
            return Cancel("gone")
"""
HEAD = """\
import pytest
from oban import Cancel
from oban.testing import assert_enqueued, drain_queue, process_job
from worker import Sync

pytestmark = pytest.mark.asyncio


"""
TEST = (
    HEAD
    + """\
async def test_cancels_what_is_gone():
    assert await process_job(Sync.new({"id": 0})) == Cancel("gone")


async def test_runs_in_its_queue():
    await Sync.enqueue({"id": 1})
    await assert_enqueued(worker=Sync, args={"id": 1}, queue="sync")
    assert (await drain_queue("sync"))["completed"] == 1


async def test_begins_with_nothing_enqueued():
    assert (await drain_queue("sync"))["completed"] == 0
"""
)


def test_a_worker_is_run_with_its_test():
    result = run_generated(WORKER, TEST)
    assert result.passed, result.output
    assert set(result.outcomes) == {
        "test_worker.py::test_cancels_what_is_gone",
        "test_worker.py::test_runs_in_its_queue",
        "test_worker.py::test_begins_with_nothing_enqueued",
    }


def test_a_failure_is_told():
    result = run_generated(WORKER.replace("Cancel(", "print("), TEST)
    assert not result.passed
    assert result.outcomes["test_worker.py::test_cancels_what_is_gone"] == "failed"
    assert result.outcomes["test_worker.py::test_runs_in_its_queue"] == "passed"


def test_what_runs_no_test_has_not_passed():
    assert not run_generated(WORKER, "").passed
    assert not run_generated("import no_such_module\n", TEST).passed
    skipped = HEAD + "@pytest.mark.skip\nasync def test_it():\n    pass\n"
    assert not run_generated(WORKER, skipped).passed


def test_many_projects_are_run_in_one_go():
    files = {}
    for name in ("one", "two"):
        files[f"{name}/__init__.py"] = ""
        files[f"{name}/sync.py"] = WORKER
        files[f"{name}/test_sync.py"] = TEST.replace("from worker", f"from {name}.sync")
    result = run_project(files)
    assert result.passed, result.output
    assert len(result.outcomes) == 6
