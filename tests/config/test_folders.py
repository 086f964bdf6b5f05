"""Where the user's settings, caches and state lie, and what is said when nobody can tell."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.config import folders
from memcodec.config.settings import Settings
from memcodec.config.sources import load
from memcodec.errors import ConfigError, ModelError, StorageError
from memcodec.jobs.store import Store
from memcodec.models.embedding import store as models
from memcodec.storage.http import netrc

Folder = Callable[[], Path]
EACH = pytest.mark.parametrize(
    ("folder", "variable", "usual"),
    [
        (folders.config, "XDG_CONFIG_HOME", ".config"),
        (folders.cache, "XDG_CACHE_HOME", ".cache"),
        (folders.state, "XDG_STATE_HOME", ".local/state"),
    ],
)


@EACH
def test_the_environment_decides_or_the_home_folder(
    folder: Folder, variable: str, usual: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(variable, str(tmp_path / "chosen"))
    assert folder() == tmp_path / "chosen" / "memcodec"
    monkeypatch.setenv(variable, "relative")
    assert folder() == tmp_path / "home" / usual / "memcodec"
    monkeypatch.delenv(variable)
    assert folder() == tmp_path / "home" / usual / "memcodec"


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom neither the environment nor the system's table of users gives a home."""

    def unknown(_: int) -> object:
        raise KeyError

    for name in ("HOME", "NETRC", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    assert os.path.expanduser("~") == "~"  # noqa: PTH111


@EACH
@pytest.mark.usefixtures("homeless")
def test_a_user_without_a_home_is_told_what_to_set(folder: Folder, variable: str, usual: str) -> None:
    with pytest.raises(ConfigError, match=f"set {variable}, or HOME"):
        folder()


@pytest.mark.usefixtures("homeless")
def test_a_user_without_a_home_has_no_settings_models_jobs_and_logins() -> None:
    assert load(directory="/", environ={}) == Settings()
    with pytest.raises(ModelError, match="XDG_CACHE_HOME"):
        models.root()
    with pytest.raises(StorageError, match=r"XDG_STATE_HOME.*`index='now'`"):
        Store()
    assert netrc.login("example.org") is None
