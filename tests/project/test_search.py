"""Where the search for a project ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.check import check_source
from checker.config import Config
from checker.project import Project, index, project_of
from checker.project.mix import app_around
from checker.source import Source

MIX = "defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n"
UMBRELLA = 'defmodule All.MixProject do\n  def project, do: [apps_path: "apps"]\nend\n'


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_it_ends_at_a_git_root(tmp_path: Path) -> None:
    put(tmp_path / "mix.exs", MIX)
    put(tmp_path / "inner/.git/HEAD")
    path = put(tmp_path / "inner/lib/a.ex")
    assert project_of(str(path)) is None
    put(tmp_path / "other/.git/HEAD")
    put(tmp_path / "other/mix.exs", MIX)
    assert project_of(str(put(tmp_path / "other/lib/a.ex"))).app.root == str(tmp_path / "other")


def test_that_of_a_python_project_ends_there_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "pyproject.toml", '[project]\nname = "shop"\n')
    assert project_of(str(put(tmp_path / "shop/a.py"))).folder == str(tmp_path)
    put(tmp_path / "inner/.git/HEAD")
    assert project_of(str(put(tmp_path / "inner/shop/a.py"))) is None
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert project_of(str(put(tmp_path / "home/shop/a.py"))) is None


def test_an_umbrella_above_a_git_root_does_not_count(tmp_path: Path) -> None:
    put(tmp_path / "mix.exs", UMBRELLA)
    put(tmp_path / "apps/shop/mix.exs", MIX)
    assert app_around(str(tmp_path / "apps/shop")).root == str(tmp_path)
    put(tmp_path / "apps/shop/.git")
    assert app_around(str(tmp_path / "apps/shop")).root == str(tmp_path / "apps/shop")


def test_it_ends_at_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "mix.exs", MIX)
    path = put(tmp_path / "home/notes/a.ex")
    assert project_of(str(path)) is not None
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert project_of(str(put(tmp_path / "home/other/a.ex"))) is None


def test_in_a_project_of_too_many_files_what_is_unknown_stays_unsaid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is claimed to be missing, but what has its usual place is still found."""
    put(tmp_path / "mix.exs", MIX)
    put(tmp_path / "test/test_helper.exs", "ExUnit.start()\n")
    crontab = 'config :shop, Oban, plugins: [{Oban.Plugins.Cron, crontab: [{"@daily", Shop.Gone}]}]'
    config = put(tmp_path / "config/config.exs", f"import Config\n\n{crontab}\n")
    worker = put(
        tmp_path / "lib/shop/sync.ex",
        "defmodule Shop.Sync do\n  use Oban.Worker, queue: :elsewhere\n\n"
        "  def perform(_job), do: Shop.Remote.sync()\nend\n",
    )
    put(tmp_path / "lib/shop/remote.ex", "defmodule Shop.Remote do\n  def sync, do: :bad\nend\n")

    def rules() -> set[str]:
        project = Project(app_around(str(tmp_path)))
        reports = [
            check_source(Source(str(path), path.read_text()), Config.default(), project)
            for path in (config, worker)
        ]
        assert not any(report.failures for report in reports)
        return {finding.rule for report in reports for finding in report.findings}

    assert rules() >= {"OB101", "OB703", "OB803"}
    monkeypatch.setattr(index, "MOST_FILES", 0)
    assert "OB101" in rules()
    assert not rules() & {"OB701", "OB703", "OB706", "OB803"}


def test_the_20_001st_file(tmp_path: Path) -> None:
    put(tmp_path / "mix.exs", MIX)
    folder = tmp_path / "lib"
    folder.mkdir()
    for number in range(20_000):
        (folder / f"a{number}.ex").touch()
    put(folder / "a0.ex", "defmodule Shop.Odd do\nend\n")
    assert Project(app_around(str(tmp_path))).modules.path("Shop.Odd") == str(folder / "a0.ex")
    put(folder / "one_more.ex")
    project = Project(app_around(str(tmp_path)))
    assert project.modules.path("Shop.Odd") is None
    assert project.around.defines("Shop.Anything")
