"""Every worker that can be asked for is clean, formatted, and tested by a test that bites."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checker.check import check_source
from checker.config import Config
from checker.source import Source

from .combinations import LEAST, all_pairs
from .generated import worker
from .mutations import mutants

HERE = Path(__file__).parent
PLACES = {"worker": "worker.ex", "test": "test.exs", "schema": "receipt.ex"}
COMBINATIONS = all_pairs()
needs_elixir = pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> Path:
    """A folder for each combination: the files, and the worker's mutants."""
    top = tmp_path_factory.mktemp("cases")
    for number, answers in enumerate(COMBINATIONS):
        files = worker(tmp_path_factory.mktemp("project"), answers)
        case = top / f"{number:03}"
        (case / "mutants").mkdir(parents=True)
        for kind, path in files.items():
            shutil.copy(path, case / PLACES.get(kind, path.name))
        for name, text in mutants(files["worker"].read_text()):
            (case / "mutants" / f"{name}.ex").write_text(text)
    return top


def test_there_are_enough() -> None:
    """And none twice."""
    assert len(COMBINATIONS) >= LEAST
    assert len({str(answers) for answers in COMBINATIONS}) == len(COMBINATIONS)


def test_no_file_has_a_finding(cases: Path) -> None:
    """Of any severity."""
    found = []
    for path in sorted(cases.glob("*/*.ex*")):
        report = check_source(Source(f"lib/{path.name}", path.read_text()), Config.default())
        found += [(str(path), f.rule, f.message) for f in report.findings]
        assert not report.failures
        assert report.workers == (path.name == "worker.ex")
    assert not found


@needs_elixir
def test_the_formatter_changes_nothing(cases: Path) -> None:
    """With Ecto's and Oban's functions that take no parentheses."""
    formatted = shutil.copytree(cases, cases.parent / "formatted")
    (formatted / ".formatter.exs").write_text(
        "[inputs: [], locals_without_parens: [add: 2, add: 3, create: 1, create: 2, field: 2,"
        " field: 3, from: 2, timestamps: 1, assert_enqueued: 1, assert_enqueued: 2,"
        " refute_enqueued: 1, refute_enqueued: 2]]\n"
    )
    files = sorted(str(path) for path in formatted.glob("*/*.ex*"))
    _elixir("mix", "format", *files, folder=formatted)
    changed = [
        path
        for path in sorted(cases.glob("*/*.ex*"))
        if path.read_text() != (formatted / path.relative_to(cases)).read_text()
    ]
    differences = [_difference(path, formatted / path.relative_to(cases)) for path in changed]
    assert not changed, "\n".join(differences[:5])


@needs_elixir
def test_each_test_passes_and_fails_for_every_mutant(cases: Path) -> None:
    """Nothing is compiled with a warning."""
    ran = _elixir("elixir", HERE / "run.exs", HERE / "standin.exs", cases, folder=cases)
    lines = [line.split("\t") for line in ran.splitlines() if line.count("\t") == 3]
    verdicts = {(case, variant): (verdict, what) for case, variant, verdict, what in lines}
    originals = {key: value for key, value in verdicts.items() if key[1] == "original"}
    assert len(originals) == len(COMBINATIONS)
    assert all(verdict == "passed" for verdict, _ in originals.values()), originals
    broken = {key: value for key, value in verdicts.items() if value[0] in ("broken", "warned")}
    assert not broken
    mutated = {key: value for key, value in verdicts.items() if key[1] != "original"}
    assert len(mutated) == len(list(cases.glob("*/mutants/*.ex")))
    assert not [key for key, (verdict, _) in mutated.items() if verdict == "passed"]


def test_every_kind_of_mutation_is_tried(cases: Path) -> None:
    """On every worker that has what it breaks."""
    for case, answers in zip(sorted(cases.iterdir()), COMBINATIONS, strict=True):
        kinds = {path.name.partition("-")[0] for path in (case / "mutants").iterdir()}
        assert {"outcomes", "guards", "clauses"} <= kinds
        assert ("keys" in kinds) == bool(answers["arg"])


def _difference(one: Path, other: Path) -> str:
    lines = (one.read_text().splitlines(), other.read_text().splitlines())
    return "\n".join(difflib.unified_diff(*lines, str(one), "formatted", lineterm="", n=1))


def _elixir(*command: object, folder: Path) -> str:
    environment = {**os.environ, "MIX_ENV": "test", "HOME": str(folder)}
    ran = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout
