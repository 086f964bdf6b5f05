"""A state folder of its own for every test, and short memory files to index with the real model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.models import embedding
from tests.jobs.support import CHUNKS, end_supervisor


@pytest.fixture(scope="session")
def model() -> str:
    """The default model's identity; exported once, for all tests."""
    return embedding.load().model


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory, model: str) -> Path:
    """A file of ``CHUNKS`` short chunks with the lexical index alone. Do not change it: copy it."""
    path = tmp_path_factory.mktemp("source") / "notes.mp4"
    with memcodec.create(
        path, settings=memcodec.Settings.of(model="none", chunk_size=200, overlap=0)
    ) as memory:
        for number in range(24):
            memory.add(prose(number, 400), uri=f"{number}.md")
    with memcodec.open(path) as memory:
        assert memory.reader.chunks == CHUNKS
    return path


@pytest.fixture
def file(source: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(source, tmp_path / "notes.mp4"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder; its supervisor does not outlive the test."""
    for name in [name for name in os.environ if name.startswith("MEMCODEC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "state" / "memcodec"
    yield folder
    for each in tmp_path.glob("**/supervisor.lock"):
        end_supervisor(each.parent)
