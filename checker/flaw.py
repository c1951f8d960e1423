"""What keeps a file from being read as text."""

from __future__ import annotations

import re

from checker.language import PYTHON, language_of
from checker.source import MAX_BYTES

UTF16_MARK = b"\xff\xfe"
CODING = re.compile(rb"(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=]")  # PEP 263


class Flaw:
    """Why a text cannot be read, or (`partial`) not in full; `offset` in bytes."""

    __slots__ = ("message", "help", "offset", "partial")

    def __init__(self, message: str, help: str, offset: int = 0, partial: bool = False) -> None:
        self.message = message
        self.help = help
        self.offset = offset
        self.partial = partial


def flaw_in(data: bytes, path: str) -> Flaw | None:
    """What keeps a file's content from being read in the language that its name tells, or None."""
    if len(data) > MAX_BYTES:
        return Flaw("is larger than 1 MB, so nothing in it was checked", "Split the file.")
    if data[:2] == UTF16_MARK:
        return None
    if b"\0" in data:
        return Flaw("is binary, so nothing in it was checked", "Rename the file, or exclude it.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        python = language_of(path) == PYTHON
        if python and CODING.match(data):
            return None
        refuses = "Python" if python else "Elixir"
        message = f"holds byte 0x{data[error.start]:02x}, which is not UTF-8: {refuses} refuses it"
        return Flaw(message, "Save the file as UTF-8.", error.start, partial=True)
    return None
