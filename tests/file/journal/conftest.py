"""A small file of each medium, to be given a journal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import memcodec

MEDIA = ("mp4", "flac")


@pytest.fixture(autouse=True)
def small_texts_go_to_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)


@pytest.fixture(scope="session")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for medium in MEDIA:
        made[medium] = path = tmp_path_factory.mktemp("begun") / f"begun.{medium}"
        with memcodec.create(path, model="none") as memory:
            memory.add("The grey heron stands in shallow water.\n" * 9, uri="heron.txt")
            memory.add("An old version of the letter.\n", uri="letter.txt")
    return made


@pytest.fixture(params=MEDIA)
def file(request: pytest.FixtureRequest, _begun: dict[str, Path], tmp_path: Path) -> Path:
    """A file of two documents and one commit."""
    path = tmp_path / f"file.{request.param}"
    shutil.copy(_begun[request.param], path)
    return path
