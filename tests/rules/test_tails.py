"""Where OB103 mends, how that looks, and where it leaves the code to people."""

from __future__ import annotations

import shutil

import pytest

from checker.config import Config
from checker.discover import File
from checker.fix import mend
from tests.skills.fences import Fence
from tests.skills.test_against_elixir import verdicts

from .examples import findings

PATH = "lib/shop/close.ex"
WORKER = """defmodule Shop.Workers.Close do
  use Oban.Worker, queue: :shop, max_attempts: 3

  alias Ecto.Multi
  alias Shop.{{Account, Repo}}

  def perform(%Oban.Job{{args: %{{"id" => id}}}}) do
{body}
  end
end
"""
STEP = "Multi.insert(Multi.new(), :a, Account.new(id))"
CLAUSES = """      {:ok, changes} -> {:ok, changes}
      {:error, step, reason, _changes} -> {:error, {step, reason}}
    end"""
MENDED = {
    "a call": (
        f"    Repo.transaction({STEP})",
        f"    case Repo.transaction({STEP}) do\n{CLAUSES}",
    ),
    "a call below another": (
        f"    multi = {STEP}\n    Repo.transaction(multi)",
        f"    multi = {STEP}\n\n    case Repo.transaction(multi) do\n{CLAUSES}",
    ),
    "a call below a comment": (
        f"    multi = {STEP}\n    # at once\n    Repo.transaction(multi)",
        f"    multi = {STEP}\n\n    # at once\n    case Repo.transaction(multi) do\n{CLAUSES}",
    ),
    "a call below a blank line": (
        f"    multi = {STEP}\n\n    Repo.transaction(multi)",
        f"    multi = {STEP}\n\n    case Repo.transaction(multi) do\n{CLAUSES}",
    ),
    "a pipe on one line": (
        f"    {STEP} |> Repo.transaction()",
        f"    case {STEP} |> Repo.transaction() do\n{CLAUSES}",
    ),
    "a pipe": (
        f"    {STEP}\n    |> Repo.transaction()",
        f"    {STEP}\n    |> Repo.transaction()\n    |> case do\n{CLAUSES}",
    ),
}
LEFT = {
    "a part of it is handled": f"""    case Repo.transaction({STEP}) do
      {{:error, :a, _reason, _changes}} -> :ok
      other -> other
    end""",
    "on several lines": f"    Repo.transaction(\n      {STEP}\n    )",
    "too wide": f'    Repo.transaction({STEP}, timeout: 60_000, log: false, a: "{"x" * 10}")',
    "rescued": f"    Repo.transaction({STEP})\n  rescue\n    error in ArgumentError -> raise error",
    "in a branch": f"    if id do\n      Repo.transaction({STEP})\n    else\n      :ok\n    end",
    "more on the line": f"    _ = id; Repo.transaction({STEP})",
}


def mended(body: str):
    code = WORKER.format(body=body)
    found = [f for f in findings(code, PATH) if f.rule == "OB103"]
    assert len(found) == 1
    return found[0], mend(File(PATH, PATH, Config.default(), code.encode()), found, unsafe=True)


@pytest.mark.parametrize(("before", "after"), MENDED.values(), ids=MENDED)
def test_both_answers_are_taken_apart(before, after):
    finding, result = mended(before)
    assert finding.fix.safe is False  # jobs that completed are retried then
    assert result.after.decode() == WORKER.format(body=after)


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_the_rest_is_left_to_people(body):
    finding, result = mended(body)
    assert finding.fix is None and not result.changed


@pytest.mark.skipif(not shutil.which("elixir"), reason="elixir is not installed")
def test_what_was_formatted_still_is():
    for bodies in zip(*MENDED.values(), strict=True):
        texts = [WORKER.format(body=body) for body in bodies]
        told = verdicts([Fence("x", 1, "elixir", "", text) for text in texts])
        assert [verdict for verdict in told if not verdict.startswith("ok ")] == []
