"""What is kept of a project's files between two runs, and when it does not count."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from checker.project import index
from checker.project.index import Index, TooSlow

LATER = index.SETTLED + 1


def module(name: str, body: str = "") -> str:
    return f"defmodule {name} do\n  {body}\nend\n"


class Shop:
    """A project on disk. `index` gives a new index of its code, as a new run would have it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop"
        self.data = folder / "data"
        (self.root / "lib").mkdir(parents=True)

    def put(self, name: str, text: str) -> Path:
        path = self.root / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def index(self, data: bool = True) -> Index:
        kept = str(self.data) if data else None
        return Index(str(self.root), [str(self.root / "lib")], ".ex", kept)

    def names(self, paths: list[str]) -> list[str]:
        return [os.path.relpath(path, self.root / "lib") for path in paths]

    def defining(self, name: str) -> list[str]:
        return self.names(self.index().defining(name))

    def naming(self, word: str) -> list[str]:
        return self.names(self.index().naming(word))

    @property
    def cache(self) -> Path:
        [path] = (self.data / "index").iterdir()
        return path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project of 30 files, indexed as if they had been written long ago."""
    made = Shop(tmp_path)
    for number in range(30):
        body = f"Oban.insert(Part{number}.new())"
        made.put(f"part_{number}.ex", module(f"Shop.Part{number}", body))
    settle(monkeypatch)
    made.index().build()
    return made


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no change count as too young."""
    monkeypatch.setattr(index, "SETTLED", -LATER)


def watch_reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    real = index.read

    def read(path: str) -> bytes:
        names.append(os.path.basename(path))
        return real(path)

    monkeypatch.setattr(index, "read", read)
    return names


def test_files_are_found_by_module_word_and_mark(shop: Shop) -> None:
    shop.put("a.ex", module("Shop.A", "use Thing.Other"))
    shop.put("b/c.ex", module("Shop.A.B", "{Oban, []}"))
    assert shop.defining("Shop.A") == ["a.ex"]
    assert shop.defining("Shop.A.B") == ["b/c.ex"]
    assert shop.defining("A") == shop.defining("Shop") == shop.defining("Shop.A|") == []
    assert shop.naming("Other") == ["a.ex"]
    assert shop.naming("Othe") == shop.naming("ther") == []
    assert shop.names(shop.index().holding(b"{Oban,")) == ["b/c.ex"]
    assert len(shop.index().holding(b"new")) == 30


def test_what_has_not_changed_is_not_read_again(shop: Shop, monkeypatch) -> None:
    read = watch_reading(monkeypatch)
    assert shop.defining("Shop.Part7") == ["part_7.ex"]
    assert read == []


def test_a_changed_file_is_read_again(shop: Shop, monkeypatch) -> None:
    read = watch_reading(monkeypatch)
    shop.put("part_7.ex", module("Shop.Seven"))
    assert (shop.defining("Shop.Seven"), shop.defining("Shop.Part7")) == (["part_7.ex"], [])
    assert set(read) == {"part_7.ex"}


def test_files_come_go_and_are_renamed(shop: Shop) -> None:
    added = shop.put("new.ex", module("Shop.New"))
    assert shop.defining("Shop.New") == ["new.ex"]
    added.rename(added.with_name("newer.ex"))
    assert shop.defining("Shop.New") == ["newer.ex"]
    added.with_name("newer.ex").unlink()
    (shop.root / "lib/part_3.ex").unlink()
    assert shop.defining("Shop.New") == shop.defining("Shop.Part3") == []


