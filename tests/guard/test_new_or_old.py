"""Which findings hold an edit back: those it adds to what the session found."""

from __future__ import annotations

import pytest

from .desk import Desk, DeskWorld, worker

PATH = "lib/shop/sync.ex"


def rules(decision) -> list[str]:
    """The lines of a denial that name a trigger."""
    return [line for line in decision.reason.splitlines() if line.startswith("Line ")]


def test_a_new_worker_with_a_problem_is_held_back(desk):
    decision = desk.write(PATH, worker("BAD_1"))
    assert decision.verdict == "deny"
    assert rules(decision) == ["Line 4: `BAD_1` is wrong for good."]


def test_a_clean_worker_passes_without_a_word(desk):
    assert desk.write(PATH, worker("ok")).output() is None


def test_advice_is_never_told(desk):
    assert desk.write(PATH, worker("HINT_1")).output() is None
    assert desk.edit(PATH, "HINT_1", "HINT_2").output() is None


def test_an_old_problem_holds_nothing_back_and_is_told_once(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    first, second = desk.edit(PATH, "    a", "    b"), desk.edit(PATH, "    b", "    c")
    assert first.verdict == second.verdict == "pass"
    assert f"{PATH} has 1 older problem. " in first.context[0]
    assert "Line 4: `BAD_1`" in first.context[0]
    assert second.output() is None


def test_old_problems_are_told_once_per_session(desk, tmp_path):
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "    a", "    b")
    other = Desk(tmp_path, session="another")
    assert other.edit(PATH, "    b", "    c").context


def test_a_second_problem_like_the_old_one_is_held_back(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    decision = desk.edit(PATH, "    a", "    BAD_1")
    assert decision.verdict == "deny"
    assert rules(decision) == ["Line 5: `BAD_1` is wrong for good."]


def test_of_equal_problems_the_one_in_the_edited_lines_is_the_new_one(desk):
    desk.put(PATH, worker("a", "b", "BAD_1"))
    assert rules(desk.edit(PATH, "    a", "    BAD_1")) == ["Line 4: `BAD_1` is wrong for good."]


def test_a_problem_may_move_within_its_function(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    assert desk.edit(PATH, "    BAD_1\n    a", "    a\n    BAD_1").verdict == "pass"


def test_the_file_is_compared_with_what_the_session_first_saw(desk):
    desk.put(PATH, worker("BAD_1"))
    assert desk.edit(PATH, "BAD_1", "good").verdict == "pass"
    assert desk.edit(PATH, "good", "BAD_1").verdict == "pass"


def test_a_problem_mended_elsewhere_makes_no_room_for_another(desk):
    """Only what lost its worker or function counts as renamed."""
    both = worker("BAD_1") + worker("a", name="Shop.Other", function="perform")
    desk.put(PATH, both)
    after = worker("a") + worker("BAD_1", name="Shop.Other")
    assert desk.write(PATH, after).verdict == "deny"


def test_a_renamed_worker_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    assert desk.edit(PATH, "Shop.Sync", "Shop.Other").verdict == "pass"
    assert desk.edit(PATH, "    a", "    b").verdict == "pass"
    assert desk.edit(PATH, "    b", "    BAD_1").verdict == "deny"


def test_a_renamed_function_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1", "a", function="sync"))
    assert desk.edit(PATH, "def sync", "def sync_all").verdict == "pass"
    assert desk.edit(PATH, "    a", "    BAD_1").verdict == "deny"


def test_a_rename_carries_no_more_problems_than_there_were(desk):
    desk.put(PATH, worker("BAD_1"))
    after = worker("BAD_1", name="A") + worker("BAD_1", name="B")
    decision = desk.write(PATH, after)
    assert decision.verdict == "deny"
    assert rules(decision) == ["Line 10: `BAD_1` is wrong for good."]


def test_a_rename_carries_no_other_problem(desk):
    desk.put(PATH, worker("BAD_1"))
    assert desk.write(PATH, worker("BAD_2", name="Shop.Other")).verdict == "deny"


def test_a_rename_that_did_not_land_changes_nothing(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    renamed = worker("BAD_1", "a", name="Shop.Other")
    event = desk.event("Write", PATH, content=renamed)
    assert desk.decide(event).verdict == "pass"
    assert desk.edit(PATH, "    a", "    b").verdict == "pass"
    assert desk.edit(PATH, "    b", "    BAD_1").verdict == "deny"


def test_outside_changes_make_no_room_after_a_rename(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "Shop.Sync", "Shop.Other")
    desk.put(PATH, worker("BAD_1", "from outside", name="Shop.Other"))
    assert desk.edit(PATH, "from outside", "b").verdict == "pass"
    assert desk.edit(PATH, "    b", "    BAD_1").verdict == "deny"


def test_what_someone_else_changed_is_old(desk):
    desk.put(PATH, worker("a"))
    desk.edit(PATH, "    a", "    b")
    desk.put(PATH, worker("b", "BAD_1"))
    assert desk.edit(PATH, "    b", "    c").verdict == "pass"
    assert desk.edit(PATH, "    c", "    BAD_2").verdict == "deny"


def test_what_someone_else_changed_makes_no_room_for_a_copy(desk):
    """The higher count stays, they are not added up."""
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "    a", "    b")
    desk.put(PATH, worker("BAD_1", "from outside"))
    assert desk.edit(PATH, "from outside", "BAD_1").verdict == "deny"


def test_an_edit_that_did_not_land_is_not_someone_elses(desk):
    desk.put(PATH, worker("a"))
    assert desk.decide(desk.event("Write", PATH, content=worker("b"))).verdict == "pass"
    assert desk.edit(PATH, "    a", "    BAD_1").verdict == "deny"
    assert desk.read(PATH) == worker("a")


def test_line_endings_alone_are_no_change_of_someone_else(desk):
    desk.put(PATH, worker("a").replace("\n", "\r\n"))
    event = desk.event("Edit", PATH, old_string="    a", new_string="    b")
    assert desk.decide(event).verdict == "pass"
    desk.put(PATH, b"\xef\xbb\xbf" + worker("b").replace("\n", "\r\n").encode())
    DeskWorld.checked = 0
    assert desk.edit(PATH, "    b", "    c").verdict == "pass"
    assert DeskWorld.checked == 1


def test_an_edit_that_does_not_parse_launders_nothing(desk):
    desk.put(PATH, worker("a"))
    assert desk.edit(PATH, "    a", "    TORN\n    BAD_1").verdict == "pass"
    assert desk.edit(PATH, "    TORN\n", "").verdict == "deny"


def test_mending_what_did_not_parse_uncovers_old_problems(desk):
    desk.put(PATH, worker("TORN", "BAD_1"))
    assert desk.edit(PATH, "    TORN\n", "").verdict == "pass"
    assert desk.edit(PATH, "BAD_1", "BAD_1\n    BAD_2").verdict == "deny"


def test_a_problem_put_where_nothing_parses_is_new(desk):
    desk.put(PATH, worker("TORN", "BAD_1"))
    assert desk.edit(PATH, "    BAD_1", "    BAD_1\n    BAD_2").verdict == "pass"
    decision = desk.edit(PATH, "    TORN\n", "")
    assert rules(decision) == ["Line 5: `BAD_2` is wrong for good."]


def test_a_removed_file_written_again_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "    a", "    b")
    desk.remove(PATH)
    assert desk.write(PATH, worker("BAD_1", "c")).verdict == "pass"


NEW_PATH = "lib/shop/jobs/sync.ex"


def test_a_file_moved_by_a_command_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1"))
    desk.put(NEW_PATH, desk.read(PATH))
    desk.remove(PATH)
    assert desk.edit(NEW_PATH, "Shop.Sync", "Shop.Jobs.Sync").verdict == "pass"


def test_a_worker_removed_here_and_written_there_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "    a", "    b")
    desk.remove(PATH)
    assert desk.write(NEW_PATH, worker("BAD_1", "b")).verdict == "pass"
    assert desk.edit(NEW_PATH, "    b", "    BAD_1").verdict == "deny"


