"""What a session sees before the checker is there, and what starts the checker at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .client import Claude, Transcript
from .plugin import Installation
from .projects import Project
from .workers import (
    PING,
    PING_LOST,
    PING_PATH,
    SYNC,
    SYNC_PATH,
    SYNC_RETRIED,
    WELCOME,
    WELCOME_PATH,
)


def test_the_first_worker_ever_passes_and_is_checked_once_the_checker_is_there(
    new_installation: Callable[[], Installation], tmp_path: Path
) -> None:
    """No set-up ran in a project without Oban: the first worker starts it and is told of later."""
    installed = new_installation()
    project = Project(tmp_path / "blog", oban=False)
    first = installed.claude.session(
        project.root,
        [project.write("lib/blog/post.ex", "defmodule Blog.Post do\nend\n")],
        [project.write(PING_PATH, PING_LOST)],
        [project.write(SYNC_PATH, SYNC_RETRIED)],
    )
    assert [result.failed for result in first.results] == [False, False, False]
    assert len(first.system_messages) == 1
    assert first.system_messages[0].startswith("oban-guard: ")
    installed.wait_until(lambda: installed.ready or installed.failure)
    if installed.failure:
        installed.set_up(Project(tmp_path / "shop").root)

    later = installed.claude.session(
        project.root,
        [project.write(WELCOME_PATH, WELCOME)],
        arguments=("--resume", first.id),
    )
    assert not later.results[0].failed
    assert told_of(later, PING_PATH, "OB101")
    assert told_of(later, SYNC_PATH, "OB104")


def told_of(session: Transcript, path: str, rule: str) -> bool:
    """Whether the model heard that a file was edited unchecked, and of a rule."""
    return f"[oban-guard] {path} was edited" in session.told and f"\n({rule} " in session.told


def traced(claude: Claude, project: Project, name: str, old: str, new: str) -> list[str]:
    """What hooks noted while a session edited one file, which must land."""
    trace = project.path("trace")
    session = claude.session(
        project.root,
        [project.read(name)],
        [project.edit(name, old, new)],
        environment={"OBAN_GUARD_TRACE": str(trace)},
    )
    assert not session.results[1].failed
    assert new in project.text(name)
    lines = trace.read_text().splitlines() if trace.exists() else []
    return [line for line in lines if name in line]


def test_an_edit_of_a_worker_starts_the_checker(claude: Claude, project: Project) -> None:
    """The trace that the next two tests rely on does tell."""
    project.put(PING_PATH, PING)
    [line] = traced(claude, project, PING_PATH, "Shop.Health.ping", "Shop.Health.probe")
    assert line.startswith("check pass parser Edit ")


def test_an_edit_of_a_readme_starts_no_hook(claude: Claude, project: Project) -> None:
    """Not even when it speaks of jobs."""
    project.put("README.md", f"# Shop\n\n```elixir\n{SYNC}```\n")
    assert traced(claude, project, "README.md", "# Shop", "# The shop") == []


def test_an_edit_of_elixir_without_jobs_starts_no_checker(claude: Claude, project: Project) -> None:
    """The hook looks at the text, and that is all."""
    name = "lib/shop/price.ex"
    project.put(name, "defmodule Shop.Price do\n  def net(gross), do: gross * 100 / 119\nend\n")
    [line] = traced(claude, project, name, "gross * 100 / 119", "div(gross * 100, 119)")
    assert line.startswith("skip pass - Edit ")
