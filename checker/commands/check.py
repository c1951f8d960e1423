"""`oban-guard check`."""

from __future__ import annotations

import sys

import click

from checker.commands import baselines
from checker.commands.output import echo

OK, BLOCKING, FAILED = 0, 1, 2
STDIN = "-"
STDIN_NAME = "stdin.ex"
FORMATS = ("text", "json", "sarif", "github")


def _rules(context: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> tuple:
    from checker.choice import UnknownRule, prefixes

    try:
        return prefixes(words)
    except UnknownRule as error:
        raise click.BadParameter(str(error)) from error


def _rules_option(name: str, help: str):
    return click.option(name, multiple=True, metavar="RULES", callback=_rules, help=help)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format", "style", type=click.Choice(FORMATS), default="text", show_default=True,
    help="github: commands for a workflow.",
)  # fmt: skip
@_rules_option("--select", "Only these rules: ids, beginnings of ids or names, such as OB2,OB104.")
@_rules_option("--ignore", "Not these rules.")
@click.option("--baseline", metavar="FILE", help="Known findings, which are not reported.")
@click.option("--write-baseline", is_flag=True, help="Write all that is found now to the baseline.")
@click.option("--since", metavar="REV", help="Only what came since a git revision, such as main.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes, then report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Also those that may change what a job does.")
@click.option("--diff", is_flag=True, help="Only show what --fix would change; 1 if anything.")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes. Default: one per core."
)
@click.option("--stdin-filename", metavar="PATH", help="What the text on standard input is called.")
@click.pass_context
def check(
    context: click.Context, paths: tuple[str, ...], style: str, select: tuple[str, ...],
    ignore: tuple[str, ...], baseline: str | None, write_baseline: bool, since: str | None,
    fix: bool, unsafe_fixes: bool, diff: bool, jobs: int | None, stdin_filename: str | None,
) -> None:  # fmt: skip
    """Check files and folders (default: this folder); `-` is standard input.

    Exit code: 0 nothing blocks, 1 errors or warnings, 2 wrong usage or something
    that could not be read or checked.
    """
    _refuse_contradictions(paths, stdin_filename, baseline, write_baseline, since)
    _refuse_unfixable(paths, style, write_baseline, fix, unsafe_fixes, diff)
    from checker.batch import check_files, unwatched
    from checker.choice import Choice
    from checker.root import Root

    root = Root()
    known = baselines.known(baseline, root) if baseline and not write_baseline else None
    found = _find(paths, stdin_filename)
    Choice(select, ignore).configure(found.files)
    files = found.files if since is None else _changed(found.files, since)

    def examine():
        outcome = check_files(files, jobs, _bar() if style == "text" else unwatched)
        notes = list(found.notes)
        if known is not None:
            baselines.leave_out(known, outcome, files, notes, root)
        return outcome, notes

    outcome, notes = examine()
    fixes = _fixes(files, outcome, unsafe_fixes) if fix or diff else None
    if fix and fixes.write():
        outcome, notes = examine()
    problems = found.problems + outcome.problems
    if fixes is not None:
        problems += fixes.problems
        notes += fixes.notes("fixed" if fix else "would fix")
    if write_baseline:
        code = baselines.write(baseline, outcome, problems, notes, root)
    else:
        text = fixes.diff() if diff else _rendered(style, outcome, problems, root)
        if text:
            echo(text)
        found_any = bool(text) if diff else outcome.blocking
        code = FAILED if problems else BLOCKING if found_any else OK
    _print_asides(outcome, problems, notes, since)
    context.exit(code)


def _refuse_contradictions(paths, stdin_filename, baseline, write_baseline, since) -> None:
    if stdin_filename is not None and STDIN not in paths:
        raise click.UsageError(f"--stdin-filename needs `{STDIN}` among the paths.")
    if "" in paths:
        raise click.UsageError("A path is empty; name a file or a folder.")
    if baseline == "":
        raise click.UsageError("--baseline is empty; name a file, such as .oban-guard-baseline.")
    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs `--baseline FILE`, the file to write.")
    if write_baseline and since is not None:
        raise click.UsageError("--write-baseline writes all findings; leave --since out.")


def _refuse_unfixable(paths, style, write_baseline, fix, unsafe_fixes, diff) -> None:
    if unsafe_fixes and not (fix or diff):
        raise click.UsageError("--unsafe-fixes needs `--fix`, or `--diff` to see them first.")
    if fix and diff:
        raise click.UsageError("--diff only shows what --fix would write; leave one of them out.")
    if (fix or diff) and write_baseline:
        raise click.UsageError("--write-baseline writes what is found; fix first, without it.")
    if fix and STDIN in paths:
        raise click.UsageError(f"--fix cannot write to `{STDIN}`; take `--diff`, or name a file.")
    if diff and style != "text":
        raise click.UsageError(f"--diff prints a diff; leave `--format {style}` out.")


def _find(paths: tuple[str, ...], stdin_filename: str | None):
    from checker.discover import find
    from checker.source import MAX_BYTES

    texts = {}
    if STDIN in paths:
        texts[stdin_filename or STDIN_NAME] = sys.stdin.buffer.read(MAX_BYTES + 1)
    return find([path for path in paths or (".",) if path != STDIN], texts)


def _fixes(files: list, outcome, unsafe: bool):
    from checker.commands.fixing import Fixes

    return Fixes(files, outcome.findings, unsafe)


def _changed(files: list, revision: str) -> list:
    from checker.git import Changes, GitError

    try:
        return Changes(revision).keep(files)
    except GitError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--since'") from error


def _bar():
    from checker import progress
    from checker.batch import unwatched

    return progress.bar if progress.wanted() else unwatched


def _rendered(style: str, outcome, problems: list[tuple[str, str]], root) -> str:
    if style == "text":
        from checker.report.text import render

        return render(outcome)
    if style == "json":
        from checker.report.json import render

        return render(outcome, problems)
    if style == "sarif":
        from checker.report.sarif import render
    else:
        from checker.report.github import render
    return render(outcome, problems, root)


def _print_asides(outcome, problems: list[tuple[str, str]], notes: list[str], since) -> None:
    from checker.report.text import printable

    for note in notes:
        echo(f"note: {printable(note)}", err=True)
    for path, message in problems:
        echo(f"error: {printable(path)}: {printable(message)}", err=True)
    if not outcome.files and problems:
        return
    if not outcome.files:
        differing = "" if since is None else f" that differs from {printable(since)}"
        echo(f"No Elixir file (.ex, .exs){differing} was checked.", err=True)
    elif not outcome.workers:
        echo("No Oban worker was found in the files checked.", err=True)
