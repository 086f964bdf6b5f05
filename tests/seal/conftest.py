from __future__ import annotations

import pytest

from tests.seal.people import Person, person


@pytest.fixture(scope="session")
def ada() -> Person:
    return person()


@pytest.fixture(scope="session")
def eve() -> Person:
    return person()


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No identity of whoever runs the tests opens anything."""
    monkeypatch.delenv("MEMCODEC_IDENTITY", raising=False)
