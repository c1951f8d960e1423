"""Commands for GitHub's workflows, read back as its runner reads them."""

import re

import pytest

from checker.report import github
from checker.root import Root

from .test_formats import finding, outcome


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A work tree, and a folder of it to stand in."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "backend").mkdir()
    monkeypatch.chdir(tmp_path / "backend")


def render(*findings, problems=()):
    return github.render(outcome(*findings), list(problems), Root())


def read(line):
    """Name, properties and message of a command, as the runner unescapes them."""
    name, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    return name, {key: _unescaped(value) for key, value in pairs}, _unescaped(message)


def _unescaped(text):
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def test_a_finding_is_one_line():
    assert render(finding()) == (
        "::warning file=backend/lib/sync.ex,line=12,col=19,endLine=12,"
        "title=OB104 permanent-error-retried::`{:error, :not_found}` retries what is gone.%0A"
        "Replace it with `{:cancel, :not_found}`."
    )


def test_levels():
    lines = render(*(finding(severity=s) for s in ("error", "warning", "advice"))).splitlines()
    assert [read(line)[0] for line in lines] == ["error", "warning", "notice"]


def test_several_lines_have_no_columns():
    _, properties, _ = read(render(finding(end_line=14)))
    assert properties.keys() == {"file", "line", "endLine", "title"}
    assert properties["endLine"] == "14"


def test_nothing_breaks_out_of_its_place():
    hostile = finding(path="a,b:c%2C::\r\n.ex", trigger="::stop::%0A\n%", help="Do: a, b.")
    line = render(hostile)
    assert "\n" not in line and "\r" not in line
    name, properties, message = read(line)
    assert (name, properties["file"]) == ("warning", "backend/a,b:c%2C::\r\n.ex")
    assert message == "`::stop::%0A\n%` retries what is gone.\nDo: a, b."


def test_what_could_not_be_checked_is_an_error():
    name, properties, message = read(render(problems=[("lib/b.ex", "cannot be read")]))
    assert (name, properties, message) == (
        "error", {"file": "backend/lib/b.ex"}, "cannot be read."
    )  # fmt: skip


def test_nothing_found_is_nothing_said():
    assert render() == ""
