"""The plugin's manifests, the locks, and the wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from checker import __version__

from .machine import PYTHON, REPOSITORY, UV, VERSION, WORKER, Machine

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
PLATFORMS = (
    "aarch64-apple-darwin", "x86_64-apple-darwin", "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl",
)  # fmt: skip
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_one_version_everywhere() -> None:
    """In the package, which the wheel takes its own from, and in the manifest."""
    manifest = json.loads((REPOSITORY / ".claude-plugin/plugin.json").read_text())
    assert manifest["version"] == __version__
    assert PYPROJECT["dynamic"] == ["version"]


def test_the_manifest_is_linked_at_the_top() -> None:
    """Not copied."""
    assert (REPOSITORY / "plugin.json").readlink() == Path(".claude-plugin/plugin.json")


def test_the_marketplace_lists_this_plugin() -> None:
    """From the folder it stands in."""
    manifest = json.loads((REPOSITORY / ".claude-plugin/plugin.json").read_text())
    [plugin] = json.loads((REPOSITORY / ".claude-plugin/marketplace.json").read_text())["plugins"]
    assert (plugin["name"], plugin["source"]) == (manifest["name"], "./")


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_what_is_asked_for_with_hashes(lock: str) -> None:
    """And name no host."""
    text = (REPOSITORY / lock).read_text()
    entries = text.replace("\\\n", "").splitlines()[2:]
    assert all(re.search(r" --hash=sha256:[0-9a-f]{64}$", entry) for entry in entries)
    names = set(_pins(REPOSITORY / lock))
    asked = PYPROJECT["dependencies"]
    if lock == "requirements-dev.lock":
        asked = asked + PYPROJECT["optional-dependencies"]["dev"]
    assert {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in asked} <= names
    assert "://" not in text


def test_both_locks_agree() -> None:
    """Tests run what users run."""
    hooks, dev = (_pins(REPOSITORY / lock) for lock in LOCKS)
    assert hooks.items() <= dev.items()


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_lock_has_wheels(minor: int, platform: str, caches: Path, tmp_path: Path) -> None:
    """For every Python and platform that is supported."""
    done = subprocess.run(
        [UV, "pip", "install", "--dry-run", "--python", PYTHON, "--target", tmp_path,
         "--python-version", f"3.{minor}", "--python-platform", platform, "--require-hashes",
         "--only-binary", ":all:", "--no-deps", "--project", "/", "--cache-dir", caches / "uv",
         "-r", REPOSITORY / "requirements.lock"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_wheel_runs_from_anywhere(machine: Machine, tmp_path: Path) -> None:
    """Installed into a fresh environment, with what the lock holds, and run from `/`."""
    _must(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=REPOSITORY)
    [wheel] = tmp_path.glob("oban_guard-*.whl")
    venv = tmp_path / "fresh"
    _must(PYTHON, "-I", "-m", "venv", "--without-pip", venv)
    into = ["pip", "install", "--python", venv / "bin/python", "--no-deps"]
    variables = machine.variables
    _must(UV, *into, "-r", REPOSITORY / "requirements.lock", env=variables)
    _must(UV, *into, wheel, env=variables)
    command = venv / "bin/oban-guard"
    worker = machine.write("lib/mailer.ex", WORKER)
    assert machine.run(command, "--version", cwd=Path("/")).stdout == f"oban-guard {__version__}\n"
    doctor = machine.run(command, "doctor", cwd=Path("/"))
    assert f"packages: {venv}/lib/{VERSION}/site-packages" in doctor.stdout
    explained = machine.run(command, "explain", "OB101", cwd=Path("/"))
    assert (explained.returncode, explained.stderr) == (0, "")
    checked = machine.run(command, "check", str(worker), cwd=Path("/"))
    assert (checked.returncode, checked.stderr) == (1, "")
    assert "OB101" in checked.stdout
    (worker.parent.parent / "mix.exs").write_text("defmodule Shop.MixProject do\nend\n")
    made = machine.run(command, "new", "worker", "Shop.Sync", cwd=worker.parent)
    assert (made.returncode, made.stderr) == (0, "")
    assert worker.with_name("sync.ex").exists()


def test_the_wheel_holds_all_of_the_package(tmp_path: Path) -> None:
    """Tables and templates too."""
    _must(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=REPOSITORY)
    [wheel] = tmp_path.glob("oban_guard-*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("checker/")}
    tracked = subprocess.run(
        ["git", "ls-files", "checker", "scaffolds"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    expected = {name.replace("scaffolds/", "checker/scaffolds/") for name in tracked.stdout.split()}
    assert expected <= packed


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.M))


def _must(*command: object, **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
