"""Many files in, all their findings out; in several processes when there are enough files."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable

from checker import since
from checker.candidate import speaks_of_jobs
from checker.check import Report, check_source
from checker.config import Config
from checker.discover import File
from checker.finding import ADVICE, Finding
from checker.flaw import Flaw, flaw_in
from checker.language import PYTHON, language_of
from checker.project import project_of
from checker.source import MAX_BYTES, Source, decode

PARALLEL_FROM = 48
CHECKED, INDEXED = 8, 250  # files that a process is given at a time
COLLECT_AFTER = 500_000  # objects, which take some fifty megabytes

UNPARSABLE = "OB904"


class Outcome:
    """What checking files gave, everything in a fixed order.

    `findings`: sorted by place; `older`: those that stood in the files before, where
    these are compared. `known`: how many are not told, as nothing new. `lines`:
    `(path, line)` of each finding → that line's text. `files`: how many were
    read; `workers`: how many they define; `suppressed`: how many findings were
    kept back. `problems`: `(path, message)` of files that could not be read and of
    rules that broke.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.older: list[Finding] = []
        self.known = 0
        self.lines: dict[tuple[str, int], str] = {}
        self.files = 0
        self.workers = 0
        self.suppressed = 0
        self.problems: list[tuple[str, str]] = []

    def count(self, severity: str) -> int:
        """How many findings have a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def blocking(self) -> bool:
        return any(finding.blocking for finding in self.findings)


def unwatched(results: Iterable, total: int) -> Iterable:
    """Pass results on, and show nothing of it."""
    return results


def check_files(
    files: list[File], jobs: int | None = None, watch: Callable[..., Iterable] = unwatched
) -> Outcome:
    """Check files in at most `jobs` processes (one per core unless given).

    `watch(results, total)` passes on what comes of each file. Raises nothing
    for what files hold.
    """
    _collect_rarely()
    outcome, tasks = Outcome(), []
    for file in files:
        try:
            data = _read(file.path) if file.data is None else file.data
        except OSError as error:
            outcome.problems.append((file.shown, f"cannot be read: {error.strerror}"))
            continue
        outcome.files += 1
        if needs_check(data, file.path):
            tasks.append((file.shown, data, file.config, file.before, file.data is None))
    processes = jobs or _processors()
    _index({task[0] for task in tasks}, processes, watch)
    for checked in watch(_spread(_check, tasks, processes, CHECKED), len(tasks)):
        _join(outcome, *checked)
    outcome.findings.sort(key=Finding.sort_key)
    outcome.older.sort(key=Finding.sort_key)
    outcome.known = len(outcome.older)
    return outcome


def needs_check(data: bytes, path: str) -> bool:
    """Whether a file can give a finding: it speaks of jobs, or is no proper text."""
    if language_of(path) == PYTHON:
        return b"oban" in data or b"Oban" in data
    return flaw_in(data, path) is not None or speaks_of_jobs(decode(data), path)


def _index(paths: set[str], processes: int, watch: Callable[..., Iterable]) -> None:
    """Learn what the projects of some files hold, once for all processes."""

    def over(function: Callable, items: list) -> Iterable:
        return watch(_spread(function, items, processes, INDEXED), len(items))

    for project in dict.fromkeys(map(project_of, sorted(paths))):
        if project is not None:
            project.build(over)


def _spread(function: Callable, items: list, processes: int, chunk: int) -> Iterable:
    """What a function makes of some things, in order; so many at a time go to a process."""
    processes = min(processes, len(items) // chunk)
    if len(items) < PARALLEL_FROM or processes < 2:
        yield from map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if sys.platform == "linux" else None)  # quick, and safe so early
    with ProcessPoolExecutor(processes, context, _collect_rarely) as pool:
        yield from pool.map(function, items, chunksize=chunk)


def _collect_rarely() -> None:
    """Look for garbage once in hundreds of files: more often, it takes a tenth of the time."""
    gc.set_threshold(COLLECT_AFTER)


def _check(task: tuple) -> tuple[str, Report, list[Finding], dict[int, str]]:
    """Check one text; also gives its older findings, and the lines that have new ones by number."""
    path, data, config, before, stands = task
    source, report = _report(path, data, config, stands)
    older = _take_older(report, source, config, before) if before is not None else []
    rows = source.text.split("\n") if report.findings else []
    wanted = {finding.line for finding in report.findings}
    return path, report, older, {line: rows[line - 1] for line in wanted if line <= len(rows)}


def _report(path: str, data: bytes, config: Config, stands: bool) -> tuple[Source, Report]:
    """One text as it was read (empty when it cannot be), and what was found in it.

    `stands`: it is what the file holds.
    """
    flaw = flaw_in(data, path)
    readable = flaw is None or flaw.partial
    source = Source(path, decode(data) if readable else "")
    report = _guarded(source, config, stands) if readable else Report()
    if flaw is not None and config.enables(UNPARSABLE):
        _add_flaw(report, flaw, source, config)
    return source, report


def _take_older(
    report: Report, source: Source, config: Config, before: since.Before
) -> list[Finding]:
    """Leave in a report only what the text before did not have; gives the others."""
    source_before, report_before = _report(before.path, before.data, config, False)
    found = since.split(report, source.text, report_before, source_before.text, config)
    report.findings = found.new
    return found.old


def _guarded(source: Source, config: Config, stands: bool) -> Report:
    try:
        project = project_of(source.path)
        if project is not None and not stands:
            project = project.with_text(os.path.abspath(source.path), source.data)
        return check_source(source, config, project)
    except Exception as error:  # a fault of ours must not hide the other files' findings
        report = Report()
        report.failures.append(f"the checker failed ({type(error).__name__}: {error})")
        return report


def _add_flaw(report: Report, flaw: Flaw, source: Source, config: Config) -> None:
    line, column = source.position(flaw.offset)
    if any(f.rule == UNPARSABLE and f.line == line for f in report.findings):
        return
    report.findings.append(
        Finding(
            rule=UNPARSABLE, name="unparsable", path=source.path, message=flaw.message,
            severity=config.severity_of(UNPARSABLE, ADVICE), help=flaw.help, trigger="",
            line=line, column=column, end_line=line, end_column=column + flaw.partial,
        )
    )  # fmt: skip


def _join(
    outcome: Outcome, path: str, report: Report, older: list[Finding], lines: dict[int, str]
) -> None:
    outcome.findings += report.findings
    outcome.older += older
    outcome.workers += report.workers
    outcome.suppressed += sum(len(s.silenced) for s in report.suppressions)
    outcome.problems += [(path, f.removeprefix(f"{path}: ")) for f in report.failures]
    outcome.lines.update({(path, line): text for line, text in lines.items()})


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
