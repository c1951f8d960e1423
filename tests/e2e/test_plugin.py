"""The plugin as the client sees it: valid, installable, set up, with its skill and its command."""

from __future__ import annotations

from .client import Claude
from .messages_api import use
from .plugin import NAME, Installation
from .projects import Project
from .workers import SYNC_PATH, SYNC_RETRIED


def test_the_manifests_are_valid(installation: Installation) -> None:
    """Strictly: an unknown field or missing metadata fails too."""
    done = installation.claude.run("plugin", "validate", ".", "--strict", cwd=installation.clone)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_marketplace_installs_the_plugin(installation: Installation) -> None:
    """The client lists it as installed, from this marketplace, and finds its parts."""
    listed = installation.claude.run("plugin", "list", cwd=installation.clone)
    assert f"{NAME}@{installation.marketplace}" in listed.stdout
    details = installation.claude.run("plugin", "details", NAME, cwd=installation.clone).stdout
    assert "oban" in details
    assert "PreToolUse" in details
    assert "SessionStart" in details


def test_the_command_expands_to_the_skill(installation: Installation, project: Project) -> None:
    """`/elixir-phoenix:oban` puts the whole skill before the model, but for what is filled in."""
    skill = installation.clone / "skills/oban/SKILL.md"
    _, front_matter, body = skill.read_text().split("---\n", 2)
    session = installation.claude.session(project.root, prompt="/elixir-phoenix:oban review")
    assert "name: oban" in front_matter
    assert f"Base directory for this skill: {skill.parent}" in session.told
    missing = [line for line in body.splitlines() if "$" not in line and line not in session.told]
    assert missing == []


def test_the_checker_is_a_command_in_a_session(claude: Claude, project: Project) -> None:
    """What a message points to (`oban-guard explain …`) and a check of the project both work."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [use("Bash", command="oban-guard explain OB104")],
        [use("Bash", command="oban-guard check lib")],
    )
    explained, checked = session.results
    assert not explained.failed
    assert "permanent-error-retried" in explained.text
    assert checked.failed
    assert "Exit code 1" in checked.text
    assert f"{SYNC_PATH}:9" in checked.text
