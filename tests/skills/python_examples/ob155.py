import os

import ob155_bad as bad
import ob155_good as good
import pytest
from support import ticks

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def resize(tmp_path, monkeypatch):
    """A program that takes its time."""
    program = tmp_path / "resize"
    program.write_text("#!/bin/sh\nsleep 0.3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


async def test_bad_stops_the_loop():
    assert await ticks(bad.ResizeImage.new({"path": "a.png"})) <= 2


async def test_good_lets_the_loop_run():
    assert await ticks(good.ResizeImage.new({"path": "a.png"})) > 10
