"""The text that an edit would leave: Write, Edit and MultiEdit, applied as the client does.

Texts here are settled: no byte order mark, `\\n` for `\\r\\n`, no lone surrogates. So the
text an edit would leave and the same text read back from disk are equal.
"""

from __future__ import annotations

TOOLS = ("Write", "Edit", "MultiEdit")

_NEW = ("content", "new_string")
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_OPENS_AFTER = " \t\n\r([{—–"


class Unplaced(Exception):
    """The place that an edit names cannot be found in the text."""


def settle(text: str) -> str:
    """A text as it compares with others, and as the client would write it."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def apply(tool: str, given: dict, current: str | None) -> str:
    """The settled text that a tool call would leave.

    `given` is the call's `tool_input`; `current` the file's settled text, None
    when there is no file. Raises Unplaced when the place cannot be found, and
    ValueError when `given` is no edit of that tool.
    """
    if tool == "Write":
        return settle(_text(given, "content"))
    edits = given.get("edits") if tool == "MultiEdit" else [given]
    if not isinstance(edits, list) or not edits:
        raise ValueError("no edits")
    for edit in edits:
        if not isinstance(edit, dict):
            raise ValueError("an edit is not an object")
        current = _replace(edit, current)
    return current


def texts(given: dict) -> list[str]:
    """The texts that a tool call brings, wherever they are to go."""
    edits = given.get("edits")
    parts = [given, *(edits if isinstance(edits, list) else [])]
    values = [part.get(key) for part in parts if isinstance(part, dict) for key in _NEW]
    return [value for value in values if isinstance(value, str)]


def _replace(edit: dict, current: str | None) -> str:
    old, new = settle(_text(edit, "old_string")), settle(_text(edit, "new_string"))
    if not old:
        if current is not None and current.strip():
            raise Unplaced
        return new
    found = _find(current or "", old)
    if found is None:
        raise Unplaced
    if found != old:
        new = _like(found, new)
    if not new and not found.endswith("\n") and found + "\n" in current:
        found += "\n"
    return current.replace(found, new, -1 if edit.get("replace_all") is True else 1)


def _text(given: dict, key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return value


def _find(text: str, old: str) -> str | None:
    """What `old` stands for in `text`: itself, or the same with curly quotes."""
    if old in text:
        return old
    at = text.translate(_STRAIGHT).find(old.translate(_STRAIGHT))
    return text[at : at + len(old)] if at >= 0 else None


def _like(found: str, new: str) -> str:
    """`new` with curly quotes of the kinds that the place found has."""
    if "“" in found or "”" in found:
        new = _curled(new, '"', "“", "”")
    if "‘" in found or "’" in found:
        new = _curled(new, "'", "‘", "’")
    return new


def _curled(text: str, straight: str, opening: str, closing: str) -> str:
    chars = []
    for at, char in enumerate(text):
        if char == straight:
            opens = at == 0 or text[at - 1] in _OPENS_AFTER
            char = opening if opens else closing
        chars.append(char)
    return "".join(chars)
