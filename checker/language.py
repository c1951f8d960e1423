"""Which language a file is written in."""

from __future__ import annotations

ELIXIR, PYTHON = "elixir", "python"
ENDINGS = {".ex": ELIXIR, ".exs": ELIXIR, ".py": PYTHON}


def language_of(path: str) -> str:
    """The language of a file by its name; Elixir where that does not tell."""
    return PYTHON if path.lower().endswith(".py") else ELIXIR


def is_source(path: str) -> bool:
    """Whether a file's name says that it holds Elixir or Python."""
    return path.lower().endswith(tuple(ENDINGS))
