"""The recipes of docs/ci.md name what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from checker.commands.check import check

try:
    import yaml
except ModuleNotFoundError:  # what libcst brings for Python 3.13
    import yaml_ft as yaml

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "ci.md").read_text()
RECIPES = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)]
COMMANDS = re.findall(r"oban-guard (check [^`\n>]+)", PAGE)
KNOWN = {name: option for option in check.params for name in option.opts}


def test_there_are_recipes():
    assert len(RECIPES) == 3 and len(COMMANDS) == 5


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_have_options_that_exist(command):
    words = shlex.split(command)[1:]
    assert [word for word in words if word.startswith("-") and word not in KNOWN] == []
    if "--format" in words:
        assert words[words.index("--format") + 1] in KNOWN["--format"].type.choices


def test_the_hook_is_the_one_that_is_offered():
    offered = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    used = [hook["id"] for repo in RECIPES[0]["repos"] for hook in repo["hooks"]]
    assert used == [hook["id"] for hook in offered] == ["oban-guard"]


def test_links_lead_somewhere():
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", PAGE):
        assert (REPOSITORY / "docs" / link).exists(), link
