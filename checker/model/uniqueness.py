"""What `unique:` says: on a worker, and where a job is built.

Oban's defaults (oban 2.23.1, lib/oban/job.ex 228-238): `fields: [:args, :queue, :worker]`,
`keys: []`, 60 seconds, the states `:successful`. `true` means `:infinity`. A list given to
`new/2` is merged, entry by entry, into that of the worker (lib/oban/worker.ex, `merge_opts`);
anything else takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.args import built_here
from checker.model.job import Jobs, NewJob
from checker.model.outcome import LATEST
from checker.model.shape import Alt, Atom, Seq, Span, Text, Tup, Value, only, only_atom
from checker.model.worker import Option, Worker

FIELDS = frozenset(("args", "meta", "queue", "worker"))
DEFAULT_FIELDS = frozenset(("args", "queue", "worker"))
TIMESTAMPS = frozenset(("inserted_at", "scheduled_at"))
NAMES = frozenset(("fields", "keys", "period", "states", "timestamp"))
DEFAULT_PERIOD = 60

INSERTED = frozenset(("suspended", "scheduled", "available"))  # states of a job just inserted
INCOMPLETE = INSERTED | {"executing", "retryable"}
SUCCESSFUL = INCOMPLETE | {"completed"}
STATES = SUCCESSFUL | {"cancelled", "discarded"}
GROUPS = {
    "scheduled": frozenset(("scheduled",)),
    "incomplete": INCOMPLETE,
    "successful": SUCCESSFUL,
    "all": STATES,
}
HAS_GROUPS = (2, 20)  # of Oban
HAS_SUSPENDED = (2, 21)


class Unique:
    """One `unique:` as written.

    `span` is the option, `value` what was given. `entries` are those of its keyword list,
    `certain` is False when it may hold others. `base` is what this one is merged into: the
    worker's, where a job is built with a list of its own.
    """

    __slots__ = ("span", "value", "entries", "certain", "base", "version")

    def __init__(self, span: Span, value: Value, version: tuple) -> None:
        self.span = span
        self.value = value
        self.version = version
        self.base: Unique | None = None
        self.entries: dict[str, Option] = {}
        shape = only(value)
        self.certain = shape is not None and _is_certain(shape)
        if isinstance(shape, Seq) and shape.items is not None:
            self._read(shape)

    def _read(self, shape: Seq) -> None:
        for item in shape.items:
            pair = only(item)
            name = only_atom(pair.items[0]) if _is_pair(pair) else None
            if name is None:
                self.certain = False
            else:
                place = item[0].origin.span or self.span
                self.entries.setdefault(name, Option(name, pair.items[1], place))

    @property
    def is_list(self) -> bool:
        return isinstance(only(self.value), Seq)

    @property
    def is_on(self) -> bool:
        """Whether it certainly asks for unique jobs."""
        return self.is_list or only_atom(self.value) == "true"

    def option(self, name: str) -> Option | None:
        """What is in force for an entry, the worker's own included; None where nobody says."""
        found = self.entries.get(name)
        if found is not None or self.base is None or not self.certain:
            return found
        return self.base.option(name)

    def may_say(self, name: str) -> bool:
        """Whether an entry is given, or may be where something could not be read."""
        if name in self.entries or not self.certain:
            return True
        return self.base is not None and self.base.may_say(name)

    @property
    def fields(self) -> frozenset[str] | None:
        """The fields that are compared; None when they are not known."""
        given = self.option("fields")
        if given is None:
            return None if self.may_say("fields") else DEFAULT_FIELDS
        return atoms(given.value)

    @property
    def keys(self) -> frozenset[str] | None:
        """The keys that are compared, none for all; None when they are not known."""
        given = self.option("keys")
        if given is None:
            return None if self.may_say("keys") else frozenset()
        return atoms(given.value)

    @property
    def states(self) -> frozenset[str] | None:
        """The states whose jobs are compared; None when they are not known."""
        given = self.option("states")
        if given is None:
            return None if self.may_say("states") else SUCCESSFUL
        group = only_atom(given.value)
        return GROUPS.get(group) if group is not None else atoms(given.value)


def states_known(version: tuple) -> frozenset[str]:
    """The states that a version of Oban knows."""
    return STATES if version >= HAS_SUSPENDED else STATES - {"suspended"}


def of_worker(worker: Worker) -> Unique | None:
    """The `unique:` of a worker, None when it has none that was written down."""
    given = worker.options.get("unique")
    return Unique(given.span, given.value, worker.version) if given is not None else None


def unique_jobs(jobs: Jobs) -> Iterator[tuple[NewJob, Unique]]:
    """Each job that the file builds with a `unique:` of its own."""
    for job in built_here(jobs):
        unique = of_job(job, jobs)
        if unique is not None:
            yield job, unique


def of_job(job: NewJob, jobs: Jobs) -> Unique | None:
    """The `unique:` given where a job is built; None when none is."""
    given = job.options.get("unique")
    if given is None:
        return None
    found = Unique(given.span, given.value, _version(job, jobs))
    if found.is_list:
        found.base = _inherited(job)
    return found


def in_force(job: NewJob, jobs: Jobs) -> Unique | None:
    """What makes a job unique where all of it is known; None when nothing does, or may not."""
    given = of_job(job, jobs)
    if given is None and job.options_known and job.worker is not None:
        given = of_worker(job.worker)
    return given if given is not None and given.is_on else None


def _inherited(job: NewJob) -> Unique | None:
    """What a list at `new/2` is merged into: something unknown for a worker of another file."""
    if job.worker is None:
        return Unique(job.span, (), LATEST)
    own = of_worker(job.worker)
    if own is not None:
        return own if own.is_list or not own.certain else None
    return None if job.worker.options_known else Unique(job.span, (), job.worker.version)


def _version(job: NewJob, jobs: Jobs) -> tuple:
    known = job.worker or jobs.around
    return known.version if known is not None else LATEST


def members(value: Value) -> list[Alt] | None:
    """What a list holds, one alternative each; None when that is not known."""
    shape = only(value)
    if not isinstance(shape, Seq) or shape.items is None:
        return None
    found = [item[0] if only(item) is not None else None for item in shape.items]
    return None if None in found else found


def atoms(value: Value) -> frozenset[str] | None:
    """The names in a list of atoms; None when it is none, or is not known."""
    held = members(value)
    if held is None:
        return None
    names = [alt.shape.name if isinstance(alt.shape, Atom) else None for alt in held]
    return None if None in names else frozenset(names)


def texts(value: Value) -> list[Alt]:
    """The strings among what a list holds."""
    return [alt for alt in members(value) or () if isinstance(alt.shape, Text)]


def _is_pair(shape) -> bool:
    return isinstance(shape, Tup) and len(shape.items) == 2


def _is_certain(shape) -> bool:
    """Whether all that stands in it is known."""
    if isinstance(shape, Seq):
        return shape.items is not None
    return isinstance(shape, Atom) and shape.name is not None
