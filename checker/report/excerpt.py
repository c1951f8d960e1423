"""The line of a finding as it may be shown.

Code is shown; a comment is left out and a long string is cut, since what a
file says in prose is no business of the reader's terminal, or of a model that
reads along. Everything else is escaped and bounded.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from checker.source import one_line

WIDTH = 120
LONGEST_STRING = 40
CUT = "…"
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}


def excerpt(line: str, column: int, end_column: int | None) -> tuple[str, int, int] | None:
    """A line's code, and where in it to point.

    `column` to `end_column` (exclusive, None: to the end of the line) are code
    points from 1. Gives the text, the cell (from 0) at which the pointed part
    begins and how many cells it has; None when nothing of that part may be shown.
    """
    pieces = _pieces(line.rstrip())
    start = column - 1
    end = len(pieces) if end_column is None else min(end_column - 1, len(pieces))
    if not "".join(pieces[start : max(end, start + 1)]).strip():
        return None
    first = next(i for i, piece in enumerate(pieces) if piece.strip())
    head, part = pieces[min(first, start) : start], pieces[start : max(end, start + 1)]
    text = "".join(head + part + pieces[max(end, start + 1) :]).rstrip()
    before, width = _cells("".join(head)), _cells("".join(part).rstrip())
    if before + width > WIDTH and before > WIDTH // 2:
        cut = max(len("".join(head)) - WIDTH // 2, 0)
        text, before = CUT + text[cut:], _cells(CUT + "".join(head)[cut:])
    if len(text) > WIDTH:
        text = text[: WIDTH - 1] + CUT
    return text, before, max(1, min(width, _cells(text) - before))


def _pieces(line: str) -> list[str]:
    """What is shown for each character of a line; nothing for what is left out."""
    pieces = [_shown(char) for char in line]
    at = 0
    while at < len(line):
        char = line[at]
        if char == "#":
            pieces[at:] = [""] * (len(line) - at)
            break
        if char == "?":
            at += 2
        elif char in "\"'":
            at = _cut_string(line, pieces, at + 1, char)
        elif char == "~" and line[at + 1 : at + 2].isalpha():
            opening = at + 1
            while opening < len(line) and line[opening].isalpha():
                opening += 1
            closing = line[opening : opening + 1]
            at = _cut_string(line, pieces, opening + 1, _CLOSING.get(closing, closing))
        else:
            at += 1
    return pieces


def _cut_string(line: str, pieces: list[str], start: int, closing: str) -> int:
    """Cut what is long in a string that begins at `start`; gives the place after its end."""
    end = start
    while end < len(line) and line[end] != closing:
        end += 2 if line[end] == "\\" else 1
    end = min(end, len(line))
    if end - start > LONGEST_STRING:
        kept = start + LONGEST_STRING - 1
        pieces[kept:end] = [CUT] + [""] * (end - kept - 1)
    return end + 1


def _shown(char: str) -> str:
    return " " if char == "\t" else char if char in " `" else one_line(char) or " "


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
