"""Edits of workers in the real client: which land, which are held back, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .client import Claude, ToolResult
from .messages_api import Block, use
from .projects import Project
from .workers import (
    DOWN,
    DOWN_LOST,
    GONE,
    GONE_RETRIED,
    PING,
    PING_LOST,
    PING_PATH,
    SYNC,
    SYNC_PATH,
    SYNC_RETRIED,
    WELCOME,
    WELCOME_PATH,
    WELCOME_TWICE,
)

LAST_WORD = "\nIf this is refused, stop editing this file, leave it as it is and tell the user"
LEDGER_GONE, LEDGER_RETRIED = "{:cancel, :ledger_closed}", "{:error, :ledger_not_found}"


def held_back(result: ToolResult, path: str, rule: str, problems: int = 1) -> bool:
    """Whether the result is the guard's message about new problems of one rule in one file."""
    count = "1 new problem" if problems == 1 else f"{problems} new problems"
    message = f"[oban-guard] Edit to {path} held back: {count}.\n"
    return result.failed and result.text.startswith(message) and f"\n({rule} " in result.text


@pytest.mark.parametrize(
    ("path", "bad", "good", "rule", "advice"),
    [
        (PING_PATH, PING_LOST, PING, "OB101", "Line 8: `:error`"),
        (SYNC_PATH, SYNC_RETRIED, SYNC, "OB104", "Line 9: `{:error, :not_found}`"),
        (WELCOME_PATH, WELCOME_TWICE, WELCOME, "OB201", "Line 15: "),
    ],
    ids=["unrecognised return", "permanent error", "unguarded mail"],
)
def test_a_bad_write_leaves_no_file_and_the_corrected_one_lands(
    claude: Claude, project: Project, path: str, bad: str, good: str, rule: str, advice: str
) -> None:
    """The message names file, line, trigger and rule; what it asks for goes through."""
    seen = []

    def correct(_request: dict) -> list[Block]:
        seen.append(project.path(path).exists())
        return [project.write(path, good)]

    session = claude.session(project.root, [project.write(path, bad)], correct)
    denied, landed = session.results
    assert held_back(denied, path, rule)
    assert advice in denied.text
    assert f"oban-guard explain {rule}" in denied.text
    assert seen == [False]
    assert not landed.failed
    assert project.text(path) == good
    assert session.system_messages == []


def test_a_bad_edit_leaves_the_file_as_it_was(claude: Claude, project: Project) -> None:
    """Nothing of the edit reaches the disk, and the next, good one does."""
    project.put(SYNC_PATH, SYNC)
    seen = []

    def correct(_request: dict) -> list[Block]:
        seen.append(project.text(SYNC_PATH))
        return [project.edit(SYNC_PATH, GONE, "{:cancel, :customer_gone}")]

    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, GONE, GONE_RETRIED)],
        correct,
    )
    _, denied, landed = session.results
    assert held_back(denied, SYNC_PATH, "OB104")
    assert seen == [SYNC]
    assert not landed.failed
    assert "{:cancel, :customer_gone}" in project.text(SYNC_PATH)


def test_two_edits_in_one_message_are_judged_one_after_the_other(
    claude: Claude, project: Project
) -> None:
    """The good one lands, the bad one is held back."""
    project.put(SYNC_PATH, SYNC)
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [
            project.edit(SYNC_PATH, LEDGER_GONE, "{:cancel, :closed}"),
            project.edit(SYNC_PATH, GONE, GONE_RETRIED),
        ],
    )
    _, landed, denied = session.results
    assert not landed.failed
    assert held_back(denied, SYNC_PATH, "OB104")
    assert project.text(SYNC_PATH) == SYNC.replace(LEDGER_GONE, "{:cancel, :closed}")


def test_an_old_problem_elsewhere_is_told_once_and_holds_nothing_back(
    claude: Claude, project: Project
) -> None:
    """Both edits land; the model hears of the old problem with the first one only."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, "Balances come", "Every balance comes")],
        [project.edit(SYNC_PATH, "Every balance comes", "All balances come")],
    )
    assert [result.failed for result in session.results] == [False, False, False]
    assert "# All balances come" in project.text(SYNC_PATH)
    assert session.told.count("(OB104 ") == 1


def test_a_second_problem_like_the_old_one_is_held_back(claude: Claude, project: Project) -> None:
    """The same value once more in the same function is one problem more."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    clause = f"      nil -> {GONE_RETRIED}\n"
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, clause, f"{clause}      %{{deleted: true}} -> {GONE_RETRIED}\n")],
    )
    assert held_back(session.results[1], SYNC_PATH, "OB104")
    assert project.text(SYNC_PATH) == SYNC_RETRIED


