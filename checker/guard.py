"""A hook event in, a decision out. Reads no stdin, prints nothing.

What lies outside (the disk, the checker, the configuration, the session's state)
comes in as a `World`, see `checker/world.py`.
"""

from __future__ import annotations

from checker import edits

DENIALS = 3
ATTEMPTS_KEPT = 100
MARKS = ("Oban", "oban", "def perform", "def process")
UNPARSABLE = "OB904"


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


def speaks_of_jobs(text: str) -> bool:
    """Whether a text may hold a worker: only then is a parser worth its start."""
    return any(mark in text for mark in MARKS) or _uses_a_worker(text)


def _uses_a_worker(text: str) -> bool:
    at = text.find("Worker")
    while at >= 0:
        before = text[max(text.rfind("\n", 0, at) + 1, at - 200) : at]
        if "use " in before or "use(" in before:
            return True
        at = text.find("Worker", at + 6)
    return False


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
        _tell(world, decision, f"unreadable {file.real}", f"{file.shown} {error}")
        return
    try:
        after = edits.apply(tool, given, current)
    except edits.Unplaced:
        after = None
    except ValueError:
        return
    if not any(speaks_of_jobs(text) for text in (current, after) if text is not None):
        return
    config = world.config(file)
    mode = _mode(world, config, decision)
    if mode == "off" or config.excludes(file.real):
        return
    decision.trace = "check"
    with world.session.file(file.real) as record:
        judge = _Judge(file, config, world, record, decision)
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
        if text is not None and speaks_of_jobs(text):
            decision.trace = "check"
            with world.session.file(file.real) as record:
                _Judge(file, config, world, record, decision).catch_up(text)
                record.save()


def _mode(world, config, decision: Decision) -> str:
    mode, problem = world.mode(config)
    if problem:
        _tell(world, decision, problem, problem)
    return mode


def _tell(world, decision: Decision, cause: str, sentence: str) -> None:
    """Say something to the user, once per session and cause."""
    if world.session.first(cause):
        decision.told.append(f"oban-guard: {sentence}")


