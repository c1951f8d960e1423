"""The virtual environment with the real oban: made once, and kept in .cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import uv

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache"
LOCKS = (HERE / "requirements.lock", HERE / "build.lock")
MINORS = (14, 13, 12)  # what oban runs on, the best first
READY = "ready"
HEADERS = "import os, sysconfig; os.stat(sysconfig.get_path('include') + '/Python.h')"  # erlpack's


class Missing(Exception):
    """Something that this machine lacks; the text says what."""


@cache
def python() -> Path:
    """The interpreter of the environment, which is made where it is not there yet.

    Raises Missing when there is no Python 3.12 or newer, or a package cannot be had.
    """
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "oban-py.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes that run side by side make it once
        return _made()


def _made() -> Path:
    locked = b"".join(path.read_bytes() for path in LOCKS)
    folder = CACHE / f"oban-py-{hashlib.sha256(locked).hexdigest()[:12]}"
    executable = folder / "bin/python"
    if not (folder / READY).exists() or not _runs(executable):
        _uv("venv", "--clear", "--python", _base(), folder)
        _uv("pip", "install", "--python", executable, "--require-hashes",
            "--build-constraints", LOCKS[1], "--requirements", LOCKS[0])  # fmt: skip
        (folder / READY).touch()
    return executable


def _base() -> str:
    """The interpreter to make it with; a version, for uv to fetch, where none is here."""
    found = (path for path in _interpreters() if _runs(path, HEADERS))
    return str(next(found, f"3.{MINORS[0]}"))


def _interpreters() -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in MINORS:
        if on_path := shutil.which(f"python3.{minor}"):
            yield Path(on_path)
        yield from pyenv.glob(f"3.{minor}.*/bin/python")
    if plain := shutil.which("python3"):
        yield Path(plain)


def _runs(interpreter: Path, code: str = "") -> bool:
    oldest = f"import sys; assert sys.version_info >= (3, {MINORS[-1]}); {code}"
    try:
        done = subprocess.run([interpreter, "-I", "-c", oldest], capture_output=True, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


def _uv(*arguments: str | Path) -> None:
    command = [uv.find_uv_bin(), "--quiet", "--no-config", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Missing(f"no environment with oban: {done.stderr.strip()}")
