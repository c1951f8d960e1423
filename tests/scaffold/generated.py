"""Workers and tests as `oban-guard new` writes them, in a project made for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from click.testing import CliRunner

from checker.cli import cli
from checker.project import forget

MIX = """defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "0.1.0", deps: [{:oban, "~> 2.16"}]]
  end

  def application do
    [mod: {Shop.Application, []}]
  end
end
"""
NOBODY = 65534
REPO = """defmodule Shop.Repo do
  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres
end
"""


DATA_CASE = """defmodule Shop.DataCase do
  use ExUnit.CaseTemplate
end
"""
CONFIG = """import Config

config :shop, Oban, testing: :inline
"""


def project(folder: Path, version: str | None = None, inline: bool = False) -> Path:
    """A Mix project with nothing in it yet; `version` of Oban is locked.

    `inline`: in tests, jobs run when they are enqueued.
    """
    (folder / "lib" / "shop").mkdir(parents=True)
    (folder / "mix.exs").write_text(MIX)
    (folder / "lib" / "shop" / "repo.ex").write_text(REPO)
    (folder / "test" / "support").mkdir(parents=True)
    (folder / "test" / "support" / "data_case.ex").write_text(DATA_CASE)
    if inline:
        (folder / "config").mkdir()
        (folder / "config" / "test.exs").write_text(CONFIG)
    if version:
        lock = f'%{{\n  "oban": {{:hex, :oban, "{version}", "0f", [:mix], [], "hexpm", "1e"}},\n}}\n'
        (folder / "mix.lock").write_text(lock)
    return folder


def run(folder: Path, *arguments: str, expected: int = 0, **options):
    """`oban-guard` run in a folder; its result, after its exit code was looked at."""
    before = os.getcwd()
    forget()  # each command is a process of its own
    os.chdir(folder)
    try:
        result = CliRunner().invoke(cli, arguments, **options)
    finally:
        os.chdir(before)
    assert result.exit_code == expected, result.output
    return result


def arguments(answers: dict) -> list[str]:
    """The command line that gives these answers."""
    given = ["new", "worker", answers["module"]]
    for name, value in answers.items():
        if name in ("module", "testing", "version") or value is None:
            continue
        values = value if isinstance(value, tuple) else (value,)
        for item in values:
            given += [f"--{name.replace('_', '-')}", str(item)]
    return given


def worker(folder: Path, answers: dict) -> dict[str, Path]:
    """The files of a new worker by their kind."""
    project(folder, answers.get("version"), answers.get("testing") == "inline")
    told = json.loads(run(folder, *arguments(answers), "--json").output)
    return {file["kind"]: folder / file["path"] for file in told["files"]}


def new(folder: Path, *arguments: str) -> dict:
    return json.loads(run(folder, "new", *arguments, "--json").output)


def refused(folder: Path, *arguments: str) -> str:
    """What is said when nothing may be written, and nothing was."""
    before = files_of(folder)
    told = run(folder, "new", *arguments, expected=2).output
    assert files_of(folder) == before
    return told


def files_of(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


class as_nobody:
    """For root, whom no folder refuses."""

    def __enter__(self) -> None:
        self.user = os.geteuid()
        if self.user == 0:
            os.seteuid(NOBODY)

    def __exit__(self, *_error) -> None:
        os.seteuid(self.user)
