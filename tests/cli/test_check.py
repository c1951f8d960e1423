"""`oban-guard check`: what is printed where, and the exit code."""

import concurrent.futures
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker import batch
from checker.cli import cli

ROOT = Path(__file__).parents[2]
WORKER = "defmodule W do\n  use Oban.Worker\n  def perform(_), do: {word}\nend\n"


def put(path, word=":ok"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WORKER.format(word=word) if isinstance(word, str) else "")
    return path


def run(*args, **options):
    return CliRunner().invoke(cli, ["check", *map(str, args)], **options)


def run_json(*args, **options):
    result = run("--format", "json", *args, **options)
    return result.exit_code, json.loads(result.stdout)


def run_process(*args, cwd, **options):
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "checker", *map(str, args)], cwd=cwd, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, **options,
    )  # fmt: skip


@pytest.mark.parametrize(("word", "code"), [(":ok", 0), ("HMM", 0), ("POOR", 1), ("BAD", 1)])
def test_exit_code_says_whether_something_blocks(project, word, code):
    put(project / "lib/a.ex", word)
    assert run().exit_code == code


def test_text(project):
    put(project / "lib/a.ex", "BAD")
    put(project / "lib/b.ex")
    result = run("lib")
    assert result.stdout == (
        "lib/a.ex:3:23: error OB104 permanent-error-retried\n"
        "  3 | def perform(_), do: BAD\n"
        "    |                     ^^^\n"
        "  `BAD` is here.\n"
        "  Remove it.\n"
        "\n"
        "1 error in 2 files, 2 workers.\n"
        "More about a rule: `oban-guard explain OB104`.\n"
    )
    assert result.stderr == ""


def test_json(project):
    put(project / "lib/b.ex", "POOR")
    put(project / "lib/a.ex", "BAD")
    code, shown = run_json("lib/b.ex", "lib")
    assert code == 1
    assert [(f["path"], f["line"], f["severity"]) for f in shown["findings"]] == [
        ("lib/a.ex", 3, "error"),
        ("lib/b.ex", 3, "warning"),
    ]
    assert shown["summary"] == {"files": 2, "workers": 2, "errors": 1, "warnings": 1, "advice": 0}


def test_without_a_path_the_working_directory_is_checked(project, monkeypatch):
    put(project / "lib/deep/a.ex", "BAD")
    monkeypatch.chdir(project / "lib")
    code, shown = run_json()
    assert [f["path"] for f in shown["findings"]] == ["deep/a.ex"]


def test_no_worker_is_said_on_stderr(project):
    (project / "a.ex").write_text("defmodule A do\nend\n")
    result = run()
    assert result.exit_code == 0
    assert result.stdout == "No problems in 1 file, 0 workers.\n"
    assert result.stderr == "No Oban worker was found in the files checked.\n"
    (project / "a.ex").unlink()
    assert run().stderr == "No Elixir file (.ex, .exs) was checked.\n"


def test_files_without_marks_are_read_but_not_checked(project, monkeypatch):
    (project / "a.ex").write_text("CRASH")
    assert run_json()[1]["summary"]["files"] == 1
    assert run_json()[0] == 0


def test_stdin(project):
    text = WORKER.format(word="BAD").encode()
    code, shown = run_json("-", "--stdin-filename", "lib/x.ex", input=text)
    assert code == 1
    assert shown["findings"][0]["path"] == "lib/x.ex"
    code, shown = run_json("-", input=text)
    assert shown["findings"][0]["path"] == "stdin.ex"


def test_stdin_stands_in_for_the_file_on_disk(project):
    put(project / "lib/x.ex", "BAD")
    text = WORKER.format(word=":ok").encode()
    code, shown = run_json("-", "lib", "--stdin-filename", "lib/x.ex", input=text)
    assert (code, shown["summary"]["files"]) == (0, 1)


