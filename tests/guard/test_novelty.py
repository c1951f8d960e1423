"""Fingerprints compared: what a rename changes, and what it does not."""

from __future__ import annotations

import pytest

from checker.novelty import rows, split

from .desk import finding


def found(worker: str, trigger: str, function: str = "perform/1"):
    """A finding of one rule in a worker."""
    result = finding("a.ex", "OB104", "name", "warning", 4, trigger)
    result.worker, result.function = worker, function
    return result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{:error, :gone}", "{:error,\n :gone}"),
        ("defmodule Shop.Sync", "defmodule Shop.Other"),
        ("defmodule Sync", "defmodule Other"),
        ("Shop.Sync.new(%{})", "Shop.Other.new(%{})"),
    ],
)
def test_a_rename_may_change_the_trigger_as_far_as_it_names_the_worker(before, after):
    known = rows([found("Shop.Sync", before)])
    names = {"Shop.Other"}, {"perform/1"}
    result = split([found("Shop.Other", after)], known, lambda: names, (1, 9))
    assert result.new == []
    assert len(result.renamed) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{:error, :gone}", "{:error, :deleted}"),
        ("Shop.Synchronous.new(%{})", "Shop.Otherhronous.new(%{})"),
        ("My.Shop.Sync.new(%{})", "My.Shop.Other.new(%{})"),
    ],
)
def test_any_other_change_of_the_trigger_is_a_new_problem(before, after):
    known = rows([found("Shop.Sync", before)])
    names = {"Shop.Other"}, {"perform/1"}
    result = split([found("Shop.Other", after)], known, lambda: names, (1, 9))
    assert len(result.new) == 1


@pytest.mark.parametrize(
    ("modules", "functions", "new"),
    [
        ({"A", "B"}, {"perform/1", "sync/1"}, 1),
        ({"B"}, {"perform/1", "sync/1"}, 0),
        ({"A", "B"}, {"sync/1"}, 0),
    ],
)
def test_only_what_is_gone_was_renamed(modules, functions, new):
    known = rows([found("A", "x")])
    result = split([found("B", "x", "sync/1")], known, lambda: (modules, functions), (1, 9))
    assert len(result.new) == new


def test_a_finding_of_no_worker_and_function_is_never_renamed():
    known = rows([found("", "x", "")])
    result = split([found("A", "x")], known, lambda: ({"A"}, {"perform/1"}), (1, 9))
    assert len(result.new) == 1


def test_names_are_asked_for_only_where_a_rename_is_possible():
    known = rows([found("A", "x")])
    assert split([found("A", "x")], known, None, (1, 9)).new == []
    assert len(split([found("B", "y")], known, None, (1, 9)).new) == 1
