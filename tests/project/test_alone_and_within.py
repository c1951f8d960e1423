"""A project only adds to what its files say alone, or explains it; it contradicts none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import corpus
from checker.check import check_source
from checker.config import Config
from checker.language import ELIXIR, PYTHON
from checker.project import Project
from checker.project.mix import app_around
from checker.project.pyproject import of_folder
from checker.project.python import PythonProject
from checker.rules import all_rules
from checker.source import Source
from tests.rules.examples import MIX, PYPROJECT, Example, examples

SHOP = Path(__file__).parents[2] / "examples" / "shop"
SINGLE = [
    example
    for rule in all_rules()
    for kind in ("invalid", "valid")
    for example in examples(rule, kind)
    if not example.code.startswith("# ") and "config" not in example.path
]
IN_ELIXIR = [example for example in SINGLE if example.language == ELIXIR]
IN_PYTHON = [example for example in SINGLE if example.language == PYTHON]
ASKS_THE_PROJECT = frozenset(("OB706", "OB707", "OB803"))


def elixir_project(folder: Path) -> Project:
    return Project(app_around(str(folder)))


def python_project(folder: Path) -> PythonProject:
    return PythonProject(of_folder(str(folder)))


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "mix.exs").write_text(MIX)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    return shutil.copytree(SHOP, tmp_path_factory.mktemp("shop") / "shop")


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Path:
    """A project of many files; without its lock, as a file alone is for the latest Oban."""
    folder = tmp_path_factory.mktemp("generated")
    corpus.write_project(folder, 16, 8, 40)
    (folder / "mix.lock").unlink()
    return folder


@pytest.fixture(scope="module")
def in_python(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("python")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


def found(path: Path, text: str, project) -> set[tuple]:
    report = check_source(Source(str(path), text), Config.default(), project)
    assert not report.failures
    return {(finding.rule, finding.line, finding.severity) for finding in report.findings}


def alone_and_within(example: Example, folder: Path, project: Callable) -> tuple[set, set]:
    """What is found in an example by itself, and as a file of the project in a folder."""
    path = folder / example.path
    there = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.code)
    try:
        return found(path, example.code, None), found(path, example.code, project(folder))
    finally:
        if there is None:
            path.unlink()
        else:
            path.write_text(there)


def named(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", IN_ELIXIR, ids=named)
def test_a_project_that_knows_nothing_more_adds_nothing(example: Example, bare: Path) -> None:
    alone, within = alone_and_within(example, bare, elixir_project)
    assert alone == {row for row in within if row[0] not in ASKS_THE_PROJECT}


@pytest.mark.parametrize("surroundings", ["shop", "generated"])
@pytest.mark.parametrize("example", IN_ELIXIR, ids=named)
def test_a_project_of_many_files_only_adds(example: Example, surroundings: str, request) -> None:
    folder = request.getfixturevalue(surroundings)
    alone, within = alone_and_within(example, folder, elixir_project)
    assert alone <= within


@pytest.mark.parametrize("surroundings", ["shop", "generated"])
def test_the_projects_own_files(surroundings: str, request) -> None:
    folder = request.getfixturevalue(surroundings)
    project = elixir_project(folder)
    for path in sorted(folder.rglob("*.ex*")):
        text = path.read_text()
        assert found(path, text, None) <= found(path, text, project), path


@pytest.mark.parametrize("example", IN_PYTHON, ids=named)
def test_a_python_project_only_adds(example: Example, in_python: Path) -> None:
    alone, within = alone_and_within(example, in_python, python_project)
    assert alone <= within
