"""A git repository to check files in, and the real checker on it."""

import json
import subprocess
from pathlib import Path

from click.testing import CliRunner

from checker.cli import cli

WORKER = """\
defmodule Shop.{name} do
  use Oban.Worker, queue: :sync, max_attempts: 5

  @impl Oban.Worker
  def perform(%Oban.Job{{args: %{{"id" => id}}}}) do
    case Shop.Items.sync(id) do
      :ok -> :ok
      {{:error, reason}} -> {result}
    end
  end

  @impl Oban.Worker
  def timeout(_job), do: 30_000

  @impl Oban.Worker
  def backoff(%Oban.Job{{attempt: attempt}}), do: attempt * 60
end
"""
RIGHT, WRONG = "{:error, reason}", ":error"


def worker(name="Sync", result=WRONG):
    """A worker that is right but for OB101, unless its result is right too."""
    return WORKER.format(name=name, result=result)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "--message", "As it was")


def run(*arguments: object, **options):
    return CliRunner().invoke(cli, ["check", *map(str, arguments)], **options)


def places(*arguments: object, **options) -> list[tuple[str, str, int]]:
    """Rule, path and line of what is found; exit code 2 is a failure."""
    result = run("--format", "json", *arguments, **options)
    assert result.exit_code in (0, 1), result.stderr
    found = json.loads(result.stdout)["findings"]
    return [(f["rule"], f["path"], f["line"]) for f in found]
