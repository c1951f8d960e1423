"""`oban-guard config --show`."""

import json
import tomllib

import pytest
from click.testing import CliRunner

from checker.cli import cli

from .repository import put

WRITTEN = """\
select = []
permanent = ["account_closed"]

[severity]
OB104 = "error"

[effects]
"Shop.Billing.charge/2" = "payment"
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    put(tmp_path / "lib/a.ex", "")
    put(tmp_path / ".oban-guard.toml", WRITTEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, ["config", *arguments])


def test_values_and_where_they_come_from():
    assert run("--show", "lib/a.ex").stdout == (
        "# What counts for lib/a.ex\n"
        "select = []  # .oban-guard.toml\n"
        "ignore = []  # default\n"
        "exclude = []  # default\n"
        'permanent = ["account_closed"]  # .oban-guard.toml\n'
        "transient = []  # default\n"
        "wrappers = []  # default\n"
        'mode = "block"  # default\n'
        "\n"
        "[severity]  # .oban-guard.toml\n"
        '"OB104" = "error"\n'
        "\n"
        "[effects]  # .oban-guard.toml\n"
        '"Shop.Billing.charge/2" = "payment"\n'
        "\n"
        "[shapes]  # default\n"
    )


def test_json():
    shown = json.loads(run("--show", "lib/a.ex", "--format", "json").stdout)
    assert shown["path"] == "lib/a.ex"
    assert shown["settings"]["severity"] == {
        "value": {"OB104": "error"}, "from": ".oban-guard.toml"
    }  # fmt: skip
    assert shown["settings"]["mode"] == {"value": "block", "from": "default"}
    assert shown["settings"].keys() == {
        "select", "ignore", "severity", "exclude", "effects", "shapes", "permanent", "transient",
        "wrappers", "mode",
    }  # fmt: skip


def test_the_nearest_file_counts(root):
    put(root / "lib/pyproject.toml", '[tool.oban-guard]\nmode = "warn"\n')
    for path in ("lib", "lib/a.ex"):
        assert 'mode = "warn"  # lib/pyproject.toml\n' in run("--show", path).stdout
    assert 'mode = "block"  # default\n' in run("--show", ".").stdout


def test_it_can_be_read_back(root):
    odd = {"exclude": ['lib/"é"\\\x7f/'], "effects": {":odd.\u00e9/1": "raises"}}
    put(root / ".oban-guard.toml", "\n".join(f"{key} = {_inline(v)}" for key, v in odd.items()))
    shown = tomllib.loads(run("--show", "lib").stdout)
    assert {key: shown[key] for key in odd} == odd


def _inline(value):
    if isinstance(value, list):
        return json.dumps(value).replace("\x7f", "\\u007f")
    return "{" + ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()) + "}"


def test_a_file_that_does_not_count_is_noted(root):
    put(root / "pyproject.toml", "[tool.oban-guard]\n")
    assert run("--show", "lib").stderr == "note: pyproject.toml does not count\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing option '--show'"),
        (["--show", "gone.ex"], "Path 'gone.ex' does not exist."),
        (["--show", "lib", "--format", "sarif"], "'sarif' is not one of 'text', 'json'"),
    ],
)
def test_wrong_usage(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_wrong_configuration_is_named(root):
    put(root / ".oban-guard.toml", "mod = 1")
    result = run("--show", "lib")
    assert result.exit_code == 2
    assert '.oban-guard.toml: unknown key "mod"; did you mean "mode"?' in result.stderr