def test_a_change_that_leaves_size_and_mtime_as_they_were(shop: Shop) -> None:
    path = shop.root / "lib/part_7.ex"
    before = path.stat()
    path.write_text(path.read_text().replace("Shop.Part7", "Shop.Part_"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert shop.defining("Shop.Part_") == ["part_7.ex"]


def test_a_file_that_has_just_changed_is_not_trusted(tmp_path: Path, monkeypatch) -> None:
    """It may change again without its time telling."""
    shop = Shop(tmp_path)
    shop.put("a.ex", module("Shop.A"))
    shop.index().build()
    read = watch_reading(monkeypatch)
    assert shop.defining("Shop.A") == ["a.ex"]
    assert read == ["a.ex"]
    stamps = json.loads(shop.cache.read_bytes().split(b"\n")[1])
    assert stamps[2] == 0


def test_a_few_changes_are_not_written(tmp_path: Path, monkeypatch) -> None:
    shop = Shop(tmp_path)
    for number in range(400):
        shop.put(f"part_{number}.ex", module(f"Shop.Part{number}"))
    settle(monkeypatch)
    shop.index().build()
    before = shop.cache.read_bytes()
    for number in range(index.FEW):
        shop.put(f"part_{number}.ex", module(f"Shop.New{number}", "# longer"))
    assert shop.defining("Shop.New3") == ["part_3.ex"]
    assert shop.cache.read_bytes() == before
    shop.put("more.ex", module("Shop.More"))
    shop.index().build()
    assert shop.cache.read_bytes() != before
    read = watch_reading(monkeypatch)
    assert shop.defining("Shop.More") == ["more.ex"]
    assert read == []


def answers(shop: Shop) -> list:
    known = shop.index()
    return [known.defining("Shop.Part7"), known.naming("Part1"), known.holding(b"new")]


def test_a_truncated_index_is_made_anew(shop: Shop) -> None:
    whole, right = shop.cache.read_bytes(), answers(shop)
    for length in range(0, len(whole), 97):
        shop.cache.write_bytes(whole[:length])
        assert answers(shop) == right
        assert shop.cache.read_bytes() == whole


def test_an_index_with_a_wrong_byte_is_made_anew(shop: Shop) -> None:
    whole, right = shop.cache.read_bytes(), answers(shop)
    for place in range(0, len(whole), 97):
        shop.cache.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert answers(shop) == right
        assert shop.cache.read_bytes() == whole


@pytest.mark.parametrize(
    "garbage", [b"", b"\n\n\n", b"[]\n[]\n[]\n[]", b"\xff" * 999, b"[" * 99_999]
)
def test_garbage_is_made_anew(shop: Shop, garbage: bytes) -> None:
    whole, right = shop.cache.read_bytes(), answers(shop)
    shop.cache.write_bytes(garbage)
    assert answers(shop) == right
    assert shop.cache.read_bytes() == whole


def test_another_versions_index_does_not_count(shop: Shop, monkeypatch) -> None:
    read = watch_reading(monkeypatch)
    monkeypatch.setattr(index, "FORMAT", index.FORMAT + 1)
    answers(shop)
    assert len(read) == 30


def test_another_projects_index_does_not_count(shop: Shop, tmp_path: Path) -> None:
    other = Shop(tmp_path / "other")
    other.put("a.ex", module("Shop.A"))
    other.index().build()
    other.cache.write_bytes(shop.cache.read_bytes())
    assert other.defining("Shop.A") == ["a.ex"]
    assert other.defining("Shop.Part7") == []


def test_a_link_in_the_place_of_the_index_is_not_followed(
    shop: Shop, tmp_path: Path, monkeypatch
) -> None:
    right, target, place = answers(shop), tmp_path / "target", shop.cache
    place.rename(target)
    place.symlink_to(target)
    read = watch_reading(monkeypatch)
    assert answers(shop) == right
    assert len(read) == 30 and not place.is_symlink()


def _index_often(shop: Shop, failed) -> None:
    index.SETTLED = -LATER
    for number in range(20):
        (shop.data / "index").mkdir(exist_ok=True)
        for path in (shop.data / "index").glob("*.json"):
            if number % 2:
                path.unlink(missing_ok=True)
        if len(answers(shop)[2]) != 30:
            failed.set()


def test_processes_that_write_at_once_leave_a_whole_index(shop: Shop, monkeypatch) -> None:
    context = multiprocessing.get_context("fork")
    failed = context.Event()
    workers = [context.Process(target=_index_often, args=(shop, failed)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert not failed.is_set()
    answers(shop)
    read = watch_reading(monkeypatch)
    answers(shop)
    assert read == []


def test_a_folder_that_cannot_be_written_to(shop: Shop, tmp_path: Path) -> None:
    """A file stands in its place: also root cannot make a folder there."""
    shop.data = tmp_path / "file"
    shop.data.write_text("")
    assert shop.defining("Shop.Part7") == ["part_7.ex"]
    assert shop.data.read_text() == ""


def test_a_folder_that_can_only_be_read(shop: Shop, monkeypatch) -> None:
    """Also root is refused here."""

    def refuse(*_: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(index.os, "utime", refuse)
    read = watch_reading(monkeypatch)
    assert shop.defining("Shop.Part7") == ["part_7.ex"]
    assert read == []


def test_the_index_is_the_users_alone(shop: Shop) -> None:
    assert (shop.data / "index").stat().st_mode & 0o777 == 0o700
    assert shop.cache.stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_text_is_kept_but_names(shop: Shop) -> None:
    shop.put("secret.ex", module("Shop.Secret", '@key "hidden away"'))
    shop.cache.unlink()
    shop.index().build()
    assert b"hidden" not in shop.cache.read_bytes() and b"Secret" in shop.cache.read_bytes()


def test_what_nobody_used_for_long_is_removed(shop: Shop) -> None:
    old = shop.data / "index" / "old.json"
    old.write_text("")
    os.utime(old, (time.time() - index.KEPT - 9,) * 2)
    (shop.data / "index" / "young.json").write_text("")
    for number in range(30):
        shop.put(f"part_{number}.ex", module("Shop.Other"))
    shop.index().build()
    assert {p.name for p in (shop.data / "index").iterdir()} >= {"young.json"}
    assert not old.exists()


def test_more_files_than_are_looked_at(shop: Shop, monkeypatch) -> None:
    monkeypatch.setattr(index, "MOST_FILES", 30)
    assert shop.index().complete and shop.defining("Shop.Part7")
    shop.put("one_more.ex", module("Shop.More"))
    read = watch_reading(monkeypatch)
    known = shop.index()
    assert not known.complete and known.empty
    assert known.defining("Shop.Part7") == known.naming("Part1") == known.holding(b"new") == []
    assert read == []


def test_folders_of_others_and_links_that_lead_out(shop: Shop, tmp_path: Path) -> None:
    for name in ("deps/a.ex", "_build/a.ex", "node_modules/a.ex", ".elixir_ls/a.ex"):
        shop.put(name, module("Shop.Dependency"))
    (tmp_path / "outside.ex").write_text(module("Shop.Outside"))
    (shop.root / "lib/link.ex").symlink_to(tmp_path / "outside.ex")
    (shop.root / "lib/own.ex").symlink_to(shop.root / "lib/part_7.ex")
    (shop.root / "lib/gone.ex").symlink_to(tmp_path / "gone.ex")
    os.mkfifo(shop.root / "lib/pipe.ex")
    assert shop.defining("Shop.Dependency") == shop.defining("Shop.Outside") == []
    assert shop.defining("Shop.Part7") == ["own.ex", "part_7.ex"]


def test_strange_names(shop: Shop) -> None:
    for name in ('qu"ote.ex', "new\nline.ex", "tab\t,.ex", "ü.ex", os.fsdecode(b"\xff.ex")):
        shop.put(name, module("Shop.Strange"))
    found = shop.defining("Shop.Strange")
    assert len(found) == 5
    shop.cache.unlink()
    shop.index().build()
    assert shop.defining("Shop.Strange") == found


def test_a_text_in_the_place_of_a_file(shop: Shop) -> None:
    path = str(shop.root / "lib/part_7.ex")
    changed = shop.index().with_text(path, module("Shop.Seven").encode())
    assert shop.names(changed.defining("Shop.Seven")) == ["part_7.ex"]
    assert changed.defining("Shop.Part7") == []
    assert b"Seven" in changed.read(path)
    new = str(shop.root / "lib/new.ex")
    both = changed.with_text(new, module("Shop.New").encode())
    assert shop.names(both.defining("Shop.New")) == ["new.ex"] and both.defining("Shop.Seven")
    assert both.holds(new) and not changed.holds(new)
    assert shop.defining("Shop.Part7") == ["part_7.ex"]


def test_what_is_not_read_in_time_is_read_next_time(tmp_path: Path, monkeypatch) -> None:
    shop = Shop(tmp_path)
    for number in range(30):
        shop.put(f"part_{number}.ex", module(f"Shop.Part{number}"))
    settle(monkeypatch)
    read = watch_reading(monkeypatch)
    real = index._content_of

    def slow(path: str):
        if len(read) == 9:
            monkeypatch.setattr(index.time, "monotonic", lambda: 1e12)
        return real(path)

    monkeypatch.setattr(index, "_content_of", slow)
    with pytest.raises(TooSlow):
        shop.index().build(until=time.monotonic() + 60)
    assert len(read) == 10
    monkeypatch.undo()
    settle(monkeypatch)
    read = watch_reading(monkeypatch)
    assert len(shop.naming("Shop")) == 30
    assert len(read) == 20
