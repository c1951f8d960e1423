"""The facts of a worker as text, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from checker.facts import Asked, Enqueuer, Facts, Spot

VERSION = 1


def as_json(workers: list[Facts]) -> str:
    """One object: `version`, and `workers` with the fields of `checker.facts.Facts`."""
    return json.dumps({"version": VERSION, "workers": [asdict(worker) for worker in workers]})


def render(workers: list[Facts]) -> str:
    """Every worker, one part after the other; parts with nothing to say are left out."""
    return "\n\n".join("\n".join(_worker(worker)) for worker in workers)


def _worker(worker: Facts) -> list[str]:
    limit = "" if worker.limit is None else f" ({worker.limit} at a time)"
    enqueuers = worker.enqueuers
    told = ["too many files may build its jobs"] if enqueuers is None else map(_enqueuer, enqueuers)
    return [
        f"{worker.name}  {worker.path}:{worker.line}",
        f"  queue {worker.options.get('queue', ':default')}{limit}",
        *([f"  unique {worker.options['unique']}"] if "unique" in worker.options else []),
        *_part("Enqueued by", told),
        *_part("Crontab", worker.crontab),
        *_part("perform asks for", map(_asked, worker.clauses)),
        *_part(
            "Schemas",
            (f"{s.module} ({', '.join(s.calls)}): {', '.join(s.fields)}" for s in worker.schemas),
        ),
        *_part("Named in tests", map(_spot, worker.tests)),
        *_part("A rename of the module changes", map(_spot, worker.named)),
        *[
            line
            for arg, spots in worker.args.items()
            for line in _part(f"A rename of the arg {arg} changes", map(_spot, spots))
        ],
    ]


def _part(title: str, lines) -> list[str]:
    told = [f"    {line}" for line in lines]
    return ["", f"  {title}", *told] if told else []


def _enqueuer(enqueuer: Enqueuer) -> str:
    args = "args that cannot be read" if enqueuer.args is None else ", ".join(enqueuer.args)
    return f"{enqueuer.path}:{enqueuer.line}  {enqueuer.function}  {args or 'no args'}"


def _asked(clause: Asked) -> str:
    if clause.needs is None:
        return f"line {clause.line}: cannot be read"
    needs = ", ".join(clause.needs) or "nothing"
    may = f"; may have {', '.join(clause.may_have)}" if clause.may_have else ""
    return f"line {clause.line}: {needs}{may}{'; passes all on' if clause.passes_on else ''}"


def _spot(spot: Spot) -> str:
    return f"{spot.path}:{spot.line}  {spot.text}"
