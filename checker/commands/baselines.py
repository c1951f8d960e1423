"""A baseline on the command line: read it, keep back what it knows, write it anew."""

from __future__ import annotations

import click

OK, FAILED = 0, 2


def known(file: str, root):
    """The baseline in a file. Raises click.BadParameter."""
    from checker.baseline import BaselineError, read

    try:
        return read(file, root)
    except BaselineError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--baseline'") from error


def leave_out(baseline, outcome, files: list, notes: list[str], root) -> None:
    """Keep back what a baseline knows; the older of findings that look the same first."""
    from checker.baseline import stale

    unknown, left = baseline.sift(outcome.older + outcome.findings)
    older = set(outcome.older)
    fresh = [finding for finding in unknown if finding not in older]
    outcome.known += len(outcome.findings) - len(fresh)
    outcome.findings = fresh
    gone = stale(left, {root.path(file.shown): file.config for file in files}, root)
    if gone:
        notes.append(f"{gone} of the baseline's findings are gone; write it anew")


def write(file: str, outcome, problems: list, notes: list[str], root) -> int:
    """Have a file know all findings, unless something could not be checked; gives the exit code."""
    from checker.baseline import Baseline, BaselineError

    if problems:
        notes.append(f"{file} was not written, since not everything could be checked")
        return FAILED
    try:
        number = Baseline.of(outcome.findings, root).write(file)
    except BaselineError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--baseline'") from error
    notes.append(f"{file} knows {number} finding{'' if number == 1 else 's'} now")
    return OK
