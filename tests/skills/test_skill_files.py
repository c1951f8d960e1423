"""The skills name only what exists, and stay within what they may cost."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest
from click.testing import CliRunner

from checker.cli import cli
from checker.rules import all_rules
from tests.skills.fences import NOT_JUDGED, PAGES, PYTHON_IS_JUDGED, PYTHON_PAGE, SKILLS

OBAN = SKILLS / "oban/SKILL.md"
CONVENTIONS = SKILLS / "elixir-conventions/SKILL.md"
REFERENCES = SKILLS / "oban/references"
KEYS = {
    OBAN: ["name", "description", "when_to_use", "argument-hint"],
    CONVENTIONS: ["name", "description", "when_to_use"],
}
BODY_LINES = {OBAN: 200, CONVENTIONS: 90}
WORDS_EACH, TOKENS_TOGETHER = 90, 300
CHARACTERS_PER_TOKEN = 3.5  # English prose has four or more; code has fewer
PAGE_LINES, PYTHON_PAGE_LINES = range(40, 171), range(40, 250)  # that is all there is on Python
GENERATED = "rules.md"  # as long as there are rules
WIDTH = 100


def front_matter(text: str) -> dict[str, str]:
    """Its keys, in order; each value stands on one line."""
    lines = text.split("---\n", 2)[1].splitlines()
    return dict(line.split(": ", 1) for line in lines)


def body(text: str) -> str:
    return text.split("---\n", 2)[2]


def always_on(text: str) -> str:
    """What a session pays for even when the skill is never used."""
    keys = front_matter(text)
    return f"{keys['description']} {keys['when_to_use']}"


def commands(text: str) -> list[str]:
    """What follows `oban-guard` wherever a command is shown: in backticks or in a block."""
    shown = re.findall(r"`(oban-guard [^`\n]+)`", text)
    for block in re.findall(r"```(?:sh|text)\n(.*?)```", text, re.DOTALL):
        shown += re.findall(r"^\s*(oban-guard .+)$", block.replace("\\\n", " "), re.MULTILINE)
    return [line.split(" #")[0].removeprefix("oban-guard ").strip() for line in shown]


def unknown(command: str) -> str | None:
    """The first word or option of a command that the command line does not know."""
    found: click.Command = cli
    words = shlex.split(command.replace("[", "").replace("]", ""))
    while isinstance(found, click.Group) and words:
        name = words.pop(0)
        if name not in found.commands:
            return name
        found = found.commands[name]
    options = {name for parameter in found.params for name in parameter.opts}
    return next((word for word in words if word.startswith("--") and word not in options), None)


@pytest.mark.parametrize("skill", KEYS, ids=lambda path: path.parent.name)
def test_front_matter(skill):
    keys = front_matter(skill.read_text("utf-8"))
    assert list(keys) == KEYS[skill]
    assert keys["name"] == skill.parent.name
    for value in keys.values():
        plain = not value.startswith('"')
        assert value.strip() and not (plain and re.search(r": | #|^[\[{>|*&!%@`'-]", value))


@pytest.mark.parametrize("skill", KEYS, ids=lambda path: path.parent.name)
def test_a_skill_is_short(skill):
    text = skill.read_text("utf-8")
    assert len(body(text).splitlines()) < BODY_LINES[skill]
    assert len(always_on(text).split()) <= WORDS_EACH


@pytest.mark.parametrize("skill", KEYS, ids=lambda path: path.parent.name)
def test_the_client_fills_in_nothing_but_arguments(skill):
    """It runs what stands in backticks after a bang, and replaces what begins with a dollar."""
    text = body(skill.read_text("utf-8"))
    assert "!`" not in text
    assert set(re.findall(r"\$\S*", text)) <= {"$ARGUMENTS"}


def test_being_there_costs_little():
    characters = sum(len(always_on(skill.read_text("utf-8"))) for skill in KEYS)
    assert characters / CHARACTERS_PER_TOKEN < TOKENS_TOGETHER * 0.9


@pytest.mark.parametrize("page", sorted(REFERENCES.glob("*.md")), ids=lambda page: page.name)
def test_pages_are_of_one_sitting(page):
    lines = page.read_text("utf-8").splitlines()
    usual = PYTHON_PAGE_LINES if page == PYTHON_PAGE else PAGE_LINES
    assert page.name == GENERATED or len(lines) in usual
    assert next(line for line in lines if not line.startswith("<!--") and line).startswith("# ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lines_are_narrow(page):
    lines = body(page.read_text()) if page.name == "SKILL.md" else page.read_text("utf-8")
    wide = [ln for ln in lines.splitlines() if len(ln) > WIDTH and not ln.startswith(("|", "<!--"))]
    assert wide == []


def test_every_reference_is_named_and_exists():
    named = set(re.findall(r"references/([a-z-]+\.md)", OBAN.read_text("utf-8")))
    assert named == {path.name for path in REFERENCES.iterdir()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_pages_that_exist(page):
    here = page.parent
    for name in re.findall(r"`(?:references/)?([a-z-]+\.md)`", page.read_text("utf-8")):
        assert (here / name).exists() or (here / "references" / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_rule_named_exists(page):
    text = page.read_text("utf-8")
    if NOT_JUDGED in text:  # rules to come, says the page
        text = re.sub(r"^Bad \(OB\d{3}\):$", "", text, flags=re.MULTILINE)
    assert set(re.findall(r"\bOB\d{3}\b", text)) <= {rule.ID for rule in all_rules()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_exists(page):
    wrong = {command: unknown(command) for command in commands(page.read_text("utf-8"))}
    assert [command for command, word in wrong.items() if word] == []


def test_whether_python_is_judged(tmp_path):
    """The page for Python says that the checker does not read it, as long as that is so."""
    worker = "from oban import worker\n\n@worker()\nclass Sync:\n    def process(self, job): ...\n"
    (tmp_path / "sync.py").write_text(worker)
    answer = CliRunner().invoke(cli, ["check", str(tmp_path), "--format", "json"])
    judged = json.loads(answer.stdout)["summary"]["files"] > 0
    assert judged == PYTHON_IS_JUDGED


def test_wrong_commands_are_noticed():
    text = (
        "`oban-guard check lib` and `oban-guard no-such x`\n\n```sh\noban-guard check --nope\n```\n"
    )
    assert commands(text) == ["check lib", "no-such x", "check --nope"]
    assert [unknown(command) for command in commands(text)] == [None, "no-such", "--nope"]


def test_the_skill_names_the_commands_it_needs():
    named = {command.split()[0] for command in commands(OBAN.read_text("utf-8"))}
    assert {"new", "check", "explain", "rules", "doctor"} <= named


def test_the_skills_name_each_other():
    assert "elixir-conventions" in body(OBAN.read_text("utf-8"))
    assert "`oban`" in body(CONVENTIONS.read_text("utf-8"))
