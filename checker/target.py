"""What `explain` is asked about: a worker's file, a line in it, or a worker by its name."""

from __future__ import annotations

import os

from checker.batch import needs_check
from checker.config import is_module
from checker.discover import File, find, is_source
from checker.explanation import Explanation, explain
from checker.flaw import flaw_in
from checker.language import PYTHON, language_of
from checker.project import project_of
from checker.source import MAX_BYTES, Source, decode

MOST_NAMED = 8


class TargetError(Exception):
    """Nothing can be explained; the text says why, and what to ask instead."""


def names_worker(target: str) -> bool:
    """Whether something is a path or may be a module, and not the id of a rule."""
    path, _line = split(target)
    named = is_module(target) or _is_python_name(target)
    return _is_path(path) or (named and not _is_rule_id(target))


def _is_python_name(text: str) -> bool:
    """`shop.workers.Sync` or `send_mail`; one small word is rather a rule that is misspelt."""
    parts = text.split(".")
    return all(part.isidentifier() for part in parts) and ("_" in text or len(parts) > 1)


def find_workers(target: str) -> tuple[int | None, list[Explanation]]:
    """The line that was named, if any, and the workers (with a line, what stands there).

    `target` is `path`, `path:12`, `path:12:7`, or a module's name or the last part of it.
    Raises TargetError.
    """
    path, line = split(target)
    if not _is_path(path):
        return None, by_name(target)
    source, workers = _read(_named_file(path))
    if line is None:
        return None, workers
    worker = _around(line, source, workers)
    whole = line == worker.place.line
    return (None, [worker]) if whole else (line, [worker.at(line)])


def _is_path(path: str) -> bool:
    return os.path.exists(path) or "/" in path or is_source(path)


def _is_rule_id(text: str) -> bool:
    return text[:2].upper() == "OB" and text[2:].isdigit()


def split(target: str) -> tuple[str, int | None]:
    """The path and the line of `path`, `path:12` and `path:12:7`."""
    if os.path.exists(target):
        return target, None
    path, colon, last = target.rpartition(":")
    if not colon or not _is_number(last):
        return target, None
    before, colon, line = path.rpartition(":")
    if colon and _is_number(line) and not os.path.exists(path):
        return before, int(line)
    return path, int(last)


def _around(line: int, source: Source, workers: list[Explanation]) -> Explanation:
    """The innermost worker that a line stands in."""
    lines = source.text.count("\n") + (not source.text.endswith("\n"))
    if not 1 <= line <= lines:
        raise TargetError(f"{source.path} has no line {line}; its last is line {lines}.")
    around = [worker for worker in workers if worker.place.covers(line)]
    if not around:
        names = _listed([f"`{worker.name}` (line {worker.place.line})" for worker in workers])
        raise TargetError(f"Line {line} of {source.path} stands in no worker; there is {names}.")
    return max(around, key=lambda worker: worker.place.line)


def by_name(name: str) -> list[Explanation]:
    """The worker of a name, or of a name that ends so, below the current folder."""
    files = find(["."], {}).files
    found = [worker for file in files for worker in _workers_in(file, name) if _fits(worker, name)]
    exact = [worker for worker in found if worker.name == name]
    matches = exact or found
    if not matches:
        raise TargetError(_unknown_module(name, files))
    if len(matches) > 1:
        told = _listed([f"`{w.name}` ({w.path}:{w.place.line})" for w in matches])
        raise TargetError(f"There are {len(matches)} workers that `{name}` may be: {told}.")
    return matches


def _fits(worker: Explanation, name: str) -> bool:
    return worker.name == name or worker.name.endswith(f".{name}")


def _workers_in(file: File, name: str) -> list[Explanation]:
    """The workers of a file that may hold one of this name."""
    data = _data(file.path)
    if name.rpartition(".")[2].encode() not in data:
        return []
    return _workers_of(file, data)


def _workers_of(file: File, data: bytes) -> list[Explanation]:
    """The workers of one of many files; none of a file that cannot be read."""
    if not _readable(data, file.path):
        return []
    try:
        return _explained(Source(file.shown, decode(data)), file)
    except TargetError:
        return []


def _explained(source: Source, file: File) -> list[Explanation]:
    try:
        return explain(source, file.config, project_of(file.path))
    except Exception as error:  # a fault of ours, in one of the files there are
        reason = f"{type(error).__name__}: {error}"
        raise TargetError(f"{source.path}: the checker failed ({reason}).") from error


def _unknown_module(name: str, files: list[File]) -> str:
    from difflib import get_close_matches

    known = {}
    for file in files:
        for worker in _workers_of(file, _data(file.path)):
            known[worker.name] = known[worker.name.rpartition(".")[2]] = worker.name
    if not known:
        return f"No worker `{name}`: there is no Oban worker below this folder."
    near = get_close_matches(name, list(known), MOST_NAMED, 0.0 if len(known) < 4 else 0.5)
    names = list(dict.fromkeys(known[word] for word in near))
    if not names:
        return f"No worker `{name}` below this folder."
    told = _listed([f"`{other}`" for other in names[:3]])
    return f"No worker `{name}` below this folder. Did you mean {told}?"


def _named_file(path: str) -> File:
    if not os.path.exists(path):
        raise TargetError(f"{path} does not exist.")
    if os.path.isdir(path):
        raise TargetError(f"{path} is a folder; name a file in it, or a worker.")
    found = find([path], {})
    for shown, message in found.problems:
        raise TargetError(f"{shown}: {message}.")
    if not found.files:
        raise TargetError(f"{path} is no Elixir file (.ex, .exs) and no Python file (.py).")
    return found.files[0]


def _read(file: File) -> tuple[Source, list[Explanation]]:
    try:
        with open(file.path, "rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise TargetError(f"{file.shown} cannot be read: {error.strerror}.") from error
    flaw = flaw_in(data, file.path)
    if flaw is not None and not flaw.partial:
        raise TargetError(f"{file.shown} {flaw.message.partition(',')[0]}.")
    source = Source(file.shown, decode(data))
    workers = _explained(source, file)
    if not workers:
        raise TargetError(_without_workers(source))
    return source, workers


def _without_workers(source: Source) -> str:
    if language_of(source.path) == PYTHON:
        from checker.python.tree import parse  # no Elixir file needs it

        error = parse(source.text).error
        if error is not None:
            return f"{source.path} is no Python that can be read (line {source.line_of(error)})."
    return f"No Oban worker was found in {source.path}."


def _data(path: str) -> bytes:
    """A file's content; nothing when it cannot be read, or is too large."""
    try:
        with open(path, "rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError:
        return b""


def _readable(data: bytes, path: str) -> bool:
    flaw = flaw_in(data, path)
    return (flaw is None or flaw.partial) and needs_check(data, path)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
