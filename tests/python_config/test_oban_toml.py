"""Reading `oban.toml` as `Config.from_toml` of oban 0.7.0 does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.shape import Int, only
from checker.python import oban_toml
from checker.python.oban_toml import max_age, read, rescue_after, unknown_keys

WHOLE = """\
# Jobs of the shop
dsn = "postgresql://localhost/shop"
shutdown_grace_period = 30.5
pool_max_size = 20

[queues]
default = 10
mailers = { limit = 5, paused = true }
"shop.sync" = 1

[queues.events]
paused = false

[lifeline]
rescue_after = 3600.0

[pruner]
max_age = 604_800
limit = 500

[scheduler]
timezone = "Europe/Paris"
"""


def queues(text: str) -> dict[str, int | None]:
    config = read(text.encode())
    return {queue.name: getattr(only(queue.value), "value", None) for queue in config.queues}


def unknown(text: str) -> list[str]:
    return [setting.name for setting in unknown_keys(read(text.encode()))]


def test_queues_have_limits() -> None:
    assert queues(WHOLE) == {"default": 10, "mailers": 5, "shop.sync": 1, "events": 10}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("queues = { a = 1, b = { limit = 2 } }", {"a": 1, "b": 2}),
        ("queues.a = 1\nqueues.b.limit = 2", {"a": 1, "b": 2}),
        ("[queues]\n'a b' = 3", {"a b": 3}),
        ('[queues]\na = "many"', {"a": "many"}),
        ("[queues]\na = 2026-01-01", {"a": None}),
        ("[queues]", {}),
        ("", {}),
    ],
)
def test_queues_may_be_written_in_any_way(text: str, expected: dict) -> None:
    assert queues(text) == expected
    assert read(text.encode()).queues_known


def test_queues_that_are_no_table_are_not_known() -> None:
    config = read(b'queues = "default:10"')
    assert config.queues == [] and not config.queues_known


def test_times_are_in_seconds() -> None:
    config = read(WHOLE.encode())
    assert (rescue_after(config), max_age(config)) == (3600.0, 604_800)
    assert only(config.plugin(oban_toml.PRUNER).settings["limit"].value) == Int(500, 500)


def test_lifeline_and_pruner_run_by_default() -> None:
    for source in (b"[lifeline]\ninterval = 10", b"lifeline = false\npruner = false", b""):
        config = read(source)
        assert (rescue_after(config), max_age(config)) == (300.0, 86_400)


@pytest.mark.parametrize("text", ["lifeline = 5", '[lifeline]\nrescue_after = "1h"'])
def test_times_that_make_no_sense_are_not_known(text: str) -> None:
    assert rescue_after(read(text.encode())) is None


def test_the_instance_may_have_a_name() -> None:
    assert read(b"").instance == "Oban"
    assert read(b'name = "Shop"').instance == "Shop"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WHOLE, []),
        ("queue = { default = 10 }", ["queue"]),
        ("[pruner]\nmax_ages = 5\nlimit = 1\n[plugins]", ["plugins", "pruner.max_ages"]),
        ("[scheduler]\ntime_zone = 'UTC'", ["scheduler.time_zone"]),
        ("[tool.oban]\ndsn = ''", ["tool"]),
        ("metrics = true\n[queues.a]\nglobal_limit = 5\n[notifier]\nbeat_interval = 1.0", []),
    ],
)
def test_unknown_keys(text: str, expected: list[str]) -> None:
    assert unknown(text) == expected


def test_places_are_the_lines_that_say_it() -> None:
    source = ("# é\r\n" + WHOLE + "pruners = 1\n[stager]\n  limits = 5 # x\n").encode()
    config = read(source)

    def text(span) -> str:
        return source[span[0] : span[1]].decode()

    assert [text(queue.span) for queue in config.queues] == [
        "default = 10", "mailers = { limit = 5, paused = true }", '"shop.sync" = 1',
        "[queues.events]",
    ]  # fmt: skip
    assert [text(setting.place) for setting in unknown_keys(config)] == [
        "pruners = 1", "limits = 5 # x",
    ]  # fmt: skip
    assert text(config.plugins[0].span) == "[lifeline]"
    assert text(config.plugins[0].settings["rescue_after"].span) == "rescue_after = 3600.0"


def test_the_place_of_a_part_is_that_of_the_whole() -> None:
    source = b"queues = { a = 1 }"
    assert read(source).queues[0].span == (0, len(source))


@pytest.mark.parametrize(
    "source",
    [
        b"queues = ", b"[queues", b"a = 1\na = 2", b"\xff\xfe", b"\xef\xbb\xbfdsn = ''",
        b"a = " + b"[" * 5000, b"a = " + b"9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_toml_is_none(source: bytes) -> None:
    assert read(source) is None


@given(st.text(alphabet="queus=[]{}.\"'\n 15#ltim", max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    config = read(text.encode())
    if config is not None:
        unknown_keys(config), rescue_after(config), max_age(config)
