"""What the guard says: to Claude when an edit is held back or passes, and to the user."""

from __future__ import annotations

from checker.report.wording import sentence, statement
from checker.source import one_line

SHOWN = 8

LAST_WORD = (
    "If this is refused, stop editing this file, leave it as it is and tell the user what is"
    " unsolved, or suppress with a reason: `# oban-guard: ignore[{rules}] why this is right`."
)


def held_back(path: str, findings: list) -> str:
    """Why an edit is held back, and what to write instead. A finding is joined as

    `` Line 12: `<trigger>` <message>. `` / ``<help> and resubmit the same edit.`` / its rule.
    """
    head = f"[oban-guard] Edit to {one_line(path)} held back: {_count(findings, 'new')}."
    return _report(head, findings, " and resubmit the same edit")


def asked(path: str, findings: list) -> str:
    """The same for a person to decide, with what to do when that person refuses."""
    rules = ", ".join(dict.fromkeys(finding.rule for finding in findings))
    return f"{held_back(path, findings)}\n{LAST_WORD.format(rules=rules)}"


def landed(path: str, findings: list) -> str:
    """An edit that passes although it adds problems: the guard only warns."""
    head = f"[oban-guard] Edit to {one_line(path)} lands with {_count(findings, 'new')}."
    return _report(head, findings, "")


def unchecked(path: str, findings: list) -> str:
    """What an edit that passed unchecked turned out to have left."""
    what = "was edited while it could not be checked"
    head = f"[oban-guard] {one_line(path)} {what}; it has {_count(findings, '')}."
    return _report(head, findings, "")


def older(path: str, findings: list) -> str:
    """Problems that were there before; they hold nothing back."""
    head = f"[oban-guard] {one_line(path)} has {_count(findings, 'older')}."
    then = "Edits of it are not held back for that; tell the user, and mend what is your task."
    return _report(f"{head} {then}", findings, "")


def silenced(path: str, findings: list) -> str:
    """For the user: warnings that an edit suppresses."""
    return f"oban-guard: an edit to {one_line(path)} suppresses {_named(findings)}"


def silences_errors(path: str, findings: list) -> str:
    """For a person to decide: errors that an edit suppresses."""
    head = f"[oban-guard] Edit to {one_line(path)} suppresses {_count(findings, '', 'error')}."
    end = (
        "Only a person decides that a certain failure is right. If this is refused,"
        " remove the suppression and mend what it hides."
    )
    return f"{_report(head, findings, '')}\n{end}"


def loosens(path: str, changes: list[str]) -> str:
    """For a person to decide: a change of configuration that loosens the guard."""
    shown = "\n".join(f"It {one_line(change)}." for change in changes[:SHOWN])
    return (
        f"[oban-guard] Edit to {one_line(path)} loosens the guard.\n{shown}\n"
        "Only a person decides that. If this is refused, leave this file as it is and"
        " mend the workers instead."
    )


def _report(head: str, findings: list, then: str) -> str:
    lines = [head]
    for finding in findings[:SHOWN]:
        lines.append(f"Line {finding.line}: {statement(finding)}")
        if finding.help:
            lines.append(sentence(finding.help.strip().removesuffix(".") + then))
        more = f"`oban-guard explain {finding.rule}`"
        lines.append(f"({finding.rule} {finding.name}; more: {more})")
    if len(findings) > SHOWN:
        lines.append(f"{len(findings) - SHOWN} more are not shown.")
    return "\n".join(lines)


def _count(findings: list, kind: str, noun: str = "problem") -> str:
    words = " ".join(filter(None, (str(len(findings)), kind, noun)))
    return words if len(findings) == 1 else words + "s"


def _named(findings: list) -> str:
    named = [f"{f.rule} {f.name} (line {f.line})" for f in findings[:SHOWN]]
    more = len(findings) - SHOWN
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
