"""The values among a job's args, as the place that builds the job gives them."""

from __future__ import annotations

from checker.model.job import Jobs, NewJob
from checker.model.shape import NIL, Alt, Map, Seq, Span, Value

MOST_DEEP = 6


class Argument:
    """One value among the args, however deep: `key` is its own.

    `span` is where it stands: the entry of the map that is written down, or the value itself
    where that is built elsewhere.
    """

    __slots__ = ("key", "value", "span", "function")

    def __init__(self, key: str, value: Value, span: Span, function: str) -> None:
        self.key = key
        self.value = value
        self.span = span
        self.function = function


def arguments(job: NewJob) -> list[Argument]:
    """Every value under a key that is known, outer ones before what is inside them."""
    found: dict[tuple, Argument] = {}
    for argument in _inside(job.args, job, 0):
        found.setdefault((argument.span, argument.key), argument)
    return list(found.values())


def _inside(value: Value, job: NewJob, depth: int):
    if depth > MOST_DEEP:
        return
    for alt in value:
        shape = alt.shape
        if isinstance(shape, Map):
            for key, held in shape.fields.items():
                name = str(key[1])
                yield Argument(name, held, *_place(job, alt, name, held))
                yield from _inside(held, job, depth + 1)
        elif isinstance(shape, Seq):
            yield from _inside(shape.element, job, depth + 1)


def _place(job: NewJob, holder: Alt, name: str, value: Value) -> tuple[Span, str]:
    """Where to point: in the function that builds the job at the entry, else at the value."""
    made = next((alt.origin for alt in value if alt.origin.span is not None), None)
    if made is not None and made.function not in ("", job.function):
        return made.span, made.function
    written = job.places.get((holder.origin.span, name))
    if written is not None:
        return written, holder.origin.function
    return (made.span, made.function) if made is not None else (job.span, job.function)


def each(value: Value) -> list[Alt]:
    """What a value can be, a list counted as what is in it, and nil left out."""
    found: list[Alt] = []
    for alt in value:
        if isinstance(alt.shape, Seq):
            found += each(alt.shape.element)
        elif alt.shape != NIL:
            found.append(alt)
    return found


def built_here(jobs: Jobs) -> list[NewJob]:
    """What is known to be a job, and is built in the file that is checked."""
    return [job for job in jobs.built if job.certain and not job.elsewhere]


def plain_jobs(jobs: Jobs) -> list[NewJob]:
    """Those of them whose worker does not cast its args."""
    return [job for job in built_here(jobs) if job.worker is None or not job.worker.args_cast]
