"""A worker's source, what the checker infers of it and what Elixir makes of it."""

from __future__ import annotations

from checker.elixir.library import library
from checker.elixir.modules import modules
from checker.elixir.syntax import parse
from checker.elixir.workers import workers
from checker.model.outcome import UNKNOWN, outcomes
from checker.model.worker import Worker
from tests.soundness.beam import Beam
from tests.soundness.membership import is_among

THROWS = {"threw": "throw", "exited": "exit"}


class Unparsed(Exception):
    """tree-sitter-elixir does not read some correct sources."""


def inferred(source: str) -> Worker:
    """The model of the only worker of a source. Raises Unparsed."""
    tree = parse(source.encode())
    if tree.errors:
        raise Unparsed
    (worker,) = workers(modules(tree), library())
    return worker


def missed(worker: Worker, beam: Beam, source: str) -> list[tuple]:
    """What performing it came to (how, value) that its model does not allow for."""
    return [
        (how, value)
        for how, value in beam.perform(source)
        if not _is_expected(how, value, worker)
    ]


def is_unknown(worker: Worker) -> bool:
    """Whether it may end in some way that nobody knows."""
    return any(outcome.kind == UNKNOWN for outcome in outcomes(worker.outcome))


def _is_expected(how: str, value: tuple, worker: Worker) -> bool:
    if how == "returned":
        return is_among(value, worker.outcome)
    if how in THROWS:
        thrown = [throw.value for throw in worker.throws if throw.kind == THROWS[how]]
        return any(is_among(value, known) for known in thrown)
    return how in ("raised", "killed")  # any code may, or a task that it awaits
