"""`.gitignore` in folders that are walked; git itself says what would be right."""

import subprocess

import pytest

from checker.discover import find

from .repository import git, put


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet")
    monkeypatch.chdir(root)
    return root


def touch(root, *paths):
    for path in paths:
        put(root / path, "")


def names(*paths):
    return [file.shown for file in find(list(paths) or ["."], {}).files]


def seen_by_git():
    """The files that git would add."""
    listing = ["git", "ls-files", "-z", "--others", "--exclude-standard", "*.ex"]
    return sorted(subprocess.check_output(listing).decode().split("\0")[:-1])


FILES = (
    "a.ex", "gen/a.ex", "gen/keep.ex", "lib/a.ex", "lib/a.gen.ex", "lib/gen/b.ex", "lib/deep/x.ex",
    "lib/deep/keep.gen.ex", "lib/deep/er/y.ex", "lib/é.ex", "lib/#a.ex", "lib/b c.ex",
)  # fmt: skip


@pytest.mark.parametrize(
    "ignores",
    [
        {"": "*.gen.ex\n"},
        {"": "gen/\n!gen/keep.ex\n"},
        {"": "/gen\n"},
        {"": "# lib\n\n*.gen.ex\r\n!keep.gen.ex\r\n"},
        {"": "lib/*\n!lib/deep/\n"},
        {"": "*.ex\n", "lib": "!*.ex\n", "lib/deep": "x.ex\n"},
        {"": "!a.ex\n", "lib": "/a.ex\n/deep/er/\n"},
        {"": "**/deep/*.ex\n"},
        {"": "lib/é.ex\n\\#a.ex\nb c.ex\n"},
        {"": "!\n\\\na.ex\n"},
        {"": "\ufeffa.ex\n"},
    ],
)
def test_as_git_has_it(root, ignores):
    touch(root, *FILES)
    for folder, text in ignores.items():
        (root / folder / ".gitignore").write_bytes(text.encode())
    expected = seen_by_git()
    assert expected != sorted(FILES)
    assert names() == expected
    assert names("lib") == [name for name in expected if name.startswith("lib/")]


def test_what_is_named_is_checked(root):
    touch(root, "gen/a.ex", "gen/tmp/b.ex", "lib/a.ex", "lib/a.gen.ex")
    put(root / ".gitignore", "/gen/\n*.gen.ex\n")
    put(root / "gen/.gitignore", "tmp/\n")
    assert names() == ["lib/a.ex"]
    assert names("lib/a.gen.ex", "lib") == ["lib/a.ex", "lib/a.gen.ex"]
    assert names("gen") == ["gen/a.ex"]
    assert names("gen/tmp") == ["gen/tmp/b.ex"]


def test_outside_of_a_work_tree_nothing_is_ignored(root, tmp_path):
    touch(tmp_path, "loose/a.ex", "project/a.ex")
    put(tmp_path / "loose/.gitignore", "*.ex\n")
    put(tmp_path / ".gitignore", "*.ex\n")
    assert names(str(tmp_path / "loose")) == [f"{tmp_path}/loose/a.ex"]
    assert names(str(tmp_path)) == [f"{tmp_path}/loose/a.ex", "a.ex"]


def test_a_work_tree_in_another_starts_anew(root):
    touch(root, "lib/a.ex", "lib/sub/a.ex", "lib/sub/b.ex")
    put(root / ".gitignore", "a.ex\n")
    put(root / "lib/sub/.git", "gitdir: ../../.git/modules/sub\n")
    put(root / "lib/sub/.gitignore", "b.ex\n")
    assert names() == ["lib/sub/a.ex"]


def test_no_git_is_needed_and_odd_files_are_none(root, monkeypatch):
    touch(root, "a.ex", "lib/b.ex")
    put(root / ".gitignore", "a.ex\n")
    (root / "lib/.gitignore").mkdir()
    monkeypatch.setenv("PATH", "")
    assert names() == ["lib/b.ex"]
