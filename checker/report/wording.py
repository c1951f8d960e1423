"""A finding in words: rules write what follows the offending text, surfaces join the two."""

from __future__ import annotations

from checker.finding import Finding

CUT = "…"


def statement(finding: Finding, longest: int = 120) -> str:
    """What is wrong, as a sentence that begins with the offending text (cut to `longest`).

    A finding without one is about the file.
    """
    trigger = finding.trigger or ""
    if len(trigger) > longest:
        trigger = trigger[: longest - 1].rstrip() + CUT
    subject = f"`{trigger}`" if trigger else "The file"
    return sentence(f"{subject} {finding.message}")


def sentence(text: str) -> str:
    """A text with a mark at its end."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", ":")) else f"{text}."
