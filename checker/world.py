"""What lies around the guard: the disk, the checker, the configuration, the session.

Everything heavy is imported where it is used first: most edits need none of it.
"""

from __future__ import annotations

import os
import stat

from checker.candidate import speaks_of_jobs
from checker.edits import settle
from checker.guard import Unreadable
from checker.language import ELIXIR, PYTHON, is_source, language_of
from checker.source import decode

BASELINE = ".oban-guard-baseline"
OURS = (".oban-guard.toml", BASELINE)
CONFIGURATIONS = (*OURS, "pyproject.toml")
SKIPPED_FOLDERS = frozenset(("deps", "_build", "node_modules", "site-packages", "__pycache__"))
DEFINITIONS = {ELIXIR: ("defmodule ",), PYTHON: ("class ", "def ")}
MODES = ("block", "warn", "off")
MODE_VARIABLES = ("OBAN_GUARD", "CLAUDE_PLUGIN_OPTION_MODE")
MAX_BYTES = 4_000_000
SEARCH_SECONDS = 1.5


class ProjectFile:
    """A file of the project: its `real` path, how it is `shown`, and what it is."""

    __slots__ = ("real", "shown", "is_source", "configures", "is_ours")

    def __init__(self, real: str, shown: str) -> None:
        name = os.path.basename(real)
        self.real = real
        self.shown = shown
        self.is_source = is_source(name)
        self.configures = name in CONFIGURATIONS
        self.is_ours = name in OURS


class World:
    """The world of one event.

    `data` is the data folder, `env` the environment. The project is
    CLAUDE_PROJECT_DIR, else the event's working directory, else this process's.
    """

    def __init__(self, event: dict, data: str, env) -> None:
        session_id = event.get("session_id")
        self._session_id = session_id if isinstance(session_id, str) else ""
        self._resumed = event.get("source") == "resume"
        self._unchecked = os.path.join(data, "unchecked")
        self._data = data
        self._env = env
        self._named_root = _named_root(env.get("CLAUDE_PROJECT_DIR"), event.get("cwd"))
        self._session = None
        self._snapshots = None
        self._projects: dict | None = {}  # of Elixir, by their folders
        self._python_projects: dict = {}  # by the folders of files
        self.root = os.path.realpath(self._named_root)

    @property
    def session(self):
        """The state of the session. Raises StateError when it cannot be kept."""
        if self._session is None:
            from checker.state import Session

            self._session = Session(self._data, self._session_id, self.root)
        return self._session

    def begin(self) -> None:
        """Keep the project's configuration as the session, or its continuation, finds it."""
        if self._resumed:
            self.session.resume()
        self._configs().of(self.root)

    def unchecked(self) -> list[ProjectFile]:
        """The files that this session edited unchecked; this call forgets them."""
        if not os.path.exists(self._unchecked):
            return []
        from checker import unchecked

        files = [self.file(path) for path in unchecked.take(self._unchecked, self._session_id)]
        return [file for file in files if file is not None and file.is_source]

    def note_unchecked(self, file: ProjectFile) -> None:
        """Have a file checked from disk at the session's next event."""
        from checker import unchecked

        unchecked.note(self._unchecked, self._session_id, file.real)

    def file(self, path: object) -> ProjectFile | None:
        """The file at a path; None when it is none that the guard looks at.

        Those are the project's own; a link that leads out of it is not followed.
        """
        if not isinstance(path, str) or "\0" in path:
            return None
        path = os.path.normpath(os.path.join(self._named_root, path))
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):
            return None
        inside = _inside(self.root, real)
        if inside is None or any(map(_is_skipped, inside.split(os.sep)[:-1])):
            return None
        shown = _inside(self._named_root, path) or inside
        return ProjectFile(real, shown.replace(os.sep, "/"))

    def text(self, file: ProjectFile) -> str | None:
        """The settled text of a file, None when there is none. Raises Unreadable."""
        data = _read(file.real)
        if data is None:
            return None
        return settle(decode(data))

    def check(self, file: ProjectFile, text: str, config):
        """The checker's report about a text; an empty one where it is too large or binary."""
        from checker.check import Report
        from checker.source import MAX_BYTES, Source

        source = Source(file.shown, text)
        if len(source.data) > MAX_BYTES or "\0" in text:
            return Report()
        return self.check_source(source, config)

    def check_source(self, source, config):
        """The checker's report about a text that can be checked, in its project if it has one."""
        from checker.check import check_source

        try:
            path = os.path.join(self._named_root, source.path)
            project = self._project_around(path)
            if project is not None:
                text = project.with_text(os.path.realpath(path), source.data)
                return check_source(source, config, text)
        except Exception as error:  # the file still says something itself
            self._projects = None
            report = check_source(source, config)
            report.failures.append(
                f"the project could not be read ({type(error).__name__}: {error}); "
                f"{source.path} was judged alone"
            )
            return report
        return check_source(source, config)

    def in_project(self, file: ProjectFile) -> bool:
        """Whether a file is judged with what its project tells."""
        return self._project_around(file.real) is not None

    def check_alone(self, file: ProjectFile, text: str, config):
        """The report about a text without that."""
        from checker.check import check_source
        from checker.source import Source

        return check_source(Source(file.shown, text), config)

    def _project_around(self, path: str):
        """The project of a file, None without one or where it takes too long to read.

        During an event it tells the same all the time.
        """
        if self._projects is None:
            return None
        folder = os.path.dirname(os.path.realpath(path))
        if language_of(path) == PYTHON:
            return self._python_project(folder)
        from checker.root import manifests_above

        app = next(manifests_above(folder), None)
        if app is not None and app not in self._projects:
            self._projects[app] = _elixir_project(app, self._data)
        return self._projects.get(app)

    def _python_project(self, folder: str):
        if folder not in self._python_projects:
            from checker.project.python import project_around

            self._python_projects[folder] = project_around(folder)
        return self._python_projects[folder]

    def names(self, file: ProjectFile, text: str) -> tuple[set[str], set[str]]:
        """The modules that a text defines, and the functions in them, as findings name them."""
        if language_of(file.real) == PYTHON:
            from checker.python.front import defined_names
        else:
            from checker.elixir.modules import defined_names

        return defined_names(text)

    def holders(self, like: ProjectFile, wanted: set[str], config):
        """Reports of files that the session has not met and that define one of some modules.

        They are in the language of the file `like`.

        The search ends after SEARCH_SECONDS, in a large project without having seen all.
        """
        import time

        end = time.monotonic() + SEARCH_SECONDS
        lasts = {module.rpartition(".")[2] for module in wanted}
        language = language_of(like.real)
        for file in self._naming(lasts, language, lambda: time.monotonic() > end):
            try:
                text = None if self.session.knows(file.real) else self.text(file)
            except Unreadable:
                continue
            if not text or not speaks_of_jobs(text, file.real):
                continue
            if _defines(text, lasts, language) and wanted & self.names(file, text)[0]:
                yield self.check(file, text, config)

    def config(self, file: ProjectFile):
        """The configuration that counts for a file, as it was when the session started."""
        return self._configs().of(os.path.dirname(file.real))

    def mode(self, config) -> tuple[str, str]:
        """The guard's mode, and a sentence about what is wrong with how it was set."""
        wrong = self._configs().problem
        for name in MODE_VARIABLES:
            value = self._env.get(name, "").strip().lower()
            if value in MODES:
                return value, wrong
            if value:
                from checker.source import one_line

                wrong = f"{name}={one_line(value)} is none of {', '.join(MODES)}"
        return config.mode or MODES[0], wrong

    def loosened(self, file: ProjectFile, after: str) -> tuple[list[str], str]:
        """What an edit of a configuration gives up, and what is wrong with the new one."""
        from checker import disarm

        if os.path.basename(file.real) == BASELINE:
            return disarm.known_more(file.real, self.text(file), after)
        return disarm.edited(file.real, after, self.config(file))

    def _configs(self):
        if self._snapshots is None:
            from checker.snapshot import Snapshots

            self._snapshots = Snapshots(self.root, self.session)
        return self._snapshots

    def _naming(self, words: set[str], language: str, enough):
        """Files that may have some words; in code and tests the projects tell which do."""
        known = [project for project in (self._projects or {}).values() if project is not None]
        for path in sorted(path for project in known for path in project.naming(words)):
            shown = _inside(self.root, path)
            if shown is not None:
                yield ProjectFile(path, shown)
        folders = {folder for project in known for folder in project.folders}
        yield from self._sources(language, enough, folders)

    def _sources(self, language: str, enough, without: set[str]):
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(
                name
                for name in folders
                if not _is_skipped(name) and os.path.join(folder, name) not in without
            )
            for name in sorted(names):
                if enough():
                    return
                path = os.path.join(folder, name)
                if not is_source(name) or language_of(name) != language:
                    continue
                if not os.path.islink(path):
                    yield ProjectFile(path, _inside(self.root, path))
                elif (file := self.file(path)) is not None and file.is_source:
                    yield file


