"""How an edit is answered: denials, questions to a person, warnings, silence."""

from __future__ import annotations

import json
import os

import pytest

from checker.candidate import speaks_of_jobs

from .desk import Desk, DeskWorld, worker
from .test_new_or_old import PATH, rules

CONFIGURATION = ".oban-guard.toml"


def test_a_denial_says_what_is_wrong_and_what_to_write(desk):
    decision = desk.write(PATH, worker("BAD_1", "ERR_1"))
    assert decision.reason == (
        "[oban-guard] Edit to lib/shop/sync.ex held back: 2 new problems.\n"
        "Line 4: `BAD_1` is wrong for good.\n"
        "Replace it with `ok` and resubmit the same edit.\n"
        "(OB104 permanent-error-retried; more: `oban-guard explain OB104`)\n"
        "Line 5: `ERR_1` is wrong for good.\n"
        "Replace it with `ok` and resubmit the same edit.\n"
        "(OB101 unrecognised-return; more: `oban-guard explain OB101`)"
    )
    assert decision.output() == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": decision.reason,
        }
    }


def test_at_most_eight_findings_are_shown(desk):
    decision = desk.write(PATH, worker(*(f"BAD_{n}" for n in range(11))))
    assert "held back: 11 new problems." in decision.reason
    assert len(rules(decision)) == 8
    assert decision.reason.endswith("\n3 more are not shown.")


