"""A wrong configuration, or a wrong option: one line with the place and the nearest right one."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from checker.cli import cli
from checker.config import KEYS
from tests.cli.repository import git

WORKER = "defmodule Shop.Sync do\n  use Oban.Worker\nend\n"
FILES = {".oban-guard.toml": "", "pyproject.toml": "[tool.oban-guard]\n"}
# What is written, the key that is named, and the rest of the line.
WRONG = {
    "a key": ('selct = ["OB1"]', "selct", 'did you mean "select"?'),
    "a rule for a key": ('OB104 = "error"', "OB104", 'did you mean "severity.OB104"?'),
    "select": ('select = "OB1"', "select", 'must be a list of strings, such as ["OB201"]'),
    "select a rule": ('select = ["OB1044"]', "select", 'no rule\'s id; did you mean "OB104"?'),
    "ignore": ("ignore = {}", "ignore", 'must be a list of strings, such as ["OB201"]'),
    "ignore a name": ('ignore = ["missing-branch"]', "ignore", 'did you mean "OB102"?'),
    "severity": ('severity = "error"', "severity", "must be a table, such as"),
    "severity of no rule": ('severity.OB1040 = "error"', "severity", 'did you mean "OB104"?'),
    "a severity": ('severity.OB104 = "warn"', "severity.OB104", 'did you mean "warning"?'),
    "exclude": ("exclude = [1]", "exclude", 'must be a list of strings, such as ["lib/legacy/"]'),
    "a pattern": ('exclude = ["!"]', "exclude", "is not a pattern of git's kind"),
    "permanent": ("permanent = true", "permanent", "must be a list of strings, such as"),
    "transient": ('transient = "gone"', "transient", "must be a list of strings, such as"),
    "wrappers": ('wrappers = "A"', "wrappers", 'strings, such as ["Shop.Worker"]'),
    "a wrapper": ('wrappers = ["worker"]', "wrappers", '"worker" is not the name of a module'),
    "effects": ("effects = []", "effects", "must be a table, such as"),
    "a call": ('effects.charge = "payment"', "effects", "such as `Shop.Billing.charge/2`"),
    "an effect": ('effects."A.b/1" = "mial"', "effects.A.b/1", 'did you mean "mail"?'),
    "shapes": ("shapes = 1.5", "shapes", "must be a table, such as"),
    "a shape": ('shapes."A.b/1" = "{:ok, mapp}"', "shapes.A.b/1", 'did you mean "map"?'),
    "mode": ('mode = "blok"', "mode", 'did you mean "block"?'),
    "no mode": ("mode = []", "mode", "is none of block, warn, off"),
    "no TOML": ("mode =", "", "is not TOML: "),
}
OPTIONS = [
    (["--select", "OB1044"], "--select", "no rule 'OB1044'; did you mean OB104 ("),
    (["--ignore", "missing-brunch"], "--ignore", "did you mean OB102 (missing-branch)?"),
    (["--baseline", "gone"], "--baseline", "gone does not exist; write it with"),
    (["--baseline", "lib"], "--baseline", "lib cannot be read: Is a directory."),
    (["--baseline", "lib/sync.ex"], "--baseline", "lib/sync.ex is no baseline of oban-guard;"),
    (["--since", "mian"], "--since", "`mian` is no"),
    (["--format", "sarf"], "--format", "'sarf' is not one of 'text', 'json', 'sarif', 'github'"),
    (["--jobs", "0"], "--jobs", "0 is not in the range x>=1"),
    (["--baselin", "x"], "--baselin", "Did you mean one of: '--baseline', "),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sync.ex").write_text(WORKER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(cli, list(arguments))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_one_line_names_file_key_and_what_is_right(project, name, wrong):
    text, key, right = wrong
    (project / name).write_text(FILES[name] + text + "\n")
    for arguments in (["check"], ["check", "lib/sync.ex"], ["config", "--show", "lib"]):
        result = run(*arguments)
        assert result.exit_code == 2
        line = result.stderr.splitlines()[-1]
        assert arguments[0] == "config" or result.stderr == line + "\n"
        assert line.lower().startswith(f"error: {name}: ")
        assert f'"{key}"' in line or not key
        assert right in line


def test_every_key_is_among_them():
    assert {key.split(".")[0] for _text, key, _right in WRONG.values()} >= KEYS.keys()


def test_a_table_of_pyproject_in_the_file_of_its_own(project):
    (project / ".oban-guard.toml").write_text('[tool.oban-guard]\nmode = "off"\n')
    assert run("check").stderr == (
        'error: .oban-guard.toml: unknown key "tool"; in .oban-guard.toml the keys of'
        " [tool.oban-guard] stand by themselves\n"
    )


@pytest.mark.parametrize(("arguments", "option", "said"), OPTIONS)
def test_wrong_options(project, arguments, option, said):
    result = run("check", *arguments)
    assert result.exit_code == 2 and result.stdout == ""
    words = " ".join(result.stderr.split())
    assert option in words and said in words
