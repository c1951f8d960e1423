"""Which files are found, how they are named, and what cannot be checked."""

import os
import socket

import pytest

from checker.discover import find, shown


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


def touch(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")


def names(*paths):
    found = find([str(path) for path in paths], {})
    assert found.problems == []
    return [file.shown for file in found.files]


def test_folders_are_walked_in_order(project):
    touch(project, "lib/b.ex", "lib/a/z.ex", "lib/a.ex", "config/config.exs", "README.md", "lib/x.py")
    expected = ["config/config.exs", "lib/a.ex", "lib/a/z.ex", "lib/b.ex", "lib/x.py"]
    assert names("lib", "config") == names("config", "lib") == names(".") == expected


def test_what_is_not_the_projects_own_is_left_out(project):
    touch(
        project, "lib/a.ex", "deps/oban/lib/oban.ex", "_build/dev/x.ex", "node_modules/p/x.exs",
        "assets/node_modules/x.ex", ".elixir_ls/x.ex", "tools/pyvenv.cfg", "tools/lib/x.ex",
    )  # fmt: skip
    assert names(".") == ["lib/a.ex"]
    assert names("deps/oban") == ["deps/oban/lib/oban.ex"]
    assert names("tools") == ["tools/lib/x.ex"]


def test_a_file_is_found_once(project):
    touch(project, "lib/a.ex")
    (project / "lib/again.ex").symlink_to("a.ex")
    assert names("lib/a.ex", "lib", "./lib/../lib/a.ex", project / "lib") == ["lib/a.ex"]


def test_links_to_folders_are_not_followed(project, tmp_path):
    touch(project, "lib/a.ex")
    touch(tmp_path, "outside/b.ex")
    (project / "lib/loop").symlink_to(project)
    (project / "lib/out").symlink_to(tmp_path / "outside")
    (project / "lib/broken.ex").symlink_to("nothing")
    (project / "lib/self.ex").symlink_to("self.ex")
    assert names(".") == ["lib/a.ex"]
    assert names("lib/out") == ["lib/out/b.ex"]


def test_excluded_files_are_left_out_unless_named(project):
    touch(project, "lib/a.ex", "lib/old/b.ex", "gen_c.ex")
    (project / ".oban-guard.toml").write_text('exclude = ["lib/old/", "gen_*.ex"]')
    assert names(".") == names("lib") == ["lib/a.ex"]
    assert names("lib/old/b.ex", "gen_c.ex") == ["gen_c.ex", "lib/old/b.ex"]


def test_the_nearest_configuration_counts(project):
    touch(project, "apps/one/lib/a.ex", "apps/two/lib/a.ex")
    (project / ".oban-guard.toml").write_text('exclude = ["lib/"]')
    (project / "apps/one/.oban-guard.toml").write_text('mode = "off"')
    found = find(["."], {})
    assert [(f.shown, f.config.mode) for f in found.files] == [("apps/one/lib/a.ex", "off")]


def test_a_wrong_configuration_is_told_once_and_the_rest_is_found(project):
    touch(project, "bad/a.ex", "bad/b.ex", "good/c.ex")
    (project / "bad/.oban-guard.toml").write_text("mode = 1")
    found = find(["."], {})
    assert [file.shown for file in found.files] == ["good/c.ex"]
    assert [path for path, _ in found.problems] == ["bad/.oban-guard.toml"]
    assert 'key "mode"' in found.problems[0][1]


def test_two_tables_side_by_side_are_noted_once(project):
    touch(project, "a.ex", "lib/b.ex")
    (project / ".oban-guard.toml").write_text("")
    (project / "pyproject.toml").write_text("[tool.oban-guard]\n")
    assert find(["."], {}).notes == [
        ".oban-guard.toml counts; the table in pyproject.toml does not"
    ]


def test_what_cannot_be_checked_is_named(project):
    touch(project, "a.ex")
    os.mkfifo(project / "pipe.ex")
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket.ex")
    (project / "dangling.ex").symlink_to("nothing")
    found = find(["missing/", "a.ex/b.ex", "pipe.ex", "socket.ex", "dangling.ex", "a.ex"], {})
    server.close()
    regular = "is not a regular file; use `-` to check standard input"
    assert found.problems == [
        ("missing", "does not exist"),
        ("a.ex/b.ex", "does not exist"),
        ("pipe.ex", regular),
        ("socket.ex", regular),
        ("dangling.ex", "does not exist"),
    ]
    assert [file.shown for file in found.files] == ["a.ex"]
    assert names(".") == ["a.ex"]


def test_named_twice_a_problem_is_told_once():
    assert len(find(["missing", "missing"], {}).problems) == 1


def test_a_path_too_long_is_a_problem_of_its_own():
    ((_, message),) = find(["a" * 5000], {}).problems
    assert message.startswith("cannot be read: ")


def test_other_files_are_skipped_with_a_note(project):
    touch(project, "README.md", "worker.rb", "worker.PY", "A.EX")
    found = find(["README.md", "worker.rb", "worker.PY", "A.EX"], {})
    assert [file.shown for file in found.files] == ["A.EX", "worker.PY"]
    assert found.notes == [
        f"{name}: skipped, only .ex, .exs and .py files are checked"
        for name in ("README.md", "worker.rb")
    ]


def test_a_text_stands_in_for_its_file(project):
    touch(project, "lib/a.ex")
    (project / "lib/.oban-guard.toml").write_text('mode = "warn"')
    found = find(["lib"], {"lib/a.ex": b"new", "lib/not/there.ex": b""})
    assert [(f.shown, f.data, f.config.mode) for f in found.files] == [
        ("lib/a.ex", b"new", "warn"),
        ("lib/not/there.ex", b"", "warn"),
    ]


def test_names_are_relative_inside_and_absolute_outside(project, tmp_path, monkeypatch):
    assert shown("lib/../lib/a.ex") == shown(str(project / "lib/a.ex")) == "lib/a.ex"
    assert shown(str(tmp_path / "b.ex")) == f"{tmp_path}/b.ex"
    (tmp_path / "link").symlink_to(project)
    assert shown(str(tmp_path / "link" / "a.ex")) == "a.ex"
    assert shown(str(tmp_path / "projects" / "a.ex")) == f"{tmp_path}/projects/a.ex"
    monkeypatch.chdir("/")
    assert shown("/etc/a.ex") == "etc/a.ex"


def test_a_name_that_is_no_text_is_shown_all_the_same(project):
    with open(os.fsencode(project) + b"/bad\xff.ex", "w"):
        pass
    assert names(".") == ["bad\ufffd.ex"]
