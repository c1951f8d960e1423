"""Writes all files of a plan, or none of them."""

from __future__ import annotations

import os
import tempfile

from checker.scaffold.plan import NewFile


class WriteError(Exception):
    """Nothing was written; the message says which file and why."""


def existing(files: tuple[NewFile, ...]) -> list[str]:
    """The paths that are taken already."""
    return [file.path for file in files if os.path.lexists(file.path)]


def write(files: tuple[NewFile, ...]) -> None:
    """Write the files, replacing what is there. Raises WriteError, and leaves nothing behind."""
    made: list[str] = []
    drafts: list[tuple[str, str]] = []
    try:
        for file in files:
            made += _make_folders(os.path.dirname(file.path))
            drafts.append((_draft(file), file.path))
        for draft, path in drafts:
            if os.path.isdir(path):
                raise IsADirectoryError(0, "is a folder", path)
    except OSError as error:
        for draft, _path in drafts:
            os.unlink(draft)
        for folder in reversed(made):
            os.rmdir(folder)
        place = error.filename or file.path
        raise WriteError(f"{place}: {error.strerror}; nothing was written") from None
    for draft, path in drafts:
        os.replace(draft, path)


def _make_folders(folder: str) -> list[str]:
    """Make the folders that are missing; returns those made, outer first."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    made = []
    try:
        for path in reversed(missing):
            os.mkdir(path)
            made.append(path)
    except OSError:
        for path in reversed(made):
            os.rmdir(path)
        raise
    return made


def _draft(file: NewFile) -> str:
    """The file under a name of its own beside its place, with the rights of a new file."""
    handle, draft = tempfile.mkstemp(dir=os.path.dirname(file.path), prefix=".oban-guard-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(file.text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(draft, 0o666 & ~mask)
    except OSError:
        os.unlink(draft)
        raise
    return draft
