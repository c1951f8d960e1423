"""A stand-in for the checker, so that the command line is tested for itself."""

import pytest

from checker import batch
from checker.check import Report
from checker.finding import Finding

SEVERITIES = {"BAD": "error", "POOR": "warning", "HMM": "advice"}


def fake_check(source, config, project=None):
    """A finding of OB104 for each line with a word of SEVERITIES; CRASH raises."""
    report = Report()
    report.workers = source.text.count("use Oban.Worker")
    for number, line in enumerate(source.text.split("\n"), 1):
        assert "CRASH" not in line
        if "BROKEN RULE" in line:
            report.failures.append(f"{source.path}: rule OB999 failed")
        for word, severity in SEVERITIES.items():
            if word in line:
                column = line.index(word) + 1
                report.findings.append(
                    Finding(
                        rule="OB104", name="permanent-error-retried", severity=severity,
                        path=source.path, line=number, column=column, end_line=number,
                        end_column=column + len(word), worker="W", trigger=word,
                        message="is here", help="Remove it.",
                    )
                )  # fmt: skip
    return report


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project as working directory, in which the stand-in checks."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    monkeypatch.setattr(batch, "check_source", fake_check)
    return root
