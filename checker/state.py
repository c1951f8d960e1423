"""What the guard remembers of one session: hashes, counts and fingerprints, a file each.

`sessions/<session and project>/<file>.json` below the data folder, where both
names are SHA-256 digests; `session.json` beside them holds what concerns the
whole session. What is damaged is forgotten, never trusted.
"""

from __future__ import annotations

import fcntl
import os
import time

from checker import quickjson
from checker.digest import sha256
from checker.places import PlaceError, make_folder

IDLE_DAYS = 14
LOCK_SECONDS = 4
HASHES_KEPT = 50
MAX_BYTES = 4_000_000
OWN = "session"


class StateError(Exception):
    """The session's state cannot be kept; the message says why."""


class FileState:
    """What is known of one file.

    `old`: rows (see `novelty`) of the blocking findings that are not this
    session's. `silenced`: rows of the suppressed ones. `texts`: digests of the
    texts before and after each edit that passed. `attempts`: digest of a set of
    new fingerprints → how often it was submitted. `told`: whether the old
    findings were told. `modules`: digests of the modules that a file with old
    findings defined. `lines`: digests of the lines the file had when the
    session first met it, if it could not be read whole then.
    """

    __slots__ = ("old", "silenced", "texts", "attempts", "told", "modules", "lines")

    def __init__(self) -> None:
        self.old: dict[str, list] = {}
        self.silenced: dict[str, list] = {}
        self.texts: list[str] = []
        self.attempts: dict[str, int] = {}
        self.told = False
        self.modules: list[str] = []
        self.lines: list[str] = []

    def remember_text(self, digest: str) -> None:
        """Count a text among those that are this session's."""
        self.texts = [known for known in self.texts if known != digest][1 - HASHES_KEPT :]
        self.texts.append(digest)


class Session:
    """The state of a session in a project. Raises StateError when it cannot be kept."""

    def __init__(self, data: str, session_id: str, project: str) -> None:
        name = _name(f"{session_id}\0{project}")
        self._all = os.path.join(data, "sessions")
        self._folder = os.path.join(self._all, name)
        self._own: dict | None = None

    def file(self, path: str) -> _Locked:
        """A file's state, to be used in `with`; kept when `save` is called. `path` is real."""
        self._make_folder()
        return _Locked(os.path.join(self._folder, _name(path)))

    def knows(self, path: str) -> bool:
        """Whether the session met a file; `path` is real."""
        return os.path.exists(os.path.join(self._folder, _name(path) + ".json"))

    def files(self, limit: int = 2000):
        """The states of the files met so far, as they are on disk."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return
        for name in sorted(names)[:limit]:
            if name.endswith(".json") and name != OWN + ".json":
                state = _file_state(_load(os.path.join(self._folder, name)))
                if state is not None:
                    yield state

    @property
    def began(self) -> float:
        """When the session's state began, seconds since 1970."""
        return self._session()["began"]

    def first(self, cause: str) -> bool:
        """Whether something is met for the first time in this session; then it was."""
        return self.keep("told", cause, True)

    def kept(self, group: str, key: str) -> object:
        """What was kept under a key, or None."""
        return self._session()[group].get(_name(key))

    def keep(self, group: str, key: str, value: object) -> bool:
        """Keep a value, if none is kept yet; says whether it was."""

        def add(session: dict) -> bool:
            missing = _name(key) not in session[group]
            if missing:
                session[group][_name(key)] = value
            return missing

        return self._change(add)

    def resume(self) -> None:
        """Begin again now: the project's configuration counts as it is now."""

        def renew(session: dict) -> bool:
            session.update(began=time.time(), configs={})
            return True

        self._change(renew)

    def _change(self, change) -> bool:
        """Let `change` alter what is kept of the session; says whether it did."""
        self._make_folder()
        with _Lock(os.path.join(self._folder, OWN)):
            self._own = None
            session = self._session()
            changed = change(session)
            if changed:
                _save(os.path.join(self._folder, OWN + ".json"), session)
        return changed

    def _session(self) -> dict:
        if self._own is None:
            found = _load(os.path.join(self._folder, OWN + ".json"))
            self._own = found if _is_session(found) else _new_session()
        return self._own

    def _make_folder(self) -> None:
        if os.path.isdir(self._folder):
            return
        try:
            make_folder(self._all)
            _remove_idle(self._all)
            make_folder(self._folder)
        except PlaceError as error:
            raise StateError(str(error)) from None
        except OSError as error:
            raise StateError(f"{self._all}: {error.strerror}") from None


class _Locked:
    """A file's state while nobody else can change it."""

    def __init__(self, stem: str) -> None:
        self._lock = _Lock(stem)
        self._path = stem + ".json"
        self.state = FileState()
        self.known = False

    def __enter__(self) -> _Locked:
        self._lock.__enter__()
        found = _file_state(_load(self._path))
        if found is not None:
            self.state, self.known = found, True
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.__exit__()

    def save(self) -> None:
        """Keep the state as it is now."""
        _save(self._path, {slot: getattr(self.state, slot) for slot in FileState.__slots__})


class _Lock:
    """Exclusive use of `<stem>.lock`; the system lifts it when its owner ends."""

    def __init__(self, stem: str) -> None:
        self._path = stem + ".lock"

    def __enter__(self) -> None:
        try:
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise StateError(f"{self._path}: {error.strerror}") from None
        end = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                if time.monotonic() > end:
                    os.close(self._file)
                    raise StateError("another edit of the file is still being checked") from None
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def text_digest(text: str | None) -> str:
    """Names a settled text; that of no file is empty."""
    return "" if text is None else sha256(text.encode("utf-8", "replace")).hexdigest()


def _name(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _load(path: str) -> object:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(file, "rb") as opened:
            return quickjson.read(opened.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def _save(path: str, value: object) -> None:
    new = f"{path}.{os.getpid()}"
    try:
        file = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with open(file, "wb") as opened:
            opened.write(quickjson.write(value).encode("ascii"))
        os.replace(new, path)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from None


def _new_session() -> dict:
    return {"began": time.time(), "told": {}, "configs": {}}


def _is_session(found: object) -> bool:
    return (
        isinstance(found, dict)
        and isinstance(found.get("began"), float)
        and isinstance(found.get("told"), dict)
        and isinstance(found.get("configs"), dict)
    )


def _file_state(found: object) -> FileState | None:
    """The state that a file's JSON describes; None when it is anything else."""
    if not isinstance(found, dict) or set(found) != set(FileState.__slots__):
        return None
    sound = (
        _are_rows(found["old"])
        and _are_rows(found["silenced"])
        and _are_texts(found["texts"])
        and _are_texts(found["modules"])
        and _are_texts(found["lines"])
        and isinstance(found["told"], bool)
        and isinstance(found["attempts"], dict)
        and all(type(count) is int for count in found["attempts"].values())
    )
    if not sound:
        return None
    state = FileState()
    for slot, value in found.items():
        setattr(state, slot, value)
    return state


def _are_rows(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(row, list)
        and len(row) == 4
        and type(row[0]) is int
        and row[0] > 0
        and _are_texts(row[1:])
        for row in value.values()
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _remove_idle(folder: str) -> None:
    """Remove the sessions that nothing was kept of for IDLE_DAYS."""
    oldest = time.time() - IDLE_DAYS * 86_400
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                idle = entry.stat(follow_symlinks=False).st_mtime < oldest
                if idle and entry.is_dir(follow_symlinks=False):
                    _remove(entry.path)
            except OSError:
                continue


def _remove(session: str) -> None:
    for name in os.listdir(session):
        os.unlink(os.path.join(session, name))
    os.rmdir(session)
