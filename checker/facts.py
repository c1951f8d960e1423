"""What to know before a worker is touched: who enqueues it, what it asks for, what names it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from checker.discover import shown
from checker.elixir import syntax
from checker.explanation import Explanation
from checker.language import PYTHON
from checker.model.job import NewJob
from checker.model.shape import Atom, Int, Seq, Struct, only, only_atom
from checker.model.worker import Worker
from checker.project import Project, elixir_files, project_of
from checker.project.mix import apps_of
from checker.source import Source, decode, offender
from checker.target import TargetError, find_workers

FOLDERS = ("lib", "test", "config", "priv")


@dataclass(frozen=True)
class Spot:
    """A line, from 1, of a file, and its text, safe to show."""

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Enqueuer:
    """A call that builds a job; `args` are its keys, None where they cannot be read."""

    path: str
    line: int
    function: str
    args: tuple[str, ...] | None


@dataclass(frozen=True)
class Asked:
    """A clause of perform: the args it cannot do without, and those that may be missing.

    Both are None where the clause cannot be read; `passes_on`: others may be asked for.
    """

    line: int
    needs: tuple[str, ...] | None
    may_have: tuple[str, ...] | None
    passes_on: bool


@dataclass(frozen=True)
class Schema:
    """A schema that perform gives to a repo: its calls there, its file and its fields."""

    module: str
    calls: tuple[str, ...]
    path: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """`options` as written, by name. `limit` is that of its queue, None where nobody says.

    `enqueuers` is None where too many files may build its jobs. `crontab`: expressions.
    `named`: lines of the project that a rename of the module has to change, `tests` those of
    its tests. `args`: each arg with the lines that a rename of it has to change.
    """

    name: str
    path: str
    line: int
    options: dict[str, str]
    limit: int | None
    clauses: tuple[Asked, ...]
    enqueuers: tuple[Enqueuer, ...] | None
    crontab: tuple[str, ...]
    schemas: tuple[Schema, ...]
    named: tuple[Spot, ...]
    tests: tuple[Spot, ...]
    args: dict[str, tuple[Spot, ...]]


def find(target: str) -> list[Facts]:
    """The facts of the workers that a path, `path:12` or a name stands for, as for `explain`.

    Raises TargetError.
    """
    line, found = find_workers(target)
    if line is not None:  # these tell of the line alone
        names = {worker.name for worker in found}
        found = [w for w in find_workers(found[0].path)[1] if w.name in names]
    return [facts(worker) for worker in found]


def facts(worker: Explanation) -> Facts:
    """The facts of a worker of a Mix project. Raises TargetError where there is none."""
    if worker.language == PYTHON:
        raise TargetError(f"{worker.path}: facts are told of Elixir workers alone so far.")
    project = project_of(worker.path)
    model = project.around.worker(worker.name) if project is not None else None
    if model is None:
        raise TargetError(f"{worker.path} is in no Mix project, so nothing else is known of it.")
    places = project.enqueues.places(worker.name)
    texts = _texts(project)
    named = tuple(_naming(worker.name, texts))
    options = {row.name: row.text for row in worker.options}
    source = Source(worker.path, decode(elixir_files.read(worker.path)))
    return Facts(
        name=worker.name,
        path=worker.path,
        line=worker.place.line,
        options=options,
        limit=_limit(only_atom(model.option("queue") or ()) or "default", project),
        clauses=tuple(_asked(clause, source) for clause in model.clauses),
        enqueuers=None if places is None else tuple(_enqueuer(*place) for place in places),
        crontab=tuple(map(_expression, project.around.schedules(worker.name))),
        schemas=tuple(_schemas(model, project)),
        named=named,
        tests=tuple(spot for spot in named if spot.path.endswith("_test.exs")),
        args=_arg_lines(worker, model, source, places or []),
    )


def _asked(clause, source: Source) -> Asked:
    line = source.line_of(clause.span[0])
    if not clause.readable:
        return Asked(line, None, None, clause.passes_on)
    needs = dict.fromkeys([*clause.matched, *sorted(clause.read)])
    return Asked(line, tuple(needs), tuple(sorted(clause.asked - needs.keys())), clause.passes_on)


def _enqueuer(source: Source, job: NewJob) -> Enqueuer:
    fields = job.fields
    args = None if fields is None else tuple(sorted(fields))
    return Enqueuer(shown(source.path), source.line_of(job.span[0]), job.function, args)


def _expression(entry) -> str:
    """The fields of a crontab entry; a nickname and what cannot be read have none."""
    return " ".join(entry.schedule.written if entry.schedule else ()) or "@…"


def _limit(queue: str, project: Project) -> int | None:
    """What the only configuration of production says of a queue: `mail: 10`, `[limit: 10]`."""
    for config in project.around.production or ():
        for setting in config.queues:
            if setting.name == queue:
                return _number(only(setting.value))
    return None


def _number(shape) -> int | None:
    if isinstance(shape, Int):
        return shape.value
    if isinstance(shape, Seq) and shape.items is not None:
        for pair in map(only, shape.items):
            if pair is not None and only_atom(pair.items[0]) == "limit":
                return _number(only(pair.items[1]))
    return None


def _schemas(worker: Worker, project: Project):
    calls: dict[str, list[str]] = {}
    for step in worker.steps:
        if ".Repo." in f".{step.call}":
            for name in _modules_in(step.args):
                calls.setdefault(name, []).append(step.call.rpartition(".")[2])
    for name in sorted(calls):
        path = project.modules.path(name)
        fields = _fields(path) if path is not None else ()
        if fields:
            yield Schema(name, tuple(sorted(set(calls[name]))), shown(path), fields)


def _modules_in(args: list) -> set[str]:
    shapes = [alt.shape for value in args for alt in value]
    named = {s.name for s in shapes if isinstance(s, (Atom, Struct)) and s.name}
    return {name for name in named if name[:1].isupper()}


def _fields(path: str) -> tuple[str, ...]:
    """The fields that a file's schema declares."""
    found = []
    for schema in elixir_files.calls(elixir_files.parsed(path).exprs, "schema"):
        for declared in ("field", "belongs_to"):
            for call in elixir_files.calls(schema, declared):
                if call.args and isinstance(call.args[0], syntax.Atom):
                    suffix = "_id" if declared == "belongs_to" else ""
                    found.append(call.args[0].name + suffix)
    return tuple(found)


