"""What is found does not depend on what was kept of a project before."""

from __future__ import annotations

import os
import random
import resource
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import corpus
from checker import batch
from checker.batch import check_files
from checker.discover import find
from checker.project import elixir_files, forget, index

REPOSITORY = Path(__file__).parents[2]
SHOP = REPOSITORY / "examples" / "shop"
CHECK = [sys.executable, "-c", "from checker.cli import main; main()", "check", "--format", "json"]
STEP, MOST_STEPS = 97, 20  # bytes from one truncation to the next, and how many of a file

WORKER, CALLEE = "lib/shop/late.ex", "lib/odd_place.ex"  # only the index tells where it is
LATE = """defmodule Shop.Late do
  use Oban.Worker, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}), do: Elsewhere.Deep.run(id)
end
"""
DEEP = "defmodule Elsewhere.Deep do\n  def run(_id), do: {}\nend\n"


@pytest.fixture(params=["shop", "generated"])
def project(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    if request.param == "shop":
        shutil.copytree(SHOP, folder)
    else:
        corpus.write_project(folder, 16, 8, 40)
    (folder / WORKER).parent.mkdir(exist_ok=True)
    (folder / WORKER).write_text(LATE)
    (folder / CALLEE).write_text(DEEP.format("nil"))
    monkeypatch.setenv("OBAN_GUARD_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(index, "SETTLED", -1)  # also what has just been written counts
    return folder


def findings(folder: Path, jobs: int = 1, files: list | None = None) -> list[tuple]:
    """All that is found, as a new process would find it."""
    forget()
    outcome = check_files(find([str(folder)], {}).files if files is None else files, jobs)
    assert not outcome.problems
    return [
        (f.path, f.line, f.column, f.rule, f.severity, f.trigger, f.message)
        for f in outcome.findings
    ]


def caches(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "index").glob("*.json"))


def cache(tmp_path: Path, folder: Path, ending: str) -> Path:
    return Path(index._Cache(str(folder), ending, str(tmp_path / "data"))._path)


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
        for length in range(0, len(whole), max(STEP, len(whole) // MOST_STEPS)):
            path.write_bytes(whole[:length])
            assert findings(project) == right
            assert path.read_bytes() == whole


@pytest.mark.parametrize("lie", ["another project", "another version", "another kind of file"])
def test_an_index_that_is_sound_but_not_of_this(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    """Its checksum is right, and every file in it looks unchanged."""
    same = SimpleNamespace(st_mode=stat.S_IFREG, st_size=9, st_ctime_ns=9)
    monkeypatch.setattr(index.Index, "_status", lambda self, entry, folder: same)
    right = findings(project)
    other = tmp_path / "other"
    shutil.copytree(project, other)
    for path in (*other.rglob("lib/**/*.ex"), *other.rglob("test/**/*.exs")):
        path.write_text("defmodule Gone do\nend\n")
    if lie == "another project":
        findings(other)
        for ending in (".ex", ".exs"):
            of_other = cache(tmp_path, other, ending)
            if of_other.exists():
                cache(tmp_path, project, ending).write_bytes(of_other.read_bytes())
    elif lie == "another version":
        with monkeypatch.context() as patch:
            patch.setattr(index, "__version__", "0.0.1")
            findings(project)
    else:
        code = cache(tmp_path, project, ".ex")
        cache(tmp_path, project, ".exs").write_bytes(code.read_bytes())
    assert findings(project) == right


def test_without_a_place_to_keep_it(project: Path, tmp_path: Path, monkeypatch) -> None:
    right = findings(project)
    monkeypatch.setenv("OBAN_GUARD_DATA", str(project / "mix.exs"))
    assert findings(project) == right


def test_in_any_order_and_any_number_of_processes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = findings(project)
    for name in ("PARALLEL_FROM", "CHECKED", "INDEXED"):
        monkeypatch.setattr(batch, name, 2)
    files = find([str(project)], {}).files
    for seed in range(6):
        random.Random(seed).shuffle(files)
        if seed % 2:
            shutil.rmtree(tmp_path / "data")
        assert findings(project, 1 + seed % 3, files) == right


def test_two_processes_that_write_at_once(project: Path, tmp_path: Path) -> None:
    """Each in a loop; half of the runs find no index, and have to write it."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}

    def run() -> subprocess.Popen:
        return subprocess.Popen(
            CHECK, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    right, _ = run().communicate()
    assert b'"rule"' in right
    time.sleep(index.SETTLED / 1e9 if index.SETTLED > 0 else 0)
    for number in range(8):
        if number % 2:
            shutil.rmtree(tmp_path / "data", ignore_errors=True)
        for process in [run(), run()]:
            output, errors = process.communicate(timeout=60)
            assert (output, b"Traceback" in errors) == (right, False)
    assert not [path for path in (tmp_path / "data/index").iterdir() if path.suffix != ".json"]


def test_a_full_disk(project: Path, tmp_path: Path) -> None:
    """No file of this process may get larger than a few bytes."""
    right = findings(project)
    shutil.rmtree(tmp_path / "data")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, usual[1]))
    try:
        assert findings(project) == right
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list((tmp_path / "data/index").iterdir()) == []
    assert findings(project) == right and caches(tmp_path)


def test_links_that_lead_in_circles(project: Path) -> None:
    right = findings(project)
    (project / "lib/again").symlink_to(project / "lib")
    (project / "lib/self.ex").symlink_to("self.ex")
    (project / "lib/there.ex").symlink_to("back.ex")
    (project / "lib/back.ex").symlink_to("there.ex")
    for _ in range(2):
        assert findings(project) == right


def test_a_file_that_cannot_be_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also root is refused here; once the file can be read it counts."""
    path = project / "lib/closed.ex"
    right = findings(project)

    def refuse(name: str, *mode: str):
        if os.path.basename(name) == path.name:
            raise PermissionError(13, "Permission denied")
        return open(name, *mode)

    path.write_text("defmodule Closed do\n  def run, do: nil\nend\n")
    monkeypatch.setattr(elixir_files, "open", refuse, raising=False)
    for _ in range(2):
        assert findings(project) == right
    monkeypatch.undo()
    path.chmod(0o600)  # as whoever lets it be read again does
    assert findings(project) == right


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_that_is_set(project: Path, monkeypatch: pytest.MonkeyPatch, years: int) -> None:
    """Files and index are from the future, or from long ago."""
    right = findings(project)
    now, seconds = time.time, years * 365 * 86_400
    monkeypatch.setattr(index.time, "time_ns", lambda: int((now() + seconds) * 1e9))
    monkeypatch.setattr(index.time, "time", lambda: now() + seconds)
    for _ in range(2):
        assert findings(project) == right
    gone = next(Path(row[0]) for row in right if "/lib/" in row[0])
    text = gone.read_text()
    gone.write_text("defmodule Gone do\nend\n")
    assert findings(project) != right
    gone.write_text(text)
    assert findings(project) == right


def test_a_callee_that_changes_is_seen_at_the_next_run(project: Path) -> None:
    worker, callee = project / WORKER, project / CALLEE
    callee.write_text(DEEP.format(":ok"))

    def told() -> list[str]:
        return [row[3] for row in findings(project) if row[0] == str(worker) and row[3] == "OB101"]

    assert told() == []
    callee.write_text(DEEP.format("nil"))
    assert told() == ["OB101"]
    callee.rename(callee.with_name("other_place.ex"))
    assert told() == ["OB101"]
    callee.with_name("other_place.ex").unlink()
    assert told() == []
