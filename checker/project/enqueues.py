"""Where a project builds the jobs of a worker."""

from __future__ import annotations

import os

from checker.elixir.foreign import OtherFiles
from checker.elixir.jobs import jobs
from checker.elixir.library import library
from checker.elixir.modules import modules
from checker.elixir.syntax import parse
from checker.elixir.workers import workers
from checker.model.job import NewJob
from checker.project.index import Index
from checker.source import Source, decode

BUILDS = b"new"
MOST_FILES = 100  # that are read for one worker


class Enqueues:
    """The jobs that the `lib` folders of some applications build, file by file.

    A file is read once, when it may build a job of a worker that is asked for.
    """

    def __init__(self, index: Index, folders: list[str], others: OtherFiles) -> None:
        self._index = index
        self._folders = folders
        self._others = others
        self._built: dict[str, tuple[Source, list[NewJob]]] = {}

    def of(self, worker: str) -> list[NewJob] | None:
        """Every job of a worker that is built; None where too many files may do it."""
        found = self.places(worker)
        return None if found is None else [job for _source, job in found]

    def places(self, worker: str) -> list[tuple[Source, NewJob]] | None:
        """The same with the text that builds it; its path is absolute. In order of places."""
        paths = self._candidates(worker.rpartition(".")[2])
        if len(paths) > MOST_FILES or not self._index.complete:
            return None
        return [
            (source, job)
            for source, built in map(self._jobs_in, paths)
            for job in built
            if job.target == worker and not job.elsewhere
        ]

    def _candidates(self, last: str) -> list[str]:
        building = set(self._index.holding(BUILDS))
        paths = [path for path in self._index.naming(last) if path in building]
        return [
            path
            for folder in self._folders
            for path in paths
            if path.startswith(os.path.join(folder, "lib") + os.sep)
        ]

    def _jobs_in(self, path: str) -> tuple[Source, list[NewJob]]:
        if path not in self._built:
            source = Source(path, decode(self._index.read(path)))
            found = modules(parse(source.data))
            known = library()
            by_name = {w.name: w for w in workers(found, known, (), self._others)}
            self._built[path] = source, jobs(found, by_name, known, self._others).built
        return self._built[path]
