"""Elixir laid out as `mix format` leaves it: on one line where it fits, else one item a line."""

from __future__ import annotations

WIDTH = 98  # of a line, by default in `mix format`


class Group:
    """Items between brackets, such as `[`, `]`; each item is text or a pair (prefix, Group)."""

    def __init__(self, opening: str, items: list, closing: str) -> None:
        self.opening = opening
        self.items = items
        self.closing = closing

    def flat(self) -> str:
        return self.opening + ", ".join(_flat(item) for item in self.items) + self.closing

    def render(self, indent: int, room: int) -> str:
        """The text; `indent` is that of its line, `room` what is left of the line."""
        flat = self.flat()
        if len(flat) <= room or not self.items:
            return flat
        lines = [_render(item, indent + 2) for item in self.items]
        inner = ",\n".join(" " * (indent + 2) + line for line in lines)
        return f"{self.opening}\n{inner}\n{' ' * indent}{self.closing}"


def _flat(item) -> str:
    return item if isinstance(item, str) else item[0] + item[1].flat()


def _render(item, indent: int) -> str:
    if isinstance(item, str):
        return item
    prefix, group = item
    return prefix + group.render(indent, WIDTH - indent - len(prefix) - 1)


def fill(group: Group, before: str, after: str = "") -> str:
    """`before`, the group and `after` as one piece of text, broken where they do not fit.

    `before` begins at the start of a line, with its indentation, and may have several.
    """
    line = before.rpartition("\n")[2]
    indent = len(line) - len(line.lstrip())
    return before + group.render(indent, WIDTH - len(line) - len(after)) + after
