"""A test for a worker that exists: one test for each outcome that its model has.

What leads to an outcome is not known, so each test is skipped until someone has arranged
it; the assertion, the args that perform needs and the place that decides stand there.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field

from checker.check import models
from checker.config import Configs
from checker.discover import shown
from checker.model.clause import Clause
from checker.model.outcome import (
    CANCELLED,
    COMPLETED,
    DISCARDED,
    RETRIED,
    SNOOZED,
    UNKNOWN,
    UNRECOGNISED,
)  # fmt: skip
from checker.model.shape import Atom, Int, Seq, Shape, Text, Tup, Value, only, only_atom
from checker.project import elixir_files
from checker.project.conventions import Conventions, underscore
from checker.scaffold.answers import AnswerError
from checker.scaffold.layout import Group, fill
from checker.scaffold.plan import NewFile, NextStep, Plan
from checker.scaffold.render import render
from checker.source import Source, decode

ENDS = {
    COMPLETED: "completes",
    RETRIED: "fails, to be tried again",
    CANCELLED: "is cancelled",
    DISCARDED: "is discarded",
    SNOOZED: "is snoozed",
}
GROUPS = frozenset(("all", "incomplete", "successful"))  # (oban 2.24, lib/oban/job.ex)
LONGEST = 40


@dataclass
class OutcomeTest:
    """A test to be: what the job does, the pattern of its result, the lines that decide."""

    ends: str
    pattern: str
    args: str
    lines: list[str] = field(default_factory=list)

    @property
    def decided_by(self) -> str:
        return _lines(self.lines)

    @property
    def name(self) -> str:
        return f"{self.ends}: {self.pattern}".replace('"', "'")


def new_test(module: str, ways: Conventions) -> Plan:
    """The test of a worker, named in full or by its last part. Raises AnswerError."""
    name, path = _find(module, ways)
    source = Source(shown(path), decode(elixir_files.read(path)))
    config = Configs().of(os.path.dirname(path))
    worker = next(model for model in models(source, config) if model.name == name)
    clauses = _Clauses(worker.clauses)
    tests, unknown, wrong = _tests(worker, source, clauses)
    if len(models(source, config)) > 1:  # then each has a test file of its own
        path = os.path.join(os.path.dirname(path), underscore(name.rpartition(".")[2]) + ".ex")
    text = render(
        "elixir/existing_test.exs.j2",
        module=name,
        short=name.rpartition(".")[2],
        repo=ways.repo,
        data_case=ways.data_case,
        inline=ways.oban.testing == "inline",
        args=clauses.attributes({"@args", *(test.args for test in tests)}),
        tests=tests,
        unique=_keeps_out_itself(worker.option("unique")),
    )
    file = NewFile(ways.test_path(path), "test", text)
    return Plan(name, (file,), tuple(_next_steps(file, source.path, tests, unknown, wrong)))


def _find(module: str, ways: Conventions) -> tuple[str, str]:
    """The worker's full name, and its file."""
    fitting = [name for name in ways.workers if name == module]
    fitting = fitting or [name for name in ways.workers if name.endswith(f".{module}")]
    if len(fitting) == 1:
        return fitting[0], ways.workers[fitting[0]]
    if fitting:
        raise AnswerError("MODULE", f"`{module}` may be several workers", ", ".join(fitting))
    near = difflib.get_close_matches(module, ways.workers, n=1, cutoff=0)
    raise AnswerError("MODULE", f"there is no worker `{module}` in lib", *(near or ["none"]))


def _tests(worker, source: Source, clauses: _Clauses) -> tuple[list, list[str], list[str]]:
    """Tests; and lines of outcomes that are not known, and of those Oban does not recognise."""
    tests: dict[tuple, OutcomeTest] = {}
    unknown: list[str] = []
    wrong: list[str] = []
    for outcome in worker.outcomes:
        span = outcome.origin.span or worker.span
        line = str(source.line_of(span[0]))
        if outcome.kind in (UNKNOWN, UNRECOGNISED):
            (unknown if outcome.kind == UNKNOWN else wrong).append(line)
            continue
        pattern = _pattern(outcome.shape, 0)
        key = (pattern, clauses.attribute_of(span))
        test = tests.setdefault(key, OutcomeTest(ENDS[outcome.kind], pattern, key[1]))
        if line not in test.lines:
            test.lines.append(line)
    if not tests and unknown:  # at least one, for which somebody has to arrange what it calls
        tests[()] = OutcomeTest(ENDS[COMPLETED], ":ok", "@args", _once(unknown))
    return _told_apart(list(tests.values())), _once(unknown), _once(wrong)


