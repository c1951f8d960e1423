"""Oban's configuration as the files in config/ tell it: queues, crontab, testing mode."""

from __future__ import annotations

import os

from checker.elixir.library import library
from checker.elixir.oban_config import script_configs
from checker.model import oban_config as model
from checker.model.shape import Int, only
from checker.project import elixir_files

PRUNED_AFTER = 60  # seconds, Pruner's default (oban 2.24, lib/oban/plugins/pruner.ex)
FILES = ("config.exs", "dev.exs", "prod.exs", "runtime.exs", "test.exs")


class ObanConfig:
    """What `config :app, Oban, …` says in one folder of configuration.

    `queues`, `crons` (modules in a crontab) are names; None when some list of them
    cannot be read. `pruned_after`: seconds that finished jobs are kept, None when
    there is no Pruner or it cannot be read. `repo` is a module's name or None.
    `path`: the file to change; `paths` those of single keys, of which the last one counts.
    """

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, FILES[0])
        self.paths: dict[str, str] = {}
        self.found = False
        self.queues: set[str] | None = set()
        self.crons: set[str] | None = set()
        self.pruned_after: int | None = None
        self.testing: str | None = None
        self.repo: str | None = None
        for name in FILES:
            path = os.path.join(folder, name)
            for config in script_configs(elixir_files.parsed(path), path, library()):
                if config.instance == "Oban":
                    self._read(config, path)
                else:  # an instance of another name may run any queue
                    self.found, self.queues, self.crons = True, None, None

    def path_of(self, key: str) -> str:
        """The file that a key is to be changed in."""
        return self.paths.get(key, self.path)

    def _read(self, config: model.ObanConfig, path: str) -> None:
        if config.place == "test":
            self.testing = _named(config, "testing") or self.testing
            return
        if not self.found:
            self.found, self.path = True, path
        for key in config.settings:
            self.paths[key] = path
        self.repo = self.repo or _named(config, "repo")
        self._read_queues(config)
        self._read_crons(config)
        pruner = config.plugin(model.PRUNER)
        if pruner is not None:
            age = pruner.settings.get("max_age")
            shape = only(age.value) if age is not None else Int(PRUNED_AFTER, PRUNED_AFTER)
            if isinstance(shape, Int) and shape.value is not None:
                self.pruned_after = shape.value

    def _read_queues(self, config: model.ObanConfig) -> None:
        if not (config.known and config.queues_known):
            self.queues = None
        elif self.queues is not None:
            self.queues |= {queue.name for queue in config.queues}

    def _read_crons(self, config: model.ObanConfig) -> None:
        if not (config.known and config.plugins_known and config.crontabs_known):
            self.crons = None
        elif self.crons is not None:
            self.crons |= {entry.worker for entry in config.entries if entry.worker}


def _named(config: model.ObanConfig, key: str) -> str | None:
    setting = config.settings.get(key)
    return model.named(setting.value) if setting is not None else None
