"""One Python file's text as the model of it."""

from __future__ import annotations

from functools import partial

import libcst as cst

from checker.python.library import library
from checker.python.names import File
from checker.python.tree import parse
from checker.python.workers import declared, workers
from checker.source import Source

SUPPRESSION = b"oban-guard"


def read(source: Source, config, facts, project=None) -> list:
    """Fill in what the text holds; the spans of its comments, when any may suppress."""
    tree = parse(source.text)
    if tree.module is None:
        from checker.python.jobs import PythonJobs

        facts.read_jobs = PythonJobs
        facts.errors = [(tree.error or 0, (tree.error or 0) + 1)]
        return []
    known = library(config.effects)
    others = project.others if project is not None else None
    around = project.around if project is not None else None
    name, is_package = module_name(source.path)
    if others is not None:
        name = others.module_of(source.path)
    file = File(tree, source.path, name, is_package)
    facts.modules = _places(tree)
    facts.workers = workers(file, known, others)
    for worker in facts.workers:
        worker.around = around
        worker.read_jobs = partial(_jobs_of, worker, facts)
        worker.permanent_reasons = tuple(config.permanent)
        worker.transient_reasons = tuple(config.transient)
    facts.read_configs = partial(_crontab, facts.workers)
    facts.read_jobs = partial(_jobs, file, facts, known, others, around)
    facts.read_tests = partial(_tests, file)
    return tree.comments if SUPPRESSION in source.data else []


def module_name(path: str) -> tuple[str, bool]:
    """The full name of a file's module, as far as packages tell, and whether it is a package."""
    import os

    folder, last = os.path.split(os.path.abspath(path))
    stem = last.removesuffix(".py")
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(parts), stem == "__init__"


def defined_names(text: str) -> tuple[set[str], set[str]]:
    """The classes and functions that a text defines, and its functions by their last names too.

    Findings name both as their worker, and functions with or without their class.
    """
    tree = parse(text)
    names = {name for _place, name in _places(tree)} if tree.module is not None else set()
    return names, names | {name.rpartition(".")[2] for name in names}


def _places(tree) -> list[tuple]:
    """Where each class and function stands, outer first, by its name."""
    found = []

    def visit(node, outer: str) -> None:
        for child in node.children:
            if isinstance(child, (cst.ClassDef, cst.FunctionDef)):
                name = f"{outer}.{child.name.value}" if outer else child.name.value
                found.append((tree.spans.get(child, (0, 0)), name))
                if isinstance(child, cst.ClassDef):
                    visit(child, name)
            elif not isinstance(child, cst.BaseExpression):
                visit(child, outer)

    visit(tree.module, "")
    return found


def _crontab(found: list) -> list:
    """The expressions that stand at the workers themselves, as rules ask for a crontab."""
    from checker.model.oban_config import CronEntry, ObanConfig
    from checker.python.cron import CronError, schedule

    configs = []
    for worker in found:
        if worker.declaration.cron is None:
            continue
        written, place = worker.declaration.cron
        entry = CronEntry(place, place)
        entry.worker = worker.name
        try:
            entry.schedule = schedule(written)
        except CronError as error:
            entry.error = str(error)
        config = ObanConfig("Oban", place)
        config.crontabs.append([entry])
        configs.append(config)
    return configs


def _jobs(file: File, facts, known, others, around):
    from checker.python.jobs import jobs

    own = {id(definition.node) for definition, _decorator, _nested in declared(file, others)}
    found = jobs(file, facts.workers, own, known, others)
    found.around = around
    return found


def _jobs_of(worker, facts) -> list:
    return [job for job in facts.jobs.built if job.worker is worker]


def _tests(file: File):
    from checker.python.tests import tests

    return tests(file)
