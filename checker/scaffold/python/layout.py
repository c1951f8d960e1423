"""Python laid out as `ruff format` leaves it: on one line where it fits, else broken as it does."""

from __future__ import annotations

INDENT = 4


class Layout:
    """Lays out for lines of `width` columns.

    `before` begins at the start of a line, with its indentation.
    """

    def __init__(self, width: int) -> None:
        self.width = width

    def call(self, before: str, items: list[str], after: str) -> str:
        """A call or the head of a function: what stands in parentheses may have its own line."""
        flat = before + ", ".join(items) + after
        if len(flat) <= self.width or not items:
            return flat
        indent = _indent(before)
        inner = f"{indent}{' ' * INDENT}{', '.join(items)}"
        if len(inner) > self.width:
            return _one_a_line(before, items, after)
        return f"{before}\n{inner}\n{indent}{after}"

    def collection(self, before: str, items: list[str], after: str) -> str:
        """A list, dict, set or, with more than one item, a tuple."""
        flat = before + ", ".join(items) + after
        fits = len(flat) <= self.width or not items
        return flat if fits else _one_a_line(before, items, after)

    def imported(self, module: str, names: list[str]) -> str:
        """`from module import names`, in parentheses only where it needs them."""
        before = f"from {module} import "
        flat = before + ", ".join(names)
        return flat if len(flat) <= self.width else _one_a_line(f"{before}(", names, ")")


def _one_a_line(before: str, items: list[str], after: str) -> str:
    """Each with a comma, which makes the formatter keep them so."""
    indent = _indent(before)
    inner = "".join(f"{indent}{' ' * INDENT}{item},\n" for item in items)
    return f"{before}\n{inner}{indent}{after}"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
