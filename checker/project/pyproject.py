"""How a Python project names and places things: where new code should go to look like the rest."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from checker.project.elixir_files import read
from checker.python import oban_toml
from checker.root import upward
from checker.source import decode

MANIFEST = "pyproject.toml"
REQUIREMENTS = re.compile(r"requirements[\w.-]*\.(?:txt|in)")
MANAGERS = ("poetry", "uv", "pdm")
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
LATEST = (0, 7, 0)
SKIPPED = frozenset("venv env node_modules build dist site-packages __pycache__ deps".split())
TESTS = ("tests", "test")
NO_PACKAGES = frozenset((*TESTS, "docs", "doc", "scripts", "examples", "migrations", "alembic"))
USUAL_WIDTH = 88  # of ruff and black
NARROWEST = 72
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_PINNED = re.compile(r"^\s*oban\s*(?:\[[^\]]*\])?\s*==\s*(\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)


class PythonError(Exception):
    """There is no Python project to work in; the message is a sentence that says what to do."""


class Job:
    """A worker class or job function: `name` as Oban stores it, its file, its queue.

    `queue` is None where it is no literal.
    """

    def __init__(self, name: str, path: str, queue: str | None) -> None:
        self.name = name
        self.path = path
        self.queue = queue


class Conventions:
    """What a project's files tell about its ways. Reads them when asked."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    # -- the manifest -------------------------------------------------------------------

    @cached_property
    def _manifest(self) -> dict:
        return _toml(os.path.join(self.folder, MANIFEST))

    def _tool(self, *keys: str) -> object:
        table: object = self._manifest.get("tool", {})
        for key in keys:
            table = table.get(key) if isinstance(table, dict) else None
        return table

    @cached_property
    def line_length(self) -> int:
        """Of ruff or black as they are configured, else what both take."""
        places = (("ruff",), ("black",))
        widths = [self._tool(*place, "line-length") for place in places]
        given = [width for width in widths if isinstance(width, int) and width >= NARROWEST]
        return given[0] if given else USUAL_WIDTH

    @cached_property
    def _distribution(self) -> str:
        project = self._manifest.get("project")
        named = project.get("name") if isinstance(project, dict) else self._tool("poetry", "name")
        name = named if isinstance(named, str) and named else os.path.basename(self.folder)
        return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")

    @cached_property
    def locked_oban(self) -> tuple[int, ...]:
        """The version of oban that is locked, such as (0, 7, 0); the latest known without."""
        for folder in upward(self.folder):
            for name in LOCKS:
                packages = _toml(os.path.join(folder, name)).get("package", [])
                for package in packages if isinstance(packages, list) else []:
                    if isinstance(package, dict) and package.get("name") == "oban":
                        return _version(str(package.get("version"))) or LATEST
        for text in _requirements(self.folder):
            pinned = _PINNED.search(text)
            if pinned:
                return tuple(int(part or 0) for part in pinned.groups())
        return LATEST

    # -- tests --------------------------------------------------------------------------

    @property
    def tests(self) -> str:
        """The folder of tests."""
        found = [os.path.join(self.folder, name) for name in TESTS]
        return next((path for path in found if os.path.isdir(path)), found[0])

    def test_path(self, path: str) -> str:
        """The file for the test of a file: in the folder of tests, or one in it named alike."""
        inner = os.path.join(self.tests, os.path.basename(os.path.dirname(path)))
        folder = inner if os.path.isdir(inner) else self.tests
        return os.path.join(folder, f"test_{os.path.basename(path)}")

    @property
    def has_asyncio_tests(self) -> bool:
        """Whether pytest-asyncio is among the dependencies."""
        return "pytest-asyncio" in _dependencies(self.folder)

    @cached_property
    def asyncio_auto(self) -> bool:
        """Whether pytest-asyncio takes every async test as its own."""
        mode = self._tool("pytest", "ini_options", "asyncio_mode")
        for name in ("pytest.ini", "tox.ini", "setup.cfg"):
            text = decode(read(os.path.join(self.folder, name)))
            written = re.search(r"^asyncio_mode\s*=\s*(\w+)", text, re.MULTILINE)
            mode = mode or (written and written[1])
        return mode == "auto"

    @property
    def conftest(self) -> str:
        return os.path.join(self.tests, "conftest.py")

    @cached_property
    def tests_have_oban(self) -> bool:
        """Whether a conftest.py makes an Oban for the tests."""
        folders = (self.folder, self.tests)
        paths = [os.path.join(folder, "conftest.py") for folder in folders]
        return any(re.search(rb"\bOban\b|\boban\b", read(path)) for path in paths)

    # -- places -------------------------------------------------------------------------

    @cached_property
    def source_root(self) -> str:
        """The folder that modules are imported from."""
        src = os.path.join(self.folder, "src")
        return src if os.path.isdir(src) and not os.path.isfile(_init(src)) else self.folder

    @cached_property
    def package(self) -> str:
        """The folder of the project's package; the source root where modules lie there."""
        named = os.path.join(self.source_root, self._distribution)
        if os.path.isdir(named):
            return named
        packages = [
            path
            for name in _names(self.source_root)
            if name not in NO_PACKAGES
            and os.path.isfile(_init(path := os.path.join(self.source_root, name)))
        ]
        if packages:
            return packages[0]
        flat = any(name.endswith(".py") for name in _names(self.source_root))
        return self.source_root if flat else named

    def folder_for(self, kind: str) -> str:
        """Where a new one goes: where most of the others are, else `workers` or `jobs`."""
        folders = Counter(os.path.dirname(job.path) for job in self.jobs)
        if folders:
            return folders.most_common(1)[0][0]
        if os.path.isfile(os.path.join(self.package, f"{kind}.py")):
            return self.package
        return os.path.join(self.package, kind)

    def module_of(self, path: str) -> str:
        """The name that a file is imported by."""
        root = self.source_root + os.sep
        below = path[len(root) :] if path.startswith(root) else os.path.basename(path)
        return below.removesuffix(".py").removesuffix(os.sep + "__init__").replace(os.sep, ".")

    def missing_inits(self, path: str) -> list[str]:
        """The `__init__.py` that the packages around a new file lack, outer first.

        None where the project's package has none itself.
        """
        folder, found = os.path.dirname(path), []
        while folder != self.source_root and folder.startswith(self.source_root + os.sep):
            if not os.path.isfile(_init(folder)):
                found.insert(0, _init(folder))
            folder = os.path.dirname(folder)
        bare = os.path.isdir(self.package) and _init(self.package) in found
        return [] if bare else found

    # -- what runs ----------------------------------------------------------------------

    @cached_property
    def jobs(self) -> list[Job]:
        """Workers and job functions, by path."""
        found, tests = [], self.tests + os.sep
        for path in python_files(self.folder):
            data = read(path)
            if path.startswith(tests) or b"oban" not in data:
                continue
            for node, decorator in _decorated(data):
                queue = _keyword(decorator, "queue", "default")
                found.append(Job(f"{self.module_of(path)}.{node.name}", path, queue))
        return found

    @property
    def toml(self) -> str:
        """Where `oban start` looks for its configuration."""
        return os.path.join(self.folder, oban_toml.FILE)

    @cached_property
    def queues(self) -> frozenset[str] | None:
        """The queues that are configured; None where nothing is, or it cannot be read."""
        found: set[str] = set()
        configured = os.path.isfile(self.toml)
        if configured:
            config = oban_toml.read(read(self.toml))
            if config is None or not config.queues_known:
                return None
            found.update(queue.name for queue in config.queues)
        for call in self._started:
            names = _literal(given) if (given := _gives(call, "queues")) else {}
            if not isinstance(names, dict):
                return None
            configured = configured or bool(names)
            found.update(str(name) for name in names)
        return frozenset(found) if configured else None

    @property
    def is_configured(self) -> bool:
        """Whether something says which queues run, be it readable or not."""
        return os.path.isfile(self.toml) or self.starter is not None

    @cached_property
    def rescued_after(self) -> float | None:
        """Seconds after which Lifeline runs a job again; None where that cannot be told."""
        given = [_gives(call, "lifeline") for call in self._started]
        told = [_literal(value) for value in given if value is not None]
        if told:
            known = isinstance(told[0], dict) and len(told) == 1
            return told[0].get("rescue_after", oban_toml.RESCUE_AFTER) if known else None
        config = oban_toml.read(read(self.toml))
        return oban_toml.rescue_after(config) if config is not None else None

    @property
    def starter(self) -> str | None:
        """The file that starts an Oban with queues."""
        paths = [path for path, call in self._starts if _gives(call, "queues")]
        return paths[0] if paths else None

    @property
    def _started(self) -> list[ast.Call]:
        return [call for _path, call in self._starts]

    @cached_property
    def _starts(self) -> list[tuple[str, ast.Call]]:
        """Calls of `Oban(…)` outside of tests, and where they are."""
        tests = self.tests + os.sep
        return [
            (path, node)
            for path in python_files(self.folder)
            if not path.startswith(tests) and b"Oban(" in (data := read(path))
            for node in ast.walk(_parsed(data))
            if isinstance(node, ast.Call) and _last_name(node.func) == "Oban"
        ]


