"""`check --baseline` and `--write-baseline`."""

import json

import pytest

from .repository import RIGHT, commit, git, places, put, run, worker

FILE = ".oban-guard-baseline"
HEAD = '{"oban-guard": "baseline", "version": 1}\n'
WRITE = ("--baseline", FILE, "--write-baseline")


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """A repository with two wrong workers, which a baseline knows."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    put(tmp_path / "lib/a.ex", worker("A"))
    put(tmp_path / "lib/b.ex", worker("B"))
    monkeypatch.chdir(tmp_path)
    assert run(*WRITE).exit_code == 0
    return tmp_path


def test_it_has_one_sorted_entry_a_line(root):
    head, *entries = map(json.loads, (root / FILE).read_text().splitlines())
    assert head == {"oban-guard": "baseline", "version": 1}
    assert [(entry["path"], entry["rule"]) for entry in entries] == [
        ("lib/a.ex", "OB101"),
        ("lib/b.ex", "OB101"),
    ]


def test_writing_it_again_changes_nothing(root, monkeypatch):
    written = (root / FILE).read_bytes()
    put(root / "lib/a.ex", "\n\n" + worker("A"))
    monkeypatch.chdir(root / "lib")
    result = run("..", "--baseline", f"../{FILE}", "--write-baseline")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"note: ../{FILE} knows 2 findings now\n"
    assert (root / FILE).read_bytes() == written


def test_what_it_knows_is_neither_told_nor_blocks():
    result = run("--baseline", FILE)
    assert result.exit_code == 0
    assert result.stdout == "No problems in 2 files, 2 workers (2 known before).\n"
    assert result.stderr == ""


def test_what_it_does_not_know_is_told(root):
    put(root / "lib/a.ex", worker("A").replace(":ok -> :ok", ":ok -> :fine"))
    assert places("--baseline", FILE) == [("OB101", "lib/a.ex", 7)]
    assert run("--baseline", FILE).exit_code == 1


def test_of_what_looks_the_same_it_knows_as_many_as_it_has(root):
    put(root / "lib/a.ex", worker("A").replace(":ok -> :ok", ":no -> :error"))
    assert places() == [("OB101", f"lib/{f}.ex", n) for f, n in (("a", 7), ("a", 8), ("b", 8))]
    assert len(places("--baseline", FILE)) == 1


def test_a_path_is_part_of_it(root):
    (root / "lib/a.ex").rename(root / "lib/c.ex")
    result = run("--baseline", FILE)
    assert result.exit_code == 1
    assert "lib/c.ex:8:" in result.stdout
    assert "note: 1 of the baseline's findings are gone; write it anew\n" in result.stderr


def test_it_holds_wherever_one_stands(root, monkeypatch):
    monkeypatch.chdir(root / "lib")
    assert places("--baseline", f"../{FILE}") == []
    monkeypatch.chdir("/")
    assert len(places(root, "--baseline", root / FILE)) == 2  # another project, so to speak


def test_entries_that_match_nothing_are_counted(root):
    put(root / "lib/a.ex", worker("A", RIGHT))
    (root / "lib/b.ex").unlink()
    result = run("--baseline", FILE)
    assert result.exit_code == 0
    assert result.stderr == "note: 2 of the baseline's findings are gone; write it anew\n"


@pytest.mark.parametrize("arguments", [["lib/a.ex"], ["--select", "OB2"], ["--since", "main"]])
def test_what_was_not_looked_for_is_not_gone(root, arguments):
    commit(root)
    put(root / "lib/a.ex", worker("A") + "# more\n")
    assert "gone" not in run(*arguments, "--baseline", FILE).stderr


def test_with_since_the_older_is_the_known_one(root):
    commit(root)
    put(root / "lib/a.ex", worker("A").replace(":ok -> :ok", ":no -> :error"))
    found = [("OB101", "lib/a.ex", 7)]
    assert places("--since", "main") == found
    assert places("--since", "main", "--baseline", FILE) == found
    result = run("--since", "main", "--baseline", FILE)
    assert "1 error in 1 file, 1 worker (1 known before)." in result.stdout


def test_with_since_what_is_old_but_not_known_is_not_told(root):
    (root / FILE).write_text(HEAD)
    commit(root)
    put(root / "lib/a.ex", worker("A") + "# more\n")
    assert places("--since", "main", "--baseline", FILE) == []


def test_it_is_not_written_when_not_all_could_be_checked(root):
    written = (root / FILE).read_bytes()
    result = run("nothing/here", *WRITE)
    assert result.exit_code == 2
    assert f"note: {FILE} was not written, since not everything could be checked" in result.stderr
    assert (root / FILE).read_bytes() == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist; write it with"),
        ("", "is no baseline of oban-guard; write it anew with"),
        ("not JSON", "is no baseline of oban-guard"),
        ("[" * 100_000, "is no baseline of oban-guard"),
        ('{"version": 1, "findings": []}', "is no baseline of oban-guard"),
        ("\udcff", "is no baseline of oban-guard"),
        (
            '{"oban-guard": "baseline", "version": 2}\n',
            "has version 2, and this oban-guard reads 1",
        ),
        (HEAD + "<<<<<<< HEAD\n", "has no entry on line 2; mend the line, or write it with"),
        (HEAD + '{"path": "a", "rule": 1, "fingerprint": "f"}\n', "has no entry on line 2"),
        (HEAD + '{"path": "a", "rule": "b"}\n', "has no entry on line 2"),
    ],
)
def test_one_that_cannot_be_used(root, text, said):
    (root / FILE).unlink()
    if text is not None:
        (root / FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    result = run("--baseline", FILE)
    assert result.exit_code == 2
    words = " ".join(result.stderr.split())
    assert f"Invalid value for '--baseline': {FILE} {said}" in words
    assert f"`oban-guard check --baseline {FILE} --write-baseline`." in words


def test_the_command_that_is_given_can_be_pasted():
    said = " ".join(run("--baseline", "old one").stderr.split())
    assert "`oban-guard check --baseline 'old one' --write-baseline`" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--baseline", "lib"], "'--baseline': lib cannot be read: Is a directory."),
        (["--baseline", "no/b", "--write-baseline"], "no/b cannot be written: No such file"),
        (["--baseline", ""], "--baseline is empty; name a file"),
        (["--write-baseline"], "--write-baseline needs `--baseline FILE`"),
        ([*WRITE, "--since", "main"], "--write-baseline writes all findings; leave --since out."),
    ],
)
def test_wrong_usage(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
