"""How a project names and places things: where new code should go to look like the rest."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property

from checker.elixir import syntax
from checker.elixir.modules import ModuleDef, keyword
from checker.project import elixir_files
from checker.project.mix import MixApp, MixError, app_around, apps, apps_of
from checker.project.modules import underscore
from checker.project.oban_config import ObanConfig


class Conventions:
    """What one application's files tell about its ways. Reads them when asked."""

    def __init__(self, app: MixApp) -> None:
        self.app = app

    @cached_property
    def workers(self) -> dict[str, str]:
        """Existing workers: module → path of its file."""
        lib = os.path.join(self.app.folder, "lib")
        return {
            module.name: path
            for path in elixir_files.below(lib, b"Oban")
            for module in elixir_files.modules_of(path)
            if any(use.name in ("Oban.Worker", "Oban.Pro.Worker") for use in module.uses)
        }

    @property
    def namespace(self) -> str:
        """Where most workers are: `Shop.Workers`."""
        spaces = Counter(name.rpartition(".")[0] for name in self.workers if "." in name)
        return spaces.most_common(1)[0][0] if spaces else f"{self.app.base}.Workers"

    def path_of(self, module: str) -> str:
        """The file for a new module: beside its namespace's workers, else where Mix expects it."""
        space, _, last = module.rpartition(".")
        beside = [path for name, path in self.workers.items() if name.rpartition(".")[0] == space]
        if beside:
            folder = Counter(map(os.path.dirname, beside)).most_common(1)[0][0]
            return os.path.join(folder, underscore(last) + ".ex")
        return os.path.join(self.app.folder, "lib", underscore(module) + ".ex")

    def test_path(self, path: str) -> str:
        """The file for the test of a file in lib."""
        lib = os.path.join(self.app.folder, "lib") + os.sep
        below = path[len(lib) :] if path.startswith(lib) else os.path.basename(path)
        return os.path.join(self.app.folder, "test", below.removesuffix(".ex") + "_test.exs")

    @cached_property
    def repo(self) -> str:
        """The repository that Oban's configuration names, else the first one defined."""
        if self.oban.repo:
            return self.oban.repo
        usual = f"{self.app.base}.Repo"
        for folder in dict.fromkeys((self.app.folder, self.app.root)):
            repos = _defined(folder, b"Ecto.Repo", lambda m: _uses(m, "Ecto.Repo"))
            if repos:
                return usual if usual in repos else repos[0]
        return usual

    @cached_property
    def data_case(self) -> str:
        """The case template of tests that use the database."""
        return self._data_case or f"{self.app.base}.DataCase"

    @property
    def has_data_case(self) -> bool:
        return self._data_case is not None

    @cached_property
    def _data_case(self) -> str | None:
        """The one named so, else one that speaks of Ecto's sandbox."""
        support = os.path.join(self.app.folder, "test", "support")
        cases = _defined(support, b"CaseTemplate", lambda m: m.name.endswith("DataCase"))
        cases += _defined(support, b"Sandbox", lambda m: _uses(m, "ExUnit.CaseTemplate"))
        return cases[0] if cases else None

    @property
    def migrations(self) -> str:
        """The folder of the repository's migrations."""
        for folder in (self.app.folder, *(app.folder for app in apps_of(self.app))):
            path = os.path.join(folder, self._priv, "migrations")
            if os.path.isdir(path):
                return path
        return os.path.join(self.app.folder, self._priv, "migrations")

    @property
    def _priv(self) -> str:
        """Where the repository keeps what is its own: `priv:` of its configuration."""
        tree = elixir_files.parsed(os.path.join(self.app.root, "config", "config.exs"))
        for call in elixir_files.calls(tree.exprs, "config"):
            named = call.args[1] if len(call.args) == 3 else None
            if isinstance(named, syntax.Module) and named.name == self.repo:
                priv = keyword(call.args[2:], "priv")
                if isinstance(priv, syntax.Str) and priv.value:
                    return priv.value
        return os.path.join("priv", underscore(self.repo.rpartition(".")[2]))

    @cached_property
    def oban(self) -> ObanConfig:
        """Oban's configuration."""
        return ObanConfig(os.path.join(self.app.root, "config"))


def _defined(folder: str, mentions: bytes, wanted) -> list[str]:
    return [
        module.name
        for path in elixir_files.below(folder, mentions)
        for module in elixir_files.modules_of(path)
        if wanted(module)
    ]


def _uses(module: ModuleDef, name: str) -> bool:
    return any(use.name == name for use in module.uses)


def of_module(name: str, folder: str) -> Conventions:
    """The ways of the application around a folder that a module belongs to.

    In an umbrella the first segment of the name decides; a name without dots
    belongs to the only application with workers. Raises MixError when there is no
    Mix project, or no saying which application is meant.
    """
    app = app_around(folder)
    if not app.is_umbrella:
        return Conventions(app)
    candidates = [Conventions(inner) for inner in apps(app)]
    if "." in name:
        first = name.partition(".")[0]
        fitting = [c for c in candidates if c.app.base == first]
    else:
        fitting = [c for c in candidates if c.workers]
    return _only(name, fitting, candidates)


def of_worker(name: str, folder: str) -> Conventions:
    """The ways of the application that has a worker of this name, or one that ends in it."""
    app = app_around(folder)
    if not app.is_umbrella:
        return Conventions(app)
    candidates = [Conventions(inner) for inner in apps(app)]
    fitting = [
        c for c in candidates if any(w == name or w.endswith(f".{name}") for w in c.workers)
    ]
    return _only(name, fitting, candidates)


def of_repo(folder: str) -> Conventions:
    """The ways of the application that defines a repository."""
    app = app_around(folder)
    if not app.is_umbrella:
        return Conventions(app)
    candidates = [Conventions(inner) for inner in apps(app)]
    fitting = [
        c
        for c in candidates
        if _defined(os.path.join(c.app.folder, "lib"), b"Ecto.Repo", lambda m: _uses(m, "Ecto.Repo"))
    ]
    return _only("Repo", fitting, candidates)


def _only(name: str, fitting: list[Conventions], candidates: list[Conventions]) -> Conventions:
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(c.app.base for c in candidates) or "none"
    raise MixError(
        f"`{name}` could belong to several applications of this umbrella, or to none of them "
        f"({names}); begin its name with one of these, or run it in that application's folder"
    )
