"""No settings from outside: not from the user's folder or the environment. Other processes inherit it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.reliability.sealing import IDENTITY


@pytest.fixture(scope="package", autouse=True)
def _opens_what_is_sealed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMCODEC_IDENTITY", IDENTITY)
        yield


@pytest.fixture(autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MEMCODEC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MEMCODEC_IDENTITY", IDENTITY)
    monkeypatch.setenv(
        "MEMCODEC_ENCODE_JOURNAL", "false"
    )  # these are about commits; tests/file/journal has the rest
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no settings"))