def test_old_problems_are_told_beside_a_denial(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    output = desk.edit(PATH, "    a", "    BAD_2").output()["hookSpecificOutput"]
    assert output["permissionDecision"] == "deny"
    assert "BAD_1" not in output["permissionDecisionReason"]
    assert "`BAD_1`" in output["additionalContext"]


def test_the_fourth_attempt_asks_a_person(desk):
    bad = worker("BAD_1", "ERR_1")
    verdicts = [desk.write(PATH, bad) for _ in range(5)]
    assert [d.verdict for d in verdicts] == ["deny", "deny", "deny", "ask", "ask"]
    assert "stop editing this file" not in verdicts[2].reason
    assert verdicts[3].reason == (
        f"{verdicts[0].reason}\n"
        "If this is refused, stop editing this file, leave it as it is and tell the user what is"
        " unsolved, or suppress with a reason:"
        " `# oban-guard: ignore[OB104, OB101] why this is right`."
    )


def test_attempts_are_counted_by_what_is_new(desk):
    for word in ("BAD_1", "BAD_2", "BAD_3", "BAD_4"):
        assert desk.write(PATH, worker(word)).verdict == "deny"
    assert desk.write(PATH, worker("# another comment", "BAD_1")).verdict == "deny"
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"
    assert desk.write(PATH, worker("BAD_1")).verdict == "ask"


def test_attempts_are_counted_by_file_and_session(desk, tmp_path):
    for _ in range(3):
        desk.write(PATH, worker("BAD_1"))
    assert desk.write("lib/other.ex", worker("BAD_1")).verdict == "deny"
    assert Desk(tmp_path, session="another").write(PATH, worker("BAD_1")).verdict == "deny"


def test_an_edit_that_passes_starts_the_count_again(desk):
    for _ in range(4):
        desk.write(PATH, worker("BAD_1"))
    assert desk.write(PATH, worker("a")).verdict == "pass"
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"


def test_what_a_person_allowed_is_old_from_then_on(desk):
    for _ in range(4):
        desk.write(PATH, worker("BAD_1", "a"))
    desk.land("Write", PATH, content=worker("BAD_1", "a"))
    assert desk.edit(PATH, "    a", "    b").verdict == "pass"


def test_a_suppressed_warning_passes_and_the_user_is_told_once(desk):
    first = desk.write(PATH, worker("BAD_1 # ok[BAD_1] reason given", "a"))
    assert first.output() == {
        "systemMessage": f"oban-guard: an edit to {PATH} suppresses OB104 permanent-error-retried"
        " (line 4)"
    }
    assert desk.edit(PATH, "    a", "    b").output() is None


def test_a_suppressed_error_is_a_persons_to_decide(desk):
    decision = desk.write(PATH, worker("ERR_1 # ok[ERR_1] reason given"))
    assert decision.verdict == "ask"
    assert decision.reason.startswith(f"[oban-guard] Edit to {PATH} suppresses 1 error.\nLine 4: ")
    assert "OB101" in decision.reason


def test_suppressing_an_old_error_is_a_persons_to_decide(desk):
    desk.put(PATH, worker("ERR_1"))
    assert desk.edit(PATH, "ERR_1", "ERR_1 # ok[ERR_1] reason given").verdict == "ask"


def test_a_suppression_that_was_there_asks_nobody(desk):
    desk.put(PATH, worker("ERR_1 # ok[ERR_1] reason given", "BAD_1 # ok[BAD_1] reason", "a"))
    assert desk.edit(PATH, "    a", "    b").output() is None
    assert desk.edit(PATH, "Shop.Sync", "Shop.Other").output() is None


def test_a_suppression_that_a_person_allowed_asks_no_more(desk):
    text = worker("ERR_1 # ok[ERR_1] reason given", "a")
    assert desk.write(PATH, text).verdict == "ask"
    desk.land("Write", PATH, content=text)
    assert desk.edit(PATH, "    a", "    b").output() is None


def test_taking_away_a_suppression_of_ones_own_uncovers_a_new_problem(desk):
    desk.write(PATH, worker("BAD_1 # ok[BAD_1] reason given"))
    assert desk.edit(PATH, " # ok[BAD_1] reason given", "").verdict == "deny"


def test_taking_away_an_old_suppression_uncovers_an_old_problem(desk):
    desk.put(PATH, worker("BAD_1 # ok[BAD_1] reason given"))
    assert desk.edit(PATH, " # ok[BAD_1] reason given", "").verdict == "pass"


def test_suppressed_advice_is_not_told(desk):
    assert desk.write(PATH, worker("HINT_1 # ok[HINT_1] reason given")).output() is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", 'ignore = ["OB104"]', "It switches OB104 off."),
        ("", 'ignore = ["OB1"]', "It switches OB104 off."),
        ("", 'select = ["OB2"]', "It switches OB104 off."),
        ('ignore = ["OB1"]\nselect = ["OB104"]', 'ignore = ["OB1"]', "It switches OB104 off."),
        ("", 'mode = "warn"', "It sets mode from block to warn."),
        ("", 'mode = "off"', "It sets mode from block to off."),
        ("", 'exclude = ["lib/shop"]', "It excludes lib/shop."),
        ("", '[severity]\nOB101 = "advice"', "It lowers OB101 from error to advice."),
        ('[severity]\nOB104 = "error"', "", "It lowers OB104 from error to warning."),
    ],
)
def test_loosening_the_guard_is_a_persons_to_decide(desk, before, after, said):
    desk.put(CONFIGURATION, before)
    decision = desk.write(CONFIGURATION, after)
    assert decision.verdict == "ask"
    lines = decision.reason.splitlines()
    assert lines[0] == "[oban-guard] Edit to .oban-guard.toml loosens the guard."
    assert said in lines
    assert desk.read(CONFIGURATION) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "# nothing"),
        ("", 'permanent = ["closed"]'),
        ('ignore = ["OB1"]', 'ignore = ["OB104"]'),
        ('ignore = ["OB104"]', ""),
        ('mode = "off"', ""),
        ('exclude = ["a", "b"]', 'exclude = ["b"]'),
        ("", '[severity]\nOB104 = "error"'),
    ],
)
def test_other_changes_of_the_configuration_pass(desk, before, after):
    desk.put(CONFIGURATION, before)
    assert desk.write(CONFIGURATION, after).output() is None


def test_the_table_in_pyproject_counts_as_well(desk):
    desk.put("pyproject.toml", "[project]\nname = 'x'\n")
    assert desk.edit("pyproject.toml", "'x'", "'y'").output() is None
    table = "[tool.oban-guard]\nmode = 'off'\n"
    assert desk.edit("pyproject.toml", "[project]", f"{table}[project]").verdict == "ask"