def test_a_rename_of_a_worker_with_an_old_problem_lands(claude: Claude, project: Project) -> None:
    """The problem is the old one under a new name."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, "Shop.Workers.Sync", "Shop.Workers.CustomerSync")],
    )
    assert not session.results[1].failed
    assert "defmodule Shop.Workers.CustomerSync" in project.text(SYNC_PATH)


MOVED_PATH = "lib/shop/jobs/sync.ex"


def test_a_worker_moved_on_disk_and_then_renamed_lands(claude: Claude, project: Project) -> None:
    """The usual move: `mv`, then an edit of the module's name."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [use("Bash", command=f"mkdir -p lib/shop/jobs && mv {SYNC_PATH} {MOVED_PATH}")],
        [project.read(MOVED_PATH)],
        [project.edit(MOVED_PATH, "Shop.Workers.Sync", "Shop.Jobs.Sync")],
    )
    assert [result.failed for result in session.results] == [False, False, False]
    assert "defmodule Shop.Jobs.Sync" in project.text(MOVED_PATH)


def test_a_worker_removed_and_written_elsewhere_lands(claude: Claude, project: Project) -> None:
    """The other move: the new path takes over what the removed file held."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, "Balances come", "Every balance comes")],
        [use("Bash", command=f"rm {SYNC_PATH}")],
        [project.write(MOVED_PATH, SYNC_RETRIED)],
    )
    assert [result.failed for result in session.results] == [False, False, False, False]
    assert project.text(MOVED_PATH) == SYNC_RETRIED


def test_a_worker_written_elsewhere_and_then_removed_lands(
    claude: Claude, project: Project
) -> None:
    """And in the other order."""
    project.put(SYNC_PATH, SYNC_RETRIED)
    session = claude.session(
        project.root,
        [project.write(MOVED_PATH, SYNC_RETRIED)],
        [use("Bash", command=f"rm {SYNC_PATH}")],
    )
    assert [result.failed for result in session.results] == [False, False]
    assert project.text(MOVED_PATH) == SYNC_RETRIED


def test_what_someone_else_changed_in_between_is_old(claude: Claude, project: Project) -> None:
    """A problem that came from outside holds nothing back; one more of the model's does."""
    project.put(SYNC_PATH, SYNC)

    def read_after_someone_else(_request: dict) -> list[Block]:
        project.put(SYNC_PATH, project.text(SYNC_PATH).replace(GONE, GONE_RETRIED))
        return [project.read(SYNC_PATH)]

    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, "Balances come", "Every balance comes")],
        read_after_someone_else,
        [project.edit(SYNC_PATH, "Every balance comes", "All balances come")],
        [project.edit(SYNC_PATH, LEDGER_GONE, LEDGER_RETRIED)],
    )
    _, _, _, landed, denied = session.results
    assert not landed.failed
    assert held_back(denied, SYNC_PATH, "OB104")
    assert project.text(SYNC_PATH) == SYNC_RETRIED.replace("Balances come", "All balances come")


def test_replace_all_counts_every_place(claude: Claude, project: Project) -> None:
    """Two places changed for the worse are two problems; for the better, both land."""
    twice = SYNC.replace(LEDGER_GONE, GONE)
    project.put(SYNC_PATH, twice)
    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, GONE, GONE_RETRIED, replace_all=True)],
        [project.edit(SYNC_PATH, GONE, "{:cancel, :gone}", replace_all=True)],
    )
    _, denied, landed = session.results
    assert held_back(denied, SYNC_PATH, "OB104", problems=2)
    assert not landed.failed
    assert project.text(SYNC_PATH) == twice.replace(GONE, "{:cancel, :gone}")


QUOTED = "# A customer may be “gone”."


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda text: text.encode(),
    ],
    ids=["CRLF", "BOM", "UTF-16", "curly quotes"],
)
def test_text_is_matched_as_the_client_matches_it(
    claude: Claude, project: Project, encode: Callable[[str], bytes]
) -> None:
    """Over line ends and curly quotes, whatever the file's encoding: bad is held back, good lands."""
    head = "    case Repo.get(Customer, id) do\n"
    text = SYNC.replace(head, f"    {QUOTED}\n{head}")
    old = text[text.index(f"    {QUOTED}") : text.index("      customer ->")]
    typed = old.replace("“", '"').replace("”", '"')
    project.put(SYNC_PATH, encode(text))
    seen = []

    def correct(_request: dict) -> list[Block]:
        seen.append(project.path(SYNC_PATH).read_bytes())
        return [project.edit(SYNC_PATH, typed, typed.replace(GONE, "{:cancel, :gone}"))]

    session = claude.session(
        project.root,
        [project.read(SYNC_PATH)],
        [project.edit(SYNC_PATH, typed, typed.replace(GONE, GONE_RETRIED))],
        correct,
    )
    _, denied, landed = session.results
    assert held_back(denied, SYNC_PATH, "OB104")
    assert seen == [encode(text)]
    assert not landed.failed
    assert project.path(SYNC_PATH).read_bytes() == encode(text.replace(GONE, "{:cancel, :gone}"))


