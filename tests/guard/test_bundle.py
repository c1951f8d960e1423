"""The code that hooks import from one file is that of the sources as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from checker.bundle import Bundle

from .test_hook import BAD, ROOT, Hook

NAME = "checker.extra"


@pytest.fixture
def source(tmp_path, monkeypatch):
    """The source of a module that was imported as usual."""
    path = tmp_path / "checker/extra.py"
    path.parent.mkdir()
    path.write_text("answer = 42\n")
    spec = spec_from_file_location(NAME, path)
    monkeypatch.setitem(sys.modules, NAME, module_from_spec(spec))
    return path


@pytest.fixture
def file(tmp_path, source):
    """A bundle's file that has the module."""
    bundle = Bundle(str(tmp_path / "bundle"), str(tmp_path))
    assert bundle.find_spec(NAME) is None
    bundle.renew()
    return bundle.path


def test_a_module_is_loaded_from_the_file(file, source):
    bundle = Bundle(file, str(source.parents[1]))
    spec = bundle.find_spec(NAME)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (spec.loader, module.answer, module.__file__) == (bundle, 42, str(source))
    assert bundle.find_spec("json") is None
    assert bundle.missing == []


def test_a_source_that_changed_or_went_counts(file, source):
    root = str(source.parents[1])
    status = source.stat()
    source.write_text("answer = 43\n")
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert Bundle(file, root).find_spec(NAME) is None
    source.unlink()
    assert Bundle(file, root).find_spec(NAME) is None


def test_another_plugin_folder_has_its_own_sources(file, tmp_path):
    assert Bundle(file, str(tmp_path / "another")).find_spec(NAME) is None


@pytest.mark.parametrize("content", [b"", b"junk", b"\xe9\x01\x00\x00\x00", b"N"])
def test_a_damaged_file_is_written_anew(file, source, content):
    Path(file).write_bytes(content)
    bundle = Bundle(file, str(source.parents[1]))
    assert bundle.find_spec(NAME) is None
    bundle.renew()
    assert Bundle(file, str(source.parents[1])).find_spec(NAME) is not None


def test_nothing_is_written_where_nothing_was_missing(file, source):
    bundle = Bundle(file, str(source.parents[1]))
    os.unlink(file)
    bundle.renew()
    assert not os.path.exists(file)


def test_a_folder_that_cannot_be_written_to_does_no_harm(tmp_path, source):
    bundle = Bundle(str(tmp_path / "nowhere/bundle"), str(tmp_path))
    assert bundle.find_spec(NAME) is None
    bundle.renew()


class CopiedHook(Hook):
    """The hook of a copy of the plugin."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = folder / "plugin"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "checker", self.root / "checker", ignore=ignored)

    def run(self, raw: bytes, env: dict | None = None, **options: object):
        """Run it on some input."""
        return subprocess.run(
            [sys.executable, "-I", "-S", "-OO", "-X", f"pycache_prefix={self.data}/pycache",
             self.root / "checker/hook.py", self.root, self.data],
            input=raw, env=self.env, capture_output=True, timeout=60, cwd="/",
        )  # fmt: skip

    def reason(self, path: str) -> str:
        """Why a bad worker is held back."""
        answer = self.answer(self.event("Write", path, content=BAD))
        return answer["hookSpecificOutput"]["permissionDecisionReason"]


def test_hooks_make_the_file_and_follow_the_sources(tmp_path):
    hook = CopiedHook(tmp_path)
    first = hook.reason("lib/a.ex")
    (file,) = (hook.data / "pycache").glob("checker.*")
    made = file.stat().st_mtime_ns
    assert hook.reason("lib/b.ex") == first.replace("a.ex", "b.ex")
    assert file.stat().st_mtime_ns == made

    rule = next((hook.root / "checker/rules").glob("ob101_*.py"))
    rule.write_text(rule.read_text().replace("Oban logs it", "OBAN LOGS IT"))
    assert "OBAN LOGS IT" in hook.reason("lib/c.ex")
    assert file.stat().st_mtime_ns > made
    assert "OBAN LOGS IT" in hook.reason("lib/d.ex")

    file.write_bytes(b"junk")
    assert "OBAN LOGS IT" in hook.reason("lib/e.ex")
    assert b"OBAN LOGS IT" in file.read_bytes()
