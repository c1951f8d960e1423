"""The configuration that counts for a path, and where each value comes from."""

from __future__ import annotations

import json

from checker.config import KEYS, MODES, Config
from checker.discover import shown
from checker.report.text import printable

DEFAULT = "default"
VERSION = 1


def as_json(path: str, config: Config) -> str:
    """One object: `version`, `path`, `settings`: each with its `value` and where it is `from`."""
    settings = {key: {"value": value, "from": source} for key, value, source in _settings(config)}
    return json.dumps({"version": VERSION, "path": shown(path), "settings": settings}, indent=1)


def as_toml(path: str, config: Config) -> str:
    """The settings as a configuration file would have them, tables last."""
    lines = [f"# What counts for {printable(shown(path))}"]
    settings = _settings(config)
    for key, value, source in settings:
        if not isinstance(value, dict):
            lines.append(f"{key} = {_value(value)}  # {printable(source)}")
    for key, value, source in settings:
        if isinstance(value, dict):
            lines += ["", f"[{key}]  # {printable(source)}"]
            lines += [f"{_value(name)} = {_value(setting)}" for name, setting in value.items()]
    return "\n".join(lines)


def _settings(config: Config) -> list[tuple[str, object, str]]:
    """Key, value, and the file that has it."""
    values = {**config.to_dict(), "mode": config.mode or MODES[0]}
    sources = dict.fromkeys(config.written, config.path and shown(config.path))
    return [(key, values[key], sources.get(key, DEFAULT)) for key in KEYS]


def _value(value: object) -> str:
    """A string or a list of strings in TOML, whose strings are those of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
