"""`oban-guard check --fix` and `--diff`: fixes of many files, and what there is to say of them."""

from __future__ import annotations

from checker import fix
from checker.discover import File
from checker.finding import Finding
from checker.fix import FixError, Mended
from checker.project import forget


class Fixes:
    """The fixes of some findings, taken in memory.

    `problems`: `(path, message)` of files that could not be mended. `notes`: sentences that
    only inform.
    """

    def __init__(self, files: list[File], findings: list[Finding], unsafe: bool) -> None:
        self.problems: list[tuple[str, str]] = []
        self._mended: list[Mended] = []
        self._held_back = 0
        fixable: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.fix is not None:
                fixable.setdefault(finding.path, []).append(finding)
                self._held_back += not (finding.fix.safe or unsafe)
        for file in files:
            if file.shown in fixable:
                self._take(file, fixable[file.shown], unsafe)

    def _take(self, file: File, findings: list[Finding], unsafe: bool) -> None:
        try:
            self._mended.append(fix.mend(file, findings, unsafe))
        except FixError as error:
            self.problems.append((file.shown, str(error)))
        except Exception as error:  # a fault of ours must not keep the others from being mended
            reason = f"{type(error).__name__}: {error}"
            self.problems.append((file.shown, f"could not be mended ({reason})"))

    def diff(self) -> str:
        """What they change, as one unified diff; empty where that is nothing."""
        return "\n".join(fix.diff(mended) for mended in self._mended if mended.changed)

    def write(self) -> bool:
        """Put them into the files; whether any file has changed."""
        written = False
        for mended in filter(lambda mended: mended.changed, self._mended):
            try:
                fix.write(mended)
                written = True
            except FixError as error:
                self.problems.append((mended.file.shown, str(error)))
                mended.fixed.clear()
        forget()
        return written

    def notes(self, verb: str) -> list[str]:
        """What was done, and what was not; `verb` is `fixed` or `would fix`."""
        told = [
            f"{finding.path}:{finding.line}: the fix of {finding.rule} was left out: {reason}"
            for mended in self._mended
            for finding, reason in mended.dropped
        ]
        found = sum(len(mended.fixed) for mended in self._mended)
        files = sum(bool(mended.fixed) for mended in self._mended)
        if found:
            told.append(f"{verb} {_counted(found, 'finding')} in {_counted(files, 'file')}")
        if self._held_back:
            told.append(f"{_counted(self._held_back, 'fix', 'es')} left out; see --unsafe-fixes")
        return told


def _counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"
