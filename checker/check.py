"""Text in, findings out: the one door that every surface uses."""

from __future__ import annotations

import os
import sys
from functools import cache, cached_property, partial

from checker.candidate import speaks_of_jobs
from checker.language import ELIXIR, PYTHON, language_of
from checker.finding import Edit, Finding, Fix
from checker.model.job import Jobs
from checker.model.tests import Tests
from checker.source import MAX_BYTES, Source, offender

OBAN = b"Oban"
TEST_FILE = "_test.exs"
SUPPRESSION = b"oban-guard"
USE = rb"\buse\b"  # no module is a worker without it
RECURSION = 12_000
UNUSED = "OB901"
BUILDS = (b"new", b"Oban.insert", b".perform", b"ransact")  # no job, and no transaction, without
STARTS = (b"{Oban", b"start_link")


class Report:
    """What checking one text found.

    `findings`: all that count (suppressed ones are left out), sorted by place.
    `workers`: how many workers the text defines. `suppressions`: its comments
    that suppress. `failures`: sentences about rules that broke (the caller turns
    them into exit code 2).
    """

    __slots__ = ("findings", "workers", "suppressions", "failures")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.workers = 0
        self.suppressions: list = []
        self.failures: list[str] = []


class FileFacts:
    """What rules about the file itself look at.

    `language`: elixir or python. `unreadable`: why nothing of it could be read, or None. `errors`: spans that
    did not parse. `pipes`: span of a pipe's step → where the pipe begins. `problems`
    with its suppressions: (rule, span of the comment, ids). `jobs`: what the file builds
    and inserts, followed when first asked for; likewise `configs`: what it says of Oban, and
    `tests`: what its tests do with jobs.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.unreadable: str | None = None
        self.errors: list = []
        self.problems: list = []
        self.pipes: dict[tuple[int, int], int] = {}
        self.workers: list = []
        self.modules: list[tuple[tuple[int, int], str]] = []  # where each stands, outer first
        self.read_jobs = Jobs
        self.read_configs = list
        self.read_tests = Tests

    @cached_property
    def jobs(self) -> Jobs:
        return self.read_jobs()

    @cached_property
    def tests(self) -> Tests:
        return self.read_tests()

    @cached_property
    def configs(self) -> list:
        return self.read_configs()

    def module_at(self, place: int) -> str:
        """The innermost module that a place stands in, empty outside of all."""
        inside = [name for (start, end), name in self.modules if start <= place < end]
        return inside[-1] if inside else ""


def check_source(source: Source, config, project=None) -> Report:
    """Check one file's text, with what its project tells. Never raises for what it holds."""
    report = Report()
    if not speaks_of_jobs(source.text, source.path):
        return report
    _allow_depth()
    facts = FileFacts(language_of(source.path))
    comments: list = []
    if len(source.data) > MAX_BYTES:
        facts.unreadable = f"is larger than {MAX_BYTES // 1_000_000} MB"
    elif b"\0" in source.data:
        facts.unreadable = "is binary"
    else:
        comments = _read(source, config, facts, project)
    _run(source, config, facts, comments, report)
    return report


def models(source: Source, config) -> list:
    """The workers that one file's text defines, as rules see them, in order.

    Never raises for what the text holds; what cannot be read has none.
    """
    if len(source.data) > MAX_BYTES or b"\0" in source.data:
        return []
    _allow_depth()
    facts = FileFacts(language_of(source.path))
    _read(source, config, facts)
    return facts.workers


def _allow_depth() -> None:
    if sys.getrecursionlimit() < RECURSION:
        sys.setrecursionlimit(RECURSION)


def _read(source: Source, config, facts: FileFacts, project=None) -> list:
    """Fill in what the text holds; the spans of its comments, when any may suppress."""
    import re

    if facts.language == PYTHON:
        from checker.python.front import read

        return read(source, config, facts, project)
    from checker.elixir import syntax
    from checker.elixir.jobs import jobs
    from checker.elixir.library import library
    from checker.elixir.modules import modules
    from checker.elixir.workers import workers

    tree = syntax.parse(source.data)
    facts.errors = tree.errors
    known = library(config.shapes, config.effects)
    found = modules(tree)
    facts.modules = [(module.span, module.name) for module in found]
    others = project.others if project is not None else None
    if re.search(USE, source.data):
        facts.workers = workers(found, known, tuple(config.wrappers), others)
    by_name = {worker.name: worker for worker in facts.workers}
    around = project.around if project is not None else None
    if any(mark in source.data for mark in BUILDS):
        facts.read_jobs = lambda: _set_around(jobs(found, by_name, known, others), around)
    facts.read_configs = lambda: [
        _versioned(config, around) for config in _configs(source, tree, found, known)
    ]
    facts.read_tests = lambda: _set_around(_tests(found), around)
    defined = {module.name: module for module in found}
    for worker in facts.workers:
        worker.read_jobs = partial(_jobs_of, worker, facts)
        worker.tail_at = partial(_tail_at, defined[worker.name], source.data)
        _versioned(worker, around)
        worker.permanent_reasons = tuple(config.permanent)
        worker.transient_reasons = tuple(config.transient)
    if SUPPRESSION not in source.data:
        return []
    facts.pipes = syntax.pipe_starts(tree.exprs)
    return tree.comments()


