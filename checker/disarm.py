"""Which changes of a configuration loosen the guard."""

from __future__ import annotations

import os
from collections import Counter

from checker.config import FILE, MODES, Config, ConfigError, load, parse, rule_names
from checker.finding import ERROR, SEVERITIES


def edited(path: str, text: str, counting: Config) -> tuple[list[str], str]:
    """What is given up when the configuration file at `path` holds `text`, as in `loosened`.

    `counting` is the configuration of its folder in this session. The second
    answer is a sentence about what is wrong with `text`, or empty.
    """
    folder, name = os.path.split(path)
    if name != FILE and os.path.lexists(os.path.join(folder, FILE)):
        return [], ""
    try:
        old = load(folder)
    except ConfigError:
        old = counting
    try:
        return loosened(old, parse(path, text) or _above(folder)), ""
    except ConfigError as error:
        return loosened(old, Config.default()), f"{name} would be wrong: {error.sentence}"


def known_more(path: str, current: str | None, text: str) -> tuple[list[str], str]:
    """What is given up when the baseline at `path`, now `current`, holds `text`; as `edited`."""
    from checker.baseline import BaselineError, entries_of

    name = os.path.basename(path)
    try:
        new = entries_of(name, text)
    except BaselineError as error:
        return [], f"{error}."
    try:
        old = entries_of(name, current or "")
    except BaselineError:
        old = {}
    added = sum((new - Counter(old)).values())
    what = "1 more finding" if added == 1 else f"{added} more findings"
    return [f"makes {what} known, left out by check --baseline"] if added else [], ""


def loosened(old: Config, new: Config) -> list[str]:
    """What a configuration gives up against the one before, as phrases (`switches OB104 off`)."""
    return [*_mode(old, new), *_switched_off(old, new), *_lowered(old, new), *_excluded(old, new)]


def _above(folder: str) -> Config:
    """What counts in a folder that has no configuration of its own."""
    if os.path.lexists(os.path.join(folder, ".git")):
        return Config.default()
    return load(os.path.dirname(folder))


def _mode(old: Config, new: Config) -> list[str]:
    was, now = old.mode or MODES[0], new.mode or MODES[0]
    loosens = MODES.index(now) > MODES.index(was)
    return [f"sets mode from {was} to {now}"] if loosens else []


def _switched_off(old: Config, new: Config) -> list[str]:
    return [f"switches {r} off" for r in rule_names() if old.enables(r) and not new.enables(r)]


def _lowered(old: Config, new: Config) -> list[str]:
    rules = sorted({*old.severity, *new.severity})
    if not rules:
        return []
    from checker.rules import all_rules

    defaults = {rule.ID: rule.SEVERITY for rule in all_rules()}
    changes = []
    for rule in rules:
        default = defaults.get(rule, ERROR)
        was, now = old.severity_of(rule, default), new.severity_of(rule, default)
        if SEVERITIES.index(now) > SEVERITIES.index(was):
            changes.append(f"lowers {rule} from {was} to {now}")
    return changes


def _excluded(old: Config, new: Config) -> list[str]:
    return [f"excludes {pattern}" for pattern in new.exclude if pattern not in old.exclude]
