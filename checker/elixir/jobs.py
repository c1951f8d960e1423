"""Finds the jobs that a file builds and inserts, in workers and everywhere else."""

from __future__ import annotations

from checker.elixir import syntax
from checker.elixir.foreign import OtherFiles
from checker.elixir.infer import Interpreter
from checker.elixir.known.jobs import built_in, target_of
from checker.elixir.library import Library
from checker.elixir.modules import Function, ModuleDef
from checker.elixir.patterns import ANY
from checker.elixir.sites import (
    direct_performs,
    distinct,
    handed_on,
    looks_like_worker,
    mismatches,
    speaks_of_pro,
)  # fmt: skip
from checker.elixir.written import Written, encoded
from checker.model.job import BY_REPO, DROPPED, IN_BULK, INSERTED, UNKNOWN, Insertion, Jobs, NewJob
from checker.model.shape import Atom, Seq, Span, Tup, Value, only
from checker.model.worker import Option, Step, Worker

INSERTERS = frozenset(("Oban.insert", "Oban.insert!", "Oban.insert_all"))
REPO_INSERTS = frozenset(("insert", "insert!", "insert_or_update", "insert_or_update!"))


def jobs(
    modules: list[ModuleDef], workers: dict[str, Worker], library: Library,
    others: OtherFiles | None = None,
) -> Jobs:  # fmt: skip
    """The jobs of a file.

    Performs have been followed already; each other function that builds or inserts a job
    is followed once, with arguments of which nothing is known.
    """
    survey = _Survey(workers, Written(modules), others)
    for worker in workers.values():
        survey.take(worker.steps, worker.drops, worker.enqueues, worker)
    by_name = {module.name: module for module in modules}
    for function in _public_first(modules):
        if survey.has_seen(function) or not _speaks_of_jobs(function):
            continue
        interpreter = Interpreter(by_name, library, others)
        try:
            interpreter.run(function, [ANY] * function.arity)
        except RecursionError:
            continue
        survey.take(
            interpreter.steps.values(), interpreter.drops.values(),
            interpreter.enqueues.values(), None,
        )  # fmt: skip
    found = survey.result()
    found.others = {
        module.name: looks_like_worker(module)
        for module in modules
        if module.name not in workers
    }
    found.performs = direct_performs(modules, survey.knows)
    if found.built or found.insertions:
        found.pro = speaks_of_pro(modules)
        found.encoded = encoded(modules)
    _look_around(found.insertions, modules)
    _keep_dropped(found.built, modules)
    return found


def _look_around(insertions: list[Insertion], modules: list[ModuleDef]) -> None:
    """What stands around calls that insert in bulk."""
    if any(insertion.call == "Oban.insert_all" for insertion in insertions):
        patterns, careful = mismatches(modules), distinct(modules)
        for insertion in insertions:
            start, end = insertion.span
            insertion.mismatch = patterns.get(insertion.span)
            insertion.distinct = any(first <= start and end <= last for first, last in careful)


def _keep_dropped(built: list[NewJob], modules: list[ModuleDef]) -> None:
    """A job is not dropped when it has been given to something, whatever is dropped later."""
    if any(job.fate == DROPPED for job in built):
        used = handed_on(modules)
        for job in built:
            if job.fate == DROPPED and job.span in used:
                job.fate = UNKNOWN


def _public_first(modules: list[ModuleDef]) -> list[Function]:
    """A private function is followed by itself only where no public one led to it."""
    functions = [f for module in modules for f in module.functions.values() if not f.broken]
    return sorted(functions, key=lambda function: (function.private, function.span))


def _speaks_of_jobs(function: Function) -> bool:
    for node in function.nodes:
        if isinstance(node, (syntax.Call, syntax.FnRef)):
            if node.name == "new":
                return True
            if isinstance(node.target, syntax.Module) and node.target.name.startswith("Oban"):
                return True
    return False


