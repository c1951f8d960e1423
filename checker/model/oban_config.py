"""Oban's configuration as one file tells it: queues, plugins, crontab, keys."""

from __future__ import annotations

from checker.model.outcome import LATEST
from checker.model.shape import Atom, Span, Value, only

# What makes a plugin what it is: its modules, those of Oban Pro included.
CRON = frozenset(("Oban.Plugins.Cron", "Oban.Cron"))
PRUNER = frozenset(("Oban.Plugins.Pruner", "Oban.Pruner"))
LIFELINE = frozenset(("Oban.Plugins.Lifeline", "Oban.Lifeline"))
PRO = "Oban.Pro"

# Where a configuration stands: a file of config/ (`runtime` and the environments are merged
# over `base`), or the code that starts Oban.
BASE, RUNTIME, CODE = "base", "runtime", "code"


DAY = 24 * 60  # minutes


class Setting:
    """`name: value`, as written. `span` is the pair, `place` the value."""

    __slots__ = ("name", "value", "span", "place")

    def __init__(self, name: str, value: Value, span: Span, place: Span) -> None:
        self.name = name
        self.value = value
        self.span = span
        self.place = place


class Schedule:
    """A cron expression that Oban takes.

    `written`: its five fields, none for a nickname. `values`: what each field takes, from
    minute to weekday; None for `@reboot`.
    """

    __slots__ = ("written", "values")

    def __init__(
        self, written: tuple[str, ...], values: tuple[frozenset[int], ...] | None
    ) -> None:
        self.written = written
        self.values = values


    @property
    def interval(self) -> int | None:
        """The shortest time between two runs of a day, in seconds; None for `@reboot`."""
        if self.values is None:
            return None
        times = sorted(60 * hour + minute for minute in self.values[0] for hour in self.values[1])
        gaps = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
        return 60 * min([*gaps, DAY - times[-1] + times[0]])


class CronEntry:
    """`{expression, worker, options}` of a crontab.

    `schedule` is None when the expression is no literal, or one that Oban refuses: then
    `error` says why. `worker` is a module's full name, None when it is no literal.
    `options_known` is False when some options could not be read. `span` is the tuple, `place`
    the expression.
    """

    __slots__ = (
        "span", "place", "schedule", "error", "worker", "worker_span", "options", "options_known",
    )  # fmt: skip

    def __init__(self, span: Span, place: Span) -> None:
        self.span = span
        self.place = place
        self.schedule: Schedule | None = None
        self.error: str | None = None
        self.worker: str | None = None
        self.worker_span: Span = span
        self.options: dict[str, Setting] = {}
        self.options_known = True


class Plugin:
    """A module that runs beside the queues, and its settings; `span` names it."""

    __slots__ = ("module", "span", "settings", "known")

    def __init__(self, module: str, span: Span) -> None:
        self.module = module
        self.span = span
        self.settings: dict[str, Setting] = {}
        self.known = True  # False when some settings could not be read

    @property
    def pro(self) -> bool:
        return self.module.startswith(PRO)


class ObanConfig:
    """What one `config :app, Oban, …`, or one child `{Oban, …}`, says.

    `instance` is the key or name of the Oban that it is for. `place`: where it stands, `base`,
    `runtime`, `code` or the name of an environment. `conditional`: inside an `if` or the like.
    `span` is its head. `settings` by key; `keys` all of them in order, for a key may be there
    twice. `queues` are the names in the list, `plugins` the modules in theirs, with those that
    keys of their own start (`cron:`, from Oban 2.24). `crontabs` are lists of entries that run
    side by side. What is False in `…_known` holds more than could be read.
    """

    def __init__(self, instance: str, span: Span) -> None:
        self.instance = instance
        self.span = span
        self.place = CODE
        self.conditional = False
        self.version = LATEST
        self.around = None  # what the project tells, None where only the file is known
        self.keys: list[Setting] = []
        self.settings: dict[str, Setting] = {}
        self.known = True
        self.queues: list[Setting] = []
        self.queues_known = True
        self.plugins: list[Plugin] = []
        self.plugins_known = True
        self.crontabs: list[list[CronEntry]] = []
        self.crontabs_known = True

    @property
    def entries(self) -> list[CronEntry]:
        """Every entry of every crontab."""
        return [entry for crontab in self.crontabs for entry in crontab]

    @property
    def pro(self) -> bool:
        """Whether it tells of Oban Pro."""
        return any(plugin.pro for plugin in self.plugins) or any(
            (named(setting.value) or "").startswith(PRO) for setting in self.keys
        )

    def plugin(self, modules: frozenset[str]) -> Plugin | None:
        """The plugin that is one of these modules."""
        return next((plugin for plugin in self.plugins if plugin.module in modules), None)

    def is_off(self, key: str) -> bool:
        """Whether a key says `false` or `nil`."""
        setting = self.settings.get(key)
        return setting is not None and named(setting.value) in ("false", "nil")


def named(value: Value) -> str | None:
    """The atom or module that a value is."""
    shape = only(value)
    return shape.name if isinstance(shape, Atom) else None
