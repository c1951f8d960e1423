"""`check --fix` and `--diff`, on files as they are on disk."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from checker.cli import cli

WRONG = """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Stock.sync(id) do
      :ok -> :ok
      :gone -> {:error, :not_found}
    end
  end

  def timeout(_job), do: 30
end
"""
SAFE = WRONG.replace("{:error, :not_found}", "{:cancel, :not_found}")
ALL = SAFE.replace("do: 30", "do: :timer.seconds(30)")


@pytest.fixture
def file(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lib" / "sync.ex"
    path.write_text(WRONG)
    return path


def run(*arguments, **given):
    return CliRunner().invoke(cli, ["check", *arguments], **given)


def test_fix_applies_what_is_safe(file):
    result = run("--fix")
    assert file.read_text() == SAFE
    assert "note: fixed 1 finding in 1 file" in result.stderr
    assert "1 fix left out; see --unsafe-fixes" in result.stderr
    assert "OB104" not in result.stdout and "OB407" in result.stdout
    assert os.listdir(file.parent) == ["sync.ex"]


def test_unsafe_fixes_applies_the_others_and_nothing_is_left_for_a_second_run(file):
    run("--fix", "--unsafe-fixes")
    assert file.read_text() == ALL
    assert run("--diff", "--unsafe-fixes").exit_code == 0


def test_diff_only_shows(file):
    result = run("--diff")
    assert result.exit_code == 1
    assert "--- a/lib/sync.ex\n+++ b/lib/sync.ex\n" in result.stdout
    taken, put = "-      :gone -> {:error, :not_found}", "+      :gone -> {:cancel, :not_found}"
    assert f"{taken}\n{put}\n" in result.stdout
    assert file.read_text() == WRONG


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: ("# ünïcödé 🙂\n" + text).encode(),
    ],
    ids=["mark", "utf-16", "crlf", "no newline at the end", "beyond ASCII"],
)
def test_the_rest_of_a_file_stays_as_it_is(file, encoded):
    file.write_bytes(encoded(WRONG))
    file.chmod(0o750)
    run("--fix")
    assert file.read_bytes() == encoded(SAFE)
    assert file.stat().st_mode & 0o777 == 0o750


def test_a_link_stays_one(file):
    link = file.parent.parent / "link.ex"
    link.symlink_to("lib/sync.ex")
    run("--fix", "link.ex")
    assert link.is_symlink() and file.read_text() == SAFE


def test_a_bad_file_does_not_stop_the_others(file):
    bad = file.with_name("bad.ex")
    bad.write_bytes(WRONG.replace("Sync", "Bad").encode() + b"# \xff\n")
    result = run("--fix")
    assert result.exit_code == 2
    assert "lib/bad.ex: holds bytes that are no text; it was not mended" in result.stderr
    assert file.read_text() == SAFE


def test_a_fix_that_would_bring_another_finding_is_left_out(file, monkeypatch):
    from checker.rules import ob104_permanent_error_retried as rule

    problem = rule._problem

    def bringing_another(*given):
        found = problem(*given)
        found.edits = ((found.span, ":cancel"),)
        return found

    monkeypatch.setattr(rule, "_problem", bringing_another)
    result = run("--fix")
    assert file.read_text() == WRONG
    assert (
        "lib/sync.ex:7: the fix of OB104 was left out: OB101 would show on line 7" in result.stderr
    )


def test_a_fix_that_would_not_parse_is_left_out(file, monkeypatch):
    from checker.rules import ob104_permanent_error_retried as rule

    problem = rule._problem

    def unparsable(*given):
        found = problem(*given)
        found.edits = ((found.span, "{:cancel"),)
        return found

    monkeypatch.setattr(rule, "_problem", unparsable)
    assert "was left out: the file would not parse" in run("--fix").stderr
    assert file.read_text() == WRONG


def test_a_line_is_mended_as_a_whole(file):
    file.write_text(WRONG.replace('%{"id" => id}', "%{id: id, shop: _shop}"))
    run("--fix")
    assert file.read_text() == SAFE.replace('%{"id" => id}', '%{"id" => id, "shop" => _shop}')


def test_a_pipe_is_wrapped_as_a_whole(file):
    backoff = "def backoff(%Oban.Job{attempt: attempt}), do: BODY"
    before = SAFE.replace("def timeout(_job), do: 30", backoff)
    file.write_text(before.replace("BODY", "2 |> :math.pow(attempt)"))
    run("--fix")
    assert file.read_text() == before.replace("BODY", "trunc(2 |> :math.pow(attempt))")


def test_a_finding_around_the_fix_is_no_new_one(file):
    """Advice on all of `use` tells its text, which the fix of `states:` changes."""
    unique = "unique: [period: {60, :days}, states: STATES]"
    before = SAFE.replace("max_attempts: 3", unique).replace("  def timeout(_job), do: 30\n", "")
    file.write_text(before.replace("STATES", "[:scheduled, :executing]"))
    run("--fix", "--unsafe-fixes")
    assert file.read_text() == before.replace("STATES", ":incomplete")


def test_standard_input_is_only_shown(file):
    result = run("-", "--diff", "--stdin-filename", "lib/x.ex", input=WRONG)
    assert result.exit_code == 1 and "+++ b/lib/x.ex" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes needs `--fix`"),
        (["--fix", "--diff"], "--diff only shows what --fix would write"),
        (["--fix", "-"], "--fix cannot write to `-`"),
        (["--diff", "--format", "json"], "--diff prints a diff"),
        (["--fix", "--baseline", "b", "--write-baseline"], "--write-baseline writes"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_wrong_usage(file, arguments, named):
    result = run(*arguments)
    assert result.exit_code == 2 and named in result.stderr
    assert file.read_text() == WRONG
