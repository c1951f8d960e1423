"""The files that are measured: as many, as long and as varied as their limit is meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import corpus
from checker.check import check_source
from checker.config import Config
from checker.source import Source

TEMPLATES = sorted(corpus.TEMPLATES.glob("*/*.ex*"))
WORKERS = [path for path in TEMPLATES if path.parent.name == "workers"]


def check(path: Path):
    """The checker's report about a file."""
    return check_source(Source(str(path), path.read_text()), Config.default())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_parse_and_have_workers_where_they_should(path):
    report = check(path)
    assert "OB904" not in {finding.rule for finding in report.findings}
    assert bool(report.workers) == (path in WORKERS)


def test_workers_are_long_and_varied():
    assert len(WORKERS) >= 12
    lines = [path.read_text().count("\n") for path in WORKERS]
    assert min(lines) >= 60 and max(lines) <= 200
    blocked = [any(f.blocking for f in check(path).findings) for path in WORKERS]
    assert 3 <= sum(blocked) <= len(blocked) - 3


def test_what_is_written_is_what_was_asked_for(tmp_path):
    first, second = (corpus.write(tmp_path / name, 40, 20) for name in ("a", "b"))
    assert len(set(first)) == 60
    texts = [path.read_text() for path in first]
    assert texts == [path.read_text() for path in second]
    assert len(set(texts)) == 60
    assert sum(check(path).workers > 0 for path in first) == 40
