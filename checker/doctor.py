"""What the checker runs on, what the hooks run on, and what went wrong last."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time

import click

from checker.config import ConfigError, load
from checker.places import PlaceError, data_folder
from checker.world import MODE_VARIABLES, MODES


def report() -> list[tuple[str, str]]:
    """The state of this installation, for a person: labels and one-line values."""
    packages = os.path.dirname(os.path.dirname(os.path.abspath(click.__file__)))
    try:
        data = data_folder()
    except PlaceError as error:
        data, state = "", str(error)
    else:
        state = _hooks(data)
    homes = {_home(packages): None, data: None}
    return [
        ("interpreter", f"{sys.executable} (Python {sys.version.split()[0]})"),
        ("packages", packages),
        ("data folder", data or "none"),
        ("hooks", state),
        ("last failure", "; ".join(filter(None, map(_failure, homes))) or "none"),
        ("mode", _mode()),
    ]


def _home(packages: str) -> str:
    """The folder that set-up built these packages below; it is none of ours when pip did."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(packages))))


def _hooks(data: str) -> str:
    """Whether hooks that keep their data here have a checker."""
    if _is_held(os.path.join(data, "setup.lock")):
        return "being set up"
    try:
        with open(os.path.join(data, "python"), encoding="utf-8") as file:
            python = file.readline().rstrip("\n")
    except OSError:
        return "not set up: the first session in a project that uses Oban does it"
    if not os.access(python, os.X_OK):
        return f"{python} is gone: the next session sets up anew"
    if not os.path.isdir(os.path.join(data, "env", "current", "site")):
        return "the packages are gone: the next session sets up anew"
    return f"ready, on {python}"


def _is_held(lock: str) -> bool:
    try:
        with open(lock) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _failure(home: str) -> str:
    """The failure that set-up left word of in a folder, with its time and log; or nothing."""
    path = os.path.join(home, "failure.json")
    try:
        with open(path, encoding="utf-8") as file:
            reason = json.load(file)
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(os.stat(path).st_mtime))
    except (OSError, ValueError):
        return ""
    log = os.path.join(home, "setup.log")
    return f"{when}, {reason}" + (f" (log: {log})" if os.path.exists(log) else "")


def _mode() -> str:
    """The mode that hooks would take from this environment and folder, and where from."""
    for name in MODE_VARIABLES:
        value = os.environ.get(name, "").strip().lower()
        if value in MODES:
            return f"{value} (from {name})"
    try:
        config = load(os.getcwd())
    except ConfigError as error:
        return f"{MODES[0]} ({error})"
    return f"{config.mode} (from {config.path})" if config.mode else MODES[0]
