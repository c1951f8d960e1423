"""The two formats of `check`; the JSON one is frozen by its schema."""

import json
from pathlib import Path

import click
import pytest

from checker.batch import Outcome
from checker.finding import Edit, Finding, Fix
from checker.report import json as json_format
from checker.report import text as text_format

from .schema import faults

SCHEMA = Path(__file__).parents[2] / "docs/schema/findings-v1.json"


def finding(**changes):
    fields = dict(
        rule="OB104", name="permanent-error-retried", severity="warning", path="lib/sync.ex",
        line=12, column=19, end_line=12, end_column=39, worker="Shop.Sync", function="perform/1",
        trigger="{:error, :not_found}", message="retries what is gone",
        help="Replace it with `{:cancel, :not_found}`",
    )  # fmt: skip
    return Finding(**{**fields, **changes})


def outcome(*findings):
    made = Outcome()
    made.findings = list(findings)
    made.files, made.workers = 3, 1
    made.lines = {("lib/sync.ex", 12): "      nil      -> {:error, :not_found} # gone for good"}
    return made


def test_json_is_the_documented_object():
    fix = Fix(True, [Edit(12, 19, 12, 39, "{:cancel, :not_found}")])
    made = outcome(finding(), finding(rule="OB999", severity="advice", worker="", fix=fix))
    shown = json.loads(json_format.render(made, [("lib/broken.ex", "cannot be read")]))
    assert shown["findings"][0] == {
        "rule": "OB104",
        "name": "permanent-error-retried",
        "severity": "warning",
        "path": "lib/sync.ex",
        "line": 12,
        "column": 19,
        "end_line": 12,
        "end_column": 39,
        "worker": "Shop.Sync",
        "trigger": "{:error, :not_found}",
        "fingerprint": finding().fingerprint,
        "message": "`{:error, :not_found}` retries what is gone.",
        "help": "Replace it with `{:cancel, :not_found}`.",
        "fix": None,
    }
    assert shown["findings"][1]["fix"] == {
        "safe": True,
        "edits": [
            {"line": 12, "column": 19, "end_line": 12, "end_column": 39,
             "text": "{:cancel, :not_found}"}
        ],
    }  # fmt: skip
    assert shown["findings"][1]["worker"] is None
    assert shown["version"] == 1
    assert shown["errors"] == [{"path": "lib/broken.ex", "message": "cannot be read"}]
    assert shown["summary"] == {"files": 3, "workers": 1, "errors": 0, "warnings": 1, "advice": 1}
    schema = json.loads(SCHEMA.read_text())
    assert faults(shown, schema, schema) == []


def test_json_keeps_what_terminals_cannot_show():
    made = outcome(finding(trigger="é\u202e", path="bad\ufffd.ex"))
    text = json_format.render(made, [])
    assert text.isascii()
    assert json.loads(text)["findings"][0]["trigger"] == "é\u202e"


@pytest.mark.parametrize("spoil", [
    lambda shown: shown.update(extra=1),
    lambda shown: shown.pop("errors"),
    lambda shown: shown["findings"][0].update(line=0),
    lambda shown: shown["findings"][0].update(line=True),
    lambda shown: shown["findings"][0].update(severity="info"),
    lambda shown: shown["findings"][0].update(fix={}),
    lambda shown: shown["findings"][0].update(rule="104"),
    lambda shown: shown["summary"].pop("workers"),
])  # fmt: skip
def test_the_schema_refuses_other_shapes(spoil):
    schema = json.loads(SCHEMA.read_text())
    shown = json.loads(json_format.render(outcome(finding()), []))
    assert faults(shown, schema, schema) == []
    spoil(shown)
    assert faults(shown, schema, schema) != []


def test_text_points_at_the_place():
    assert click.unstyle(text_format.render(outcome(finding()))) == (
        "lib/sync.ex:12:19: warning OB104 permanent-error-retried\n"
        "  12 | nil      -> {:error, :not_found}\n"
        "     |             ^^^^^^^^^^^^^^^^^^^^\n"
        "  `{:error, :not_found}` retries what is gone.\n"
        "  Replace it with `{:cancel, :not_found}`.\n"
        "\n"
        "1 warning in 3 files, 1 worker.\n"
        "More about a rule: `oban-guard explain OB104`."
    )


def test_text_counts():
    made = outcome(*(finding(severity=s) for s in ("error", "error", "advice", "warning")))
    made.suppressed = 2
    last = click.unstyle(text_format.summary(made)).splitlines()[0]
    assert last == "2 errors, 1 warning, 1 piece of advice in 3 files, 1 worker (2 suppressed)."
    assert text_format.summary(outcome()) == "No problems in 3 files, 1 worker."


def test_text_without_a_line_has_no_excerpt():
    made = outcome(finding(line=99, end_line=99))
    assert " | " not in text_format.render(made)


def test_a_path_plays_no_tricks():
    made = outcome(finding(path="lib/\x1b[2J\n\u202ea.ex"))
    shown = click.unstyle(text_format.render(made))
    assert shown.startswith("lib/\\x1b[2J\\n\\u202ea.ex:12:19: ")


def test_a_finding_without_a_text_is_a_sentence_all_the_same():
    made = outcome(finding(trigger="", help=None, line=1, end_line=1, message="is binary"))
    shown = json.loads(json_format.render(made, []))["findings"][0]
    assert (shown["trigger"], shown["message"], shown["help"]) == ("", "The file is binary.", "")
    assert "\n  The file is binary.\n\n" in click.unstyle(text_format.render(made))


def test_a_long_text_is_cut_for_people_only():
    made = outcome(finding(trigger="with {:ok, a} <- b() do " * 4))
    cut = ("with {:ok, a} <- b() do " * 4)[:59].rstrip()
    assert f"`{cut}…` retries" in text_format.render(made)
    assert "b() do ` retries" in json.loads(json_format.render(made, []))["findings"][0]["message"]
