"""The project that is worked in, and paths in it: the same wherever in it one stands."""

from __future__ import annotations

import os
from collections.abc import Iterator

MANIFEST = "mix.exs"


class Root:
    """The folder that reports for other programs name files from.

    `folder`: the git work tree around the working directory, else the Mix
    project (of an umbrella: the whole), else the working directory itself.
    """

    def __init__(self) -> None:
        here = os.getcwd()
        self.folder = _work_tree(here) or _mix_project(here) or here

    def path(self, shown: str) -> str:
        """A path as findings have it, from this folder; absolute where it is outside of it."""
        absolute = os.path.abspath(shown)
        start = self.folder.rstrip(os.sep) + os.sep
        inside = absolute[len(start) :] if absolute.startswith(start) else absolute
        return inside.replace(os.sep, "/")


def manifests_above(folder: str) -> Iterator[str]:
    """Those of `upward` with a mix.exs, the nearest first."""
    return (f for f in upward(folder) if os.path.isfile(os.path.join(f, MANIFEST)))


def upward(folder: str) -> Iterator[str]:
    """An absolute folder, and those around it; the last is a git root or the home folder."""
    home = os.path.realpath(os.path.expanduser("~"))
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or _is_git_root(folder) or os.path.realpath(folder) == home:
            return
        folder = above


def _is_git_root(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, ".git"))


def _work_tree(folder: str) -> str | None:
    while not _is_git_root(folder):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _mix_project(folder: str) -> str | None:
    from checker.project.mix import MixError, app_around

    try:
        return app_around(folder).root
    except MixError:
        return None
