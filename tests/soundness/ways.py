"""The templates of ways.txt, by table."""

from __future__ import annotations

import os

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ways.txt")


def _tables(text: str) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for section in text.split("\n== ")[1:]:
        name, _, body = section.partition("\n")
        groups = [_without_comments(group) for group in body.split("\n\n")]
        whole = name.endswith("functions")
        tables[name] = [
            template
            for group in groups
            if group
            for template in ([group] if whole or _is_indented(group) else group.split("\n"))
        ]
    return tables


def _without_comments(group: str) -> str:
    return "\n".join(line for line in group.split("\n") if not line.startswith("#")).strip("\n")


def _is_indented(group: str) -> bool:
    return "\n " in group


with open(FILE, encoding="utf-8") as file:
    TABLES = _tables(file.read())
