"""What `oban-guard new` wrote, or would write, and what is left to do: as text and as JSON."""

from __future__ import annotations

import json
import textwrap

from checker.discover import shown

__all__ = ["as_json", "as_text", "shown"]


def error_as_json(why: str) -> str:
    """What a program gets where nothing was written."""
    return json.dumps({"version": 1, "error": why}, indent=2, ensure_ascii=False)


def as_json(plan, taken: set[str], dry_run: bool, force: bool) -> str:
    """One object: `module`, `files` with what became of each, `next_steps` in order."""
    return json.dumps(
        {
            "version": 1,
            "module": plan.module,
            "dry_run": dry_run,
            "files": [_file(file, _action(file, taken, dry_run, force), dry_run) for file in plan.files],
            "next_steps": [
                {
                    "file": shown(step.file) if step.file else None,
                    "where": step.where,
                    "why": step.why,
                    "snippet": step.snippet,
                }
                for step in plan.next_steps
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def as_text(plan, taken: set[str], dry_run: bool, force: bool) -> str:
    """For people: the files, in full when nothing was written, and the next steps."""
    actions = [_action(file, taken, dry_run, force) for file in plan.files]
    wide = max([13, *map(len, actions)])
    lines = [
        f"{action:<{wide}} {shown(file.path)}"
        for action, file in zip(actions, plan.files, strict=True)
    ]
    if dry_run:
        for file in plan.files:
            lines += ["", "--- /dev/null", f"+++ {shown(file.path)}"]
            lines += [f"+{line}" for line in file.text.splitlines()]
    if plan.next_steps:
        lines += ["", "Next steps"]
    for number, step in enumerate(plan.next_steps, 1):
        lines += ["", *_step(number, step)]
    return "\n".join(lines)


def _file(file, action: str, dry_run: bool) -> dict:
    """What became of a file; its text when it was not written."""
    told = {"path": shown(file.path), "kind": file.kind, "action": action}
    return {**told, "text": file.text} if dry_run else told


def _step(number: int, step) -> list[str]:
    why = step.why[0].upper() + step.why[1:]
    place = f"In {shown(step.file)}" if step.file else "Run"
    if step.where:
        place += f", {step.where}"
    return [f"{number}. {why}. {place}:", "", textwrap.indent(step.snippet, "       ")]


def _action(file, taken: set[str], dry_run: bool, force: bool) -> str:
    replaced = file.path in taken
    if dry_run and replaced:
        return "would replace" if force else "exists, needs --force"
    if dry_run:
        return "would create"
    return "replaced" if replaced else "created"
