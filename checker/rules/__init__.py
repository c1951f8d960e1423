"""The rules, one module each: `obNNN_name.py`.

A rule module has `ID`, `NAME` and `SEVERITY`, its documentation as docstring
(with `## Invalid` and `## Valid` examples that are its tests), and
one of `check(worker)`, `check_jobs(jobs)`, `check_config(config)`, `check_tests(tests)` and
`check_file(facts)`, which yields `Problem`s. A rule about options that both a worker and its
jobs are given has the first two. `IN_TESTS`: it holds in test files too; `EXAMPLE` is the path
that its examples stand for.
"""

from __future__ import annotations

import os
from importlib import import_module

_rules: list | None = None


def all_rules() -> list:
    """Every rule's module, by id."""
    global _rules
    if _rules is None:
        names = sorted(
            name[:-3]
            for name in os.listdir(os.path.dirname(os.path.abspath(__file__)))
            if name.startswith("ob") and name.endswith(".py")
        )
        _rules = [import_module(f"checker.rules.{name}") for name in names]
    return _rules
