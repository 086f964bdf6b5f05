"""No settings from outside: not from the user's folder or the environment. Other processes inherit it."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MEMCODEC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(
        "MEMCODEC_ENCODE_JOURNAL", "false"
    )  # these are about commits; tests/file/journal has the rest
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no settings"))
