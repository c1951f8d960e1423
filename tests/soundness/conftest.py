"""One Elixir for all tests of this folder."""

from __future__ import annotations

import shutil

import pytest

from tests.soundness.beam import Beam


@pytest.fixture(scope="session")
def beam():
    if shutil.which("elixir") is None:
        pytest.skip("elixir is not installed")
    beam = Beam()
    yield beam
    beam.close()
