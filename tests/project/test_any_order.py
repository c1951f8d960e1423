"""What is found in a file does not depend on which others were checked before it."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from checker import batch
from checker.batch import check_files
from checker.discover import find
from checker.project import forget, python
from tests.rules.examples import MIX, PYPROJECT

ELIXIR_WORKER = """defmodule Shop.{name} do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{{args: %{{"id" => id}}}}) do
    {body}
  end
end
"""
PYTHON_WORKER = """from oban import worker

from shop.billing_{n} import charge


@worker(queue="sync", max_attempts=5)
class Sync{n}:
    async def process(self, job):
        charge(job.args["order"])
"""
BILLING = """import stripe


def charge(order):
    stripe.PaymentIntent.create(amount=5, currency="eur")
"""
IN_CIRCLES = {  # X leads to Y and back; two workers meet them at different places
    "one.ex": ELIXIR_WORKER.format(name="One", body="Shop.X.f(id)"),
    "two.ex": ELIXIR_WORKER.format(name="Two", body="Shop.Z.h(id)"),
    "x.ex": "defmodule Shop.X do\n  def f(id) do\n    Shop.Y.g(id)\n    :bad\n  end\nend\n",
    "y.ex": "defmodule Shop.Y do\n  def g(id), do: if(id > 3, do: Shop.X.f(id), else: :ok)\nend\n",
    "z.ex": "defmodule Shop.Z do\n  def h(id), do: Shop.Y.g(id)\nend\n",
}
KEPT_ELSEWHERE = {  # each gives a job to the same function
    "one.ex": ELIXIR_WORKER.format(name="One", body="Shop.X.put(Shop.Two.new(%{id: id}))\n    :ok"),
    "two.ex": ELIXIR_WORKER.format(name="Two", body="Shop.X.put(Shop.One.new(%{id: id}))\n    :ok"),
    "x.ex": "defmodule Shop.X do\n  def put(job), do: Elsewhere.keep(job)\nend\n",
}


def put(folder: Path, files: dict[str, str]) -> list:
    """Write files; gives them as they are to be checked."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find([str(folder)], {}).files


def findings(files: list, jobs: int = 1) -> tuple:
    forget()
    outcome = check_files(files, jobs)
    assert not outcome.problems
    return tuple((f.path, f.line, f.rule, f.message) for f in outcome.findings)


@pytest.mark.parametrize("code", [IN_CIRCLES, KEPT_ELSEWHERE], ids=["in circles", "kept elsewhere"])
def test_functions_that_several_workers_call(tmp_path: Path, code: dict[str, str]) -> None:
    lib = {f"lib/shop/{name}": text for name, text in code.items()}
    files = put(tmp_path, {"mix.exs": MIX, **lib})
    assert len({findings(list(order)) for order in itertools.permutations(files)}) == 1


def test_more_modules_than_are_followed_from_one(tmp_path: Path, monkeypatch) -> None:
    """Each worker is told of its own imports, however many the others have."""
    monkeypatch.setattr(python, "MOST_READ", 3)
    monkeypatch.setattr(python, "KEPT", 3)
    monkeypatch.setattr(batch, "PARALLEL_FROM", 2)
    monkeypatch.setattr(batch, "CHECKED", 2)
    code = {"pyproject.toml": PYPROJECT, "shop/__init__.py": ""}
    for n in range(12):
        code[f"shop/sync_{n}.py"] = PYTHON_WORKER.format(n=n)
        code[f"shop/billing_{n}.py"] = BILLING
    files = put(tmp_path, code)
    right = findings(files)
    assert sum(rule == "OB201" for _path, _line, rule, _message in right) == 12
    for seed in range(4):
        random.Random(seed).shuffle(files)
        assert findings(files, 1 + seed % 2) == right
