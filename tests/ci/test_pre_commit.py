"""The hook in .pre-commit-hooks.yaml, installed and run by the real pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.client import registry_settings

REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
LIMIT = 300  # seconds, for what is fetched from a registry
GOOD = """\
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Stock.sync(id) do
      :ok -> :ok
      :gone -> {:cancel, :gone}
    end
  end
end
"""
BAD = GOOD.replace("{:cancel, :gone}", ":error")
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: oban-guard
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a command in a folder, with pre-commit first on its path; its output and code."""
    root = tmp_path_factory.mktemp("pre commit")
    variables = registry_settings() | {
        "HOME": str(root),
        "PATH": f"{root}/venv/bin:{os.environ['PATH']}",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c",
        "GIT_CONFIG_NOSYSTEM": "1", "LANG": "C.UTF-8",
    }  # fmt: skip

    def run(folder, *command, code=0):
        done = subprocess.run(
            command, cwd=folder, env=variables, timeout=LIMIT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
        return done.stdout

    run(root, UV, "venv", "--quiet", "--python", sys.executable, root / "venv")
    run(root, UV, "pip", "install", "--quiet", "--python", root / "venv/bin/python",
        "--require-hashes", "--only-binary", ":all:", "-r",
        Path(__file__).with_name("pre-commit.lock"))  # fmt: skip
    return run


@pytest.fixture(scope="module")
def published(run, tmp_path_factory) -> tuple[Path, str]:
    """This repository as it stands, published: where, and its revision."""
    folder = tmp_path_factory.mktemp("published")
    for name in ("pyproject.toml", "LICENSE", "README.md", ".pre-commit-hooks.yaml"):
        shutil.copy2(REPOSITORY / name, folder)
    for name in ("checker", "scaffolds"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    return folder, committed(run, folder)


def committed(run, folder: Path) -> str:
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", ".")
    run(folder, "git", "commit", "--quiet", "-m", "all")
    return run(folder, "git", "rev-parse", "HEAD").strip()


@pytest.fixture
def project(run, published, tmp_path) -> Path:
    """A project whose commits the hook has to pass."""
    repository, revision = published
    config = CONFIG.format(repository=repository, revision=revision)
    (tmp_path / ".pre-commit-config.yaml").write_text(config)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/stock.ex").write_text("defmodule Shop.Stock do\nend\n")
    committed(run, tmp_path)
    run(tmp_path, "pre-commit", "install")
    return tmp_path


def commit(run, project: Path, name: str, text: str, code: int) -> str:
    (project / name).write_text(text)
    run(project, "git", "add", name)
    return run(project, "git", "commit", "-m", "more", code=code)


def test_a_good_commit_passes_and_a_bad_one_is_blocked(run, project):
    told = commit(run, project, "lib/sync.ex", GOOD, code=0)
    assert "oban-guard" in told and "Passed" in told
    told = commit(run, project, "lib/sync.ex", BAD, code=1)
    assert "lib/sync.ex:7:16: error OB101 unrecognised-return" in told
    assert run(project, "git", "status", "--short") == "M  lib/sync.ex\n"


def test_other_files_do_not_start_it(run, project):
    told = commit(run, project, "notes.md", "Oban.Worker\n", code=0)
    assert "no files to check" in told


def test_a_wrong_configuration_blocks_and_is_named(run, project):
    (project / ".oban-guard.toml").write_text('ignor = ["OB1"]\n')
    told = commit(run, project, "lib/sync.ex", GOOD, code=1)
    assert 'unknown key "ignor"; did you mean "ignore"?' in told and "exit code: 2" in told
