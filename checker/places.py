"""Where the checker keeps what it knows between two runs. hooks/lib.sh decides the same."""

from __future__ import annotations

import os

# Each variable, and the folder below it that is ours.
PLACES = (
    ("OBAN_GUARD_DATA", ""),
    ("CLAUDE_PLUGIN_DATA", ""),
    ("XDG_CACHE_HOME", "/oban-guard"),
    ("HOME", "/.cache/oban-guard"),
)


class PlaceError(Exception):
    """There is no folder to keep things in; the message is a sentence for the user."""


def data_folder(variables=None) -> str:
    """The path of the data folder, which may not exist yet. Relative paths do not count.

    `variables` is a mapping, os.environ unless given. Raises PlaceError when none of
    them names a place.
    """
    variables = os.environ if variables is None else variables
    for name, below in PLACES:
        value = variables.get(name, "")
        if value.startswith("/"):
            return value + below
    raise PlaceError("HOME is not set; OBAN_GUARD_DATA may name a data folder")


def make_folder(path: str) -> str:
    """Makes a folder for the user alone where there is none; returns its path.

    Raises PlaceError when it cannot be made, written to, or belongs to someone else.
    """
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        owner = os.stat(path).st_uid
    except OSError as error:
        raise PlaceError(f"{path}: {error.strerror}") from None
    if owner != os.geteuid():
        raise PlaceError(f"{path} belongs to someone else")
    if not os.access(path, os.W_OK):
        raise PlaceError(f"{path} cannot be written to")
    return path
