"""A file says the same alone and in a project that knows nothing more of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.check import check_source
from checker.config import Config
from checker.language import ELIXIR
from checker.project import Project
from checker.project.mix import app_around
from checker.rules import all_rules
from checker.source import Source
from tests.rules.examples import examples

from .test_across_files import MIX

SINGLE = [
    example
    for rule in all_rules()
    for kind in ("invalid", "valid")
    for example in examples(rule, kind)
    if example.language == ELIXIR
    and not example.code.startswith("# ")
    and "config" not in example.path
]
ASKS_THE_PROJECT = frozenset(("OB706", "OB707", "OB803"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "mix.exs").write_text(MIX)
    return folder


@pytest.mark.parametrize("example", SINGLE, ids=lambda example: example.name)
def test_nothing_is_contradicted(example, shop: Path) -> None:
    path = shop / example.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.code)
    try:
        project = Project(app_around(str(shop)))
        alone, within = (
            {
                (finding.rule, finding.line, finding.severity)
                for finding in check_source(
                    Source(str(path), example.code), Config.default(), around
                ).findings
                if finding.rule not in ASKS_THE_PROJECT
            }
            for around in (None, project)
        )
    finally:
        path.unlink()
    assert alone == within
