"""What differs from a revision, as git tells it."""

from __future__ import annotations

import os
import shutil
import subprocess
from tempfile import TemporaryDirectory

from checker.discover import File
from checker.since import Before
from checker.source import one_line

# The monitor that a repository may name is not started.
GIT = ("git", "-c", "core.fsmonitor=false", "-c", "diff.relative=false")
ABSENT = (b"does not exist in", b"exists on disk, but not in")


class GitError(Exception):
    """git cannot tell; the message is a sentence that says why and what would be right."""


class Changes:
    """The files of the repository around the working directory that differ from a revision.

    `revision` is a branch, a tag, a commit or what else names one. Raises
    GitError when there is no git, no repository, or no such revision.
    """

    def __init__(self, revision: str) -> None:
        self._top = _line(_git(None, "rev-parse", "--show-toplevel"))
        self._commit = self._resolved(revision)
        self._tracked = set(_split(self._git("ls-files", "-z")))
        self._before = self._differing()

    def keep(self, files: list[File]) -> list[File]:
        """Those of some files that differ, each with its text before. Raises GitError."""
        kept = []
        for file in files:
            inside = self._inside(file.path)
            if inside in self._before:
                file.before = self._text(self._before[inside])
            elif inside not in self._tracked:
                file.before = Before(file.shown, b"")
            elif file.data is not None:
                file.before = self._text(inside)
            else:
                continue
            kept.append(file)
        return kept

    def _resolved(self, revision: str) -> str:
        wanted = f"{revision}^{{commit}}"
        try:
            found = self._git("rev-parse", "--verify", "--quiet", wanted)
        except GitError:
            raise GitError(
                f"`{one_line(revision)}` is no revision of the repository {self._top}; "
                "name a branch, a tag or a commit, such as main or HEAD~1"
            ) from None
        return _line(found)

    def _differing(self) -> dict[str, str]:
        """Path of each file that differs → its path at the revision."""
        with TemporaryDirectory() as folder:
            index = self._copied_index(folder)
            words = iter(
                _split(self._git("diff", "--name-status", "-M", "-z", self._commit, index=index))
            )
        before = {}
        for status in words:
            path = next(words)
            before[next(words) if status.startswith("R") else path] = path
        return before

    def _copied_index(self, folder: str) -> str:
        """The index in a folder of ours: `git diff` writes into it what it learns of times."""
        own = os.path.join(self._top, _line(self._git("rev-parse", "--git-path", "index")))
        copy = os.path.join(folder, "index")
        if os.path.exists(own):
            shutil.copy2(own, copy)  # with its time, which tells git what to look at again
        return copy

    def _text(self, path: str) -> Before:
        """A file as it was; an empty one when it was not there."""
        place = f"{self._commit}:{path}"
        done = _run(self._top, "show", "--no-textconv", place)
        if done.returncode and not any(words in done.stderr for words in ABSENT):
            raise GitError(f"{path} as it was cannot be read: {_last_line(done.stderr)}")
        return Before(os.path.join(self._top, path), b"" if done.returncode else done.stdout)

    def _inside(self, path: str) -> str | None:
        """A path as git names it; None outside of the repository."""
        real, start = os.path.realpath(path), self._top.rstrip(os.sep) + os.sep
        return real[len(start) :] if real.startswith(start) else None

    def _git(self, *arguments: str, index: str | None = None) -> bytes:
        return _git(self._top, *arguments, index=index)


def _git(folder: str | None, *arguments: str, index: str | None = None) -> bytes:
    done = _run(folder, *arguments, index=index)
    if done.returncode:
        raise GitError(f"git refuses: {_last_line(done.stderr)}")
    return done.stdout


def _run(
    folder: str | None, *arguments: str, index: str | None = None
) -> subprocess.CompletedProcess:
    env = {**os.environ, "LC_ALL": "C"}
    if index is not None:
        env["GIT_INDEX_FILE"] = index
    try:
        return subprocess.run([*GIT, *arguments], cwd=folder, env=env, capture_output=True)
    except FileNotFoundError:
        raise GitError("git is needed, and there is none on the PATH") from None


def _line(output: bytes) -> str:
    return os.fsdecode(output).removesuffix("\n")


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(word) for word in output.split(b"\0")[:-1]]


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return one_line(lines[-1]) if lines else "it does not say why"
