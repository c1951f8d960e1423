"""Judges one file's texts against what the session knows of the file."""

from __future__ import annotations

from checker import notice, novelty
from checker.candidate import speaks_of_jobs
from checker.guard import Decision
from checker.state import text_digest

DENIALS = 3
ATTEMPTS_KEPT = 100
UNPARSABLE = "OB904"


class Judge:
    """The judge of one event about one file.

    `record` holds the file's state while the event is judged. What is decided
    goes into `decision`.
    """

    def __init__(self, file, config, world, record, decision: Decision) -> None:
        self.file = file
        self.config = config
        self.world = world
        self.record = record
        self.decision = decision
        self.known = record.state
        self._met = False

    def meet(self, current: str | None) -> None:
        """Take the text on disk for old unless it is what an edit of this session left."""
        digest = text_digest(current)
        if self.record.known and digest in self.known.texts:
            return
        self.known.attempts = {}
        self.known.remember_text(digest)
        self._met = True
        if current is not None and speaks_of_jobs(current, self.file.real):
            self._take_text_for_old(current, self._check(current))

    def judge(self, current: str | None, after: str, mode: str) -> None:
        """Decide on the edit that turns `current` into `after`."""
        report = self._check(after)
        changed = novelty.changed_lines(current or "", after)
        split, hushed = self._compare(report, after, changed)
        if current is None and (split.new or hushed.new):
            self._adopt(self.world.names(self.file, after)[0])
            split, hushed = self._compare(report, after, changed)
        elif not self._met and self._know_brought(current, split.new + hushed.new):
            split, hushed = self._compare(report, after, changed)
        self._tell_old(split.old)
        if mode == "block" and split.new:
            self._hold_back(split.new)
        elif mode == "block" and any(finding.severity == "error" for finding in hushed.new):
            errors = [finding for finding in hushed.new if finding.severity == "error"]
            self.decision.verdict = "ask"
            self.decision.reason = notice.silences_errors(self.file.shown, errors)
        else:
            self._warn(split.new, hushed.new)
            self._pass(current, after, split, hushed)

    def catch_up(self, text: str) -> None:
        """Judge what an edit that passed unchecked left on disk."""
        report = self._check(text)
        if self.record.known:
            found = self._compare(report, text, (1, 0))[0].new
        else:
            found = _blocking(report.findings)
            self._take_text_for_old(text, report)
            self.known.told = True
        self.known.remember_text(text_digest(text))
        if found:
            self.decision.context.append(notice.unchecked(self.file.shown, found))

    def _check(self, text: str):
        report = self.world.check(self.file, text, self.config)
        for failure in report.failures:
            self.decision.tell_once(self.world.session, failure, failure)
        return report

    def _take_for_old(self, report) -> None:
        quiet = self._silenced(report)
        novelty.join(self.known.old, novelty.rows(_blocking(report.findings) + quiet))
        novelty.join(self.known.silenced, novelty.rows(quiet))

    def _take_text_for_old(self, text: str, report) -> None:
        self._take_for_old(report)
        self._know_modules(text)
        if any(finding.rule == UNPARSABLE for finding in report.findings):
            self.known.lines = sorted(
                {*self.known.lines, *map(novelty.line_digest, text.split("\n"))}
            )

    def _silenced(self, report) -> list:
        """The findings that would block but for a suppression."""
        silenced = [finding for s in report.suppressions for finding in s.silenced]
        for finding in silenced:
            finding.severity = self.config.severity_of(finding.rule, finding.severity)
        return [f for f in _blocking(silenced) if self.config.enables(f.rule)]

    def _compare(self, report, text: str, changed: tuple[int, int]) -> tuple:
        """The findings of a text, and those it suppresses, each split into new and old."""

        def split(findings, rows):
            return novelty.split(findings, rows, lambda: self.world.names(self.file, text), changed)

        found = _blocking(report.findings)
        result = split(found, self.known.old)
        if result.new and self.known.lines:
            novelty.uncover(self.known.old, result.new, text, set(self.known.lines))
            result = split(found, self.known.old)
        return result, split(self._silenced(report), self.known.silenced)

    def _know_modules(self, text: str) -> None:
        if self.known.old or self.known.silenced:
            self.known.modules = sorted(map(novelty.digest, self.world.names(self.file, text)[0]))

    def _adopt(self, modules: set[str]) -> None:
        """A new path takes for old what another file held that defined one of its modules."""
        wanted = set(map(novelty.digest, modules))
        for state in self.world.session.files():
            if wanted.intersection(state.modules):
                novelty.join(self.known.old, state.old)
                novelty.join(self.known.silenced, state.silenced)
        for report in self.world.holders(self.file, modules, self.config):
            self._take_for_old(report)

    def _know_brought(self, current: str, new: list) -> bool:
        """Take for old what changes of other files brought to the text on disk.

        Says whether any of what seems `new` may be that.
        """
        if not new or not self.world.in_project(self.file):
            return False
        report = self._check(current)
        findings, silenced = _blocking(report.findings), self._silenced(report)
        here = {finding.fingerprint for finding in findings + silenced}
        if here.isdisjoint(finding.fingerprint for finding in new):
            return False
        alone = self.world.check_alone(self.file, current, self.config)
        _join_brought(self.known.old, findings, _blocking(alone.findings))
        _join_brought(self.known.silenced, silenced, self._silenced(alone))
        return True

    def _tell_old(self, old: list) -> None:
        if old and not self.known.told:
            self.known.told = True
            self.decision.context.append(notice.older(self.file.shown, old))

    def _attempt(self, new: list) -> int:
        """How often this set of new findings was submitted, this time included."""
        key = novelty.digest(*sorted(finding.fingerprint for finding in new))
        attempts = self.known.attempts
        attempts[key] = attempts.pop(key, 0) + 1
        if len(attempts) > ATTEMPTS_KEPT:
            attempts.pop(next(iter(attempts)))
        return attempts[key]

    def _hold_back(self, new: list) -> None:
        denied = self._attempt(new) <= DENIALS
        self.decision.verdict = "deny" if denied else "ask"
        text = notice.held_back if denied else notice.asked
        self.decision.reason = text(self.file.shown, new)

    def _warn(self, new: list, hushed: list) -> None:
        if new and self._attempt(new) == 1:
            self.decision.context.append(notice.landed(self.file.shown, new))
        if hushed:
            self.decision.told.append(notice.silenced(self.file.shown, hushed))

    def _pass(self, current: str | None, after: str, split, hushed) -> None:
        if not split.new:
            self.known.attempts = {}
        novelty.rename(self.known.old, split.renamed)
        novelty.rename(self.known.silenced, hushed.renamed)
        novelty.join(self.known.silenced, novelty.rows(hushed.old + hushed.new))
        self._know_modules(after)
        self.known.remember_text(text_digest(current))
        self.known.remember_text(text_digest(after))


def _join_brought(known: dict[str, list], findings: list, alone: list) -> None:
    """Know those findings that a file does not have alone."""
    own = novelty.rows(alone)
    rows = novelty.rows(findings).items()
    novelty.join(known, {key: row for key, row in rows if row[0] > own.get(key, [0])[0]})


def _blocking(findings: list) -> list:
    return [finding for finding in findings if finding.blocking]
