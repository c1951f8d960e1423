"""`check --since`: what a change brought, and nothing else."""

import os

import pytest

from checker import batch

from .repository import RIGHT, WRONG, commit, git, places, put, run, worker


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository whose last commit has a worker that is wrong and one that is right."""
    root = tmp_path / "project"
    put(root / "lib/old.ex", worker("Old"))
    put(root / "lib/right.ex", worker("Right", RIGHT))
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    monkeypatch.chdir(root)
    return root


def test_what_stood_there_before_is_not_told(root):
    put(root / "lib/old.ex", "# moved down\n\n" + worker("Old"))
    put(root / "lib/right.ex", worker("Right", WRONG))
    assert places("--since", "main") == [("OB101", "lib/right.ex", 8)]
    assert places() == [("OB101", "lib/old.ex", 10), ("OB101", "lib/right.ex", 8)]


def test_old_findings_do_not_block(root):
    put(root / "lib/old.ex", worker("Old") + "# more\n")
    result = run("--since", "HEAD")
    assert result.exit_code == 0
    assert result.stdout == "No problems in 1 file, 1 worker (1 known before).\n"


def test_of_findings_that_look_the_same_the_one_in_the_change_is_new(root):
    twice = worker("Old").replace("      :ok -> :ok\n", "      :no -> :error\n      :ok -> :ok\n")
    put(root / "lib/old.ex", twice)
    assert places() == [("OB101", "lib/old.ex", 7), ("OB101", "lib/old.ex", 9)]
    assert places("--since", "main") == [("OB101", "lib/old.ex", 7)]


def test_a_worker_of_another_name_is_not_new(root):
    put(root / "lib/old.ex", worker("Older"))
    assert places("--since", "main") == []


def test_files_without_a_past_are_new(root):
    put(root / "lib/untracked.ex", worker("Untracked"))
    put(root / "lib/added.ex", worker("Added"))
    git(root, "add", "lib/added.ex")
    put(root / ".gitignore", "lib/ignored.ex")
    put(root / "lib/ignored.ex", worker("Ignored"))
    found = places("--since", "main", "lib", "lib/ignored.ex")
    assert [path for _, path, _ in found] == ["lib/added.ex", "lib/ignored.ex", "lib/untracked.ex"]


def test_a_renamed_file_keeps_its_past(root):
    git(root, "config", "diff.renames", "false")
    git(root, "mv", "lib/old.ex", "lib/ñ new.ex")
    assert places("--since", "main") == []
    put(root / "lib/ñ new.ex", worker("Old").replace(":ok -> :ok", ":ok -> :fine"))
    assert places("--since", "main") == [("OB101", "lib/ñ new.ex", 7)]


def test_a_file_that_git_forgot_keeps_its_past(root):
    git(root, "rm", "--cached", "lib/old.ex")
    assert places("--since", "main") == []


def test_a_suppression_that_is_taken_away_brings_nothing_new(root):
    reason = "# oban-guard: ignore[OB101] the job may be dropped"
    put(root / "lib/old.ex", worker("Old").replace(":error\n", f":error {reason}\n"))
    commit(root)
    put(root / "lib/old.ex", worker("Old"))
    assert places() == [("OB101", "lib/old.ex", 8)]
    assert places("--since", "main") == []


def test_what_did_not_parse_hid_nothing(root):
    put(root / "lib/old.ex", worker("Old").replace("do\n    case", "do\n    (case"))
    commit(root)
    put(root / "lib/old.ex", worker("Old"))
    assert places() == [("OB101", "lib/old.ex", 8)]
    assert places("--since", "main") == []


def test_standard_input_is_compared_with_the_file_it_stands_for(root):
    options = {"input": worker("Right", WRONG).encode()}
    since = ("-", "--since", "main", "--stdin-filename")
    assert places(*since, "lib/right.ex", **options) == [("OB101", "lib/right.ex", 8)]
    assert places(*since, "lib/right.ex", input=worker("Right", RIGHT).encode()) == []
    assert places(*since, "lib/old.ex", input=worker("Old").encode()) == []


def test_only_what_differs_is_read(root, monkeypatch):
    put(root / "lib/right.ex", worker("Right", WRONG))
    read, real = [], batch._read
    monkeypatch.setattr(batch, "_read", lambda path: read.append(path) or real(path))
    run("lib", "--since", "main")
    assert read == ["lib/right.ex"]


def test_where_nothing_differs(root):
    result = run("--since", "main")
    assert result.exit_code == 0
    assert result.stderr == "No Elixir file (.ex, .exs) that differs from main was checked.\n"


def test_from_a_folder_below_and_from_elsewhere(root, tmp_path, monkeypatch):
    put(root / "lib/old.ex", worker("Old") + "# more\n")
    put(root / "lib/right.ex", worker("Right", WRONG))
    monkeypatch.chdir(root / "lib")
    assert places("--since", "main") == [("OB101", "right.ex", 8)]
    outside = put(tmp_path / "outside.ex", worker("Outside"))
    assert places(outside, "--since", "main") == [("OB101", str(outside), 8)]


def test_the_repository_is_left_alone(root):
    os.utime(root / "lib/old.ex", (1, 1))  # which git would note in its index
    before = (root / ".git/index").read_bytes()
    run("--since", "main")
    assert (root / ".git/index").read_bytes() == before


@pytest.mark.parametrize(
    "wrong", ["mian", "--all", "--since=1", "main..main", "", "HEAD:lib/old.ex"]
)
def test_no_revision(root, wrong):
    result = run(f"--since={wrong}")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"Invalid value for '--since': `{wrong}` is no revision of the repository" in said
    assert "name a branch, a tag or a commit, such as main or HEAD~1." in said


def test_no_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("--since", "main")
    assert result.exit_code == 2
    assert "Invalid value for '--since': git refuses: fatal: not a git repository" in result.stderr


def test_no_git(root, monkeypatch):
    monkeypatch.setenv("PATH", str(root))
    result = run("--since", "main")
    assert result.exit_code == 2
    assert "'--since': git is needed, and there is none on the PATH." in result.stderr