def test_a_file_that_another_one_shadows_loosens_nothing(desk):
    desk.put(CONFIGURATION, "")
    assert desk.write("pyproject.toml", "[tool.oban-guard]\nmode = 'off'").output() is None


def test_taking_the_table_away_is_compared_with_what_counts_then(desk):
    desk.put("pyproject.toml", "[tool.oban-guard]\nmode = 'block'\n")
    assert desk.write("pyproject.toml", "").output() is None


@pytest.mark.parametrize(("repository", "verdict"), [(True, "pass"), (False, "ask")])
def test_above_a_repository_nothing_counts(desk, repository, verdict):
    desk.put("../.oban-guard.toml", "mode = 'off'")
    desk.put("pyproject.toml", "[tool.oban-guard]\nmode = 'block'\n")
    if repository:
        (desk.root / ".git").mkdir()
    assert desk.write("pyproject.toml", "").verdict == verdict


def test_a_wrong_configuration_is_told_before_it_lands(desk):
    decision = desk.write(CONFIGURATION, 'mode = "blok"')
    assert decision.verdict == "pass"
    assert decision.context == [
        '[oban-guard] .oban-guard.toml would be wrong: key "mode": "blok" is none of block, warn,'
        ' off; did you mean "block"?'
    ]


def test_a_nested_configuration_does_not_loosen_silently(desk):
    desk.put(CONFIGURATION, "")
    assert desk.write("lib/.oban-guard.toml", 'mode = "off"').verdict == "ask"


def test_the_configuration_of_the_sessions_start_counts(desk):
    desk.start()
    desk.put(CONFIGURATION, 'mode = "off"')
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"


def test_the_configuration_of_the_first_event_counts_without_a_start(desk):
    desk.write(PATH, worker("a"))
    desk.put(CONFIGURATION, 'mode = "off"')
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"


@pytest.mark.parametrize(("source", "verdict"), [("compact", "deny"), ("resume", "pass")])
def test_a_resumed_session_has_the_new_configuration(desk, source, verdict):
    """Who resumes is a person; a compaction comes by itself."""
    desk.start()
    desk.write(PATH, worker("a"))
    desk.put(CONFIGURATION, 'mode = "off"')
    desk.start(source)
    assert desk.write(PATH, worker("BAD_1")).verdict == verdict


def test_the_next_session_has_the_new_configuration(desk, tmp_path):
    desk.start()
    desk.put(CONFIGURATION, 'mode = "off"')
    assert Desk(tmp_path, session="another").write(PATH, worker("BAD_1")).output() is None


def test_a_nested_configuration_of_before_the_session_counts(desk):
    desk.put("lib/.oban-guard.toml", 'mode = "off"')
    desk.start()
    assert desk.write(PATH, worker("BAD_1")).output() is None
    assert desk.write("other/sync.ex", worker("BAD_1", name="Other")).verdict == "deny"


def test_a_nested_configuration_of_this_session_does_not_count(desk):
    desk.start()
    desk.put("lib/.oban-guard.toml", 'mode = "off"')
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"


def test_rules_that_the_configuration_ignores_hold_nothing_back(desk):
    desk.put(CONFIGURATION, 'ignore = ["OB104"]')
    assert desk.write(PATH, worker("BAD_1")).output() is None
    assert desk.write(PATH, worker("ERR_1")).verdict == "deny"


def test_excluded_files_are_not_judged(desk):
    desk.put(CONFIGURATION, 'exclude = ["lib/shop/"]')
    assert desk.write(PATH, worker("BAD_1")).output() is None
    assert desk.write("lib/other.ex", worker("BAD_1", name="Other")).verdict == "deny"


def test_a_wrong_configuration_counts_for_nothing_and_is_told_once(desk):
    desk.put(CONFIGURATION, 'mode = "blok"')
    first = desk.write(PATH, worker("BAD_1"))
    assert first.verdict == "deny"
    [told] = first.told
    assert told.startswith('oban-guard: .oban-guard.toml: key "mode": "blok" is none of')
    assert desk.write(PATH, worker("BAD_1")).told == []


