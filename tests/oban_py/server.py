"""A PostgreSQL of its own, with Oban's tables: in memory-like haste, gone with the tests."""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .environment import Missing, python

USER = "postgres"  # of the database
UNPRIVILEGED = "nobody"  # who runs the server for root, whom it refuses
INSTALLED = "oban"
INSTALL = "from oban.schema import install_sql; print(install_sql())"
START_LIMIT = 60  # seconds
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
}


class Server:
    """A running server; `databases` with Oban's tables are copied from one."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._numbers = itertools.count(1)
        self._folder = Path(tempfile.mkdtemp(prefix="oban-pg-", dir="/tmp"))  # a socket's is short
        atexit.register(self.stop)
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            self._become(pwd.getpwnam(UNPRIVILEGED))
        self._init()
        self._process = self._start()
        self.execute("postgres", f"CREATE DATABASE {INSTALLED}")
        self.execute(INSTALLED, _said([python(), "-c", INSTALL]))

    def dsn(self, name: str) -> str:
        """The address of a database, as libpq and psycopg read it."""
        return f"postgresql://{USER}@/{name}?host={self._folder}"

    def execute(self, name: str, sql: str) -> None:
        """Run statements in a database."""
        _said([self._programs / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(name)], sql)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a new database in which Oban is installed; dropped at the end."""
        name = f"oban_{next(self._numbers)}"
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {INSTALLED}")
        try:
            yield self.dsn(name)
        finally:
            self.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and remove its data."""
        process = self.__dict__.get("_process")
        if process and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=START_LIMIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _become(self, user: pwd.struct_passwd) -> None:
        if shutil.which("setpriv") is None:
            raise Missing("setpriv (util-linux), which PostgreSQL needs when root runs it")
        os.chown(self._folder, user.pw_uid, user.pw_gid)
        self._as_user = [
            "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            "--pdeathsig=QUIT",  # a killed test run leaves no server behind
        ]  # fmt: skip

    def _init(self) -> None:
        _said([
            *self._as_user, self._programs / "initdb", "--no-sync", "--auth=trust",
            f"--username={USER}", "--encoding=UTF8", "--locale=C", "-D", self._folder / "data",
        ])  # fmt: skip

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        with open(self._folder / "log", "wb") as log:
            process = subprocess.Popen(
                [*self._as_user, self._programs / "postgres", "-D", self._folder / "data",
                 "-k", self._folder, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip
        ready = [self._programs / "pg_isready", "-q", "-h", self._folder]
        end = time.monotonic() + START_LIMIT
        while subprocess.run(ready).returncode != 0:
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.02)
        return process


@cache
def server() -> Server:
    """The one server of this process; it ends with the process. Raises Missing."""
    python()
    return Server()


def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs: Debian keeps them off the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if on_path := shutil.which("postgres"):
        folders.insert(0, Path(on_path).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql", "pg_isready")):
            return folder
    raise Missing("PostgreSQL (the server and psql) is not installed")


def _version(folder: Path) -> float:
    return float(folder.parent.name)


def _said(command: list[str | Path], text: str = "") -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout
