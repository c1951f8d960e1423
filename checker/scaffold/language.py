"""Which of the two Obans a project uses."""

from __future__ import annotations

import os

from checker.project import elixir_files, pyproject
from checker.project.mix import LOCK
from checker.root import MANIFEST
from checker.scaffold.answers import AnswerError

ELIXIR, PYTHON = "elixir", "python"
LANGUAGES = (ELIXIR, PYTHON)


class NoProjectError(Exception):
    """There is no project to work in; the message is a sentence that says what to do."""


def language_of(folder: str) -> str:
    """The language of the nearest project around a folder that names oban, else of the nearest.

    Raises AnswerError where it names both, NoProjectError outside of a project.
    """
    nearest = None
    place = os.path.abspath(folder)
    while True:
        named = [name for name, names in (_ELIXIR, _PYTHON) if names(place)]
        if len(named) > 1:
            problem = f"{place} has both an Elixir and a Python project that names oban"
            raise AnswerError("--lang", problem, "--lang python")
        if named:
            return named[0]
        if nearest is None and os.path.isfile(os.path.join(place, MANIFEST)):
            nearest = ELIXIR
        if nearest is None and pyproject.is_project(place):
            nearest = PYTHON
        above = os.path.dirname(place)
        if above == place:
            break
        place = above
    if nearest is None:
        raise NoProjectError(
            f"there is no {MANIFEST} and no {pyproject.MANIFEST} in {folder} or above it;"
            " run it in a project"
        )
    return nearest


def _mix_names_oban(folder: str) -> bool:
    return any(b"oban" in elixir_files.read(os.path.join(folder, n)) for n in (MANIFEST, LOCK))


_ELIXIR = (ELIXIR, _mix_names_oban)
_PYTHON = (PYTHON, pyproject.names_oban)
