"""A project of many files is indexed in several processes, and whoever waits sees how far."""

from __future__ import annotations

import concurrent.futures
from pathlib import Path

from checker import batch
from checker.batch import check_files
from checker.discover import find
from checker.project import forget

WORKER = """defmodule Shop.Sync do
  use Oban.Worker, max_attempts: 3

  def perform(%Oban.Job{}), do: Shop.Part7.run()
end
"""
PART = "defmodule Shop.Part{0} do\n  def run, do: {1}\nend\n"
MIX = "defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n"


def test_many_files_are_indexed_in_processes_of_their_own(tmp_path: Path, monkeypatch) -> None:
    count = 2 * batch.INDEXED
    (tmp_path / "mix.exs").write_text(MIX)
    lib = tmp_path / "lib"
    lib.mkdir()
    (lib / "sync.ex").write_text(WORKER)
    for number in range(count):
        (lib / f"{number}.ex").write_text(PART.format(number, "nil" if number == 7 else ":ok"))
    made, watched, pool = [], [], concurrent.futures.ProcessPoolExecutor
    monkeypatch.setattr(
        concurrent.futures, "ProcessPoolExecutor",
        lambda processes, *more: made.append(processes) or pool(processes, *more),
    )  # fmt: skip

    def watch(results, total: int):
        seen = list(results)
        watched.append((len(seen), total))
        return seen

    forget()
    outcome = check_files(find([str(tmp_path)], {}).files, 2, watch)
    assert made == [2]
    assert (count + 1, count + 1) in watched
    assert "OB101" in {finding.rule for finding in outcome.findings}
