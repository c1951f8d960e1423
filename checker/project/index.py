"""Which files of a project define a module, use a word or hold a mark: kept between two runs.

A file is read when it is new or has changed, as its size and the time of its last change
tell. Below the data folder a project has its `index/<SHA-256>.json`, four lines of JSON: a
header with a checksum of the others; path, size and time of every file; then for every file
the modules that it defines; then its marks and capitalised words. These two are searched as
bytes. What is damaged, or another version's, is made anew.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable
from zlib import crc32

from checker import __version__, quickjson
from checker.digest import sha256
from checker.places import PlaceError, make_folder
from checker.project.elixir_files import read
from checker.project.mix import MixApp, apps_of

FORMAT = 1
MARKS = (b"new", b"{Oban,", b"Oban.start_link", b"start_queue", b"DynamicQueues")
MOST_FILES = 20_000
MOST_BYTES = 100_000_000
SETTLED = 2_000_000_000  # nanoseconds; a file that changed later may change again unseen
FEW = 20  # files: reading them again takes less time than writing the index
SKIPPED = frozenset(("deps", "_build", "node_modules"))
KEPT = 30 * 86_400  # seconds that nobody used it

MODULES, WORDS = 0, 1
WORD = re.compile(rb"\b[A-Z][A-Za-z0-9_]*")
DEFMODULE = re.compile(rb"^[ \t]*defmodule[ \t]+([A-Z][A-Za-z0-9_.]*),?[ \t]+do", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z0-9_.]+")
BETWEEN = b'","'


class TooSlow(Exception):
    """Not every file was read in time; the next attempt goes on from there."""


class Index:
    """The files below some folders of a project whose names end in `ending`.

    `folders` are absolute; one that is not below `root` is left out. `data` is the data
    folder, None to keep nothing. `texts`: what files are to be taken for holding, by path.
    Answers are absolute paths in order. Where there are more than MOST_FILES files the index
    is not `complete`: it knows none of them.
    """

    def __init__(self, root: str, folders: list[str], ending: str, data: str | None) -> None:
        self._root = root.rstrip(os.sep)
        self.folders = [folder for folder in folders if _is_below(folder, root)]
        self._ending = ending
        self._cache = None if data is None else _Cache(root, ending, data)
        self._held: _Held | None = None
        self.texts: dict[str, bytes] = {}

    def build(self, over: Callable = map, until: float | None = None) -> None:
        """Bring it up to date; what is to be read goes through `over(function, paths)`.

        Raises TooSlow when that takes longer than `until`, a time of `time.monotonic()`.
        """
        if self._held is None:
            self._held = self._brought_up_to_date(over, until)

    @property
    def complete(self) -> bool:
        return self._known.complete

    @property
    def empty(self) -> bool:
        return not self._known.names and not self._known.fresh

    def defining(self, module: str) -> list[str]:
        """The files with a `defmodule` of just this name."""
        return self._paths(MODULES, [f"|{module}|"]) if PLAIN.fullmatch(module) else []

    def naming(self, word: str) -> list[str]:
        """The files with a capitalised word."""
        return self._paths(WORDS, [f" {word} "]) if PLAIN.fullmatch(word) else []

    def holding(self, *marks: bytes) -> list[str]:
        """The files with any of some MARKS in them."""
        return self._paths(WORDS, [f" {_token(mark)} " for mark in marks])

    def holds(self, path: str) -> bool:
        """Whether there is a file of the project at a path, whatever its name is."""
        return path in self.texts or (os.path.isfile(path) and self._is_own(path))

    def read(self, path: str) -> bytes:
        """What a file holds, or is to be taken for holding."""
        return self.texts[path] if path in self.texts else read(path)

    def with_text(self, path: str, text: bytes) -> Index:
        """The same, but for what one file is to be taken for holding."""
        other = Index(self._root, self.folders, self._ending, None)
        other.texts = {**self.texts, path: text}
        other._held = self._known
        if path.endswith(self._ending) and any(_is_below(path, f) for f in self.folders):
            other._held = self._known.with_content(path[len(self._root) + 1 :], _content(text))
        return other

    @property
    def _known(self) -> _Held:
        self.build()
        return self._held

    def _paths(self, section: int, needles: list[str]) -> list[str]:
        found = self._known.holding(section, [needle.encode() for needle in needles])
        return [self._path_of(name) for name in sorted(found)]

    def _path_of(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _brought_up_to_date(self, over: Callable, until: float | None) -> _Held:
        before = time.time_ns() - SETTLED
        files = self._walk(until)
        if files is None:
            return _Held([], (b"[]", b"[]"), complete=False)
        kept = self._cache.load() if self._cache is not None else None
        held, stamps = kept if kept is not None else (_Held([], (b"[]", b"[]")), [])
        if stamps == files:
            return held
        files = dict(zip(files[::3], zip(files[1::3], files[2::3], strict=True), strict=True))
        same = {
            name
            for name, size, changed in zip(stamps[::3], stamps[1::3], stamps[2::3], strict=True)
            if files.get(name) == (size, changed)
        }
        held.stale = {n for n, name in enumerate(held.names) if name not in same}
        unread = [name for name in files if name not in same]
        in_time = True
        contents = over(_content_of, list(map(self._path_of, unread)))
        for name, content in zip(unread, contents, strict=False):
            held.fresh[name] = content
            in_time = until is None or time.monotonic() < until
            if not in_time:
                break
        if max(len(unread), len(held.stale)) > min(FEW, len(files) // 10):
            held = held.packed()
            if self._cache is not None:
                self._cache.save(held, files, before)
        if not in_time:
            raise TooSlow
        return held

    def _walk(self, until: float | None) -> list | None:
        """Path below the root, size and time of change of every file, one after another.

        None when there are too many. In the order of the folders themselves, which only
        matters to what is kept.
        """
        found: list = []
        folders = list(self.folders)
        cut = len(self._root) + 1
        while folders:
            if until is not None and time.monotonic() > until:
                raise TooSlow
            folder = folders.pop() + os.sep
            try:
                with _opened(folder) as place, os.scandir(place) as listing:
                    for entry in listing:
                        name = entry.name
                        if name.endswith(self._ending):
                            status = self._status(entry, folder)
                            if status is not None:
                                path = folder[cut:] + name
                                found += (path, status.st_size, status.st_ctime_ns)
                        elif name[:1] != "." and name not in SKIPPED and _is_folder(entry):
                            folders.append(folder + name)
            except OSError:
                continue
            if len(found) > 3 * MOST_FILES:
                return None
        return found

    def _status(self, entry: os.DirEntry, folder: str) -> os.stat_result | None:
        """Of a regular file; None of what leads out of the project."""
        try:
            status = entry.stat()
        except OSError:
            return None
        own = not entry.is_symlink() or self._is_own(folder + entry.name)
        return status if own and stat.S_ISREG(status.st_mode) else None

    def _is_own(self, path: str) -> bool:
        return _is_below(os.path.realpath(path), os.path.realpath(self._root))


def lib_of(app: MixApp, data: str | None) -> Index:
    """The code of all applications of the project that one belongs to."""
    return Index(app.root, [os.path.join(a.folder, "lib") for a in apps_of(app)], ".ex", data)


def tests_of(app: MixApp, data: str | None) -> Index:
    """Likewise their tests."""
    return Index(app.root, [os.path.join(a.folder, "test") for a in apps_of(app)], ".exs", data)


class _Held:
    """What is known of files: `names` (below the root) and two `sections`, JSON lists beside them.

    What `stale`, positions of names, had to say no longer counts; `fresh` has newer contents
    by name.
    """

    def __init__(self, names: list[str], sections: tuple, complete: bool = True) -> None:
        self.names = names
        self.sections = sections
        self.complete = complete
        self.found: dict[tuple[int, bytes], list[int]] = {}  # positions in the sections
        self.stale: set[int] = set()
        self.fresh: dict[str, tuple[bytes, bytes]] = {}

    def holding(self, section: int, needles: list[bytes]) -> set[str]:
        found = {
            self.names[position]
            for needle in needles
            for position in self._positions(section, needle)
            if position not in self.stale
        }
        for name, content in self.fresh.items():
            if any(needle in content[section] for needle in needles):
                found.add(name)
        return found

    def _positions(self, section: int, needle: bytes) -> list[int]:
        key = section, needle
        if key not in self.found:
            self.found[key] = list(_positions(self.sections[section], needle))
        return self.found[key]

    def with_content(self, name: str, content: tuple[bytes, bytes]) -> _Held:
        other = _Held(self.names, self.sections, self.complete)
        other.found = self.found
        other.stale = self.stale | {n for n, old in enumerate(self.names) if old == name}
        other.fresh = {**self.fresh, name: content}
        return other

    def packed(self) -> _Held:
        """The same, all of it in the sections: these are searched faster than many fresh ones."""
        rows = enumerate(zip(self.names, *map(_pieces, self.sections), strict=True))
        kept = {row[0]: row[1:] for position, row in rows if position not in self.stale}
        kept |= self.fresh
        sections = tuple(_listed([row[n] for row in kept.values()]) for n in (MODULES, WORDS))
        return _Held(list(kept), sections)


class _Cache:
    """An index on disk."""

    def __init__(self, root: str, ending: str, data: str) -> None:
        self._folder = os.path.join(data, "index")
        self._root = os.path.realpath(root)
        self._ending = ending
        named = os.fsencode(f"{self._root}\0{ending}")
        self._path = os.path.join(self._folder, sha256(named).hexdigest() + ".json")

    def load(self) -> tuple[_Held, list] | None:
        """What was kept, and names, sizes and times as they were then; None without that."""
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(file, "rb") as opened:
                size = min(os.fstat(file).st_size, MOST_BYTES)  # room is made for all of it
                header, _, body = opened.read(size).partition(b"\n")
            if header != self._header(body):
                return None
            files, *sections = body.split(b"\n")
            stamps = quickjson.read(files)
        except (OSError, ValueError, RecursionError):
            return None
        self._note_use()
        return _Held(stamps[::3], tuple(sections)), stamps

    def _note_use(self) -> None:
        """Have it kept; where nothing can be written, nothing is removed either."""
        try:
            os.utime(self._path)
        except OSError:
            pass

    def save(self, held: _Held, files: dict[str, tuple[int, int]], settled: int) -> None:
        """Keep what is packed, of files that changed before a time; where it cannot be, do not."""
        stamps = []
        for name in held.names:
            size, changed = files[name]
            stamps += (name, size, changed if changed < settled else 0)
        body = b"\n".join((quickjson.write(stamps).encode(), *held.sections))
        try:
            make_folder(self._folder)
            _remove_idle(self._folder)
            _write(self._path, self._header(body) + b"\n" + body)
        except (OSError, PlaceError):
            pass

    def _header(self, body: bytes) -> bytes:
        made_by = [FORMAT, __version__, [mark.decode() for mark in MARKS]]
        return quickjson.write([*made_by, self._root, self._ending, crc32(body)]).encode()


def _content_of(path: str) -> tuple[bytes, bytes]:
    return _content(read(path))


def _content(data: bytes) -> tuple[bytes, bytes]:
    """The modules of a text as `|A|B|`; its marks and words as ` !0 A B `."""
    modules = b"|".join([b"", *DEFMODULE.findall(data), b""])
    marks = [_token(mark).encode() for mark in MARKS if mark in data]
    return modules, b" ".join([b"", *marks, *sorted(set(WORD.findall(data))), b""])


def _token(mark: bytes) -> str:
    return f"!{MARKS.index(mark)}"


def _positions(section: bytes, needle: bytes):
    """Which pieces of a list hold something."""
    at = section.find(needle)
    position = counted = 0
    while at >= 0:
        position += section.count(BETWEEN, counted, at)
        yield position
        counted = section.find(BETWEEN, at)
        at = section.find(needle, counted) if counted >= 0 else -1


def _listed(pieces: list[bytes]) -> bytes:
    """A JSON list of texts that need no escapes."""
    return b'["' + BETWEEN.join(pieces) + b'"]' if pieces else b"[]"


def _pieces(section: bytes) -> list[bytes]:
    return section[2:-2].split(BETWEEN) if len(section) > 2 else []


class _opened:
    """A folder, opened: what is in it is reached faster so than by its whole path."""

    __slots__ = ("_place",)

    def __init__(self, folder: str) -> None:
        self._place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self) -> int:
        return self._place

    def __exit__(self, *_: object) -> None:
        os.close(self._place)


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _write(path: str, data: bytes) -> None:
    """Put a file in its place at once; whoever reads it has the old one or the new."""
    new = f"{path}.{os.getpid()}"
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW
    try:
        with open(os.open(new, flags, 0o600), "wb") as file:
            file.write(data)
        os.replace(new, path)
    except OSError:
        if os.path.lexists(new):
            os.unlink(new)
        raise


def _remove_idle(folder: str) -> None:
    oldest = time.time() - KEPT
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(entry.path)
            except OSError:
                continue
