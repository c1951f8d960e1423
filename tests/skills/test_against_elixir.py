"""Elixir itself reads every example, and `mix format` would leave it as it is."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.skills.fences import Fence, of

SCRIPT = Path(__file__).with_name("format.exs")

pytestmark = pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")


def verdicts(blocks: list[Fence]) -> list[str]:
    """One line for each block, from one Elixir for all of them."""
    lines = [f"{b.name} {base64.b64encode(b.code.encode()).decode()}\n" for b in blocks]
    run = subprocess.run(
        ["elixir", str(SCRIPT)],
        input="".join(lines),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_examples_are_formatted_elixir():
    blocks = of("elixir")
    assert blocks
    assert verdicts(blocks) == [f"ok {block.name}" for block in blocks]


def test_bad_code_is_noticed():
    blocks = [
        Fence("page", line, "elixir", "Good:", code)
        for line, code in enumerate(["from(u in User)\n", "f( 1 )\n", "def f do\n"], 1)
    ]
    fine, changed, broken = verdicts(blocks)
    assert (fine, changed) == ("ok page:1", "changed page:2")
    assert broken.startswith("broken page:3 ")