def test_a_worker_written_there_before_it_is_removed_here_keeps_its_problem(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    assert desk.write(NEW_PATH, worker("BAD_1", "a")).verdict == "pass"


def test_another_worker_takes_nothing_over(desk):
    desk.put(PATH, worker("BAD_1", "a"))
    desk.edit(PATH, "    a", "    b")
    desk.remove(PATH)
    assert desk.write(NEW_PATH, worker("BAD_1", name="Shop.Other")).verdict == "deny"


def test_a_moved_worker_brings_no_further_problem(desk):
    desk.put(PATH, worker("BAD_1"))
    decision = desk.write(NEW_PATH, worker("BAD_1", "BAD_2"))
    assert rules(decision) == ["Line 5: `BAD_2` is wrong for good."]


def test_a_held_back_worker_is_not_old_elsewhere(desk):
    """A denied Write leaves nothing that another path could take over."""
    assert desk.write(PATH, worker("BAD_1")).verdict == "deny"
    assert desk.write(NEW_PATH, worker("BAD_1")).verdict == "deny"


def test_a_dependency_of_the_same_name_is_no_holder(desk):
    desk.put("deps/shop/lib/sync.ex", worker("BAD_1"))
    assert desk.write(NEW_PATH, worker("BAD_1")).verdict == "deny"


def test_several_edits_at_once_are_judged_by_what_they_leave(desk):
    desk.put(PATH, worker("a"))
    steps = [
        {"old_string": "    a", "new_string": "    BAD_1"},
        {"old_string": "BAD_1", "new_string": "good"},
    ]
    assert desk.attempt("MultiEdit", PATH, edits=steps).verdict == "pass"
    steps = [{"old_string": "good", "new_string": "BAD_1"}]
    assert desk.attempt("MultiEdit", PATH, edits=steps).verdict == "deny"


def test_replace_all_makes_a_problem_of_each_place(desk):
    desk.put(PATH, worker("a", "a"))
    decision = desk.edit(PATH, "    a", "    BAD_1", replace_all=True)
    assert decision.reason.startswith(f"[oban-guard] Edit to {PATH} held back: 2 new problems.")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_with_a_byte_order_mark_are_read(desk, encoding):
    desk.put(PATH, worker("a").encode(encoding))
    event = desk.event("Edit", PATH, old_string="    a", new_string="    BAD_1")
    assert desk.decide(event).verdict == "deny"


def test_a_file_that_was_there_takes_nothing_over(desk):
    """Only a new path does."""
    desk.put(PATH, worker("BAD_1"))
    desk.put(NEW_PATH, worker("a", name="Shop.Other"))
    assert desk.write(NEW_PATH, worker("BAD_1")).verdict == "deny"
