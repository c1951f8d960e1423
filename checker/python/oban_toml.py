"""Reads `oban.toml`, the configuration of oban for Python.

`Config.from_toml` (oban 0.7.0, oban/_config.py) takes this file from the working directory, or
the one that `oban start --config` names, and no other place: not `pyproject.toml`. Every top key
is an argument of `Config`, and every key of `[pruner]` and its kin one of what it configures: an
unknown one is a TypeError at the start. The crontab is not here, but in the workers' decorators.
`OBAN_QUEUES` and `--queues` add queues to those of the file.
"""

from __future__ import annotations

import math
import re
import tomllib

from checker.model.oban_config import BASE, LIFELINE, PRUNER, ObanConfig, Plugin, Setting
from checker.model.shape import (
    FALSE,
    TRUE,
    Alt,
    Float,
    Int,
    Map,
    Origin,
    Seq,
    Shape,
    Span,
    Text,
    Unknown,
    Value,
    only,
)

FILE = "oban.toml"
INSTANCE = "Oban"  # when it has no `name`
# What runs unless it is told otherwise, in seconds (oban/_lifeline.py and _pruner.py).
RESCUE_AFTER, MAX_AGE = 300.0, 86_400
QUEUE_LIMIT = 10  # oban/_producer.py
KEYS = frozenset(
    """
    dsn leadership name node notifier prefix queues shutdown_grace_period lifeline metrics pruner
    refresher scheduler stager pool_min_size pool_max_size pool_timeout pool_max_lifetime
    pool_max_idle pool_check
    """.split()
)
# What the constructors of these take (oban/_pruner.py, _lifeline.py and so on).
TABLE_KEYS = {
    "lifeline": ("interval", "rescue_after"),
    "metrics": ("counts_enabled", "cronitor_interval", "estimate_limit", "interval"),
    "pruner": ("interval", "limit", "max_age"),
    "refresher": ("interval", "max_age"),
    "scheduler": ("timezone",),
    "stager": ("interval", "limit"),
}
SERVICES = {"lifeline": "Oban.Lifeline", "pruner": "Oban.Pruner"}

_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS = rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*"
_PAIR, _HEADER = re.compile(_KEYS + "="), re.compile(rf"\s*\[{_KEYS}\]")


def read(source: bytes) -> ObanConfig | None:
    """What the file says, None when it is no TOML.

    Lifeline and Pruner are plugins of the answer even where the file says nothing of them, or
    `false`: both always run. Their times are in seconds. A place is that of the line that says it, or of what
    it is a part of.
    """
    try:
        tables = tomllib.loads(source.decode())
    except (ValueError, RecursionError):
        return None
    return _Reader(_places(source)).config(tables)


def unknown_keys(config: ObanConfig) -> list[Setting]:
    """The keys that Oban does not take, and does not start with: `pruners`, `pruner.age`."""
    found = [setting for setting in config.keys if setting.name not in KEYS]
    for setting in config.keys:
        shape = only(setting.value)
        fields = shape.fields if isinstance(shape, Map) else {}
        for (_kind, name, _written), value in fields.items():
            if name not in TABLE_KEYS.get(setting.name, (name,)):
                place = value[0].origin.span
                found.append(Setting(f"{setting.name}.{name}", value, place, place))
    return found


def rescue_after(config: ObanConfig) -> float | None:
    """After how many seconds a running job counts as lost; None when that is not known."""
    return _seconds(config.plugin(LIFELINE), "rescue_after", RESCUE_AFTER)


def max_age(config: ObanConfig) -> float | None:
    """For how many seconds finished jobs are kept; None when that is not known."""
    return _seconds(config.plugin(PRUNER), "max_age", MAX_AGE)


def _seconds(plugin: Plugin, name: str, default: float) -> float | None:
    if not plugin.known:
        return None
    if name not in plugin.settings:
        return default
    shape = only(plugin.settings[name].value)
    if isinstance(shape, Int):
        return shape.value
    return shape.value if isinstance(shape, Float) and math.isfinite(shape.value) else None


class _Reader:
    """Makes settings of tables; `places` by the path of keys."""

    def __init__(self, places: dict[tuple[str, ...], Span]) -> None:
        self.places = places

    def config(self, tables: dict) -> ObanConfig:
        name = tables.get("name")
        config = ObanConfig(name if isinstance(name, str) and name else INSTANCE, (0, 0))
        config.place = BASE
        config.keys = self.settings(tables, ())
        config.settings = {setting.name: setting for setting in config.keys}
        queues = tables.get("queues", {})
        config.queues_known = isinstance(queues, dict)
        if config.queues_known:
            limits = {name: _limit(queue) for name, queue in queues.items()}
            config.queues = self.settings(limits, ("queues",))
        config.plugins = [self.plugin(key, tables.get(key) or {}) for key in SERVICES]
        return config

    def plugin(self, key: str, options: object) -> Plugin:
        plugin = Plugin(SERVICES[key], self.place((key,)))
        plugin.known = isinstance(options, dict)
        if plugin.known:
            settings = self.settings(options, (key,))
            plugin.settings = {setting.name: setting for setting in settings}
        return plugin

    def settings(self, table: dict, path: tuple[str, ...]) -> list[Setting]:
        found = []
        for name, written in table.items():
            place = self.place((*path, name))
            found.append(Setting(name, self.value(written, (*path, name)), place, place))
        return found

    def place(self, path: tuple[str, ...]) -> Span:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))

    def value(self, written: object, path: tuple[str, ...]) -> Value:
        return (Alt(self.shape(written, path), Origin(self.place(path), literal=True)),)

    def shape(self, written: object, path: tuple[str, ...]) -> Shape:
        if isinstance(written, bool):
            return TRUE if written else FALSE
        if isinstance(written, int):
            return Int(written, written)
        if isinstance(written, float):
            return Float(written)
        if isinstance(written, str):
            return Text(written)
        if isinstance(written, dict):
            fields = {name: self.value(item, (*path, name)) for name, item in written.items()}
            return Map({Text(name).key: value for name, value in fields.items()})
        if isinstance(written, list):
            return Seq(tuple(self.value(item, path) for item in written))
        return Unknown()


def _limit(queue: object) -> object:
    """The limit of `name = 5` or of `name = { limit = 5 }`."""
    return queue.get("limit", QUEUE_LIMIT) if isinstance(queue, dict) else queue


def _places(source: bytes) -> dict[tuple[str, ...], Span]:
    """Where keys and tables are written, line by line; the first place of each counts."""
    found: dict[tuple[str, ...], Span] = {}
    table: tuple[str, ...] = ()
    start = 0
    for line in source.splitlines(keepends=True):
        text = line.decode("utf-8", "replace")
        header, pair = _HEADER.match(text), _PAIR.match(text)
        if header is not None:
            table = _path(header[1])
        if header is not None or pair is not None:
            path = table if pair is None else (*table, *_path(pair[1]))
            left = len(line) - len(line.lstrip())
            found.setdefault(path, (start + left, start + len(line.rstrip())))
        start += len(line)
    return found


def _path(dotted: str) -> tuple[str, ...]:
    """`queues."a.b"` as its keys."""
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))
