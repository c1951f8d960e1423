"""Builds the environment that hooks and launchers run in: exactly what the lock file says.

    setup_env.py [--wait] ROOT HOME UV PROJECT

hooks/setup runs this with the interpreter that is to be used. ROOT is the plugin's
folder; HOME the folder to build below; UV and PROJECT are paths or empty. Without
--wait it leaves the session it was started in, and ends when another set-up of HOME is
under way. Standard library only.

Below HOME it keeps `env/<hash of lock and interpreter>/site`, the packages;
`env/current`, a link to the one in use; `python`, the interpreter's path; `pycache/`, byte
code (also of all that hooks import in one file, see checker/bundle.py); `setup.log`; and
after a failure `failure.json`, the reason as one JSON string.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

# Packages with compiled code, which an interpreter may turn out not to load.
COMPILED = ("libcst", "tree_sitter", "tree_sitter_bash", "tree_sitter_elixir")

INSTALL_LIMIT = 900  # seconds
KEEP_ENVIRONMENTS = 24 * 3600  # seconds: sessions begun before an update may still use them
KEEP_TOLD = 14 * 24 * 3600  # seconds

# Of the settings of pip and uv only those count that say how to reach an index; others
# may belong to the project, and none may change what is installed or where.
REACH = re.compile(
    r"(PIP|UV)_\w*(INDEX|FIND_LINKS|HOST|CERT|TLS|PROXY|TIMEOUT|RETRIES|CACHE_DIR|KEYRING"
    r"|CONFIG_FILE|INSTALL_DIR)"
)
INDEX = re.compile(r"(PIP|UV)_\w*(INDEX|FIND_LINKS|CONFIG_FILE)")
FOREIGN = re.compile(r"PIP_|UV_|PYTHON|OBAN_GUARD|(VIRTUAL_ENV|CONDA_PREFIX|PYENV_VERSION)$")

WORKER = """\
defmodule Sample.Worker do
  use Oban.Worker, queue: :default

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Sample.fetch(id) do
      {:ok, found} -> {:ok, found}
      :error -> :failed
    end
  end
end
"""


class SetUpError(Exception):
    """Set-up failed; the message says why, as part of a sentence for the user."""


def main(arguments: list[str]) -> int:
    """Prepare the environment; 0 when it is there or another process sees to it."""
    wait = arguments[0] == "--wait"
    root, home, uv, project = arguments[-4:]
    os.umask(0o077)
    if not wait:
        leave_session()
    with only_one(home, wait) as alone:
        if not alone:
            return 0
        try:
            prepare(root, home, uv, project)
        except (SetUpError, OSError) as error:
            tell_failure(home, str(error), wait)
            return 1
    return 0


def leave_session() -> None:
    """Become the leader of a session of our own, unless we are one."""
    if os.getsid(0) != os.getpid():
        if os.fork():
            os._exit(0)
        os.setsid()


@contextlib.contextmanager
def only_one(home: str, wait: bool) -> Iterator[bool]:
    """Hold the lock of HOME; False when another process holds it and we do not wait.

    The system lets go of it when its owner dies, however that happens.
    """
    with open(os.path.join(home, "setup.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def prepare(root: str, home: str, uv: str, project: str) -> None:
    """Bring HOME up to date; nothing is done when it is. Raises SetUpError."""
    lock = os.path.join(root, "requirements.lock")
    name = environment_name(lock)
    environment = os.path.join(home, "env", name)
    if not is_current(home, name, root):
        with working_folder(home) as work:
            if not os.path.isdir(os.path.join(environment, "site")):
                build(environment, lock, work, uv, project)
            use(home, name)
            compile_checker(root, home, work)
        write(os.path.join(environment, "root"), root)
        write(os.path.join(home, "python"), sys.executable)
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(home, "failure.json"))
    tidy(home, name)


def environment_name(lock: str) -> str:
    """Names an environment by what it is made of: the lock, and this interpreter."""
    with open(lock, "rb") as file:
        parts = [file.read(), sys.executable.encode(), sys.implementation.cache_tag.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def is_current(home: str, name: str, root: str) -> bool:
    """Whether HOME uses this environment and interpreter, compiled for this plugin folder."""
    current = os.path.join(home, "env", "current")
    return (
        os.path.isdir(os.path.join(current, "site"))
        and os.readlink(current) == name
        and read(os.path.join(current, "root")) == root
        and read(os.path.join(home, "python")) == sys.executable
    )


@contextlib.contextmanager
def working_folder(home: str) -> Iterator[str]:
    """A folder below HOME for the time of a build. Those of builds that died go first."""
    work = os.path.join(home, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def build(environment: str, lock: str, work: str, uv: str, project: str) -> None:
    """Install the lock's packages and put them in place at once. Raises SetUpError."""
    made = os.path.join(work, "environment")
    site = os.path.join(made, "site")
    os.makedirs(made)
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(os.path.dirname(work), "setup.log"))
    shutil.copyfile(lock, os.path.join(made, "requirements.lock"))
    install(ways(uv, site, lock, work), site, work, project)
    os.makedirs(os.path.dirname(environment), exist_ok=True)
    shutil.rmtree(environment, ignore_errors=True)
    os.rename(made, environment)


