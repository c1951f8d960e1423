"""The guard with what the project around a file tells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from checker.guard import Decision, decide
from checker.project import index, modules
from checker.world import World

from .desk import Desk

MIX = "defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n"
PATH = "lib/shop/sync.ex"
CATALOG = "lib/shop/catalog.ex"
WORKER = """defmodule Shop.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    Shop.Catalog.refresh(id)
  end
end
"""
UNRELATED = ("queue: :sync", "queue: :slow")
GOOD = "defmodule Shop.Catalog do\n  def refresh(_id), do: :ok\nend\n"
BAD = "defmodule Shop.Catalog do\n  def refresh(1), do: :ok\n  def refresh(_id), do: nil\nend\n"


class Session(Desk):
    """A session with the real checker."""

    def decide(self, event) -> Decision:
        return decide(event, World(event, str(self.data), self.env))


@pytest.fixture
def shop(tmp_path: Path) -> Session:
    """A session in a Mix project."""
    session = Session(tmp_path)
    session.put("mix.exs", MIX)
    return session


def told(decision: Decision) -> str:
    return "\n".join([decision.reason, *decision.context, *decision.told])


def test_a_callee_that_gives_nil_holds_a_worker_back(shop: Session) -> None:
    shop.put(CATALOG, BAD)
    decision = shop.write(PATH, WORKER)
    assert decision.verdict == "deny"
    assert "OB101" in decision.reason
    assert "`Shop.Catalog.refresh/1` (lib/shop/catalog.ex:2)" in decision.reason


def test_a_callee_at_an_odd_place_is_found(shop: Session) -> None:
    shop.put("lib/odd.ex", BAD)
    assert shop.write(PATH, WORKER).verdict == "deny"
    shop.put("lib/odd.ex", GOOD)
    assert shop.write(PATH, WORKER).verdict == "pass"


def test_a_good_callee_lets_it_pass(shop: Session) -> None:
    shop.put(CATALOG, GOOD)
    assert shop.write(PATH, WORKER).output() is None


def test_without_a_mix_file_nothing_of_a_project_counts(shop: Session) -> None:
    shop.remove("mix.exs")
    shop.put(CATALOG, BAD)
    assert shop.write(PATH, WORKER).output() is None
    assert not (shop.data / "index").exists()


def test_what_other_files_brought_before_is_old(shop: Session) -> None:
    shop.put(CATALOG, BAD)
    shop.put(PATH, WORKER)
    decision = shop.edit(PATH, *UNRELATED)
    assert decision.verdict == "pass"
    assert "OB101" in told(decision)


def test_what_a_changed_callee_brings_is_no_fault_of_the_next_edit(shop: Session) -> None:
    """The first edit knows a good callee; then someone breaks it."""
    shop.put(CATALOG, GOOD)
    shop.put(PATH, WORKER)
    assert shop.edit(PATH, *UNRELATED).output() is None
    shop.put(CATALOG, BAD)
    assert shop.edit(PATH, *reversed(UNRELATED)).verdict == "pass"
    assert shop.edit(PATH, *UNRELATED).verdict == "pass"


def test_a_new_call_of_a_bad_function_is_new_all_the_same(shop: Session) -> None:
    shop.put(CATALOG, GOOD)
    shop.put(PATH, WORKER.replace("Shop.Catalog.refresh(id)", ":ok"))
    assert shop.edit(PATH, *UNRELATED).output() is None
    shop.put(CATALOG, BAD)
    assert shop.edit(PATH, "    :ok", "    Shop.Catalog.refresh(id)").verdict == "deny"


def test_a_second_problem_beside_one_that_was_brought_is_new(shop: Session) -> None:
    shop.put(CATALOG, GOOD)
    shop.put(PATH, WORKER)
    assert shop.edit(PATH, *UNRELATED).output() is None
    shop.put(CATALOG, BAD)
    decision = shop.edit(PATH, "Shop.Catalog.refresh(id)", "if id, do: Shop.Catalog.refresh(id)")
    assert decision.verdict == "deny"


def test_the_text_of_the_edit_counts_instead_of_the_file(shop: Session) -> None:
    """A callee asks the edited file back; on disk stands the text before the edit."""
    shop.put(CATALOG, GOOD.replace(":ok", "Shop.Sync.limit()"))
    text = WORKER.replace("\nend\n", "\n\n  def limit, do: {}\nend\n".format(":ok"))
    shop.put(PATH, text)
    assert shop.edit(PATH, *UNRELATED).output() is None
    assert shop.edit(PATH, "def limit, do: :ok", "def limit, do: nil").verdict == "deny"


def test_a_module_that_the_edit_removes_is_gone(shop: Session) -> None:
    helper = "\ndefmodule Shop.Catalog do\n  def refresh(_id), do: nil\nend\n"
    shop.put(PATH, WORKER.replace("Shop.Catalog.refresh(id)", ":ok") + helper)
    assert shop.write(PATH, WORKER).output() is None


def test_a_moved_worker_keeps_what_was_old(shop: Session) -> None:
    shop.put(CATALOG, BAD)
    shop.put("lib/shop/deep/old.ex", WORKER)
    assert shop.write(PATH, WORKER).verdict == "pass"


def test_a_broken_project_leaves_the_file_to_itself_and_says_so_once(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(modules.Modules, "find", broken)
    shop.put(CATALOG, BAD)
    decision = shop.write(PATH, WORKER)
    assert decision.verdict == "pass"
    assert "a fault of ours" in told(decision) and "judged alone" in told(decision)
    assert shop.edit(PATH, *UNRELATED).output() is None
    bad = WORKER.replace("Shop.Catalog.refresh(id)", ":nonsense")
    assert shop.write("lib/shop/other.ex", bad.replace("Sync", "Other")).verdict == "deny"


def test_a_project_that_takes_too_long_leaves_the_file_to_itself(
    shop: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.put(CATALOG, BAD)
    monkeypatch.setattr("checker.world.SEARCH_SECONDS", -1)
    assert shop.write(PATH, WORKER).output() is None
    monkeypatch.undo()
    assert shop.edit(PATH, *UNRELATED).verdict == "pass"


@pytest.mark.parametrize("content", [b"", b"[", b"garbage\n" * 99])
def test_a_damaged_index_changes_nothing(shop: Session, content: bytes) -> None:
    shop.put("lib/odd.ex", BAD)
    assert shop.write(PATH, WORKER).verdict == "deny"
    for path in (shop.data / "index").iterdir():
        path.write_bytes(content)
    assert shop.write(PATH, WORKER).verdict == "deny"


def test_an_umbrella_is_known_as_a_whole(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.put("mix.exs", MIX.replace("app: :shop", 'apps_path: "apps"'))
    for app in ("shop", "catalog"):
        session.put(f"apps/{app}/mix.exs", MIX.replace("shop", app))
    session.put("apps/catalog/lib/odd.ex", BAD)
    assert session.write("apps/shop/lib/shop/sync.ex", WORKER).verdict == "deny"


def test_a_link_out_of_the_project_is_not_followed(shop: Session, tmp_path: Path) -> None:
    (tmp_path / "outside.ex").write_text(BAD)
    (shop.root / "lib/shop").mkdir(parents=True)
    (shop.root / CATALOG).symlink_to(tmp_path / "outside.ex")
    assert shop.write(PATH, WORKER).output() is None


def test_a_link_to_the_project_changes_nothing(tmp_path: Path) -> None:
    """The client names files as the user came to them."""
    session = Session(tmp_path)
    session.put("mix.exs", MIX)
    session.put(CATALOG, BAD)
    (tmp_path / "link").symlink_to(session.root)
    session.root = tmp_path / "link"
    decision = session.write(PATH, WORKER)
    assert decision.verdict == "deny" and "(lib/shop/catalog.ex:2)" in decision.reason
    text = WORKER.replace("Shop.Catalog.refresh(id)", "Shop.Sync.Part.run(id)")
    part = "\ndefmodule Shop.Sync.Part do\n  def run(_id), do: {}\nend\n"
    session.put(PATH, text + part.format(":ok"))
    assert session.write(PATH, text).output() is None


SCRIPT = """
import json, sys
from checker.answer import answer
answer(sys.stdin.buffer.read(), sys.argv[1], {})
print(json.dumps([n for n in sys.modules if n.startswith("checker.project")]))
"""


@pytest.mark.parametrize("in_project", [True, False])
def test_nothing_of_a_project_is_imported_where_there_is_none(tmp_path, in_project) -> None:
    session = Session(tmp_path)
    if in_project:
        session.put("mix.exs", MIX)
    event = {**session.event("Write", PATH, content=WORKER), "cwd": str(session.root)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(session.data)],
        input=json.dumps(event), capture_output=True, text=True, check=True,
        cwd=Path(index.__file__).parents[2],
    )  # fmt: skip
    assert bool(json.loads(done.stdout.splitlines()[-1])) == in_project
