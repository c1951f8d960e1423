"""The Mix project around a folder: its applications, their names and what is locked."""

from __future__ import annotations

import os
import re
from functools import cached_property

from checker.elixir import syntax
from checker.elixir.modules import keyword
from checker.model.outcome import LATEST
from checker.project import elixir_files
from checker.root import MANIFEST, manifests_above

LOCK = "mix.lock"
LOCKED = re.compile(rb'\{[^{},]*,\s*:oban\s*,\s*"(\d{1,6})\.(\d{1,6})\.(\d{1,6})')
PRO = "oban_pro"


class MixError(Exception):
    """There is no Mix project to work in; the message is a sentence that says what to do."""


class MixApp:
    """One application: the folder of its mix.exs, and `root`, the umbrella's or the same.

    `whole` is what stands at the root: the umbrella, or the application itself.
    """

    def __init__(self, folder: str, root: str, whole: MixApp | None = None) -> None:
        self.folder = folder
        self.root = root
        self.whole = whole if whole is not None else self

    @cached_property
    def name(self) -> str:
        """The application's name: `app:` in mix.exs, else its folder's."""
        value = keyword([self._project], "app") if self._project is not None else None
        if isinstance(value, syntax.Attr):
            for module in elixir_files.modules_of(self._path):
                value = module.attribute(value) if isinstance(value, syntax.Attr) else value
        return value.name if isinstance(value, syntax.Atom) else os.path.basename(self.folder)

    @cached_property
    def base(self) -> str:
        """The namespace of its modules: that of `mod:` in mix.exs, else of its MixProject."""
        for node in syntax.walk(self._manifest.exprs):
            if isinstance(node, syntax.Tuple) and len(node.items) == 2:
                key, value = node.items
                if isinstance(key, syntax.Atom) and key.name == "mod":
                    started = _first_module(value)
                    if started and "." in started:
                        return started.rpartition(".")[0]
        for module in elixir_files.modules_of(self._path):
            if module.name.endswith(".MixProject") or module.name.endswith(".Mixfile"):
                return module.name.rpartition(".")[0]
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def is_umbrella(self) -> bool:
        return self._project is not None and keyword([self._project], "apps_path") is not None

    @property
    def apps_folder(self) -> str:
        value = keyword([self._project], "apps_path")
        return value.value if isinstance(value, syntax.Str) and value.value else "apps"

    @property
    def _path(self) -> str:
        return os.path.join(self.folder, MANIFEST)

    @cached_property
    def _manifest(self) -> syntax.Tree:
        return elixir_files.parsed(self._path)

    @cached_property
    def _project(self) -> syntax.List | None:
        """The keyword list that `project/0` gives."""
        for definition in elixir_files.calls(self._manifest.exprs, "def"):
            head = definition.args[0] if definition.args else None
            if isinstance(head, (syntax.Var, syntax.Call)) and head.name == "project":
                lists = [n for n in syntax.walk(definition.blocks) if isinstance(n, syntax.List)]
                telling = [n for n in lists if keyword([n], "app") or keyword([n], "apps_path")]
                return telling[0] if telling else None
        return None


def _first_module(node: syntax.Node) -> str | None:
    for inner in syntax.walk(node):
        if isinstance(inner, syntax.Module):
            return inner.name
    return None


def app_around(folder: str) -> MixApp:
    """The application or umbrella that a folder belongs to. Raises MixError without one."""
    manifests = manifests_above(os.path.abspath(folder))
    inner = next(manifests, None)
    if inner is None:
        raise MixError(f"there is no {MANIFEST} in {folder} or above it; run it in a Mix project")
    above = next(manifests, None)
    if above is not None:
        umbrella = MixApp(above, above)
        if umbrella.is_umbrella:
            return MixApp(inner, above, umbrella)
    return MixApp(inner, inner)


def apps(umbrella: MixApp) -> list[MixApp]:
    """The applications of an umbrella, by name of their folders."""
    folder = os.path.join(umbrella.folder, umbrella.apps_folder)
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    paths = [os.path.join(folder, name) for name in names]
    return [
        MixApp(path, umbrella.folder, umbrella)
        for path in paths
        if os.path.isfile(os.path.join(path, MANIFEST))
    ]


def apps_of(app: MixApp) -> list[MixApp]:
    """All applications of the project that one belongs to."""
    return apps(app.whole) if app.whole.is_umbrella else [app]


def has_pro(app: MixApp) -> bool:
    """Whether the project depends on Oban Pro."""
    manifests = [os.path.join(one.folder, MANIFEST) for one in (app, *apps_of(app))]
    return any(map(_names_pro, (*manifests, os.path.join(app.root, LOCK))))


def _names_pro(path: str) -> bool:
    if PRO.encode() not in elixir_files.read(path):
        return False
    nodes = syntax.walk(elixir_files.parsed(path).exprs)
    return any(isinstance(node, syntax.Atom) and node.name == PRO for node in nodes)


def locked_oban(app: MixApp) -> tuple[int, ...]:
    """The version of Oban in mix.lock, such as (2, 20, 3); the latest known without one."""
    numbers = LOCKED.search(elixir_files.read(os.path.join(app.root, LOCK)))
    return tuple(map(int, numbers.groups())) if numbers else LATEST
