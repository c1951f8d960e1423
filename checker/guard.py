"""A hook event in, a decision out. Reads no stdin, prints nothing.

What lies outside (the disk, the checker, the configuration, the session's state)
comes in as a `World`, see `checker/world.py`.
"""

from __future__ import annotations

from checker import edits
from checker.candidate import speaks_of_jobs

TOLD = 300  # characters of a sentence for the user


class Unreadable(Exception):
    """A file that is there cannot be read; the message says why."""


class Decision:
    """What to answer: `verdict` is pass, deny or ask, with a `reason` unless it is pass.

    `context` is for Claude, `told` for the user. `trace` is `skip` when no
    checker was needed, else what was done.
    """

    __slots__ = ("verdict", "reason", "context", "told", "trace")

    def __init__(self) -> None:
        self.verdict = "pass"
        self.reason = ""
        self.context: list[str] = []
        self.told: list[str] = []
        self.trace = "skip"

    def tell_once(self, session, cause: str, sentence: str) -> None:
        """Say something to the user, once per session and cause."""
        if session.first(cause):
            from checker.source import one_line

            self.told.append(f"oban-guard: {one_line(sentence, TOLD)}")

    def output(self) -> dict | None:
        """The answer in the client's terms; None when there is nothing to say."""
        specific = {}
        if self.verdict != "pass":
            specific["permissionDecision"] = self.verdict
            specific["permissionDecisionReason"] = self.reason
        if self.context:
            specific["additionalContext"] = "\n\n".join(self.context)
        answer: dict = {}
        if specific:
            answer["hookSpecificOutput"] = {"hookEventName": "PreToolUse", **specific}
        if self.told:
            answer["systemMessage"] = "\n".join(self.told)
        return answer or None


def decide(event: object, world) -> Decision:
    """Judge an event as Claude Code sends it. Raises what `world` raises."""
    decision = Decision()
    if not isinstance(event, dict):
        return decision
    kind, tool, given = (event.get(k) for k in ("hook_event_name", "tool_name", "tool_input"))
    if kind == "SessionStart":
        world.begin()
        decision.trace = "begin"
    elif kind == "PreToolUse" and tool in edits.TOOLS and isinstance(given, dict):
        _catch_up(world, decision)
        file = world.file(given.get("file_path"))
        if file is not None and file.configures:
            _judge_configuration(tool, given, file, world, decision)
        elif file is not None and file.is_source:
            _judge_source(tool, given, file, world, decision)
    return decision


def _judge_configuration(tool: str, given: dict, file, world, decision: Decision) -> None:
    """An edit that loosens the guard is a person's to decide."""
    try:
        current = world.text(file)
        after = edits.apply(tool, given, current)
    except (edits.Unplaced, Unreadable, ValueError):
        return
    if not file.is_ours and "oban-guard" not in (current or "") + after:
        return
    mode = _mode(world, world.config(file), decision)
    if mode == "off":
        return
    from checker import notice

    decision.trace = "configuration"
    changes, problem = world.loosened(file, after)
    if problem:
        decision.context.append(f"[oban-guard] {problem}")
    if not changes:
        return
    reason = notice.loosens(file.shown, changes)
    if mode == "block":
        decision.verdict, decision.reason = "ask", reason
    else:
        decision.context.append(reason)


def _judge_source(tool: str, given: dict, file, world, decision: Decision) -> None:
    try:
        current = world.text(file)
    except Unreadable as error:
        if _mode(world, world.config(file), decision) != "off":
            decision.tell_once(world.session, f"unreadable {file.real}", f"{file.shown} {error}")
        return
    try:
        after = edits.apply(tool, given, current)
    except edits.Unplaced:
        after = None
    except ValueError:
        return
    brought = edits.texts(given) if after is None else [after]
    if not any(speaks_of_jobs(text, file.real) for text in [current or "", *brought]):
        return
    config = world.config(file)
    mode = _mode(world, config, decision)
    if mode == "off" or config.excludes(file.real):
        return
    from checker.judge import Judge

    decision.trace = "check"
    with world.session.file(file.real) as record:
        judge = Judge(file, config, world, record, decision)
        judge.meet(current)
        if after is None:
            world.note_unchecked(file)
        else:
            judge.judge(current, after, mode)
        record.save()


def _catch_up(world, decision: Decision) -> None:
    """Check from disk what passed unchecked, and tell what it left."""
    for file in world.unchecked():
        config = world.config(file)
        if _mode(world, config, decision) == "off" or config.excludes(file.real):
            continue
        try:
            text = world.text(file)
        except Unreadable:
            continue
        if text is not None and speaks_of_jobs(text, file.real):
            from checker.judge import Judge

            decision.trace = "check"
            with world.session.file(file.real) as record:
                Judge(file, config, world, record, decision).catch_up(text)
                record.save()


def _mode(world, config, decision: Decision) -> str:
    mode, problem = world.mode(config)
    if problem:
        decision.tell_once(world.session, problem, problem)
    return mode