@pytest.mark.parametrize(
    ("env", "mode"),
    [
        ({}, "warn"),
        ({"CLAUDE_PLUGIN_OPTION_MODE": "block"}, "block"),
        ({"OBAN_GUARD": "off", "CLAUDE_PLUGIN_OPTION_MODE": "block"}, "off"),
        ({"OBAN_GUARD": "", "CLAUDE_PLUGIN_OPTION_MODE": ""}, "warn"),
        ({"OBAN_GUARD": "Block"}, "block"),
    ],
)
def test_the_mode_is_the_environments_else_the_plugins_else_the_projects(tmp_path, env, mode):
    desk = Desk(tmp_path, **env)
    desk.put(CONFIGURATION, 'mode = "warn"')
    decision = desk.write(PATH, worker("BAD_1"))
    assert decision.verdict == ("deny" if mode == "block" else "pass")
    assert bool(decision.context) == (mode == "warn")


def test_an_unknown_mode_is_told_and_the_next_one_counts(tmp_path):
    desk = Desk(tmp_path, OBAN_GUARD="loud")
    decision = desk.write(PATH, worker("BAD_1"))
    assert decision.verdict == "deny"
    assert decision.told == ["oban-guard: OBAN_GUARD=loud is none of block, warn, off"]


def test_off_says_nothing_of_unreadable_files_and_configurations(tmp_path):
    desk = Desk(tmp_path, OBAN_GUARD="off")
    (desk.root / "sync.ex").mkdir()
    event = desk.event("Write", "sync.ex", content=worker("BAD_1"))
    assert desk.decide(event).output() is None
    assert desk.write(CONFIGURATION, 'mode = "warn"\nexclude = ["lib"]').output() is None


def test_off_starts_no_checker(tmp_path):
    DeskWorld.checked = 0
    assert Desk(tmp_path, OBAN_GUARD="off").write(PATH, worker("BAD_1")).trace == "skip"
    assert DeskWorld.checked == 0


def test_a_warning_lets_the_edit_land_and_is_given_once(tmp_path):
    desk = Desk(tmp_path, OBAN_GUARD="warn")
    first = desk.write(PATH, worker("BAD_1", "a"))
    assert first.verdict == "pass"
    assert first.context[0].startswith(
        f"[oban-guard] Edit to {PATH} lands with 1 new problem.\nLine 4: `BAD_1`"
    )
    assert "resubmit" not in first.context[0]
    assert desk.edit(PATH, "    a", "    b").output() is None
    assert "2 new problems" in desk.edit(PATH, "    b", "    BAD_2").context[0]


def test_warnings_also_tell_of_suppressed_errors_and_loosened_guards(tmp_path):
    desk = Desk(tmp_path, OBAN_GUARD="warn")
    decision = desk.write(PATH, worker("ERR_1 # ok[ERR_1] reason given"))
    assert decision.verdict == "pass"
    assert "OB101" in decision.told[0]
    decision = desk.write(CONFIGURATION, 'mode = "off"')
    assert decision.verdict == "pass"
    assert "loosens the guard" in decision.context[0]


def test_a_rule_that_broke_is_told_once(desk):
    first = desk.write(PATH, worker("BROKEN RULE"))
    assert first.told == ["oban-guard: rule OB999 failed"]
    assert desk.write(PATH, worker("BROKEN RULE", "a")).told == []


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("", False),
        ("defmodule Shop.Cart do\nend", False),
        ("@moduledoc \"the Worker's duties\"", False),
        ("Oban.insert(job)", True),
        ("config :shop, :oban", True),
        ("def perform(job), do: :ok", True),
        ("  def process(job)", True),
        ("  use Shop.Worker, queue: :mail", True),
        ("use(Shop.Worker)", True),
        ("alias Shop.Worker\n  use Shop.Worker", True),
        ("alias Shop.Worker", False),
        ("Worker" * 100_000, False),
    ],
)
def test_what_speaks_of_jobs(text, speaks):
    assert speaks_of_jobs(text, "lib/a.ex") is speaks


