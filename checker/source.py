"""Source text: decoding, and positions as people count them."""

from __future__ import annotations

from bisect import bisect_right

MAX_BYTES = 1_000_000
EXCERPT = 120
STRING = 40
COMMENT = 60


def decode(data: bytes) -> str:
    """Text of a file as Claude Code's client reads it.

    UTF-16LE by its byte order mark, else UTF-8 with or without one; bad bytes
    become U+FFFD. Never raises.
    """
    if data[:2] == b"\xff\xfe":
        return data[2:].decode("utf-16-le", "replace")
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    return data.decode("utf-8", "replace")


class Source:
    """One file's text.

    `path` is how findings name the file. Spans elsewhere are `(start, end)`
    byte offsets into `data`, the text in UTF-8.
    """

    __slots__ = ("path", "text", "data", "_line_starts")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.data = text.encode("utf-8", "replace")
        self._line_starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset, in code points, both from 1."""
        starts = self._starts()
        offset = max(0, min(offset, len(self.data)))
        line = bisect_right(starts, offset) - 1
        column = len(self.data[starts[line] : offset].decode("utf-8", "replace"))
        return line + 1, column + 1

    def line_of(self, offset: int) -> int:
        """Line of a byte offset, from 1."""
        return bisect_right(self._starts(), offset)

    def slice(self, span: tuple[int, int]) -> str:
        """The text of a span."""
        return self.data[span[0] : span[1]].decode("utf-8", "replace")

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            starts, at = [0], self.data.find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.data.find(b"\n", at + 1)
            self._line_starts = starts
        return self._line_starts


def one_line(text: str, limit: int = EXCERPT) -> str:
    """Text from a file made safe to show: one line, bounded, controls escaped.

    Bidirectional and other format characters are escaped too, and backticks
    replaced, so the result can stand between backticks.
    """
    words = " ".join(text.split())
    if len(words) > limit:
        words = words[: limit - 1].rstrip() + "…"
    return "".join(_shown(char) for char in words)


def offender(text: str) -> str:
    """The offending text for a finding: one line, with long strings and comments cut."""
    words = " ".join(text.split())
    if words.startswith("#"):
        return one_line(words, COMMENT)
    words = " ".join(" ".join(map(_without_comment, text.split("\n"))).split())
    pieces = words.split('"')
    for index in range(1, len(pieces) - 1, 2):  # what stands between two quotes
        if len(pieces[index]) > STRING:
            pieces[index] = pieces[index][: STRING - 1].rstrip() + "…"
    return one_line('"'.join(pieces))


def _without_comment(line: str) -> str:
    """A line of code without the comment at its end."""
    quoted = False
    for index, char in enumerate(line):
        if char == '"' and line[index - 1 : index] != "\\":
            quoted = not quoted
        elif char == "#" and not quoted and line[index - 1 : index] in ("", " ", "\t"):
            return line[:index]
    return line


def _shown(char: str) -> str:
    if char == "`":
        return "'"
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
