"""Which settings of pip and uv count."""

from __future__ import annotations

import pytest

from checker.setup_env import settings

KEPT = (
    "HTTPS_PROXY", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_TRUSTED_HOST",
    "PIP_FIND_LINKS", "PIP_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX_CORP_PASSWORD",
    "UV_NATIVE_TLS", "UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR", "SSL_CERT_FILE", "HOME",
)  # fmt: skip
LEFT_OUT = (
    "PIP_TARGET", "PIP_PREFIX", "PIP_NO_BINARY", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "UV_PYTHON",
    "UV_PROJECT_ENVIRONMENT", "UV_NO_BINARY", "UV_SYSTEM_PYTHON", "PYTHONPATH", "PYTHONHOME",
    "VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "OBAN_GUARD",
)  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_how_to_reach_an_index_is_the_users_to_say(name: str) -> None:
    """A company may have a mirror, a proxy, certificates of its own."""
    assert settings({name: "/x"}, "/project")[name] == "/x"


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_installed_and_where_is_not(name: str) -> None:
    """The lock alone says what."""
    assert name not in settings({name: "/x"}, "/project")


@pytest.mark.parametrize("name", ["PIP_CONFIG_FILE", "UV_CONFIG_FILE"])
@pytest.mark.parametrize(
    ("path", "kept"),
    [("/home/me/pip.conf", True), ("/project/pip.conf", False), ("pip.conf", False)],
)
def test_a_configuration_file_of_the_project_is_left_out(name: str, path: str, kept: bool) -> None:
    """The user's own counts."""
    assert (name in settings({name: path}, "/project")) is kept


def test_a_users_defaults_for_pip_do_not_get_in_the_way() -> None:
    """pip refuses `--target` where its configuration says `user`."""
    found = settings({"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1"}, "")
    assert (found["PIP_USER"], found["PIP_REQUIRE_VIRTUALENV"]) == ("0", "0")
