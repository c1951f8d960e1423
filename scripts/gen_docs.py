#!/usr/bin/env python3
"""Write docs/rules/ and the skill's list of rules from the rules' own documentation.

    python scripts/gen_docs.py            write the pages, remove those of rules that are gone
    python scripts/gen_docs.py --check    write nothing; exit 1 when a page is not current
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/rules"
INDEX = "README.md"
SKILL = ROOT / "skills/oban/references"
SKILL_INDEX = "rules.md"
FAMILIES = {
    "OB1": "What a job returns",
    "OB2": "Doing it twice",
    "OB3": "Unique jobs",
    "OB4": "Attempts, backoff, time",
    "OB5": "Args",
    "OB6": "Enqueueing",
    "OB7": "Queues, cron, configuration",
    "OB8": "Tests",
    "OB9": "The checker itself",
}
TABLE = "| Rule | Name | Severity | What it finds | For |\n|---|---|---|---|---|\n"

sys.path.insert(0, str(ROOT))

from checker.report import catalogue  # noqa: E402


def pages(rules: list) -> dict[str, str]:
    """File name → content: one page per rule, and an index."""
    made = {f"{rule.ID}.md": _page(rule) for rule in rules}
    made[INDEX] = _index(rules)
    return made


def skill_pages(rules: list) -> dict[str, str]:
    """File name → content of what is generated among the skill's references."""
    return {SKILL_INDEX: _skill_index(rules)}


def stale(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Names of the pages that are missing, outdated or left over, sorted."""
    present = {path.name: path.read_text("utf-8") for path in folder.glob("*.md") if _ours(path)}
    names = present.keys() | wanted.keys()
    return sorted(name for name in names if present.get(name) != wanted.get(name))


def _ours(path: Path) -> bool:
    """Whether a page is one of those written here: the skill's others are written by hand."""
    return path.parent != SKILL or path.name == SKILL_INDEX


def write(folder: Path, wanted: dict[str, str]) -> None:
    """Make the folder hold exactly these pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(folder, wanted):
        if name in wanted:
            (folder / name).write_text(wanted[name], "utf-8")
        else:
            (folder / name).unlink()


def _page(rule) -> str:
    languages = catalogue.languages(rule)
    spoken = f"## Languages\n\n{_named(languages)}.\n\n"
    suppression = (
        "## Suppress\n\n"
        "On the line, or in a comment of its own above it, with a reason of at least two words:\n\n"
        f"```{languages[0]}\n# oban-guard: ignore[{rule.ID}] why this is right\n```\n"
    )
    source = Path(rule.__file__).resolve().relative_to(ROOT).as_posix()
    return f"{_header(source)}{catalogue.page(rule)}\n{spoken}{suppression}"


def _skill_index(rules: list) -> str:
    text = (
        f"{_header('checker/rules')}# Rules\n\n"
        "An error or a warning holds an edit back; advice never does. `oban-guard explain OB104`\n"
        "shows one rule with examples that are right and wrong, in each language that it is for.\n"
    )
    for family, title in FAMILIES.items():
        rows = [
            f"| {rule.ID} | {_cells(rule)} |\n"
            for rule in rules
            if rule.ID.startswith(family)
        ]
        if rows:
            text += f"\n## {title} ({family}xx)\n\n" + TABLE + "".join(rows)
    return text


def _index(rules: list) -> str:
    rows = "".join(
        f"| [{rule.ID}]({rule.ID}.md) | {_cells(rule)} |\n" for rule in rules
    )
    return f"{_header('checker/rules')}# Rules\n\n{TABLE}{rows}"


def _cells(rule) -> str:
    named = _named(catalogue.languages(rule))
    return f"{rule.NAME} | {rule.SEVERITY} | {_summary(rule)} | {named}"


def _named(languages: list[str]) -> str:
    return " and ".join(language.capitalize() for language in languages)


def _summary(rule) -> str:
    """The first line of its documentation, as a cell of a table."""
    return catalogue.summary(rule).replace("|", "\\|")


def _header(source: str) -> str:
    return f"<!-- Generated from {source} by scripts/gen_docs.py; do not edit. -->\n\n"


def main(arguments: list[str]) -> int:
    """Exit code: 0 done or current, 1 not current, 2 wrong usage."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    from checker.rules import all_rules

    rules = all_rules()
    wanted = {FOLDER: pages(rules), SKILL: skill_pages(rules)}
    if not arguments:
        for folder, content in wanted.items():
            write(folder, content)
        return 0
    outdated = [folder / name for folder in wanted for name in stale(folder, wanted[folder])]
    for path in outdated:
        print(f"{path.relative_to(ROOT)} is not current; run python scripts/gen_docs.py")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
