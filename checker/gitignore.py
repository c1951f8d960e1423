"""What `.gitignore` files leave out, read as git reads them. No git is needed."""

from __future__ import annotations

import os

FILE = ".gitignore"


class Ignores:
    """The `.gitignore` files that count in one folder of a git work tree, or outside of any.

    `specs`: `(folder, patterns)` from the deepest folder up; the first that
    speaks of a path decides. Folders are real paths.
    """

    def __init__(self, specs: tuple = (), in_work_tree: bool = False) -> None:
        self._specs = specs
        self._in_work_tree = in_work_tree

    def inside(self, folder: str) -> Ignores:
        """What counts in a folder directly below: a work tree of its own starts anew."""
        if _is_work_tree(folder):
            return Ignores(_own(folder), in_work_tree=True)
        own = _own(folder) if self._in_work_tree else ()
        return Ignores(own + self._specs, self._in_work_tree) if own else self

    def leave_out(self, path: str) -> bool:
        """Whether a path (of a folder: with a `/` at the end) is ignored."""
        for folder, spec in self._specs:
            included = spec.check_file(path[len(folder) :].lstrip("/")).include
            if included is not None:
                return included
        return False


def ignores_in(folder: str) -> Ignores:
    """What counts in a folder that was named, given by its real path.

    Whoever names a folder that is ignored wants what is in it: then only the
    `.gitignore` files in it count.
    """
    above = []
    while not _is_work_tree(folder) and folder != os.path.dirname(folder):
        above.append(folder)
        folder = os.path.dirname(folder)
    ignores = Ignores().inside(folder)
    for below in reversed(above):
        if ignores.leave_out(below + "/"):
            ignores = Ignores(in_work_tree=True)
        ignores = ignores.inside(below)
    return ignores


def _is_work_tree(folder: str) -> bool:
    return os.path.lexists(os.path.join(folder, ".git"))


def _own(folder: str) -> tuple:
    """The patterns of a folder's own file; one that cannot be read ignores nothing, as in git."""
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            text = file.read().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return ()
    return ((folder, _spec(text.split("\n"))),)


def _spec(lines: list[str]):
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:  # git passes over a pattern that is none, such as a lone `!`
        return GitIgnoreSpec([p for line in lines for p in _patterns(line)])


def _patterns(line: str) -> list:
    from pathspec import GitIgnoreSpec

    try:
        return list(GitIgnoreSpec.from_lines([line]).patterns)
    except ValueError:
        return []
