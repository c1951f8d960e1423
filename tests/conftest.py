"""In CI nothing is skipped: a tool that is missing there is a failure."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """A skipped test fails in CI."""
    return _without_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """So does a skipped module."""
    return _without_skip((yield))


def _without_skip(report):
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"not allowed in CI: {reason}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _data_folder_of_tests(tmp_path_factory):
    """What the checker keeps of projects does not stay on the developer's machine."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()
