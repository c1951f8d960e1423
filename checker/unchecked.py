"""The list of files that were edited unchecked, to be checked at their session's next event.

One JSON line `["session id", "path"]` each; hooks/unready.sh adds to it as well.
"""

from __future__ import annotations

import json
import os

KEPT = 200
MAX_BYTES = 1_000_000


def note(path: str, session_id: str, file: str) -> None:
    """Put a file on the list at `path`."""
    _add(path, [json.dumps([session_id, file])])


def take(path: str, session_id: str) -> list[str]:
    """Take a session's files off the list at `path`; each comes once, in order."""
    name = json.dumps(session_id)
    if name not in _read(path):
        return []
    mine = f"{path}.{os.getpid()}"
    try:
        os.rename(path, mine)
    except OSError:
        return []
    files, others = {}, []
    for line in _read(mine).splitlines():
        try:
            session, file = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            continue
        if session != session_id:
            others.append(line)
        elif isinstance(file, str):
            files[file] = True
    if others:
        _add(path, others[-KEPT:])
    os.unlink(mine)
    return list(files)


def _read(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read(MAX_BYTES)


def _add(path: str, lines: list[str]) -> None:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    with open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))