def _named_root(*roots: object) -> str:
    for root in roots:
        if isinstance(root, str) and os.path.isabs(root) and "\0" not in root:
            return os.path.normpath(root)
    return os.getcwd()


def _elixir_project(folder: str, data: str):
    """The project with a mix.exs in a folder; None where reading it takes too long."""
    import time

    from checker.project import Project
    from checker.project.index import TooSlow
    from checker.project.mix import app_around

    project = Project(app_around(folder), data)
    try:
        project.build(until=time.monotonic() + SEARCH_SECONDS)
    except TooSlow:  # the next edit, or whoever checks the project, reads on
        return None
    return project


def _defines(text: str, lasts: set[str], language: str) -> bool:
    """Whether a word that defines a module is followed by one of some words on its line."""
    for word in DEFINITIONS[language]:
        at = text.find(word)
        while at >= 0:
            end = text.find("\n", at)
            line = text[at:end] if end >= 0 else text[at:]
            if any(last in line for last in lasts):
                return True
            at = text.find(word, at + len(line))
    return False


def _inside(folder: str, path: str) -> str | None:
    """The path relative to a folder, or None when it is not below it."""
    start = folder.rstrip(os.sep) + os.sep
    return path[len(start) :] if path.startswith(start) and path != start else None


def _is_skipped(folder: str) -> bool:
    return folder.startswith(".") or folder in SKIPPED_FOLDERS


def _read(path: str) -> bytes | None:
    """What a regular file holds, None when there is none. Raises Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', error)}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is not a regular file")
        if status.st_size > MAX_BYTES:
            raise Unreadable("is too large to be checked")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    finally:
        os.close(descriptor)