class _Judge:
    """Judges one file's texts against what the session knows of the file."""

    def __init__(self, file, config, world, record, decision: Decision) -> None:
        from checker import notice, novelty, state

        self.file = file
        self.config = config
        self.world = world
        self.record = record
        self.decision = decision
        self.known = record.state
        self.notice = notice
        self.novelty = novelty
        self.text_digest = state.text_digest

    def meet(self, current: str | None) -> None:
        """Take the text on disk for old unless it is what an edit of this session left."""
        digest = self.text_digest(current)
        if self.record.known and digest in self.known.texts:
            return
        self.known.attempts = {}
        self.known.remember_text(digest)
        if current is not None and speaks_of_jobs(current):
            self._take_for_old(current, self._check(current))

    def judge(self, current: str | None, after: str, mode: str) -> None:
        """Decide on the edit that turns `current` into `after`."""
        report = self._check(after)
        changed = self.novelty.changed_lines(current or "", after)
        split = self._split(report.findings, after, changed)
        if split.new and current is None:
            self._adopt({finding.worker for finding in split.new})
            split = self._split(report.findings, after, changed)
        quiet = _silenced(report)
        hushed = self.novelty.split(quiet, self.known.silenced, self._names(after), changed)
        self._tell_old(split.old)
        if mode == "block" and split.new:
            self._hold_back(split.new)
        elif mode == "block" and any(finding.severity == "error" for finding in hushed.new):
            errors = [finding for finding in hushed.new if finding.severity == "error"]
            self.decision.verdict = "ask"
            self.decision.reason = self.notice.silences_errors(self.file.shown, errors)
        else:
            self._warn(split.new, hushed.new)
            self._pass(current, after, split, quiet)

    def catch_up(self, text: str) -> None:
        """Judge what an edit that passed unchecked left on disk."""
        report = self._check(text)
        if self.record.known:
            found = self._split(report.findings, text, (1, 0)).new
        else:
            found = _blocking(report.findings)
            self._take_for_old(text, report)
            self.known.told = True
        self.known.remember_text(self.text_digest(text))
        if found:
            self.decision.context.append(self.notice.unchecked(self.file.shown, found))

    def _check(self, text: str):
        report = self.world.check(self.file, text, self.config)
        for failure in report.failures:
            _tell(self.world, self.decision, failure, failure)
        return report

    def _names(self, text: str):
        return lambda: self.world.names(text)

    def _take_for_old(self, text: str, report) -> None:
        quiet = _silenced(report)
        self.novelty.join(self.known.old, self.novelty.rows(_blocking(report.findings) + quiet))
        self.novelty.join(self.known.silenced, self.novelty.rows(quiet))
        if any(finding.rule == UNPARSABLE for finding in report.findings):
            self.known.lines = sorted({*self.known.lines, *map(self._line, text.split("\n"))})

    def _line(self, line: str) -> str:
        return self.novelty.digest(line.strip())[:10]

    def _split(self, findings: list, text: str, changed: tuple[int, int]):
        """New and old. What a text hid by not parsing is old where its line stood there."""
        found = _blocking(findings)
        split = self.novelty.split(found, self.known.old, self._names(text), changed)
        if split.new and self.known.lines:
            lines, hidden = text.split("\n"), set(self.known.lines)
            shown = [f for f in split.new if self._line(lines[f.line - 1]) in hidden]
            self.novelty.join(self.known.old, self.novelty.rows(shown))
            split = self.novelty.split(found, self.known.old, self._names(text), changed)
        return split

    def _adopt(self, workers: set) -> None:
        """A new path takes for old what another file held of the same workers."""
        marks = {self.novelty.digest(worker) for worker in workers if worker}
        for state in self.world.session.files():
            if any(row[2] in marks for row in state.old.values()):
                self.novelty.join(self.known.old, state.old)
        for report in self.world.holders({w for w in workers if w}, self.file, self.config):
            self.novelty.join(self.known.old, self.novelty.rows(_blocking(report.findings)))

    def _tell_old(self, old: list) -> None:
        if old and not self.known.told:
            self.known.told = True
            self.decision.context.append(self.notice.older(self.file.shown, old))

    def _attempt(self, new: list) -> int:
        """How often this set of new findings was submitted, this time included."""
        key = self.novelty.digest(*sorted(finding.fingerprint for finding in new))
        attempts = self.known.attempts
        attempts[key] = attempts.pop(key, 0) + 1
        if len(attempts) > ATTEMPTS_KEPT:
            attempts.pop(next(iter(attempts)))
        return attempts[key]

    def _hold_back(self, new: list) -> None:
        denied = self._attempt(new) <= DENIALS
        self.decision.verdict = "deny" if denied else "ask"
        text = self.notice.held_back if denied else self.notice.asked
        self.decision.reason = text(self.file.shown, new)

    def _warn(self, new: list, hushed: list) -> None:
        if new and self._attempt(new) == 1:
            self.decision.context.append(self.notice.landed(self.file.shown, new))
        if hushed:
            self.decision.told.append(self.notice.silenced(self.file.shown, hushed))

    def _pass(self, current: str | None, after: str, split, quiet: list) -> None:
        if not split.new:
            self.known.attempts = {}
        self.novelty.rename(self.known.old, split.renamed)
        self.novelty.join(self.known.silenced, self.novelty.rows(quiet))
        self.known.remember_text(self.text_digest(current))
        self.known.remember_text(self.text_digest(after))


def _blocking(findings: list) -> list:
    return [finding for finding in findings if finding.blocking]


def _silenced(report) -> list:
    """The blocking findings that a report's suppressions kept back."""
    return _blocking([finding for s in getattr(report, "suppressions", ()) for finding in s.silenced])