def _tail_at(module, data: bytes, step):
    from checker.elixir.tails import tail_at  # for fixes

    return tail_at(module, data, step)


def _set_around(subject, around):
    """A model, told what it is surrounded by."""
    subject.around = around
    return subject


def _versioned(subject, around):
    """Besides, its version of Oban is the one that the project has locked."""
    if around is not None:
        subject.version = around.version
    return _set_around(subject, around)


def _tests(found: list):
    from checker.elixir.tests import tests

    return tests(found)


def _configs(source: Source, tree, found: list, known) -> list:
    scripted = in_config(source.path)
    if OBAN not in source.data or not (scripted or any(m in source.data for m in STARTS)):
        return []
    from checker.elixir.oban_config import code_configs, script_configs

    if scripted:
        return script_configs(tree, source.path, known)
    return code_configs(found, known)


def _jobs_of(worker, facts: FileFacts) -> list:
    return [job for job in facts.jobs.built if job.worker is worker]


def _run(source: Source, config, facts: FileFacts, comments: list, report: Report) -> None:
    from checker.rules import all_rules

    rules = all_rules()
    report.workers = len(facts.workers)
    script = in_tests(source.path)
    language = facts.language
    found = []
    sound = [worker for worker in facts.workers if not worker.broken]  # the rest is no evidence
    for rule in rules if sound else ():
        check = entry(rule, "check", language)
        if check is not None and (not script or getattr(rule, "IN_TESTS", False)):
            for worker in sound:
                found.extend(_findings(rule, check, worker, source, facts, report))
    read = rules if facts.unreadable is None else ()
    for rule in read:
        check = entry(rule, "check_jobs", language)
        if check is not None and (not script or getattr(rule, "IN_TESTS", False)):
            found.extend(
                _file_findings(rule, partial(_check_jobs, check, facts), facts, source, report)
            )
    for rule in read:
        check = entry(rule, "check_config", language)
        if check is not None and (not script or in_config(source.path)):
            found.extend(
                _file_findings(rule, partial(_check_configs, check, facts), facts, source, report)
            )
    for rule in read if script and is_test(source.path) else ():
        check = entry(rule, "check_tests", language)
        if check is not None:
            found.extend(
                _file_findings(rule, partial(_check_tests, check, facts), facts, source, report)
            )
    found = _distinct(found)
    unjudged = script or bool(facts.errors)
    kept = _suppressed(found, rules, source, facts, comments, report, unjudged)
    for rule in rules:
        if "check_file" in vars(rule):
            check = partial(rule.check_file, facts)
            kept.extend(_file_findings(rule, check, facts, source, report))
    report.findings = sorted(
        (f for f in (_configured(f, config) for f in kept) if f is not None),
        key=lambda finding: finding.sort_key(),
    )


def _suppressed(found, rules, source: Source, facts, comments, report, unjudged: bool) -> list:
    """The findings that stay. Where not every rule looked, no suppression is called unused."""
    if not comments:
        return found
    from checker import suppress

    placed = {source.position(span[0]): span for span in comments}
    report.suppressions = suppress.read([_comment(source, span) for span in comments])
    kept, problems = suppress.apply(found, report.suppressions, {rule.ID for rule in rules})
    facts.problems = [
        (rule, placed[s.line, s.column], ids)
        for rule, s, ids in problems
        if not (unjudged and rule == UNUSED)
    ]
    return kept


def is_test(path: str) -> bool:
    """Whether a file holds tests."""
    name = os.path.basename(path)
    if language_of(path) == PYTHON:
        return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    return path.endswith(TEST_FILE)


def in_tests(path: str) -> bool:
    """Whether a file is a script or belongs to its project's tests."""
    if language_of(path) == PYTHON:
        return is_test(path) or "tests" in os.path.abspath(path).split("/")[-3:-1]
    if path.endswith(".exs"):
        return True
    full = os.path.abspath(path)
    if "/test/" not in full:
        return False
    root = os.path.dirname(full)
    while root != os.path.dirname(root) and not os.path.exists(os.path.join(root, "mix.exs")):
        root = os.path.dirname(root)
    inside = full if root == os.path.dirname(root) else os.path.relpath(full, root)
    return "test" in inside.split("/")