def of_folder(folder: str) -> Conventions:
    """The ways of the project around a folder. Raises PythonError outside of one."""
    for place in upward(os.path.abspath(folder)):
        if has_manifest(place):
            return Conventions(place)
    raise PythonError(
        f"there is no {MANIFEST} in {folder} or above it; run it in a Python project"
    )


def names_oban(folder: str) -> bool:
    """Whether what a folder requires includes oban."""
    return "oban" in _dependencies(folder)


def has_manifest(folder: str) -> bool:
    """Whether a Python project begins here, by its manifest or by requirements with oban."""
    return os.path.isfile(os.path.join(folder, MANIFEST)) or names_oban(folder)


# -- dependencies -----------------------------------------------------------------------


def _dependencies(folder: str) -> frozenset[str]:
    """Names of the packages that pyproject.toml and requirements files ask for, lower case."""
    manifest = _toml(os.path.join(folder, MANIFEST))
    project, tool = manifest.get("project"), manifest.get("tool")
    groups = [manifest.get("dependency-groups")]
    if isinstance(project, dict):
        groups += [project.get("dependencies"), project.get("optional-dependencies")]
    if isinstance(tool, dict):
        groups += [tool.get(manager) for manager in MANAGERS]
    found = {name for group in groups for name in _required(group)}
    for text in _requirements(folder):
        found.update(match[1] for line in text.splitlines() if (match := _NAME.match(line)))
    return frozenset(re.sub(r"[-_.]+", "-", name.lower()) for name in found)


