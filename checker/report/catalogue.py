"""The rules themselves, as a table, as JSON, and one at a time."""

from __future__ import annotations

import json

WAYS = ("check", "check_jobs", "check_config", "check_tests")  # besides check_file


def find(rules: list, wanted: str):
    """The rule with an id or a name, in whatever case, or None."""
    key = wanted.strip().lower()
    return next((r for r in rules if key in (r.ID.lower(), r.NAME)), None)


def nearest(rules: list, wanted: str) -> str:
    """The id and name of the rule that `wanted` looks most like."""
    from difflib import get_close_matches

    words = {r.ID.lower(): r for r in rules} | {r.NAME: r for r in rules}
    near = words[get_close_matches(wanted.strip().lower(), list(words), 1, 0.0)[0]]
    return f"{near.ID} ({near.NAME})"


def summary(rule) -> str:
    """The first sentence or line of a rule's documentation."""
    return _documentation(rule).strip().split("\n\n")[0].replace("\n", " ")


def purpose(rule) -> str:
    """What a rule does, in a few sentences: the first paragraph of that part of its page."""
    part = _documentation(rule).partition("## What it does")[2]
    return part.strip().split("\n\n")[0].replace("\n", " ")


def page(rule) -> str:
    """A rule's whole documentation, in Markdown, under a heading that names it."""
    return f"# {rule.ID} {rule.NAME} ({rule.SEVERITY})\n\n{_documentation(rule).strip()}\n"


def languages(rule) -> list[str]:
    """The languages that a rule looks at, those of a file as a whole in both."""
    from checker.check import entry
    from checker.language import ELIXIR, PYTHON

    if "check_file" in vars(rule):
        return [ELIXIR, PYTHON]
    return [
        language for language in (ELIXIR, PYTHON)
        if any(entry(rule, way, language) is not None for way in WAYS)
    ]  # fmt: skip


def as_table(rules: list) -> str:
    """One line per rule: id, severity, name, summary."""
    width = max((len(rule.NAME) for rule in rules), default=0)
    return "\n".join(
        f"{rule.ID}  {rule.SEVERITY:<7}  {rule.NAME:<{width}}  {summary(rule)}" for rule in rules
    )


def as_json(rules: list) -> str:
    """A list of objects: rule, name, severity, summary."""
    return json.dumps(
        [
            {"rule": r.ID, "name": r.NAME, "severity": r.SEVERITY, "summary": summary(r)}
            for r in rules
        ],
        indent=1,
    )


def on_terminal(markdown: str) -> str:
    """Markdown laid out and coloured for a terminal."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True)
    with console.capture() as capture:
        console.print(Markdown(markdown))
    return capture.get().rstrip()


def _documentation(rule) -> str:
    from inspect import cleandoc

    text = rule.__doc__
    if text is None:  # Python dropped it: -OO, or PYTHONOPTIMIZE=2
        import ast

        with open(rule.__file__, encoding="utf-8") as file:
            text = ast.get_docstring(ast.parse(file.read()))
    return cleandoc(text or "")