class _Survey:
    def __init__(
        self, workers: dict[str, Worker], written: Written, others: OtherFiles | None
    ) -> None:
        self.workers = workers
        self.others = others
        self.written = written
        self._here = {module.name for module in written.modules}
        self._jobs: dict[tuple, NewJob] = {}
        self._insertions: dict[tuple, Insertion] = {}
        self._places: list[tuple] = []
        self._transacted: dict[tuple, Step] = {}

    def has_seen(self, function: Function) -> bool:
        """Whether something that it builds or inserts has been met on the way from elsewhere."""
        start, end = function.span
        clauses = [clause.span for clause in function.clauses] or [(start, end)]
        return function.private and any(
            first <= place[0] < last for place in self._places for first, last in clauses
        )

    def take(self, steps, drops, enqueues, performing: Worker | None) -> None:
        steps, drops, enqueues = list(steps), list(drops), list(enqueues)
        inserted = {id(enqueue.built) for enqueue in enqueues}
        taken: dict[int, NewJob] = {}
        for step in steps:
            if step.has("job") or id(step) in inserted or self._builds_job(step):
                taken[id(step)] = self._job(step, performing)
        for step in steps:
            if step.call in INSERTERS:
                self._insertion(step, drops, performing)
            elif _goes_by_repo(step):
                built = [a.origin.step for arg in step.args for a in built_in(arg)]
                self._fate(built, taken, BY_REPO, step.span)
            if any(context.transaction for context in step.contexts):
                self._transacted.setdefault(step.span, step)
        for drop in drops:
            self._fate([a.origin.step for a in built_in(drop.value)], taken, DROPPED)
        for enqueue in enqueues:
            job = taken.get(id(enqueue.built))
            if job is not None:
                job.fate = IN_BULK if enqueue.step.call == "Oban.insert_all" else INSERTED
                job.certain = True
                insertion = self._insertions[enqueue.span]
                if job not in insertion.jobs:
                    insertion.jobs.append(job)

    def _builds_job(self, step) -> bool:
        """`X.new(…)` of something that another file says is a worker."""
        if not step.has("build") or not step.call.endswith(".new") or self.others is None:
            return False
        return self.others.worker(_target(step)) is not None

    def _worker(self, target: str) -> Worker | None:
        if target in self._here or self.others is None:
            return self.workers.get(target)
        return self.workers.get(target) or self.others.worker(target)

    def knows(self, name: str) -> bool:
        """Whether a module is known to be a worker."""
        return self._worker(name) is not None

    @staticmethod
    def _fate(built: list, taken: dict[int, NewJob], fate: str, by: Span | None = None) -> None:
        for step in built:
            job = taken.get(id(step))
            if job is not None and job.fate == UNKNOWN:
                job.fate = fate
                job.inserter = by

    def _job(self, step, performing: Worker | None) -> NewJob:
        job = self._jobs.get(step.span)
        if job is None:
            self._places.append(step.span)
            target = _target(step)
            args = step.args[0] if step.args else ()
            job = self._jobs[step.span] = NewJob(target, step.span, args, step.function)
            job.worker = self._worker(target)
            job.certain = step.has("job") or job.worker is not None
            job.performing = performing
            job.named = self.written.argument(step.span)
            job.places = self.written.entries
            job.elsewhere = step.trail is not None
            given = step.args[1] if len(step.args) > 1 else ()
            job.options = _options(given, step.span)
            job.options_known = len(step.args) < 2 or _is_plain(given)
        return job

    def _insertion(self, step, drops, performing: Worker | None) -> None:
        insertion = self._insertions.get(step.span)
        if insertion is None:
            self._places.append(step.span)
            insertion = Insertion(step.call, step.span, step.function)
            self._insertions[step.span] = insertion
            insertion.performing = performing
            insertion.elsewhere = step.trail is not None
        insertion.multi = step.has("multi")
        insertion.transaction |= any(context.transaction for context in step.contexts)
        insertion.dropped |= any(a.origin.step is step for drop in drops for a in drop.value)

    def result(self) -> Jobs:
        found = Jobs()
        found.built = sorted(self._jobs.values(), key=lambda job: job.span)
        found.insertions = sorted(self._insertions.values(), key=lambda one: one.span)
        found.transacted = sorted(self._transacted.values(), key=lambda step: step.span)
        return found


def _target(step) -> str:
    """The module whose `new` it is, or the one that `Oban.Job.new` was given."""
    if step.call == "Oban.Job.new":
        shape = only(step.options.get("worker", ()))
        return shape.name if isinstance(shape, Atom) and shape.name else ""
    return step.call.removesuffix(".new")


def _options(given: Value, span: Span) -> dict[str, Option]:
    """The options given to `new`, each with the place of its pair."""
    found: dict[str, Option] = {}
    for alt in given:
        for pair in (inner for item in _items(alt.shape) for inner in item):
            name = pair.shape.head if isinstance(pair.shape, Tup) else None
            if name is not None and len(pair.shape.items) == 2 and name != "worker":
                place = pair.origin.span or span
                found.setdefault(name, Option(name, pair.shape.items[1], place))
    return found


def _items(shape) -> tuple:
    """The items of a list, or what each of them looks like."""
    if not isinstance(shape, Seq):
        return ()
    return shape.items if shape.items is not None else (shape.element,)


def _is_plain(given: Value) -> bool:
    """Whether all options of a keyword list are known."""
    shape = only(given)
    if not isinstance(shape, Seq) or shape.items is None:
        return False
    pairs = [only(item) for item in shape.items]
    return all(isinstance(pair, Tup) and pair.head is not None for pair in pairs)


def _goes_by_repo(step) -> bool:
    """`Repo.insert(job)`, or `Multi.insert(multi, name, job)`."""
    module, _, name = step.call.rpartition(".")
    return name in REPO_INSERTS and module != "Oban" and any(
        target_of(alt.shape) for arg in step.args for alt in arg
    )
