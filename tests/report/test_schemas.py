"""Every JSON output that programs read fits its schema, which never changes under its version."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker.cli import cli
from checker.rules import all_rules

from .schema import faults

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = REPOSITORY / "docs" / "schema"
SHOP = REPOSITORY / "examples" / "shop"
GOLDEN = REPOSITORY / "tests" / "explain" / "golden"
FROZEN = {
    "config": "8c072d97583db5405d6c9594f0bef1e055250956cd5e0e39e62d051e1d615651",
    "explain": "7da5c68967c8e528d79f9a5ecb9d3c7ae26f9f62e9a0ccfe83c842ec56162e1f",
    "facts": "129f039d7fbf858d7f1f9d7a2a949f4b18dd6cc567b8f07fdc1065d1ad42d7f4",
    "findings": "b0bac4aa5a7efe8a8bf7545161b57449a6a652f9fee03d856364df3fab27e6a5",
    "new": "68d71861ceb2d913f1a32e7455c06cbfdd96752013b6a41cd25e6495b1a199c5",
}
SETTINGS = """\
select = ["OB1"]
exclude = ["lib/old/"]
mode = "warn"
severity.OB104 = "error"
effects."Shop.Billing.charge/2" = "payment"
shapes."Shop.Bank.fetch/1" = "{:ok, map}"
"""
WORKERS = sorted(str(path.relative_to(SHOP)) for path in SHOP.glob("lib/**/workers/*.ex"))
ANSWERS = [
    ["worker", "Sync", "--arg", "id:integer", "--dry-run"],
    ["worker", "Sync", "--arg", "id:integer", "--cron", "0 * * * *", "--queue", "sync"],
    ["receipt", "--dry-run"],
    ["worker", "Sync", "--arg", "id:int"],
]


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}-v1.json").read_text())


def fits(name: str, *arguments: str) -> dict:
    """The answer of a command, which fits its schema."""
    result = CliRunner().invoke(cli, list(arguments))
    assert result.stdout, result.stderr
    answer = json.loads(result.stdout)
    assert faults(answer, schema(name), schema(name)) == []
    return answer


@pytest.fixture
def shop(monkeypatch):
    monkeypatch.chdir(SHOP)


@pytest.fixture
def mix(tmp_path, monkeypatch):
    """A small project that may be written to."""
    (tmp_path / "mix.exs").write_text(
        "defmodule Shop.MixProject do\n"
        '  def project, do: [app: :shop, deps: [{:oban, "~> 2.20"}]]\nend\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check(shop):
    assert fits("findings", "check", "--format", "json", ".", "gone.ex")["errors"]


@pytest.mark.parametrize("path", WORKERS)
def test_facts(shop, path):
    assert fits("facts", "facts", path, "--json")["workers"]


@pytest.mark.parametrize("path", [*WORKERS, *map(str, sorted(GOLDEN.glob("*.ex")))])
def test_explained_workers(shop, path):
    assert fits("explain", "explain", path, "--format", "json")["workers"]


@pytest.mark.parametrize("rule", [rule.ID for rule in all_rules()])
def test_explained_rules(rule):
    assert fits("explain", "explain", rule, "--format", "json")["rule"]["rule"] == rule


@pytest.mark.parametrize("text", [None, SETTINGS])
def test_config(tmp_path, monkeypatch, text):
    if text is not None:
        (tmp_path / ".oban-guard.toml").write_text(text)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    fits("config", "config", "--show", ".", "--format", "json")


@pytest.mark.parametrize("arguments", ANSWERS, ids=lambda given: " ".join(given[:2]))
def test_new(mix, arguments):
    fits("new", "new", *arguments, "--json")


def test_new_again(mix):
    """What is there is kept, then replaced."""
    asked = ["new", "worker", "Sync", "--arg", "id:integer", "--json"]
    fits("new", *asked)
    assert "error" in fits("new", *asked)
    assert fits("new", *asked, "--dry-run")["files"][0]["action"] == "exists, needs --force"
    assert fits("new", *asked, "--force")["files"][0]["action"] == "replaced"


@pytest.mark.parametrize("spoil", [
    lambda told: told.update(more=1),
    lambda told: told.pop("version"),
    lambda told: told.update(version=2),
    lambda told: told["workers"][0].pop("name"),
    lambda told: told["workers"][0].update(line="1"),
    lambda told: told["workers"][0].update(more=1),
])  # fmt: skip
@pytest.mark.parametrize("name", ["facts", "explain"])
def test_other_shapes_are_refused(shop, name, spoil):
    told = fits(name, name, WORKERS[0], *{"facts": ["--json"]}.get(name, ["--format", "json"]))
    spoil(told)
    assert faults(told, schema(name), schema(name)) != []


@pytest.mark.parametrize("name", FROZEN)
def test_version_1_never_changes(name):
    """Another shape needs another version, and a schema file of its own."""
    canonical = json.dumps(schema(name), sort_keys=True)
    assert hashlib.sha256(canonical.encode()).hexdigest() == FROZEN[name]


def test_every_schema_is_held_against_something():
    assert {path.name.removesuffix("-v1.json") for path in SCHEMAS.iterdir()} == set(FROZEN)
