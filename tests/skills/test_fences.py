"""Every example of the skills is what its label says."""

from __future__ import annotations

import re

import pytest

from checker.check import check_source
from checker.config import Config
from checker.elixir import syntax
from checker.source import Source
from tests.skills.fences import PYTHON_IS_JUDGED, SKILLS, Fence, fences, of

ELIXIR = of("elixir")
PYTHON = of("python")
JUDGED = ELIXIR + PYTHON if PYTHON_IS_JUDGED else ELIXIR
LANGUAGES = {"elixir", "python", "sh"}


def findings(fence: Fence) -> list[str]:
    """The ids of the rules that the checker reports, whatever their severity."""
    report = check_source(Source(fence.path, fence.source), Config.default())
    assert not report.failures
    return sorted({finding.rule for finding in report.findings})


def judged(code: str, label: str) -> Fence:
    return Fence("page.md", 1, "elixir", label, code)


@pytest.mark.parametrize("fence", ELIXIR + PYTHON, ids=lambda fence: fence.name)
def test_every_example_has_a_label(fence):
    assert fence.kind, "the line above a block is `Bad (OB104):`, `Bad:` or `Good:`"
    assert not (fence.rule and fence.kind == "Good")


@pytest.mark.parametrize("fence", ELIXIR, ids=lambda fence: fence.name)
def test_elixir_can_be_read(fence):
    assert syntax.parse(fence.code.encode()).errors == []


@pytest.mark.parametrize("fence", [f for f in JUDGED if f.kind == "Good"], ids=lambda f: f.name)
def test_nothing_is_said_about_good_examples(fence):
    assert findings(fence) == []


@pytest.mark.parametrize("fence", [f for f in JUDGED if f.rule], ids=lambda f: f.name)
def test_bad_examples_are_reported_by_the_rule_they_name(fence):
    assert findings(fence) == [fence.rule]


@pytest.mark.parametrize("fence", PYTHON, ids=lambda fence: fence.name)
def test_python_compiles(fence):
    compile(fence.code, fence.name, "exec")


@pytest.mark.parametrize("page", sorted((SKILLS / "oban/references").glob("*.md")), ids=str)
def test_examples_come_in_pairs(page):
    """A bad half is followed by its good half, in the same language."""
    code = [f for f in fences(page.read_text("utf-8"), page.name) if f.kind]
    for bad, good in zip(code[::2], code[1::2], strict=True):
        assert (bad.kind, good.kind) == ("Bad", "Good"), bad.name
        assert bad.language == good.language


def test_no_block_hides():
    """A misspelt language, or a block set in, would stay out of the tests above."""
    for path in SKILLS.rglob("*.md"):
        text = path.read_text("utf-8")
        assert {fence.language for fence in fences(text, path.name)} <= LANGUAGES, path
        assert set(re.findall(r"^[ \t>]+```(\S*)", text, re.MULTILINE)) <= {"", "sh"}, path


def test_the_checker_sees_the_workers_of_the_examples():
    named = {fence.rule for fence in ELIXIR if fence.rule}
    assert len(ELIXIR) > 40 and len(named) > 12


BARE = """\
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => _id}}), do: :error
end
"""


def test_a_wrong_label_would_be_noticed():
    assert findings(judged(BARE, "Bad (OB101):")) == ["OB101"]
    assert findings(judged(BARE.replace(":error", ":ok"), "Good:")) == []


def test_a_block_is_read_with_the_line_above_it():
    text = "# Page\n\nBad (OB101):\n```elixir\n:error\n```\nGood:\n```elixir\n:ok\n```\n"
    bad, good = fences(text, "page.md")
    assert (bad.kind, bad.rule, bad.code, bad.name) == ("Bad", "OB101", ":error\n", "page.md:5")
    assert (good.kind, good.rule, good.code) == ("Good", None, ":ok\n")
    assert fences("Bad (OB101):\n\n```elixir\n:error\n```\n", "page.md")[0].kind is None


def test_tests_are_judged_as_tests():
    assert judged("use Oban.Testing, repo: Shop.Repo\n", "Good:").path.startswith("test/")
    assert judged("use Shop.DataCase\n", "Good:").path.startswith("test/")
    assert judged("use Oban.Worker\n", "Good:").path.startswith("lib/")
