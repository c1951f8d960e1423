"""The table against the real Elixir: what calls return here is what their rows say."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, os.pardir, os.pardir, "checker", "elixir", "library.tsv")
CALLS = os.path.join(HERE, "calls.txt")

pytestmark = pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")


def evaluate(table: str, calls: str, scratch: str) -> list[str]:
    """Lines that evaluate.exs prints: disagreements, then how many calls it checked."""
    script = os.path.join(HERE, "evaluate.exs")
    run = subprocess.run(
        ["elixir", script, table, calls, scratch],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_calls_return_what_the_table_says(tmp_path):
    *wrong, last = evaluate(TABLE, CALLS, str(tmp_path))
    assert not wrong
    with open(CALLS, encoding="utf-8") as file:
        calls = [line for line in file if line.strip() and not line.startswith("#")]
    assert last == f"checked {len(calls)}"


def test_a_wrong_row_is_noticed(tmp_path):
    table, calls = tmp_path / "table.tsv", tmp_path / "calls.txt"
    table.write_text(
        "Map.fetch/2\t{:ok, term}\t\tElixir\n"
        "Map.get/2\tterm | nil\t\tElixir\n"
        "Map.no_such/1\tmap\t\tElixir\n"
    )
    calls.write_text("Map.fetch(%{}, :a)\nMap.get(%{}, :a)\nMap.keys(%{})\n")
    assert evaluate(str(table), str(calls), str(tmp_path)) == [
        "no such function: Map.no_such/1",
        "Map.fetch(%{}, :a) gives :error, the table says {:ok, term}",
        "not in the table: Map.keys(%{})",
        "checked 3",
    ]