def test_the_fourth_identical_attempt_asks_a_person(claude: Claude, project: Project) -> None:
    """Without a person that is a refusal, which says how to get out; a good edit starts afresh."""
    bad = [project.write(SYNC_PATH, SYNC_RETRIED)]
    session = claude.session(
        project.root,
        bad,
        bad,
        bad,
        bad,
        [project.write(SYNC_PATH, SYNC)],
        [project.edit(SYNC_PATH, GONE, GONE_RETRIED)],
    )
    *attempts, landed, denied = session.results
    assert all(held_back(attempt, SYNC_PATH, "OB104") for attempt in attempts)
    assert decisions(session.hook_outputs) == ["deny", "deny", "deny", "ask", "deny"]
    assert [LAST_WORD in attempt.text for attempt in attempts] == [False, False, False, True]
    assert not landed.failed
    assert held_back(denied, SYNC_PATH, "OB104")
    assert LAST_WORD not in denied.text
    assert project.text(SYNC_PATH) == SYNC


def decisions(outputs: list[dict]) -> list[str]:
    """Every permission decision that hooks took."""
    specific = [output.get("hookSpecificOutput", {}) for output in outputs]
    return [s["permissionDecision"] for s in specific if "permissionDecision" in s]


def suppressed(text: str, value: str, comment: str) -> str:
    """A worker with a comment at the end of the line of a value."""
    return text.replace(value, f"{value} # {comment}")


def test_a_suppressed_warning_lands_and_the_person_is_told(
    claude: Claude, project: Project
) -> None:
    """With a reason, a warning is the author's decision."""
    comment = "oban-guard: ignore[OB104] the row is replicated a little later"
    worker = suppressed(SYNC_RETRIED, GONE_RETRIED, comment)
    session = claude.session(project.root, [project.write(SYNC_PATH, worker)])
    assert not session.results[0].failed
    assert project.text(SYNC_PATH) == worker
    [told] = session.system_messages
    assert told.startswith("oban-guard: ")
    assert "OB104" in told
    assert SYNC_PATH in told


def test_a_suppression_without_a_reason_does_not_count(claude: Claude, project: Project) -> None:
    """The problem is still held back, and so is the comment."""
    worker = suppressed(SYNC_RETRIED, GONE_RETRIED, "oban-guard: ignore[OB104]")
    session = claude.session(project.root, [project.write(SYNC_PATH, worker)])
    [denied] = session.results
    assert held_back(denied, SYNC_PATH, "OB104", problems=2)
    assert "OB902" in denied.text
    assert not project.path(SYNC_PATH).exists()


def test_a_suppressed_error_asks_a_person(claude: Claude, project: Project) -> None:
    """What certainly goes wrong is not the model's to wave through."""
    comment = "oban-guard: ignore[OB101] nobody needs to know that"
    worker = suppressed(PING_LOST, DOWN_LOST, comment)
    session = claude.session(project.root, [project.write(PING_PATH, worker)])
    assert session.results[0].failed
    assert "OB101" in session.results[0].text
    assert decisions(session.hook_outputs) == ["ask"]
    assert not project.path(PING_PATH).exists()


CONFIGURATION = ".oban-guard.toml"


def test_an_edit_that_switches_a_rule_off_asks_a_person(claude: Claude, project: Project) -> None:
    """An edit of the configuration that loosens nothing lands."""
    project.put(CONFIGURATION, 'permanent = ["closed"]\n')
    session = claude.session(
        project.root,
        [project.read(CONFIGURATION)],
        [project.edit(CONFIGURATION, 'permanent = ["closed"]', 'ignore = ["OB104"]')],
        [project.edit(CONFIGURATION, '"closed"', '"closed", "frozen"')],
    )
    _, refused, landed = session.results
    assert refused.failed
    assert refused.text.startswith("[oban-guard] ")
    assert "OB104" in refused.text
    assert decisions(session.hook_outputs) == ["ask"]
    assert not landed.failed
    assert project.text(CONFIGURATION) == 'permanent = ["closed", "frozen"]\n'


def test_the_configuration_of_the_sessions_start_holds(claude: Claude, project: Project) -> None:
    """A rule switched off behind the guard's back still holds a bad edit back."""
    project.put(PING_PATH, PING)
    session = claude.session(
        project.root,
        [use("Bash", command=f"echo 'ignore = [\"OB1\"]' > {CONFIGURATION}")],
        [project.read(PING_PATH)],
        [project.edit(PING_PATH, DOWN, DOWN_LOST)],
    )
    assert held_back(session.results[-1], PING_PATH, "OB101")
    assert project.text(PING_PATH) == PING


def test_the_first_worker_of_a_project_without_oban_is_judged(
    claude: Claude, tmp_path: Path
) -> None:
    """When the environment is there already, no set-up stands between."""
    project = Project(tmp_path / "blog", oban=False)
    session = claude.session(project.root, [project.write(PING_PATH, PING_LOST)])
    assert held_back(session.results[0], PING_PATH, "OB101")
    assert not project.path(PING_PATH).exists()


@pytest.mark.parametrize(("mode", "told"), [("warn", True), ("off", False)])
def test_a_milder_mode_lets_a_bad_edit_land(
    claude: Claude, project: Project, mode: str, told: bool
) -> None:
    """The model hears of the problem with `warn`, and nothing with `off`."""
    session = claude.session(
        project.root,
        [project.write(PING_PATH, PING_LOST)],
        environment={"OBAN_GUARD": mode},
    )
    assert not session.results[0].failed
    assert project.text(PING_PATH) == PING_LOST
    assert ("(OB101 " in session.told) == told