def _keeps_out_itself(unique: Value | None) -> bool:
    """Whether a job that waits is known to keep out an equal one."""
    shape = only(unique) if unique else None
    if isinstance(shape, Atom):
        return shape.name == "true"
    if not isinstance(shape, Seq) or shape.items is None:
        return False
    pairs = [only(item) for item in shape.items]
    return all(isinstance(pair, Tup) and pair.head not in (None, "states", "keys", "fields")
               or _is_group(pair) for pair in pairs)  # fmt: skip


def _is_group(pair: Shape | None) -> bool:
    """`states: :incomplete` and other groups, which all have the states of waiting jobs."""
    return isinstance(pair, Tup) and pair.head == "states" and only_atom(pair.items[1]) in GROUPS


def _told_apart(tests: list[OutcomeTest]) -> list[OutcomeTest]:
    """Two tests of one name, for different args, say which."""
    names = [test.name for test in tests]
    for test, name in zip(tests, names, strict=True):
        if names.count(name) > 1:
            test.ends += f", given {test.args}"
    return tests


def _once(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _pattern(shape: Shape, depth: int) -> str:
    """What a result is matched with: literals as they are, the rest with `_`."""
    if isinstance(shape, Atom) and shape.name is not None:
        return _atom(shape.name)
    if isinstance(shape, Int) and shape.value is not None:
        return f"{shape.value:_}"
    if isinstance(shape, Text) and shape.value is not None and _is_plain(shape.value):
        return f'"{shape.value}"'
    if isinstance(shape, Tup) and shape.items and depth < 3:
        inner = [_pattern(only(item) or Atom(None), depth + 1) for item in shape.items]
        return f"{{{', '.join(inner)}}}"
    return "_"


def _atom(name: str) -> str:
    if name in ("nil", "true", "false"):
        return name
    plain = name.isascii() and name.rstrip("?!").isidentifier()
    return f":{name}" if plain and len(name) <= LONGEST else "_"


def _is_plain(text: str) -> bool:
    return len(text) <= LONGEST and text.isprintable() and not set('"\\#') & set(text)


def _next_steps(file: NewFile, path: str, tests: list, unknown: list[str], wrong: list[str]):
    if tests:
        why = "tests are skipped until they arrange what leads to their outcome"
        yield NextStep(file.path, "each `@tag skip`", why, "arrange, then delete the tag")
    for line in unknown:
        why = f"other code decides what line {line} returns, which a test should cover too"
        yield NextStep(None, None, why, f"oban-guard explain {path}:{line}")
    if wrong:
        why = f"Oban does not recognise what {_lines(wrong)} returns, so no test expects it"
        yield NextStep(None, None, why, f"oban-guard check {path}")


def _lines(lines: list[str]) -> str:
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(sorted(lines, key=int))}"


class _Clauses:
    """The clauses of perform and the args that each needs, which the test has as attributes."""

    def __init__(self, clauses: list[Clause]) -> None:
        self._spans: list[tuple[tuple, str]] = []
        self._names: dict[tuple[str, ...], str] = {}
        for clause in clauses:
            items = tuple(f'"{key}" => {value}' for key, value in _given(clause))
            number = len(self._names) + 1
            name = self._names.setdefault(items, "@args" if number == 1 else f"@args_{number}")
            self._spans.append((clause.span, name))
        if not self._names:
            self._names[()] = "@args"

    def attributes(self, used: set[str]) -> list[str]:
        """The attributes that hold the args, of those that are used."""
        return [
            fill(Group("%{", list(items), "}"), f"  {name} ")
            for items, name in self._names.items()
            if name in used
        ]

    def attribute_of(self, span: tuple) -> str:
        """The args of the clause that a place stands in, else of the first one."""
        for (start, end), name in self._spans:
            if start <= span[0] < end:
                return name
        return "@args"


def _given(clause: Clause):
    """Each key with a value that the clause takes: its literal, else one by the key's name."""
    for key in (*clause.matched, *sorted(clause.read - clause.matched.keys())):
        if _is_plain(key):
            literal = _pattern(clause.matched.get(key) or Atom(None), 0)
            fallback = "1" if key == "id" or key.endswith("_id") else '"a value"'
            yield key, fallback if literal == "_" or literal[0] == ":" else literal