def _required(group: object) -> Iterator[str]:
    """Names in lists of requirements, and in tables called `dependencies`."""
    if isinstance(group, list):
        for item in group:
            if isinstance(item, str) and (match := _NAME.match(item)):
                yield match[1]
    elif isinstance(group, dict):
        for key, value in group.items():
            if key.endswith("dependencies") and isinstance(value, dict):
                yield from value
            yield from _required(value)


def _requirements(folder: str) -> list[str]:
    return [
        decode(read(os.path.join(folder, name)))
        for name in _names(folder)
        if REQUIREMENTS.fullmatch(name)
    ]


def _version(text: str) -> tuple[int, ...] | None:
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


# -- files ------------------------------------------------------------------------------


def _toml(path: str) -> dict:
    """What a file says; empty when it cannot be read."""
    try:
        return tomllib.loads(decode(read(path)))
    except (ValueError, RecursionError):
        return {}


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _init(folder: str) -> str:
    return os.path.join(folder, "__init__.py")


def python_files(folder: str) -> list[str]:
    """Every Python file below a folder, without what is hidden, built or installed there."""
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if n not in SKIPPED and not n.startswith("."))
        found += [os.path.join(path, name) for name in names if name.endswith(".py")]
    return sorted(found)


# -- source -----------------------------------------------------------------------------


def _parsed(data: bytes) -> ast.Module:
    """The tree of a file; an empty one when it is no Python that is understood here."""
    try:
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _decorated(data: bytes) -> Iterator[tuple[ast.ClassDef, ast.Call]]:
    """Classes and functions at the top of a file that are Oban's, with the decorator."""
    tree = _parsed(data)
    names = {
        alias.asname or alias.name: alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "oban"
        for alias in node.names
    }
    for node in tree.body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            func = decorator.func
            plain = isinstance(func, ast.Name) and names.get(func.id) in ("worker", "job")
            dotted = ast.unparse(func) in ("oban.worker", "oban.job")
            if plain or dotted:
                yield node, decorator


def _keyword(call: ast.Call, name: str, default: str) -> str | None:
    """A keyword's text; the default where it is not given, None where it is no literal."""
    for keyword in call.keywords:
        if keyword.arg == name:
            value = _literal(keyword.value)
            return value if isinstance(value, str) else None
        if keyword.arg is None:
            return None
    return default


def _gives(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword, or of the `**options` that may hold it."""
    return next((k.value for k in call.keywords if k.arg in (name, None)), None)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
