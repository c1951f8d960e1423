"""What the guard remembers of a session, and how it is kept."""

from __future__ import annotations

import fcntl
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from checker import state, unchecked
from checker.state import FileState, Session, StateError


@pytest.fixture
def session(tmp_path) -> Session:
    """A session of project `/p`."""
    return Session(str(tmp_path), "id", "/p")


def folder(tmp_path, name: str = "id", project: str = "/p"):
    """Where a session's state is kept."""
    return tmp_path / "sessions" / sha256(f"{name}\0{project}".encode()).hexdigest()


def test_a_files_state_is_kept(session, tmp_path):
    with session.file("/p/a.ex") as record:
        assert not record.known
        record.state.old = {"f": [2, "k", "w", "g"]}
        record.state.told = True
        record.save()
    kept = folder(tmp_path) / (sha256(b"/p/a.ex").hexdigest() + ".json")
    assert kept.is_file()
    with Session(str(tmp_path), "id", "/p").file("/p/a.ex") as record:
        assert record.known
        assert record.state.old == {"f": [2, "k", "w", "g"]}
        assert record.state.told


def test_what_is_not_saved_is_not_kept(session):
    with session.file("/p/a.ex") as record:
        record.state.told = True
    assert not session.knows("/p/a.ex")


def test_sessions_projects_and_files_are_apart(session, tmp_path):
    with session.file("/p/a.ex") as record:
        record.save()
    assert session.knows("/p/a.ex")
    assert not session.knows("/p/b.ex")
    assert not Session(str(tmp_path), "other", "/p").knows("/p/a.ex")
    assert not Session(str(tmp_path), "id", "/q").knows("/p/a.ex")


def test_folders_are_for_the_user_alone(session, tmp_path):
    os.umask(0)
    try:
        session.first("cause")
    finally:
        os.umask(0o022)
    for path in (folder(tmp_path), folder(tmp_path).parent):
        assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["../../../escape", "a/b", "\0", "\ud800", "", "x" * 10_000])
def test_no_session_id_becomes_a_path(tmp_path, name):
    session = Session(str(tmp_path / "data"), name, "/p")
    session.first("cause")
    with session.file("/p/\udcff\n" + name) as record:
        record.save()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    [kept] = (tmp_path / "data/sessions").iterdir()
    assert len(kept.name) == 64
    assert all(len(path.name.partition(".")[0]) in (7, 64) for path in kept.iterdir())


DAMAGED = [
    b"", b"{", b"[]", b"null", b'{"old": {}}', b"\xff" * 100, b"[" * 100_000,
    json.dumps({slot: None for slot in FileState.__slots__}).encode(),
]  # fmt: skip
SOUND = {
    "old": {}, "silenced": {}, "texts": [], "attempts": {}, "told": False, "modules": [],
    "lines": [],
}  # fmt: skip
WRONG = [
    {"old": {"f": [0, "k", "w", "g"]}}, {"old": {"f": [True, "k", "w", "g"]}}, {"old": []},
    {"old": {"f": [1, "k", "w"]}}, {"silenced": {"f": [1, "k", "w", None]}}, {"texts": [1]},
    {"attempts": {"a": "1"}}, {"attempts": []}, {"told": 0}, {"lines": None}, {"modules": {}},
    {"more": 1},
]  # fmt: skip


@pytest.mark.parametrize(
    "content", [*DAMAGED, *(json.dumps({**SOUND, **wrong}).encode() for wrong in WRONG)]
)
def test_damaged_state_is_forgotten(session, content):
    with session.file("/p/a.ex") as record:
        record.save()
        path = record._path
    with open(path, "wb") as file:
        file.write(content)
    with session.file("/p/a.ex") as record:
        assert not record.known
        assert record.state.old == {}
    assert list(session.files()) == []


def test_sound_state_is_read(session):
    with session.file("/p/a.ex") as record:
        record.save()
        assert json.loads(open(record._path).read()) == SOUND
    assert len(list(session.files())) == 1


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_session_begins_again(session, tmp_path, content):
    assert session.first("cause")
    (folder(tmp_path) / "session.json").write_bytes(content)
    again = Session(str(tmp_path), "id", "/p")
    assert again.first("cause")
    assert not again.first("cause")


def test_a_link_in_the_place_of_state_is_not_followed(session, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({**SOUND, "told": True}))
    with session.file("/p/a.ex") as record:
        record.save()
        path = record._path
    os.unlink(path)
    os.symlink(secret, path)
    with session.file("/p/a.ex") as record:
        assert not record.known
        record.save()
    assert json.loads(secret.read_text())["told"] is True
    assert not os.path.islink(path)


def test_causes_are_told_once(session, tmp_path):
    assert session.first("a")
    assert not session.first("a")
    assert session.first("b")
    assert not Session(str(tmp_path), "id", "/p").first("b")
    assert Session(str(tmp_path), "other", "/p").first("b")


