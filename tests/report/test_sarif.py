"""SARIF, held against what version 2.1.0 asks of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker.cli import cli
from checker.finding import Edit, Fix
from checker.report import sarif
from checker.root import Root
from checker.rules import all_rules

from .schema import faults
from .test_formats import finding, outcome

HERE = Path(__file__).parent
SCHEMAS = [
    json.loads((HERE / name).read_text())
    for name in ("sarif-schema-2.1.0.json", "sarif-subset.json")
]
WORKER = """defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Stock.sync(id) do
      :ok -> :ok
      :gone -> {:error, :not_found}
      :no -> :error
    end
  end
end
"""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A work tree with a name that is no URI, and a folder of it to stand in."""
    root = tmp_path / "a b%é"
    (root / ".git").mkdir(parents=True)
    (root / "apps").mkdir()
    monkeypatch.chdir(root)
    return root


def log(*findings, problems=()):
    """The log, which fits the standard's schema and the stricter one of what is used of it."""
    shown = json.loads(sarif.render(outcome(*findings), list(problems), Root()))
    for schema in SCHEMAS:
        assert faults(shown, schema, schema) == []
    return shown["runs"][0]


def test_a_result():
    (result,) = log(finding())["results"]
    assert result == {
        "ruleId": "OB104",
        "ruleIndex": 0,
        "level": "warning",
        "message": {
            "text": "`{:error, :not_found}` retries what is gone. "
            "Replace it with `{:cancel, :not_found}`."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "lib/sync.ex", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 12, "startColumn": 19, "endLine": 12, "endColumn": 39},
                }
            }
        ],
        "partialFingerprints": {"obanGuardFingerprint/v1": finding().fingerprint},
    }


def test_rules_are_those_of_the_results_with_their_pages():
    run = log(finding(rule="OB201"), finding(), finding(rule="OB201", severity="advice"))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["OB104", "OB201"]
    assert [result["ruleIndex"] for result in run["results"]] == [1, 0, 1]
    assert rules[0]["name"] == "permanent-error-retried"
    assert rules[0]["help"]["markdown"].startswith("# OB104 permanent-error-retried (warning)\n")
    assert "```elixir" in rules[0]["help"]["markdown"]
    assert rules[0]["fullDescription"]["text"].startswith("Reports `{:error, reason}` where")
    assert rules[0]["defaultConfiguration"] == {"level": "warning"}
    assert rules[0]["properties"] == {"problem.severity": "warning"}


def test_every_rule_has_what_code_scanning_shows():
    """Descriptions of at most 1024 characters, each in words of its own."""
    run = log(*(finding(rule=rule.ID) for rule in all_rules()))
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len(all_rules())
    for rule in rules:
        short, full = rule["shortDescription"]["text"], rule["fullDescription"]["text"]
        assert 0 < len(short) <= 1024 and 0 < len(full) <= 1024 and short != full
        assert rule["help"]["text"] and rule["help"]["markdown"]


def test_a_run_of_the_command_is_valid(project):
    """With fixes, advice, and a file that cannot be read."""
    (project / "a.ex").write_text(WORKER)
    result = CliRunner().invoke(cli, ["check", "--format", "sarif", ".", "missing.ex"])
    assert result.exit_code == 2
    shown = json.loads(result.stdout)
    for schema in SCHEMAS:
        assert faults(shown, schema, schema) == []
    told = {r["ruleId"]: r["fixes"][0]["description"]["text"]
            for r in shown["runs"][0]["results"] if "fixes" in r}  # fmt: skip
    assert told == {
        "OB104": "Replace it with `{:cancel, :not_found}`.",
        "OB101": "Replace it with `{:error, reason}`. It may change how the job ends.",
    }


@pytest.mark.parametrize("spoil", [
    lambda run: run.pop("tool"),
    lambda run: run["results"][0].pop("message"),
    lambda run: run["results"][0].update(level="advice"),
    lambda run: run["results"][0].update(ruleIndex="0"),
    lambda run: run["results"][0].update(more=1),
    lambda run: run["results"][0]["fixes"][0].pop("artifactChanges"),
    lambda run: run["results"][0].update(partialFingerprints={"v1": 1}),
    lambda run: run["results"].append(run["results"][0]["fixes"]),
    lambda run: run["originalUriBaseIds"]["%SRCROOT%"].update(uri="a b"),
])  # fmt: skip
def test_the_standards_schema_refuses_other_shapes(spoil):
    fix = Fix(True, [Edit(12, 19, 13, 2, "{:cancel, :gone}")])
    shown = json.loads(sarif.render(outcome(finding(fix=fix)), [], Root()))
    schema = SCHEMAS[0]
    assert faults(shown, schema, schema) == []
    spoil(shown["runs"][0])
    assert faults(shown, schema, schema) != []


def test_levels():
    run = log(*(finding(severity=severity) for severity in ("error", "warning", "advice")))
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]


def test_a_fix():
    fix = Fix(True, [Edit(12, 19, 13, 2, "{:cancel, :gone}")])
    (result,) = log(finding(fix=fix))["results"]
    assert result["fixes"] == [
        {
            "description": {"text": "Replace it with `{:cancel, :not_found}`."},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "lib/sync.ex", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {
                                "startLine": 12, "startColumn": 19, "endLine": 13, "endColumn": 2
                            },
                            "insertedContent": {"text": "{:cancel, :gone}"},
                        }
                    ],
                }
            ],
        }
    ]  # fmt: skip


def test_paths_are_the_projects_own_and_encoded(project, monkeypatch):
    monkeypatch.chdir(project / "apps")
    run = log(finding(path="c:d e/é%20.ex"), finding(path="/elsewhere/ü.ex"))
    (inside, outside) = (
        result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]
    )
    assert inside == {"uri": "apps/c%3Ad%20e/%C3%A9%2520.ex", "uriBaseId": "%SRCROOT%"}
    assert outside == {"uri": "file:///elsewhere/%C3%BC.ex"}
    base = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
    assert base == project.as_uri() + "/"


def test_what_could_not_be_checked_is_a_notification():
    (invocation,) = log(problems=[("lib/b c.ex", "cannot be read")])["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"] == {"text": "lib/b c.ex: cannot be read."}
    artifact = told["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "lib/b%20c.ex"
    assert log()["invocations"][0]["executionSuccessful"] is True
