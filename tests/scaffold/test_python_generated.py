"""Every Python worker that can be asked for is clean, and tested by a test that bites."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.oban_py import run_project

from .generated import run
from .python_cases import LEAST, combinations, generated, root
from .python_mutations import mutants

COMBINATIONS = combinations()
# One pool for all; only what enqueues needs an Oban. A test module ends with its first
# failure, as a mutant is then found out.
CONFTEST = """\
import asyncio
import os

import pytest
import pytest_asyncio
from oban import Oban
from oban.testing import reset_oban

FAILED = set()


@pytest_asyncio.fixture(autouse=True)
async def oban(request):
    if "enqueue" not in request.node.name:
        yield None
        return
    pool = await Oban.create_pool(os.environ["OBAN_DSN"], max_size=1)
    oban = Oban(pool=pool)
    yield oban
    await reset_oban(oban)
    await pool.close()


def pytest_runtest_setup(item):
    if item.path in FAILED:
        pytest.skip("the module has failed already")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        FAILED.add(item.path)
    return report
"""
INI = """\
[pytest]
asyncio_mode = {mode}
pythonpath = .
testpaths = tests
addopts = -p no:cacheprovider --assert=plain --import-mode=importlib --tb=line
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> list[dict[str, Path]]:
    """The files of each combination by their kind."""
    top = tmp_path_factory.mktemp("cases")
    return [generated(top / f"{n:03}", answers) for n, answers in enumerate(COMBINATIONS)]


def test_there_are_enough() -> None:
    """And none twice."""
    assert len(COMBINATIONS) >= LEAST
    assert len({str(answers) for answers in COMBINATIONS}) == len(COMBINATIONS)


def test_every_file_compiles_and_fits(cases: list[dict[str, Path]]) -> None:
    """Within the project's width, but for imports and strings that cannot be broken."""
    for files, answers in zip(cases, COMBINATIONS, strict=True):
        for path in files.values():
            if path.suffix != ".py":
                continue
            text = path.read_text()
            compile(text, str(path), "exec")
            wide = [line for line in text.splitlines() if len(line) > (answers["width"] or 88)]
            assert not [line for line in wide if not line.startswith("from ")], wide
            assert text.endswith("\n") or not text
            assert "\n\n\n\n" not in text and not any(
                line != line.rstrip() for line in text.splitlines()
            )


def test_no_file_has_a_finding(cases: list[dict[str, Path]]) -> None:
    """Of any severity, with what the project around it tells."""
    for files in cases:
        top = root(_source(files))
        told = json.loads(run(top, "check", ".", "--format", "json").output)
        assert not told["findings"] and not told["errors"], top
        assert told["summary"]["workers"] >= 1


def test_every_name_that_is_imported_is_used(cases: list[dict[str, Path]]) -> None:
    for files in cases:
        for kind in ("worker", "job", "test", "receipts"):
            if kind in files:
                assert not _unused(ast.parse(files[kind].read_text())), files[kind]


def _unused(tree: ast.Module) -> set[str]:
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return imported - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_each_test_passes_and_fails_for_every_mutant(cases: list[dict[str, Path]]) -> None:
    """With the real oban, on a real database."""
    outcomes: dict[str, set[str]] = {}
    for auto in (False, True):
        ini = INI.format(mode="auto" if auto else "strict")
        files = {"conftest.py": CONFTEST, "pytest.ini": ini}
        for number, (case, answers) in enumerate(zip(cases, COMBINATIONS, strict=True)):
            if answers["auto"] == auto:
                for name, text in _variants(case):
                    files |= _as_package(f"c{number:03}_{name}", case, text)
        outcomes |= _run(files)
    passed = {package for package, found in outcomes.items() if found == {"passed"}}
    originals = {package for package in outcomes if package.endswith("_original")}
    assert len(originals) == len(COMBINATIONS)
    assert passed == originals, sorted(passed ^ originals)
    broken = {package for package, found in outcomes.items() if "error" in found}
    assert not broken  # a mutant runs, and does something else


def _source(case: dict[str, Path]) -> Path:
    return case.get("worker") or case["job"]


def _variants(case: dict[str, Path]) -> list[tuple[str, str]]:
    """The worker as it was generated, and its mutants."""
    text = _source(case).read_text()
    broken = [(name.replace("-", "_"), mutant) for name, mutant in mutants(text)]
    return [("original", text), *broken]


def _as_package(package: str, case: dict[str, Path], text: str) -> dict[str, str]:
    """A variant of a case, in a package of its own instead of `shop`."""
    source = _source(case)
    files = {f"{package}/__init__.py": ""}
    for path in case.values():
        if path.suffix == ".py":
            below = path.relative_to(root(source)).as_posix()
            below = below.replace("shop/", f"{package}/").replace("tests/", f"tests/{package}/")
            content = text if path == source else path.read_text()
            files[below] = content.replace("from shop", f"from {package}")
    return files


def _run(files: dict[str, str]) -> dict[str, set[str]]:
    """The outcomes of each package's tests."""
    packages = {name.partition("/")[0] for name in files if name.endswith("__init__.py")}
    result = run_project(files)
    found: dict[str, set[str]] = {}
    for name, outcome in result.outcomes.items():
        found.setdefault(name.split("/")[1], set()).add(outcome)
    assert set(found) == packages, result.output[-3000:]
    return found


def test_every_kind_of_mutation_is_tried(cases: list[dict[str, Path]]) -> None:
    """Three on every worker at the least."""
    for case, answers in zip(cases, COMBINATIONS, strict=True):
        kinds = {name.partition("_")[0] for name, _ in _variants(case)} - {"original"}
        assert {"outcomes", "excepts"} <= kinds, (answers, kinds)
        assert ("guards" in kinds) == (_guarded(answers)), (answers, kinds)
        if answers["kind"] == "worker":
            assert ("args" in kinds) == bool(answers["arg"])


def _guarded(answers: dict) -> bool:
    unguarded = answers["idempotency"] is None and answers["effect"] == "none"
    return not unguarded or bool(answers["snooze_on"])
