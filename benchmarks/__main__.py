"""Measures, and prints a table of ratios."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus
from benchmarks.measure import Command, medians
from benchmarks.plugin import REPOSITORY, Plugin, read_only_copy
from checker.project.index import SETTLED

WORK = REPOSITORY / ".cache/bench"
READ_AND_PARSE = Path(__file__).with_name("read_and_parse.py")
NO_JOBS_LIMIT, WORKER_LIMIT, FILES_LIMIT = 1.5, 4.0, 3.0
COLD_LIMIT, LARGE_WORKER_LIMIT = 4.0, 5.0
WARM_SECONDS = 1.0
WORKERS, OTHERS = 200, 800
LARGE = 100, 100, 4800  # files with workers, with callers of them, and others


@dataclass
class Case:
    """Something that is measured, and how many times as long as its base it may take."""

    name: str
    command: Command
    limit: float


def main() -> int:
    """Run the benchmark; 1 when something is over its limit."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--python", help="the interpreter to use; default: what set-up finds")
    parser.add_argument("--rounds", type=int, default=25, help="default: %(default)s")
    options = parser.parse_args()
    project, files = WORK / "project", WORK / "files"
    for folder in (project, files):
        shutil.rmtree(folder, ignore_errors=True)
    corpus.write(project, 20, 20)
    (project / ".git").mkdir()  # where the search for a configuration ends
    corpus.write(files, WORKERS, OTHERS)

    clone = Plugin(REPOSITORY, WORK / "data", project, options.python)
    copy = Plugin(read_only_copy(WORK / "plugin"), WORK / "data of copy", project, options.python)
    print(f"{clone.python}, {options.rounds} rounds\n")
    ok = report("bare", clone.bare(), edits(clone), options.rounds)
    before = snapshot(copy.root)
    ok &= report("bare", copy.bare(), edits(copy, ", read-only plugin"), options.rounds)
    if snapshot(copy.root) != before:
        sys.exit("The plugin folder was written to.")
    plain = clone.script(READ_AND_PARSE, files)
    checking = Case(f"check all in {WORKERS + OTHERS} files", clone.check(files), FILES_LIMIT)
    ok &= report("reading and parsing", plain, [checking], options.rounds)
    ok &= large(clone, options.rounds)
    return 0 if ok else 1


def edits(plugin: Plugin, note: str = "") -> list[Case]:
    """Edits of files of about a hundred lines, as the client hands them to the hook."""
    files = {}
    for name in ("others/order_controller.ex", "workers/push_order_update.ex",
                 "workers/charge_order.ex"):  # fmt: skip
        path = files[name.split("/")[1]] = plugin.project / "lib" / name
        path.write_text(corpus.template(name), encoding="utf-8")
    controller, clean, charge = files
    gone, retried = "nil -> {:cancel, :order_gone}", "nil -> {:error, :not_found}"
    pushed = ("badge: 1", "badge: 2")
    broken = corpus.template(f"workers/{charge}").replace(gone, retried)
    broken = broken.replace("ChargeOrder", "ChargeDeposit")
    return [
        Case(
            "edit without jobs" + note,
            plugin.edit(f"lib/others/{controller}", "@page_size 25", "@page_size 30", False, None),
            NO_JOBS_LIMIT,
        ),
        Case(
            "clean worker, first edit" + note,
            plugin.edit(f"lib/workers/{clean}", *pushed, True, None),
            WORKER_LIMIT,
        ),
        Case(
            "clean worker, later edit" + note,
            plugin.edit(f"lib/workers/{clean}", *pushed, False, None),
            WORKER_LIMIT,
        ),
        Case(
            "worker, held back" + note,
            plugin.edit(f"lib/workers/{charge}", gone, retried, True, "deny"),
            WORKER_LIMIT,
        ),
        Case(
            "new worker, held back" + note,
            plugin.write("lib/workers/new.ex", broken, "deny"),
            WORKER_LIMIT,
        ),
    ]


def large(plugin: Plugin, rounds: int) -> bool:
    """A project of thousands of files, when nothing is kept of it and when it is known."""
    folder = WORK / "large"
    shutil.rmtree(folder, ignore_errors=True)
    corpus.write_project(folder, *LARGE)
    files = f"in {sum(LARGE)} files"
    worker = next((folder / "lib/workers").glob("import_orders_*.ex"))
    one = str(worker.relative_to(folder))
    time.sleep(SETTLED / 1e9)  # what has only just been written is not kept

    cold = Case(f"check one {files}, cold", plugin.check(folder, one, cold=True), COLD_LIMIT)
    all_cold = Case(f"check all {files}, cold", plugin.check(folder, cold=True), FILES_LIMIT)
    edit = options_edit(plugin.within(folder), one, f"worker {files}, warm")
    related = plugin.script(READ_AND_PARSE, folder, "Oban")
    ok = report("reading, parsing what names Oban", related, [cold], rounds)
    whole = plugin.script(READ_AND_PARSE, folder)
    ok &= report("reading and parsing", whole, [all_cold], rounds)
    ok &= in_time(f"check all {files}, warm", plugin.check(folder), rounds)
    return ok & report("bare", plugin.bare(), [edit], rounds)


def options_edit(plugin: Plugin, path: str, name: str) -> Case:
    """An edit of a worker's options."""
    command = plugin.edit(path, "max_attempts:", "tags: [], max_attempts:", False, None)
    return Case(name, command, LARGE_WORKER_LIMIT)


def in_time(name: str, command: Command, rounds: int) -> bool:
    """Measure what may take WARM_SECONDS and print it; whether it did not take longer."""
    taken = medians({name: command}, rounds)[name]
    limit = f"of {WARM_SECONDS * 1000:.0f}"
    print(f"{name:45}{taken * 1000:9.1f} ms {limit:>13}  {verdict(taken <= WARM_SECONDS)}\n")
    return taken <= WARM_SECONDS


def report(base: str, command: Command, cases: list[Case], rounds: int) -> bool:
    """Measure cases against their base and print them; whether all are within their limits."""
    commands = {base: command} | {case.name: case.command for case in cases}
    taken = medians(commands, rounds)
    print(f"{base:45}{taken[base] * 1000:9.1f} ms")
    ok = True
    for case in cases:
        ratio = taken[case.name] / taken[base]
        ok &= ratio <= case.limit
        print(
            f"{case.name:45}{taken[case.name] * 1000:9.1f} ms{ratio:7.2f} × of {case.limit:.1f}"
            f"  {verdict(ratio <= case.limit)}"
        )
    print()
    return ok


def verdict(fits: bool) -> str:
    return "OK" if fits else "OVER"


def snapshot(folder: Path) -> list[tuple[str, int]]:
    """The files of a folder, and when each was changed."""
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


if __name__ == "__main__":
    sys.exit(main())
