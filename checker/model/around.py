"""What the project around a file tells, as rules ask for it."""

from __future__ import annotations

from functools import cached_property

from checker.model.duration import seconds
from checker.model.job import NewJob
from checker.model.oban_config import CODE, LIFELINE, PRUNER, ObanConfig, named
from checker.model.outcome import LATEST
from checker.model.shape import Int, only
from checker.model.worker import Worker

TEST, DEV = "test", "dev"
RESCUED_AFTER = 3_600_000  # milliseconds, by default (lib/oban/plugins/lifeline.ex)
PRUNED_AFTER = 60  # seconds, by default (oban 2.23.1, lib/oban/plugins/pruner.ex)
OBAN = "Oban"  # the name of the instance that needs none


class Around:
    """What is known where nothing is; `checker.project` answers for a project when asked.

    `version` is that of Oban which is locked. `pro`: the project depends on Oban Pro. `bases`
    are the namespaces of its applications: what begins with another one belongs to a
    dependency. `starts_queues`: its code does, at run time. `configs` is everything that it
    says of Oban, in config/ and in code.
    """

    version: tuple = LATEST
    pro = False
    bases: frozenset[str] = frozenset()
    has_tests = False
    starts_queues = False
    configs: list[ObanConfig] | tuple = ()

    def worker(self, name: str) -> Worker | None:
        """The model of a worker by its module's name."""
        return None

    def defines(self, name: str) -> bool:
        """Whether the project may define a module."""
        return False

    def performs(self, name: str) -> bool | None:
        """Whether a module may define `perform/1`; None where that cannot be told."""
        return None

    def encodes(self, name: str) -> bool:
        """Whether a struct of the project is known to say how it becomes JSON."""
        return False

    def enqueues(self, name: str) -> list[NewJob] | None:
        """The jobs of a worker that are built in `lib`; None where that cannot be told."""
        return None

    def tested(self, name: str) -> bool | None:
        """Whether a test speaks of a module; None where that cannot be told."""
        return None

    @cached_property
    def production(self) -> list[ObanConfig] | None:
        """What counts outside of tests, for the only instance; None where that is unclear."""
        found = [config for config in self.configs if config.place not in (TEST, DEV)]
        if not found or {config.instance for config in found} != {OBAN}:
            return None
        return found

    @property
    def testing(self) -> str | None:
        """The mode of tests, `manual` or `inline`; None when it is not set or unclear."""
        from checker.model.oban_config import named

        modes = {
            named(config.settings["testing"].value)
            for config in self.configs
            if config.place == TEST and "testing" in config.settings
        }
        return modes.pop() if len(modes) == 1 else None

    @cached_property
    def queues(self) -> frozenset[str] | None:
        """Every queue that runs somewhere; None when some list of them cannot be read."""
        found: set[str] = set()
        if self.production is None or self.starts_queues:
            return None
        for config in self.production:
            if not (config.known and config.queues_known) or config.place == CODE:
                return None
            found |= {queue.name for queue in config.queues}
        return frozenset(found) or None

    @cached_property
    def pruned_after(self) -> int | None:
        """Seconds that the only Pruner keeps finished jobs for; None where that is unclear."""
        configs = self.production
        if configs is None or self.pro or not all(c.known and c.plugins_known for c in configs):
            return None
        pruners = [plugin for c in configs for plugin in c.plugins if plugin.module in PRUNER]
        if len(pruners) != 1 or not pruners[0].known:
            return None
        age = pruners[0].settings.get("max_age")
        return PRUNED_AFTER if age is None else seconds(age.value)

    @cached_property
    def rescued_after(self) -> int | None:
        """Milliseconds after which the only Lifeline runs a job again; None where unclear."""
        configs = self.production
        if configs is None or self.pro or not all(c.known and c.plugins_known for c in configs):
            return None
        found = [plugin for c in configs for plugin in c.plugins if plugin.module in LIFELINE]
        if len(found) != 1 or not found[0].known:
            return None
        after = found[0].settings.get("rescue_after")
        if after is None:
            return RESCUED_AFTER
        shape = only(after.value)
        if isinstance(shape, Int):
            return shape.value
        period = seconds(after.value)
        return period * 1000 if period is not None else None

    def schedules(self, worker: str) -> list:
        """The crontab entries of a worker, as far as they are known."""
        return [
            entry
            for config in self.configs
            if config.place not in (TEST, DEV)
            for entry in config.entries
            if entry.worker == worker
        ]
