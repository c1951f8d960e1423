"""`check --select` and `--ignore`, on top of the configuration."""

import pytest

from .repository import put, run

# Has OB101 (unrecognised-return), OB111 (deprecated-discard) and OB401 (max-attempts-unset).
TEXT = """\
defmodule Shop.Sync do
  use Oban.Worker

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Items.sync(id) do
      :ok -> :ok
      :gone -> :discard
      {:error, _reason} -> :error
    end
  end
end
"""
ALL = ["OB101", "OB111", "OB401"]


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    put(tmp_path / "lib/sync.ex", TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(*arguments):
    result = run("lib", "--format", "github", *arguments)
    assert result.exit_code in (0, 1), result.stderr
    return sorted(line.split("title=")[1][:5] for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ALL),
        (["--select", "OB1"], ["OB101", "OB111"]),
        (["--select", "OB401,unrecognised-return"], ["OB101", "OB401"]),
        (["--select", "ob401", "--select", " Unrecognised-Return "], ["OB101", "OB401"]),
        (["--ignore", "OB1"], ["OB401"]),
        (["--ignore", "OB111,OB4"], ["OB101"]),
        (["--select", "OB1", "--ignore", "OB111"], ["OB101"]),
        (["--select", "OB111", "--ignore", "OB1"], ["OB111"]),
        (["--select", "OB111", "--ignore", "OB111"], []),
        (["--select", "OB2"], []),
    ],
)
def test_the_longest_decides(arguments, found):
    assert rules(*arguments) == found


@pytest.mark.parametrize(
    ("configured", "arguments", "found"),
    [
        ('ignore = ["OB111"]', [], ["OB101", "OB401"]),
        ('ignore = ["OB111"]', ["--select", "OB1"], ["OB101"]),
        ('ignore = ["OB111"]', ["--select", "OB111"], ["OB111"]),
        ('ignore = ["OB1"]', ["--ignore", "OB4"], []),
        ('select = ["OB4"]', ["--select", "OB111"], ["OB111"]),
        ('select = ["OB4", "OB111"]', ["--ignore", "OB1"], ["OB401"]),
    ],
)
def test_the_command_line_goes_on_top_of_the_configuration(root, configured, arguments, found):
    put(root / ".oban-guard.toml", configured)
    assert rules(*arguments) == found


def test_the_rest_of_the_configuration_stays(root):
    put(root / ".oban-guard.toml", 'severity.OB111 = "error"')
    assert run("--select", "OB111").exit_code == 1
    assert run("--select", "OB401").exit_code == 0


def test_each_file_keeps_its_own_configuration(root):
    put(root / "lib/own/.oban-guard.toml", 'ignore = ["OB101"]')
    put(root / "lib/own/sync.ex", TEXT)
    assert rules("--select", "OB1") == ["OB101", "OB111", "OB111"]


def test_what_is_ignored_does_not_block():
    assert run().exit_code == 1
    assert run("--ignore", "OB101").exit_code == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("OB9999", "no rule 'OB9999'; did you mean OB904 (unparsable)?"),
        ("OB101,unguarded-efect", "no rule 'unguarded-efect'; did you mean OB201"),
        ("", "a rule is missing; name some, such as OB104,OB2"),
        ("OB101,,OB2", "a rule is missing"),
    ],
)
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_is_an_error(option, wrong, said):
    result = run(option, wrong)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': {said}" in " ".join(result.stderr.split())
