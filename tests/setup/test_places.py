"""Where state is kept: the same place in Python and in the shell, and nobody else's."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from checker.places import PlaceError, data_folder, make_folder

from .machine import REPOSITORY

LIB = REPOSITORY / "hooks/lib.sh"
PLACES = {
    "named": (
        {"OBAN_GUARD_DATA": "/a b", "CLAUDE_PLUGIN_DATA": "/c", "HOME": "/e"},
        "/a b",
    ),
    "plugin": ({"CLAUDE_PLUGIN_DATA": "/c", "XDG_CACHE_HOME": "/d", "HOME": "/e"}, "/c"),
    "cache": ({"XDG_CACHE_HOME": "/d", "HOME": "/e"}, "/d/oban-guard"),
    "home": ({"HOME": "/e"}, "/e/.cache/oban-guard"),
    "empty": ({"OBAN_GUARD_DATA": "", "XDG_CACHE_HOME": "", "HOME": "/e"}, "/e/.cache/oban-guard"),
    "relative": ({"OBAN_GUARD_DATA": "data", "HOME": "/e"}, "/e/.cache/oban-guard"),
    "nowhere": ({}, None),
    "relative home": ({"HOME": "e"}, None),
}  # fmt: skip


@pytest.mark.parametrize(("variables", "place"), PLACES.values(), ids=PLACES)
def test_python_and_shell_decide_the_same(variables: dict[str, str], place: str | None) -> None:
    """First what is named, then the plugin's folder, then the user's cache."""
    if place is None:
        with pytest.raises(PlaceError):
            data_folder(variables)
    else:
        assert data_folder(variables) == place
    done = subprocess.run(
        ["/bin/sh", "-c", f'. "{LIB}"; data_folder && printf "%s" "$data"'],
        env=variables,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == ((1, "") if place is None else (0, place))


@pytest.mark.parametrize("maker", ["python", "shell"])
def test_a_folder_is_made_for_the_user_alone(tmp_path: Path, maker: str) -> None:
    """Mode 0700, whatever the umask."""
    folder = tmp_path / "some where" / "data"
    old = os.umask(0)
    try:
        if maker == "python":
            assert make_folder(str(folder)) == str(folder)
        else:
            assert _shell_makes(folder)
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_someone_else_is_refused(tmp_path: Path) -> None:
    """What another user could write would be run."""
    folder = tmp_path / "theirs"
    folder.mkdir(0o777)
    folder.chmod(0o777)
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    else:
        folder = Path("/tmp")
    with pytest.raises(PlaceError, match="someone else"):
        make_folder(str(folder))
    assert not _shell_makes(folder)


def _shell_makes(folder: Path) -> bool:
    return subprocess.run(["/bin/sh", "-c", f'. "{LIB}"; make_folder "$0"', folder]).returncode == 0
