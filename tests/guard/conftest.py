import pytest

from .desk import Desk


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A session in an empty project."""
    return Desk(tmp_path)