def ways(uv: str, site: str, lock: str, work: str) -> dict[str, list[list[str]]]:
    """The ways to install that there are here, best first: name -> commands."""
    venv = os.path.join(work, "venv")
    what = ["--target", site, "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", lock]
    pip = ["-I", "-m", "pip", "install", "--no-compile", *what]
    found = {}
    if uv:
        found["uv"] = [[uv, "pip", "install", "--project", "/", "--python", sys.executable, *what]]
    if find_spec("venv") and find_spec("ensurepip"):
        found["venv and pip"] = [
            [sys.executable, "-I", "-m", "venv", "--clear", venv],
            [os.path.join(venv, "bin", "python"), *pip],
        ]
    elif find_spec("pip"):
        found["pip"] = [[sys.executable, *pip]]
    return found


def install(ways: dict[str, list[list[str]]], site: str, work: str, project: str) -> None:
    """Install in the first way that succeeds. Raises SetUpError.

    Each is tried with the index that the environment names, then without: it may be
    the project's.
    """
    if not ways:
        raise SetUpError(
            f"{sys.executable} has neither venv nor pip: install the package python3-venv, or uv"
        )
    environments = [settings(os.environ, project)]
    if any(INDEX.match(variable) for variable in environments[0]):
        environments.append({k: v for k, v in environments[0].items() if not INDEX.match(k)})
    reasons = []
    for way, commands in ways.items():
        for environment in environments:
            shutil.rmtree(site, ignore_errors=True)
            reason = run(commands, environment, work)
            if not reason:
                return
            reasons.append(f"its packages could not be installed with {way} ({reason})")
    raise SetUpError(reasons[0])


def settings(variables: Mapping[str, str], project: str) -> dict[str, str]:
    """The environment for pip and uv: the user's settings without what a project put there."""
    kept = {k: v for k, v in variables.items() if REACH.match(k) or not FOREIGN.match(k)}
    for name in ("PIP_CONFIG_FILE", "UV_CONFIG_FILE"):
        path = kept.get(name, "/")
        if not path.startswith("/") or (project and path.startswith(project + "/")):
            del kept[name]
    return {
        "PIP_RETRIES": "2",
        **kept,
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }


def run(commands: list[list[str]], environment: dict[str, str], work: str) -> str:
    """Run commands until one fails; returns why it did, in a line, or nothing.

    What they print is added to `setup.log` beside the working folder.
    """
    with open(os.path.join(os.path.dirname(work), "setup.log"), "a+", errors="replace") as log:
        for command in commands:
            print("$", *command, file=log, flush=True)
            start = log.tell()
            try:
                done = subprocess.run(
                    command,
                    cwd=work,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=INSTALL_LIMIT,
                )
            except subprocess.TimeoutExpired:
                return f"no end after {INSTALL_LIMIT} seconds"
            except OSError as error:
                return str(error)
            if done.returncode != 0:
                log.seek(start)
                return complaint(log.read()) or f"exit code {done.returncode}"
    return ""


def complaint(output: str) -> str:
    """The line of a program's output that says most about its failure."""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return "".join((errors or lines)[:1])[:160]


def use(home: str, name: str) -> None:
    """Make an environment the current one; nobody sees it with another's interpreter or code."""
    current = os.path.join(home, "env", "current")
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(home, "python"))
    shutil.rmtree(os.path.join(home, "pycache"), ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.remove(current)
    os.symlink(name, current)


def compile_checker(root: str, home: str, work: str) -> None:
    """Compile all that hooks import, by letting one check an edit. Raises SetUpError."""
    python = [sys.executable, "-I", "-S", "-OO", "-X", f"pycache_prefix={home}/pycache"]
    event = {
        "session_id": "set-up",
        "cwd": work,
        "hook_event_name": "PreToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": os.path.join(work, "lib", "worker.ex"), "content": WORKER},
    }
    site = os.path.join(home, "env", "current", "site")
    for arguments in (
        ["-c", f"import sys; sys.path.append({site!r}); import {', '.join(COMPILED)}"],
        ["-m", "compileall", "-q", os.path.join(root, "checker")],
        [os.path.join(root, "checker", "hook.py"), root, home],
    ):
        done = subprocess.run(
            [*python, *arguments],
            input=json.dumps(event),
            cwd=work,
            env={"CLAUDE_PROJECT_DIR": work},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            reason = "".join(done.stderr.strip().splitlines()[-1:])
            raise SetUpError(f"the checker does not run with {sys.executable} ({reason[:160]})")
    session = hashlib.sha256(f"set-up\0{os.path.realpath(work)}".encode()).hexdigest()
    shutil.rmtree(os.path.join(home, "sessions", session), ignore_errors=True)


def tidy(home: str, name: str) -> None:
    """Remove what no session uses any more: older environments, and what they were told."""
    for folder, age in (("env", KEEP_ENVIRONMENTS), ("told", KEEP_TOLD)):
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(os.path.join(home, folder)):
                old = entry.stat().st_mtime < time.time() - age
                if old and entry.name not in (name, "current"):
                    shutil.rmtree(entry.path, ignore_errors=True)


def tell_failure(home: str, reason: str, wait: bool) -> None:
    """Leave the reason of a failure for the hooks; in the foreground say it as well."""
    plain = "".join(char if char.isprintable() else " " for char in reason)
    write(os.path.join(home, "failure.json"), json.dumps(plain))
    if wait:
        print(f"oban-guard: set-up failed: {plain}.", file=sys.stderr)


def read(path: str) -> str:
    """The one line in a file; nothing when there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().rstrip("\n")
    except OSError:
        return ""


def write(path: str, line: str) -> None:
    """Put one line into a file, at once."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(line + "\n")
    os.replace(path + ".new", path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
