"""`rules`, `explain`, `doctor`, `--version` and what is said of a wrong command."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from click.testing import CliRunner

from checker import __version__
from checker.cli import cli
from checker.report import catalogue

ROOT = Path(__file__).parents[2]

RULES = [
    SimpleNamespace(
        ID="OB104", NAME="permanent-error-retried", SEVERITY="warning",
        __doc__="An error that cannot pass\n    is retried.\n\n    ## Invalid\n\n    - `x`\n",
    ),
    SimpleNamespace(ID="OB201", NAME="unguarded-effect", SEVERITY="error", __doc__="Done twice."),
]  # fmt: skip


@pytest.fixture(autouse=True)
def known_rules(monkeypatch):
    module = ModuleType("checker.rules")
    module.all_rules = lambda: RULES
    monkeypatch.setitem(sys.modules, "checker.rules", module)


def run(*args, **options):
    return CliRunner().invoke(cli, args, **options)


def test_version():
    assert run("--version").stdout == f"oban-guard {__version__}\n"


def test_rules_as_a_table():
    assert run("rules").stdout == (
        "OB104  warning  permanent-error-retried  An error that cannot pass is retried.\n"
        "OB201  error    unguarded-effect         Done twice.\n"
    )


def test_rules_as_json():
    assert json.loads(run("rules", "--format", "json").stdout)[1] == {
        "rule": "OB201", "name": "unguarded-effect", "severity": "error", "summary": "Done twice."
    }  # fmt: skip


@pytest.mark.parametrize("wanted", ["OB104", "ob104", "permanent-error-retried"])
def test_explain(wanted):
    result = run("explain", wanted)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "# OB104 permanent-error-retried (warning)\n\nAn error that cannot pass\nis retried.\n"
    )
    assert "\n## Invalid\n" in result.stdout


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("OB105", "OB104 (permanent-error-retried)"),
        ("unguarded-efect", "OB201 (unguarded-effect)"),
        ("permanent", "OB104 (permanent-error-retried)"),
    ],
)
def test_explain_of_an_unknown_rule_names_the_nearest(wanted, near):
    result = run("explain", wanted)
    assert result.exit_code == 2
    assert f"No rule '{wanted}'. Did you mean {near}" in result.stderr


def test_explain_is_laid_out_on_a_terminal():
    shown = catalogue.on_terminal(catalogue.page(RULES[0]))
    assert "\x1b[" in shown
    assert "##" not in shown


def test_doctor(monkeypatch):
    module = ModuleType("checker.doctor")
    module.report = lambda: [("interpreter", "/usr/bin/python3"), ("last failure", "none")]
    monkeypatch.setitem(sys.modules, "checker.doctor", module)
    assert run("doctor").stdout == "interpreter: /usr/bin/python3\nlast failure: none\n"


def test_a_path_without_a_command_gets_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    result = run("lib")
    assert result.exit_code == 2
    assert "Did you mean `oban-guard check lib`?" in result.stderr
    assert "Did you mean `oban-guard" not in run("libs").stderr


def test_help_names_the_commands():
    shown = run("--help").stdout
    assert all(f"\n  {name} " in shown for name in ("check", "doctor", "explain", "rules"))


def test_starting_imports_nothing_heavy():
    program = (
        "import sys; sys.argv = ['oban-guard', 'check', '/dev/null/x'];"
        "import checker.cli, atexit;"
        "heavy = ('rich', 'pathspec', 'tomllib', 'jinja2', 'libcst', 'concurrent.futures');"
        "atexit.register(lambda: print([m for m in heavy if m in sys.modules]));"
        "checker.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_fault_of_ours_is_exit_code_2():
    program = (
        "import sys; sys.argv = ['oban-guard', 'doctor']; sys.modules['checker.doctor'] = None;"
        "import checker.cli; checker.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_explain_works_where_python_drops_docstrings():
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "checker", "explain", "OB104"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("# OB104 permanent-error-retried (warning)\n\nAn error ")