@pytest.mark.parametrize("before", ["", worker("a")])
def test_the_text_before_or_after_makes_a_candidate(desk, before):
    desk.put(PATH, before)
    assert desk.write(PATH, worker("a")).trace == "check"
    assert desk.write(PATH, "nothing").trace == "check"
    assert desk.write(PATH, "nothing at all").trace == "skip"


def test_a_place_that_is_not_found_is_checked_at_the_next_event(desk):
    desk.put(PATH, worker("a"))
    decision = desk.decide(desk.event("Edit", PATH, old_string="missing", new_string="b"))
    assert decision.output() is None
    desk.put(PATH, worker("BAD_1", "BAD_2"))
    later = desk.decide(desk.event("Write", "README.md", content="read me"))
    assert later.verdict == "pass"
    assert later.context[0].startswith(
        f"[oban-guard] {PATH} was edited while it could not be checked; it has 2 problems.\n"
        "Line 4: `BAD_1`"
    )
    assert desk.decide(desk.event("Write", "README.md", content="x")).output() is None
    assert desk.edit(PATH, "BAD_1", "BAD_1 # touched").verdict == "deny"


def unready(desk: Desk, path: str) -> None:
    """An edit that passed while there was no checker, as the shell notes it."""
    with open(desk.data / "unchecked", "a") as file:
        file.write(f'["{desk.session}", "{desk.root / path}"]\n')