def in_config(path: str) -> bool:
    """Whether a file is a script of its project's configuration."""
    return path.endswith(".exs") and "config" in os.path.abspath(path).split("/")[:-1]


@cache
def entry(rule, name: str, language: str):
    """A rule's function for a language, None where it has none.

    `check_python` is the `check` of Python, `check_python_jobs` its `check_jobs`; a rule of
    both languages that is asked the same way names them in `LANGUAGES`.
    """
    if language == PYTHON:
        own = vars(rule).get(name.replace("check", "check_python", 1))
        if own is not None:
            return own
    return vars(rule).get(name) if language in getattr(rule, "LANGUAGES", (ELIXIR,)) else None


def _findings(
    rule, check, worker, source: Source, facts: FileFacts, report: Report
) -> list[Finding]:
    try:
        return [_finding(rule, p, worker.name, source, facts) for p in check(worker)]
    except Exception as error:  # one broken rule must not silence the others
        report.failures.append(
            f"{source.path}: {rule.ID} failed on {worker.name}: {type(error).__name__}: {error}"
        )
        return []


def _check_jobs(check, facts: FileFacts) -> list:
    return check(facts.jobs)


def _check_tests(check, facts: FileFacts) -> list:
    return check(facts.tests)


def _check_configs(check, facts: FileFacts) -> list:
    return [problem for config in facts.configs for problem in check(config)]


def _file_findings(
    rule, check, facts: FileFacts, source: Source, report: Report
) -> list[Finding]:
    """What a rule finds in a file as a whole; `check` asks it."""
    try:
        return [
            _finding(rule, p, facts.module_at(p.span[0]), source, facts) for p in check()
        ]
    except Exception as error:
        report.failures.append(f"{source.path}: {rule.ID} failed: {type(error).__name__}: {error}")
        return []


def _finding(rule, problem, worker: str, source: Source, facts: FileFacts) -> Finding:
    line, column = source.position(problem.span[0])
    message = problem.message
    trail = next((w.trails[problem.span] for w in facts.workers if problem.span in w.trails), None)
    if trail is not None:
        message += f"; see {trail}"
    first = facts.pipes.get(problem.span, problem.span[0])
    end_line, end_column = source.position(problem.span[1])
    return Finding(
        rule=rule.ID, name=rule.NAME, severity=problem.severity or rule.SEVERITY,
        path=source.path, line=line, column=column, end_line=end_line, end_column=end_column,
        worker=worker, function=problem.function, trigger=offender(source.slice(problem.span)),
        message=message, help=problem.help, fix=_fix(problem, source),
        first_line=source.line_of(first),
    )  # fmt: skip


def _fix(problem, source: Source) -> Fix | None:
    if not problem.edits:
        return None
    edits = [
        Edit(*source.position(span[0]), *source.position(span[1]), text)
        for span, text in problem.edits
    ]
    return Fix(problem.safe, edits)


def _distinct(findings: list[Finding]) -> list[Finding]:
    """No line carries two findings of one rule; the first has the fixes of all of them."""
    by_line: dict[tuple[str, int], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.sort_key()):
        by_line.setdefault((finding.rule, finding.line), []).append(finding)
    for first, *others in by_line.values():
        if others:
            first.fix = _joined([first.fix, *(other.fix for other in others)])
    return [group[0] for group in by_line.values()]


def _joined(fixes: list[Fix | None]) -> Fix | None:
    """Fixes as one; None where one is missing, or two are about the same text."""
    if None in fixes:
        return None
    distinct = {(edit.place, edit.text): edit for fix in fixes for edit in fix.edits}
    edits = [distinct[mark] for mark in sorted(distinct)]
    if any(a.place[2:] > b.place[:2] for a, b in zip(edits, edits[1:], strict=False)):
        return None
    return Fix(all(fix.safe for fix in fixes), edits)


def _comment(source: Source, span: tuple[int, int]) -> tuple[int, int, str, bool]:
    line, column = source.position(span[0])
    start = source.data.rfind(b"\n", 0, span[0]) + 1
    alone = not source.data[start : span[0]].strip()
    return line, column, source.slice(span), alone


def _configured(finding: Finding, config) -> Finding | None:
    """The finding as the configuration wants it; None when it is switched off."""
    if not config.enables(finding.rule):
        return None
    finding.severity = config.severity_of(finding.rule, finding.severity)
    return finding
