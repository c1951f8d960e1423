"""What is found does not depend on what was kept of a project before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import corpus
from checker.batch import check_files
from checker.discover import find
from checker.project import forget, index

SHOP = Path(__file__).parents[2] / "examples" / "shop"


@pytest.fixture(params=["shop", "generated"])
def project(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    if request.param == "shop":
        shutil.copytree(SHOP, folder)
    else:
        corpus.write_project(folder, 16, 8, 40)
    monkeypatch.setenv("OBAN_GUARD_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(index, "SETTLED", -1)  # also what has just been written counts
    return folder


def findings(folder: Path, jobs: int = 1) -> list[tuple]:
    """All that is found, as a new process would find it."""
    forget()
    outcome = check_files(find([str(folder)], {}).files, jobs)
    assert not outcome.problems
    return [
        (f.path, f.line, f.column, f.rule, f.severity, f.trigger, f.message)
        for f in outcome.findings
    ]


def caches(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "index").glob("*.json"))


def test_cold_warm_and_stale(project: Path, tmp_path: Path) -> None:
    right = findings(project)
    assert right and caches(tmp_path)
    assert findings(project) == right
    shutil.copytree(project, tmp_path / "copy")
    for path in (project / "lib").rglob("*.ex"):
        path.write_text("defmodule Gone do\nend\n")
    assert not [row for row in findings(project) if "/lib/" in row[0]]
    for path in (project / "lib").rglob("*.ex"):
        path.write_text((tmp_path / "copy" / path.relative_to(project)).read_text())
    assert findings(project) == right


def test_truncated(project: Path, tmp_path: Path) -> None:
    right = findings(project)
    for path in caches(tmp_path):
        whole = path.read_bytes()
        for part in (0, 1, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:part])
            assert findings(project) == right


def test_without_a_place_to_keep_it(project: Path, tmp_path: Path, monkeypatch) -> None:
    right = findings(project)
    monkeypatch.setenv("OBAN_GUARD_DATA", str(project / "mix.exs"))
    assert findings(project) == right


def test_in_several_processes(project: Path) -> None:
    assert findings(project, 2) == findings(project)


def test_a_callee_that_changes_is_seen_at_the_next_run(project: Path) -> None:
    worker = project / "lib/shop/late.ex"
    worker.parent.mkdir(exist_ok=True)
    worker.write_text(
        "defmodule Shop.Late do\n  use Oban.Worker, max_attempts: 3\n\n"
        '  def perform(%Oban.Job{args: %{"id" => id}}), do: Elsewhere.Deep.run(id)\nend\n'
    )
    callee = project / "lib/odd_place.ex"
    callee.write_text("defmodule Elsewhere.Deep do\n  def run(_id), do: :ok\nend\n")

    def told() -> list[str]:
        return [row[3] for row in findings(project) if row[0] == str(worker) and row[3] == "OB101"]

    assert told() == []
    callee.write_text("defmodule Elsewhere.Deep do\n  def run(_id), do: nil\nend\n")
    assert told() == ["OB101"]
    callee.rename(callee.with_name("other_place.ex"))
    assert told() == ["OB101"]
    callee.with_name("other_place.ex").unlink()
    assert told() == []