def test_what_is_kept_first_stays(session):
    assert session.kept("configs", "/p") is None
    assert session.keep("configs", "/p", {"mode": "warn"})
    assert not session.keep("configs", "/p", {"mode": "off"})
    assert session.kept("configs", "/p") == {"mode": "warn"}


def test_a_session_begins_once(session, tmp_path):
    session.first("a")
    began = session.began
    time.sleep(0.01)
    assert Session(str(tmp_path), "id", "/p").began == began


def test_one_cause_is_told_once_however_many_ask(tmp_path):
    def ask(_: int) -> bool:
        return Session(str(tmp_path), "id", "/p").first("cause")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(40))) == 1


def test_counts_stay_right_however_many_write(tmp_path):
    def count(_: int) -> None:
        with Session(str(tmp_path), "id", "/p").file("/p/a.ex") as record:
            record.state.attempts["a"] = record.state.attempts.get("a", 0) + 1
            record.save()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    with Session(str(tmp_path), "id", "/p").file("/p/a.ex") as record:
        assert record.state.attempts == {"a": 40}


def test_a_lock_that_is_held_too_long_is_told(session, monkeypatch):
    monkeypatch.setattr(state, "LOCK_SECONDS", 0.05)
    with session.file("/p/a.ex"):
        with pytest.raises(StateError, match="another edit"), session.file("/p/a.ex"):
            pass
        with session.file("/p/b.ex"):
            pass
    with session.file("/p/a.ex"):
        pass


def test_the_lock_of_a_dead_process_does_not_hold(session, tmp_path):
    session.first("cause")
    path = folder(tmp_path) / (sha256(b"/p/a.ex").hexdigest() + ".lock")
    if os.fork() == 0:
        fcntl.flock(os.open(path, os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX)
        os._exit(0)
    os.wait()
    with session.file("/p/a.ex") as record:
        record.save()


@pytest.mark.parametrize("where", ["", "sessions"])
def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path, where):
    data = tmp_path / "data"
    if where:
        data.mkdir()
    (data / where).write_text("in the way")
    with pytest.raises(StateError):
        Session(str(data), "id", "/p").first("cause")


def test_idle_sessions_are_removed(tmp_path):
    days = 24 * 3600
    for name, age in (("old", 15 * days), ("young", 13 * days)):
        session = Session(str(tmp_path), name, "/p")
        session.first("cause")
        with session.file("/p/a.ex") as record:
            record.save()
        then = time.time() - age
        os.utime(folder(tmp_path, name), (then, then))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    (tmp_path / "sessions/link").symlink_to(outside)
    os.utime(outside, (0, 0))
    os.utime(tmp_path / "sessions/link", (0, 0), follow_symlinks=False)
    Session(str(tmp_path), "new", "/p").first("cause")
    assert not folder(tmp_path, "old").exists()
    assert folder(tmp_path, "young").exists()
    assert (outside / "kept").exists()


def test_using_a_session_keeps_it(tmp_path):
    session = Session(str(tmp_path), "busy", "/p")
    session.first("cause")
    os.utime(folder(tmp_path, "busy"), (0, 0))
    with session.file("/p/a.ex") as record:
        record.save()
    Session(str(tmp_path), "new", "/p").first("cause")
    assert folder(tmp_path, "busy").exists()


def test_only_so_many_texts_are_remembered():
    known = FileState()
    for number in range(state.HASHES_KEPT + 10):
        known.remember_text(str(number))
    known.remember_text("20")
    assert len(known.texts) == state.HASHES_KEPT
    assert known.texts[-2:] == [str(state.HASHES_KEPT + 9), "20"]
    assert len(set(known.texts)) == len(known.texts)


def test_unchecked_files_are_taken_once_and_in_order(tmp_path):
    path = str(tmp_path / "unchecked")
    assert unchecked.take(path, "a") == []
    for session, file in (("a", "/2"), ("b", "/3"), ("a", "/1"), ("a", "/2")):
        unchecked.note(path, session, file)
    assert unchecked.take(path, "a") == ["/2", "/1"]
    assert unchecked.take(path, "a") == []
    assert unchecked.take(path, "b") == ["/3"]
    assert list(tmp_path.iterdir()) == []


def test_the_list_of_unchecked_files_does_not_grow_for_ever(tmp_path):
    path = str(tmp_path / "unchecked")
    for number in range(unchecked.KEPT + 50):
        unchecked.note(path, "other", str(number))
    unchecked.note(path, "a", "/1")
    assert unchecked.take(path, "a") == ["/1"]
    assert len(unchecked.take(path, "other")) == unchecked.KEPT


def test_a_link_in_the_place_of_the_list_is_not_followed(tmp_path):
    (tmp_path / "real").write_text('["a", "/1"]\n')
    (tmp_path / "unchecked").symlink_to(tmp_path / "real")
    assert unchecked.take(str(tmp_path / "unchecked"), "a") == []
    with pytest.raises(OSError):
        unchecked.note(str(tmp_path / "unchecked"), "a", "/2")
