"""Oban's configuration as the files in config/ tell it: queues, crontab, testing mode."""

from __future__ import annotations

import os

from checker.elixir import syntax
from checker.elixir.modules import keyword
from checker.project import elixir_files

PRUNER = "Oban.Plugins.Pruner"
PRUNED_AFTER = 60  # seconds, its default (oban 2.24, lib/oban/plugins/pruner.ex)
FILES = ("config.exs", "dev.exs", "prod.exs", "runtime.exs", "test.exs")


class ObanConfig:
    """What `config :app, Oban, …` says in one folder of configuration.

    `queues`, `crons` (modules in a crontab) are names; None when some list of them
    cannot be read. `pruned_after`: seconds that finished jobs are kept, None when
    there is no Pruner or it cannot be read. `repo` is a module's name or None.
    `path`: the file to change.
    """

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, FILES[0])
        self.found = False
        self.queues: set[str] | None = set()
        self.crons: set[str] | None = set()
        self.pruned_after: int | None = None
        self.testing: str | None = None
        self.repo: str | None = None
        for name in FILES:
            for call in elixir_files.calls(
                elixir_files.parsed(os.path.join(folder, name)).exprs, "config"
            ):
                options = _oban_options(call)
                if options is not None:
                    self._read(options, os.path.join(folder, name), test=name == "test.exs")

    def _read(self, options: syntax.Node, path: str, test: bool) -> None:
        if test:
            testing = keyword([options], "testing")
            self.testing = testing.name if isinstance(testing, syntax.Atom) else self.testing
            return
        if not self.found:
            self.found, self.path = True, path
        repo = keyword([options], "repo")
        if isinstance(repo, syntax.Module) and self.repo is None:
            self.repo = repo.name
        self._read_queues(keyword([options], "queues"))
        for plugins in (keyword([options], "plugins"), keyword([options], "cron")):
            self._read_plugins(plugins)

    def _read_queues(self, node: syntax.Node | None) -> None:
        if isinstance(node, syntax.List) and self.queues is not None:
            self.queues |= {
                pair.items[0].name
                for pair in node.items
                if isinstance(pair, syntax.Tuple) and isinstance(pair.items[0], syntax.Atom)
            }
        elif node is not None and not _is_off(node):
            self.queues = None

    def _read_plugins(self, node: syntax.Node | None) -> None:
        if node is None or _is_off(node):
            return
        if not isinstance(node, syntax.List):
            self.crons = None
            return
        crontab = _below(node, "crontab")
        if isinstance(crontab, syntax.List) and self.crons is not None:
            for entry in crontab.items:
                if isinstance(entry, syntax.Tuple) and len(entry.items) > 1:
                    if isinstance(entry.items[1], syntax.Module):
                        self.crons.add(entry.items[1].name)
        elif crontab is not None:
            self.crons = None
        if any(isinstance(n, syntax.Module) and n.name == PRUNER for n in syntax.walk(node)):
            age = _below(node, "max_age")
            if age is None or isinstance(age, syntax.Int):
                self.pruned_after = PRUNED_AFTER if age is None else age.value


def _oban_options(call: syntax.Call) -> syntax.Node | None:
    """The options of `config :app, Oban, …`."""
    if len(call.args) != 3 or not isinstance(call.args[1], syntax.Module):
        return None
    return call.args[2] if call.args[1].name == "Oban" else None


def _is_off(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Atom) and node.name in ("false", "nil")


def _below(node: syntax.Node, name: str) -> syntax.Node | None:
    for inner in syntax.walk(node):
        if isinstance(inner, syntax.List):
            found = keyword([inner], name)
            if found is not None:
                return found
    return None
