"""Jobs that other files build, and what the rule on unique keys makes of them."""

from __future__ import annotations

import pytest

from checker.check import check_source
from checker.config import Config
from checker.project import Project, enqueues
from checker.project.mix import app_around
from checker.source import Source

WORKER = """defmodule Shop.Workers.Merge do
  use Oban.Worker, queue: :shop, max_attempts: 3, unique: [period: 60, keys: [:from, :into_id]]

  def perform(%Oban.Job{args: %{"from_id" => from, "into_id" => into}}), do: Shop.merge(from, into)
end
"""
ENQUEUER = """defmodule Shop.People do
  alias Shop.Workers.Merge

  def merge(from, into), do: Oban.insert(Merge.new(%{from_id: from, into_id: into}))
  def notes, do: Oban.insert(Shop.Notes.Merge.new(%{from: 1}))
end
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "mix.exs").write_text("defmodule A do\n  def project, do: [app: :shop]\nend\n")
    (tmp_path / "lib" / "merge.ex").write_text(WORKER)
    (tmp_path / "lib" / "people.ex").write_text(ENQUEUER)
    return tmp_path


def rules(folder, text=WORKER):
    path = str(folder / "lib" / "merge.ex")
    report = check_source(Source(path, text), Config.default(), Project(app_around(str(folder))))
    assert not report.failures
    return [finding.rule for finding in report.findings]


def test_jobs_are_found_where_they_are_built(project):
    found = Project(app_around(str(project))).enqueues.places("Shop.Workers.Merge")
    places = [(source.path, source.line_of(job.span[0])) for source, job in found]
    assert places == [(str(project / "lib" / "people.ex"), 4)]


def test_a_key_that_no_enqueue_has_is_told(project):
    assert "OB301" in rules(project)


def test_a_key_that_an_enqueue_has_is_not(project):
    people = ENQUEUER.replace("from_id: from", "from_id: from, from: 1")
    (project / "lib" / "people.ex").write_text(people)
    assert "OB301" not in rules(project)


def test_args_that_cannot_be_read_silence_the_rule(project):
    people = ENQUEUER.replace("%{from_id: from, into_id: into}", "from")
    (project / "lib" / "people.ex").write_text(people)
    assert "OB301" not in rules(project)


def test_too_many_files_answer_nothing(project, monkeypatch):
    monkeypatch.setattr(enqueues, "MOST_FILES", 1)
    (project / "lib" / "more.ex").write_text(ENQUEUER.replace("People", "More"))
    assert Project(app_around(str(project))).enqueues.of("Shop.Workers.Merge") is None
    assert "OB301" not in rules(project)
