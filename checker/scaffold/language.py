"""Which of the two Obans a project uses."""

from __future__ import annotations

import os

from checker.language import ELIXIR, PYTHON
from checker.project import elixir_files, pyproject
from checker.project.mix import LOCK
from checker.root import MANIFEST, upward
from checker.scaffold.answers import AnswerError

TITLES = {ELIXIR: "Elixir", PYTHON: "Python"}


class NoProjectError(Exception):
    """There is no project to work in; the message is a sentence that says what to do."""


def wanted_or_found(wanted: str | None, folder: str) -> str:
    """The language that is wanted, else the project's.

    Raises AnswerError where the folder is in a project of the other language alone.
    """
    if wanted is None:
        return language_of(folder)
    other = PYTHON if wanted == ELIXIR else ELIXIR
    if _is_around(other, folder) and not _is_around(wanted, folder):
        problem = f"{folder} is in no {TITLES[wanted]} project, but in one of {TITLES[other]}"
        raise AnswerError("--lang", problem, f"--lang {other}")
    return wanted


def language_of(folder: str) -> str:
    """The language of the nearest project around a folder that names oban, else of the nearest.

    Raises AnswerError where it names both, NoProjectError outside of a project.
    """
    nearest = None
    for place in upward(folder):
        named = [name for name, names in (_ELIXIR, _PYTHON) if names(place)]
        if len(named) > 1:
            problem = f"{place} has both an Elixir and a Python project that names oban"
            raise AnswerError("--lang", problem, "--lang python")
        if named:
            return named[0]
        nearest = nearest or next((name for name in TITLES if _is_at(name, place)), None)
    if nearest is None:
        raise NoProjectError(
            f"there is no {MANIFEST} and no {pyproject.MANIFEST} in {folder} or above it;"
            " run it in a project"
        )
    return nearest


def _is_around(language: str, folder: str) -> bool:
    return any(_is_at(language, place) for place in upward(folder))


def _is_at(language: str, folder: str) -> bool:
    """Whether a folder is a project of a language, be it one that names oban or not."""
    if language == PYTHON:
        return pyproject.has_manifest(folder)
    return os.path.isfile(os.path.join(folder, MANIFEST))


def _mix_names_oban(folder: str) -> bool:
    return any(b"oban" in elixir_files.read(os.path.join(folder, n)) for n in (MANIFEST, LOCK))


_ELIXIR = (ELIXIR, _mix_names_oban)
_PYTHON = (PYTHON, pyproject.names_oban)