def _texts(project: Project) -> list[Source]:
    """Every Elixir file of the applications, by path."""
    found = {}
    for app in apps_of(project.app):
        for folder in FOLDERS:
            for path, folders, names in os.walk(os.path.join(app.folder, folder)):
                folders[:] = sorted(set(folders) - elixir_files.SKIPPED)
                for name in names:
                    if name.endswith((".ex", ".exs")):
                        full = os.path.join(path, name)
                        found[full] = Source(shown(full), decode(elixir_files.read(full)))
    return [found[path] for path in sorted(found)]


def _naming(module: str, texts: list[Source]):
    """Lines with the module's name, or its last part where the file speaks of that module."""
    above, _dot, last = module.rpartition(".")
    speaks = re.compile(rf"\b{re.escape(module)}\b|\b{re.escape(above)}\.\{{[^}}]*\b{last}\b")
    word = re.compile(rf"\b{re.escape(last)}\b")
    for source in texts:
        if speaks.search(source.text):
            for number, line in enumerate(source.text.split("\n"), 1):
                if word.search(line):
                    yield Spot(source.path, number, offender(line))


def _arg_lines(
    worker: Explanation, model: Worker, source: Source, places: list
) -> dict[str, tuple[Spot, ...]]:
    """Of each arg: the calls that give it, and the worker's lines that have the word."""
    spots: dict[str, set[tuple[str, int]]] = {}
    lines = {source.path: source.text.split("\n")}
    for clause in model.clauses:
        for key in clause.keys:
            spots.setdefault(key, set())
    for built_in, job in places:
        path = shown(built_in.path)
        lines[path] = built_in.text.split("\n")
        for key in job.fields or ():
            spots.setdefault(key, set()).add((path, built_in.line_of(job.span[0])))
    for key, found in spots.items():
        word = re.compile(rf"\b{re.escape(key)}\b")
        found |= {
            (source.path, number)
            for number, line in enumerate(lines[source.path], 1)
            if worker.place.covers(number) and word.search(line)
        }
    return {
        key: tuple(Spot(p, n, offender(lines[p][n - 1])) for p, n in sorted(spots[key]))
        for key in sorted(spots)
    }