def test_what_passed_before_the_checker_was_there_is_checked_later(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    unready(desk, PATH)
    unready(desk, PATH)
    decision = desk.write("lib/other.ex", worker("a"))
    assert decision.verdict == "pass"
    [context] = decision.context
    assert "it has 1 problem." in context
    assert desk.write("lib/other.ex", worker("b")).output() is None
    assert desk.edit(PATH, "    a", "    b").output() is None
    assert desk.edit(PATH, "    b", "    BAD_2").verdict == "deny"


def test_a_place_that_is_not_found_counts_by_the_text_that_was_to_go_there(desk):
    desk.put(PATH, "nothing of jobs")
    for given in ({"new_string": worker("b")}, {"new_string": "b"}):
        desk.decide(desk.event("Edit", PATH, old_string="missing", **given))
        assert (desk.data / "unchecked").exists() == (given["new_string"] != "b")
        desk.write("README.md", "x")


@pytest.mark.parametrize("configuration", ['mode = "off"', 'exclude = ["lib/"]'])
def test_unchecked_files_that_are_not_to_be_judged_are_let_be(desk, configuration):
    desk.put(CONFIGURATION, configuration)
    desk.put(PATH, worker("BAD_1"))
    unready(desk, PATH)
    assert desk.write("README.md", "x").output() is None


def test_nothing_is_told_of_unchecked_files_that_are_fine(desk):
    desk.put(PATH, worker("a"))
    unready(desk, PATH)
    decision = desk.write("README.md", "x")
    assert decision.trace == "check"
    assert decision.output() is None


def test_what_other_sessions_left_unchecked_waits_for_them(desk, tmp_path):
    other = Desk(tmp_path, session="another")
    desk.put(PATH, worker("BAD_1"))
    unready(other, PATH)
    unready(desk, PATH)
    assert desk.write("README.md", "x").context
    assert desk.write("README.md", "x").output() is None
    assert other.write("README.md", "x").context


def test_unchecked_files_that_are_gone_outside_or_garbage_are_forgotten(desk):
    desk.put("../outside.ex", worker("BAD_1"))
    for path in ("lib/gone.ex", "../outside.ex", "lib"):
        unready(desk, path)
    with open(desk.data / "unchecked", "ab") as file:
        file.write(b'["session", "\xff"\n[["session"\n["session", 3]\n{"session": 1}\n\0\n')
    assert desk.write("README.md", "x").output() is None
    assert not (desk.data / "unchecked").exists()


def test_dependencies_builds_and_hidden_folders_are_not_judged(desk):
    for folder in ("deps/oban/lib", "_build/dev", "assets/node_modules/a", ".elixir_ls"):
        assert desk.write(f"{folder}/sync.ex", worker("BAD_1")).trace == "skip"


def test_files_outside_the_project_are_not_judged(desk, tmp_path):
    assert desk.write("../other/sync.ex", worker("BAD_1")).trace == "skip"
    event = desk.event("Write", PATH, content=worker("BAD_1"))
    event["tool_input"]["file_path"] = str(tmp_path / "project-two/sync.ex")
    assert desk.decide(event).trace == "skip"


def test_links_out_of_the_project_are_not_followed(desk, tmp_path):
    (tmp_path / "outside").mkdir()
    (desk.root / "lib").symlink_to(tmp_path / "outside")
    (desk.root / "sync.ex").symlink_to(tmp_path / "outside/sync.ex")
    (desk.root / "loop.ex").symlink_to(desk.root / "loop.ex")
    for path in ("lib/sync.ex", "sync.ex"):
        event = desk.event("Write", path, content=worker("BAD_1"))
        assert desk.decide(event).trace == "skip"
    assert desk.decide(desk.event("Write", "loop.ex", content=worker("a"))).verdict == "pass"


def test_a_link_within_the_project_leads_to_the_same_file(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    (desk.root / "linked").symlink_to(desk.root / "lib/shop")
    assert desk.edit(PATH, "    a", "    b").context
    assert desk.edit("linked/sync.ex", "    b", "    c").output() is None
    assert "Edit to linked/sync.ex held" in desk.edit("linked/sync.ex", "    c", "    BAD_2").reason


def test_the_project_may_be_reached_over_a_link(desk, tmp_path):
    (tmp_path / "link").symlink_to(desk.root)
    linked = Desk(tmp_path, CLAUDE_PROJECT_DIR=str(tmp_path / "link"))
    event = linked.event("Write", PATH, content=worker("BAD_1"))
    event["tool_input"]["file_path"] = str(tmp_path / "link" / PATH)
    assert f"Edit to {PATH} held back" in linked.decide(event).reason
    assert f"Edit to {PATH} held back" in linked.write(PATH, worker("BAD_1")).reason


def test_the_project_folder_counts_before_the_working_directory(tmp_path):
    desk = Desk(tmp_path, CLAUDE_PROJECT_DIR=str(tmp_path / "project/lib"))
    assert desk.write("other/sync.ex", worker("BAD_1")).trace == "skip"
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"


def test_a_file_that_is_none_is_told_once(desk):
    (desk.root / "sync.ex").mkdir()
    event = desk.event("Write", "sync.ex", content=worker("BAD_1"))
    assert desk.decide(event).told == ["oban-guard: sync.ex is not a regular file"]
    assert desk.decide(event).output() is None


def test_an_unreadable_file_is_told_once(desk, monkeypatch):
    desk.put(PATH, worker("a"))
    real_open = os.open

    def refuse(path, *more):
        if str(path).endswith(".ex"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *more)

    monkeypatch.setattr(os, "open", refuse)
    event = desk.event("Write", PATH, content=worker("BAD_1"))
    decision = desk.decide(event)
    assert decision.verdict == "pass"
    assert decision.told == [f"oban-guard: {PATH} cannot be read: Permission denied"]
    assert desk.decide(event).output() is None


def test_what_is_too_large_passes(desk):
    assert desk.write(PATH, worker("BAD_1" + " " * 5_000_000)).verdict == "pass"
    assert desk.edit(PATH, "BAD_1", "BAD_2").told == [
        f"oban-guard: {PATH} is too large to be checked"
    ]


def test_the_state_holds_no_text(desk):
    desk.put("lib/secret_name.ex", worker("BAD_SECRET # ok[BAD_SECRET] x", "BAD_SECRET", "a"))
    desk.edit("lib/secret_name.ex", "    a", "    b")
    kept = [path for path in (desk.data / "sessions").rglob("*") if path.is_file()]
    assert len(kept) >= 3
    for path in kept:
        text = path.name + path.read_text()
        assert "secret" not in text.lower()
        assert "Shop" not in text
        assert path.stat().st_mode & 0o077 == 0
        if path.suffix == ".json":
            json.loads(path.read_text())
