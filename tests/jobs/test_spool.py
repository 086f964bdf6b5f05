"""Finished batches survive a crash, and nothing else does."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from memcodec.errors import StorageError
from memcodec.jobs.spool import Spool
from memcodec.upkeep.index import ChunkRun

SPANS = [ChunkRun("aabbccdd", 1, 3, 2), ChunkRun("aabbccdd", 2, 0, 3)]
VECTORS = np.random.default_rng(5).normal(size=(5, 24)).astype(np.float32)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool", "words@1")
    made.add(SPANS, VECTORS)
    return made


def test_what_was_added_is_there_in_another_process(spool: Spool) -> None:
    again = Spool(spool.folder, "words@1")
    assert again.spans == SPANS
    results = list(again.results())
    assert [span for span, _ in results] == SPANS
    np.testing.assert_array_equal(np.concatenate([vectors for _, vectors in results]), VECTORS)


def test_another_models_batches_are_dropped(spool: Spool) -> None:
    assert Spool(spool.folder, "words@2").spans == []
    assert list(spool.folder.iterdir()) == []


def test_half_written_batches_are_dropped(spool: Spool) -> None:
    (batch,) = spool.folder.iterdir()
    (spool.folder / "half.new").write_bytes(batch.read_bytes()[:5000])
    (spool.folder / "empty.vectors").touch()
    assert Spool(spool.folder, "words@1").spans == SPANS
    assert list(spool.folder.iterdir()) == [batch]


@pytest.mark.parametrize("harm", ["flip", "cut"])
def test_damaged_vectors_are_not_believed(spool: Spool, harm: str) -> None:
    (batch,) = spool.folder.iterdir()
    data = bytearray(batch.read_bytes())
    data[-100] ^= 1
    batch.write_bytes(data if harm == "flip" else data[:-100])
    assert list(Spool(spool.folder, "words@1").results()) == []


def test_clear(spool: Spool) -> None:
    spool.clear()
    assert spool.spans == [] and Spool(spool.folder, "words@1").spans == []


def test_a_full_disk_is_told(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        spool.add([ChunkRun("aabbccdd", 3, 0, 5)], VECTORS)
    assert Spool(spool.folder, "words@1").spans == SPANS