def test_stdin_of_another_language_is_skipped(project):
    result = run("-", "--stdin-filename", "a.rb", input=b"BAD")
    assert result.exit_code == 0
    assert "note: a.rb: skipped, only .ex, .exs and .py files are checked\n" in result.stderr


def test_a_name_for_stdin_needs_stdin(project):
    result = run("lib", "--stdin-filename", "lib/x.ex")
    assert result.exit_code == 2
    assert "--stdin-filename needs `-` among the paths" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--frmat", "json"], "No such option '--frmat'"),
        (["--format", "xml"], "'xml' is not one of 'text', 'json'"),
        ([""], "A path is empty; name a file or a folder."),
    ],
)
def test_wrong_usage(project, args, said):
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_missing_path_beats_findings_which_are_printed_all_the_same(project):
    put(project / "lib/a.ex", "BAD")
    result = run("nothing/here", "lib")
    assert result.exit_code == 2
    assert "lib/a.ex:3:23: error OB104" in result.stdout
    assert result.stderr == "error: nothing/here: does not exist\n"
    code, shown = run_json("nothing/here", "lib")
    assert code == 2
    assert shown["errors"] == [{"path": "nothing/here", "message": "does not exist"}]
    assert len(shown["findings"]) == 1


def test_an_unreadable_file_is_named_and_the_rest_is_checked(project):
    put(project / "lib/a.ex", "BAD")
    locked = put(project / "lib/b.ex", "BAD")
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # root reads everything, but not this
        locked.unlink()
        locked.symlink_to("/proc/self/mem")
    code, shown = run_json("lib")
    assert code == 2
    assert [error["path"] for error in shown["errors"]] == ["lib/b.ex"]
    assert shown["errors"][0]["message"].startswith("cannot be read: ")
    assert len(shown["findings"]) == 1
    assert shown["summary"]["files"] == 1


def test_a_failing_rule_is_exit_code_2(project):
    put(project / "lib/a.ex", "BROKEN RULE")
    put(project / "lib/b.ex", "POOR")
    code, shown = run_json()
    assert code == 2
    assert shown["errors"] == [{"path": "lib/a.ex", "message": "rule OB999 failed"}]
    assert len(shown["findings"]) == 1


def test_a_failing_checker_hides_no_other_file(project):
    put(project / "lib/a.ex", "CRASH")
    put(project / "lib/b.ex", "POOR")
    code, shown = run_json()
    assert code == 2
    assert shown["errors"][0]["path"] == "lib/a.ex"
    assert "the checker failed (AssertionError" in shown["errors"][0]["message"]
    assert len(shown["findings"]) == 1


def test_a_wrong_configuration_is_exit_code_2(project):
    put(project / "lib/a.ex", "BAD")
    (project / ".oban-guard.toml").write_text("mod = 1")
    code, shown = run_json()
    assert code == 2
    assert shown["findings"] == []
    assert shown["errors"] == [
        {"path": ".oban-guard.toml", "message": 'unknown key "mod"; did you mean "mode"?'}
    ]


@pytest.mark.parametrize(
    ("data", "said", "place"),
    [
        (b"BAD Oban" + b" " * 5_000_000, "larger than 1 MB", (1, 1)),
        (b"\x7fELF\0\0BAD Oban", "binary", (1, 1)),
        (b"a\nb\xc3\xa9 \xff Oban", "byte 0xff, which is not UTF-8", (2, 4)),
    ],
)
def test_what_cannot_be_analysed_is_advice(project, data, said, place):
    (project / "odd.ex").write_bytes(data)
    put(project / "lib/a.ex", "HMM")
    code, shown = run_json()
    assert code == 0
    odd = [f for f in shown["findings"] if f["path"] == "odd.ex"]
    assert [(f["rule"], f["severity"], (f["line"], f["column"])) for f in odd] == [
        ("OB904", "advice", place)
    ]
    assert said in odd[0]["message"]
    assert len(shown["findings"]) == 2
    assert run().exit_code == 0


