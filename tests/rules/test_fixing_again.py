"""Fixing what was fixed changes nothing, and no fix brings what was not there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.config import Config
from checker.discover import File
from checker.fix import mend
from checker.language import ELIXIR
from checker.rules import all_rules

from .examples import _files, examples, findings

SINGLE = [
    example
    for rule in all_rules()
    for kind in ("invalid", "valid")
    for example in examples(rule, kind)
    if not _files(example.code)
]
OF_WORKERS = [e for e in SINGLE if e.language == ELIXIR and e.path.startswith("lib/")]
LIB = "lib/shop/example.ex"


def fixed(code: str, path: str, unsafe: bool) -> str:
    """A text after `--fix`, or after `--fix --unsafe-fixes`."""
    file = File(path, path, Config.default(), code.encode())
    return mend(file, findings(code, path), unsafe).after.decode()


def rules(code: str, path: str) -> Counter:
    return Counter(finding.rule for finding in findings(code, path))


def holds(code: str, path: str, unsafe: bool) -> None:
    once = fixed(code, path, unsafe)
    assert fixed(once, path, unsafe) == once
    assert rules(once, path) <= rules(code, path)


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "all"])
@pytest.mark.parametrize("example", SINGLE, ids=lambda example: example.name)
def test_a_labelled_example(example, unsafe):
    holds(example.code, example.path, unsafe)


def renamed(number: int, code: str) -> str:
    """The text with modules that are its own."""
    return code.replace("defmodule Shop.", f"defmodule Shop.Part{number}.")


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.sampled_from(OF_WORKERS), min_size=2, max_size=4), unsafe=st.booleans())
def test_several_in_one_file(parts, unsafe):
    """Fixes of one module leave the others alone."""
    code = "\n".join(renamed(number, part.code) for number, part in enumerate(parts))
    holds(code, LIB, unsafe)


@settings(max_examples=60, deadline=None)
@given(example=st.sampled_from(OF_WORKERS), unsafe=st.booleans())
def test_with_the_line_ends_of_windows(example, unsafe):
    code = example.code.replace("\n", "\r\n")
    once = fixed(code, LIB, unsafe)
    assert "\n" not in once.replace("\r\n", "")
    holds(code, LIB, unsafe)
