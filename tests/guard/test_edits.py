"""The text that an edit would leave."""

from __future__ import annotations

import pytest

from checker.edits import Unplaced, apply, settle


def edit(current: str | None, old: str, new: str, **more: object) -> str:
    return apply("Edit", {"old_string": old, "new_string": new, **more}, current)


def test_a_write_leaves_its_content():
    assert apply("Write", {"content": "a\r\nb"}, "before") == "a\nb"


def test_an_edit_replaces_the_first_place_only():
    assert edit("x = 1\nx = 1\n", "x", "y") == "y = 1\nx = 1\n"


def test_replace_all_replaces_every_place():
    assert edit("x = 1\nx = 1\n", "x", "y", replace_all=True) == "y = 1\ny = 1\n"


@pytest.mark.parametrize("value", ["true", 1, None, [1]])
def test_only_true_replaces_all(value):
    assert edit("xx", "x", "y", replace_all=value) == "yx"


@pytest.mark.parametrize("current", [None, "", " \n\t"])
def test_without_an_old_string_it_makes_a_new_file(current):
    assert edit(current, "", "new") == "new"


def test_without_an_old_string_a_file_with_text_is_no_place():
    with pytest.raises(Unplaced):
        edit("text", "", "new")


@pytest.mark.parametrize("current", [None, "other"])
def test_a_place_that_is_not_there(current):
    with pytest.raises(Unplaced):
        edit(current, "old", "new")


def test_line_endings_do_not_matter():
    assert edit(settle("a\r\nb\r\nc"), "a\nb", "x\r\ny") == "x\ny\nc"
    assert edit("a\nb\nc", "a\r\nb", "x") == "x\nc"


def test_a_lone_carriage_return_stays():
    assert settle("a\rb\r\nc") == "a\rb\nc"


def test_curly_quotes_are_found_by_straight_ones():
    assert edit("say “gone”, it’s", "say \"gone\", it's", "say") == "say"


def test_straight_quotes_are_found_by_curly_ones():
    assert edit('say "gone"', "say “gone”", "no") == "no"


def test_an_exact_match_wins_over_a_folded_one():
    assert edit('“a” "a"', '"a"', "b") == "“a” b"


def test_the_new_text_takes_the_curly_quotes_of_the_place():
    new = 'she said "yes" (\'no\') and it\'s "so"'
    assert edit("“x” ‘y’", "\"x\" 'y'", new) == "she said “yes” (‘no’) and it’s “so”"


def test_only_kinds_of_quotes_that_the_place_has_are_curled():
    assert edit("“x” 'y'", "\"x\" 'y'", "\"a\" 'b'") == "“a” 'b'"
    assert edit("\"x\" ‘y’", "\"x\" 'y'", "\"a\" 'b'") == "\"a\" ‘b’"


def test_after_an_exact_match_the_new_text_stays_as_it_is():
    assert edit("“x”", "“x”", '"y"') == '"y"'


def test_replace_all_with_folded_quotes_replaces_what_was_found_first():
    assert edit('“a” "a" “a”', "“a”", "b", replace_all=True) == 'b "a" b'


def test_removing_a_line_takes_its_end_along():
    assert edit("a\nb\nc\n", "b", "") == "a\nc\n"
    assert edit("a\nb\nc\n", "b\n", "") == "a\nc\n"
    assert edit("ab", "b", "") == "a"


def test_several_edits_are_applied_one_after_the_other():
    steps = [
        {"old_string": "a", "new_string": "b"},
        {"old_string": "b", "new_string": "c", "replace_all": True},
    ]
    assert apply("MultiEdit", {"edits": steps}, "ab") == "cc"


def test_several_edits_can_make_a_file():
    steps = [{"old_string": "", "new_string": "a"}, {"old_string": "a", "new_string": "b"}]
    assert apply("MultiEdit", {"edits": steps}, None) == "b"


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("Write", {}),
        ("Write", {"content": 3}),
        ("Edit", {"old_string": "a"}),
        ("Edit", {"old_string": None, "new_string": "b"}),
        ("MultiEdit", {}),
        ("MultiEdit", {"edits": []}),
        ("MultiEdit", {"edits": "a"}),
        ("MultiEdit", {"edits": [["old_string"]]}),
    ],
)
def test_what_is_no_edit_is_refused(tool, given):
    with pytest.raises(ValueError):
        apply(tool, given, "a")


def test_what_cannot_be_written_becomes_what_the_client_writes():
    assert settle("a\ud800b") == "a\ufffdb"
    assert settle("\ud83d\ude00") == "😀"
    assert settle("\ufeffa") == "a"