def test_the_configuration_can_switch_that_off_too(project):
    (project / "odd.ex").write_bytes(b"\0")
    (project / ".oban-guard.toml").write_text('ignore = ["OB904"]')
    assert run_json()[1]["findings"] == []
    (project / ".oban-guard.toml").write_text('severity.OB904 = "error"')
    assert run_json()[0] == 1


def test_text_that_is_not_utf8_is_checked_all_the_same(project):
    (project / "odd.ex").write_bytes(b"Oban \xff\nBAD")
    code, shown = run_json()
    assert code == 1
    assert [f["rule"] for f in shown["findings"]] == ["OB904", "OB104"]


def test_utf16_is_read_as_the_editor_reads_it(project):
    (project / "odd.ex").write_bytes("\ufeffOban BAD".encode("utf-16-le"))
    code, shown = run_json()
    assert [(f["rule"], f["column"]) for f in shown["findings"]] == [("OB104", 6)]


def test_many_files_give_what_one_by_one_they_give(tmp_path, monkeypatch):
    for number in range(60):
        put(tmp_path / f"lib/w{number:02}.ex")
        (tmp_path / f"lib/odd{number:02}.ex").write_bytes(b"\n" * number + b"\xff Oban")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batch, "_processors", lambda: 3)
    made = []
    pool = concurrent.futures.ProcessPoolExecutor
    monkeypatch.setattr(
        concurrent.futures,
        "ProcessPoolExecutor",
        lambda number, *more: made.append(number) or pool(number, *more),
    )
    code, together = run_json("lib")
    assert made == [3]
    monkeypatch.setattr(batch, "PARALLEL_FROM", 1000)
    assert (code, together) == run_json("lib")
    assert made == [3]
    odd = [f["line"] for f in together["findings"] if f["rule"] == "OB904"]
    assert odd == list(range(1, 61))


def test_a_hostile_name_plays_no_tricks(project):
    put(project / "lib/\x1b[2Ja\nb.ex", "BAD")
    result = run()
    assert "lib/\\x1b[2Ja\\nb.ex:3:23: error" in result.stdout
    assert "\x1b" not in result.stdout
    assert run_json()[1]["findings"][0]["path"] == "lib/\x1b[2Ja\nb.ex"


def test_colours_only_where_they_are_seen(project):
    put(project / "lib/a.ex", "BAD")
    assert "\x1b[" not in run().stdout
    assert "\x1b[31m" in run(color=True).stdout
    assert "\x1b[" not in run(color=True, env={"NO_COLOR": "1"}).stdout


def test_as_a_process(tmp_path):
    (tmp_path / "odd.ex").write_bytes(b"\0")
    result = run_process("check", "odd.ex", "gone.ex", cwd=tmp_path)
    assert result.returncode == 2
    assert b"odd.ex:1:1: advice OB904 unparsable\n  The file is binary" in result.stdout
    assert b"error: gone.ex: does not exist\n" in result.stderr


@pytest.mark.parametrize(("files", "code"), [(["odd.ex"], 0), (["odd.ex", "gone.ex"], 2)])
def test_a_reader_that_has_left_is_no_error(tmp_path, files, code):
    (tmp_path / "odd.ex").write_bytes(b"\0")
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-m", "checker", "check", *files], cwd=tmp_path, stdout=writing,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
    )  # fmt: skip
    os.close(writing)
    assert result.returncode == code
    assert b"Traceback" not in result.stderr and b"BrokenPipe" not in result.stderr
    assert b"No Oban worker was found in the files checked.\n" in result.stderr


def test_a_terminal_of_another_encoding_is_no_error(tmp_path):
    (tmp_path / "日.ex").write_bytes(b"\0")
    result = subprocess.run(
        [sys.executable, "-m", "checker", "check"], cwd=tmp_path, capture_output=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert result.returncode == 0
    assert rb"\u65e5.ex:1:1: advice" in result.stdout
