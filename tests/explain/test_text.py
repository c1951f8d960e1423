"""What people read: the whole text for workers of every kind."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from checker.config import Config
from checker.explanation import explain
from checker.report import explanation as text_format
from checker.model.duration import human
from checker.report.duration import between, milliseconds
from checker.source import Source

GOLDEN = Path(__file__).parent / "golden"


def plain(source: str, path: str = "lib/w.ex") -> str:
    return click.unstyle(text_format.render(explain(Source(path, source), Config.default())))


def worker(body: str, options: str = "max_attempts: 3") -> str:
    return f"defmodule Shop.W do\n  use Oban.Worker, {options}\n{body}\nend\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.ex")))
def test_golden(name):
    source, expected = (GOLDEN / f"{name}.ex").read_text(), (GOLDEN / f"{name}.txt").read_text()
    assert plain(source, f"tests/explain/golden/{name}.ex") + "\n" == expected


def test_charts_fit_a_terminal():
    texts = [path.read_text() for path in GOLDEN.glob("*.ex")]
    for source in [*texts, worker("  def perform(_job), do: :ok", "queue: :q")]:
        for chart in plain(source).split("\nRetries\n")[1:]:
            assert all(len(line) <= 80 for line in chart.split("\n\n")[0].split("\n"))


def test_twenty_attempts_by_default():
    shown = plain(worker("  def perform(_job), do: :ok", "queue: :q"))
    assert "attempts  20  (default)" in shown
    assert "\n       20  6 d 1 h to 6 d 16 h" in shown
    assert "12 d 3 h to 13 d 8 h" in shown
    assert "After attempt 20 the job is discarded." in shown


@pytest.mark.parametrize(
    ("timeout", "said"),
    [
        ("_), do: 30", "timeout   30 ms  (line 4)"),
        ("_), do: :infinity", "timeout   none: a hung call keeps its slot  (line 4)"),
        ("_), do: -5", "timeout   -5 ms: the attempt fails before it starts  (line 4)"),
        ("_), do: 1.5", "timeout   `timeout/1` answers a float: then the attempt fails before"),
        ("_), do: raise \"x\"", "timeout   `timeout/1` raises: then the attempt fails before it"),
        ("j), do: if(Shop.slow?(j), do: 60_000)", "timeout   `timeout/1` may answer `nil`: then"),
        ("_), do: to_timeout(minute: 5, second: 3)", "timeout   5 min 3 s  (line 4)"),
    ],
)
def test_timeouts(timeout, said):
    shown = plain(worker(f"  def perform(_job), do: :ok\n  def timeout({timeout}"))
    assert said in shown


def test_a_private_backoff_is_not_called():
    shown = plain(worker("  def perform(_job), do: :ok\n  defp backoff(_job), do: 1"))
    assert "waits     Oban's: 15 s + 2^attempt s" in shown


def test_the_same_outcome_is_told_once_for_each_line():
    body = '''
  def perform(%{args: %{"a" => a, "b" => b}}) do
    if a, do: done(), else: (if b, do: done(), else: {:error, :b})
  end
  defp done, do: :ok'''
    assert plain(worker(body)).count("completed  `:ok`") == 1


def test_one_value_that_may_hold_several_things_is_one_outcome():
    body = '''
  def perform(%{args: %{"a" => a}}) do
    reason = if a, do: :one, else: {:two, 2}
    {:error, reason}
  end'''
    assert plain(worker(body)).count("{:error, reason}") == 1


def test_outcomes_stand_in_the_order_of_their_lines():
    body = '''
  def perform(%{args: %{"a" => a}}), do: go(a)
  defp go(1), do: {:error, :one}
  defp go(2), do: {:cancel, :two}
  defp go(_), do: other()
  defp other, do: :ok'''
    shown = plain(worker(body))
    places = [shown.index(text) for text in ("{:error, :one}", "{:cancel, :two}", "`:ok`")]
    assert places == sorted(places)


def test_text_of_a_file_cannot_play_tricks():
    body = '''  def perform(_job), do: {:error, "\x1b[2J \u202e gpj"}
  def other, do: "`"'''
    shown = plain(worker(body))
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "\\x1b[2J" in shown and "\\u202e" in shown


def test_secrets_and_comments_are_not_quoted_in_full():
    body = '''  def perform(_job) do
    {:error, %{token: "sk_live_0123456789012345678901234567890123456789"}} # tell nobody
  end'''
    shown = plain(worker(body))
    assert "sk_live_0123" in shown
    assert "123456789\"" not in shown and "tell nobody" not in shown


def test_every_kind_of_guard_has_words():
    from checker.explanation import GuardRow
    from checker.model import idempotency

    kinds = [
        value for name, value in vars(idempotency).items()
        if name.isupper() and isinstance(value, str) and value in idempotency.Guard.__doc__
    ]  # fmt: skip
    assert len(kinds) == 11
    assert len({text_format._guard(GuardRow(kind, "n", 3), [3]) for kind in kinds}) == 11


def test_a_guard_that_stands_in_several_places_is_told_once():
    body = '''
  def perform(%{args: %{"id" => id}}) do
    user = Repo.get(User, id)
    if is_nil(user.hailed_at) do
      unless user.hailed_at, do: Shop.Mailer.deliver(Shop.Emails.hi(user))
    end
  end'''
    assert "guarded by `hailed_at`, which is looked at on lines 6, 7\n" in plain(worker(body))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (15, "15 s"), (60, "1 min"), (90, "1 min 30 s"), (3600, "1 h"),
        (7500, "2 h 5 min"), (3661, "1 h 1 min"), (86_400, "1 d"), (273_600, "3 d 4 h"),
        (86_400 + 59, "1 d"), (400 * 86_400, "1 y 35 d"), (31_536_000_000, "1,000 y"),
    ],
)  # fmt: skip
def test_durations(seconds, words):
    assert human(seconds) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "0 ms"), (30, "30 ms"), (1500, "1 s 500 ms"), (30_000, "30 s"), (90_000, "1 min 30 s")],
)
def test_milliseconds(amount, words):
    assert milliseconds(amount) == words


def test_ranges():
    assert between(60, 90) == "1 min to 1 min 30 s"
    assert between(86_400, 86_410) == "1 d"
