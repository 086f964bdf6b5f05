"""What loaders put aside."""

from __future__ import annotations

import tempfile

import pytest

from memcodec.ingest import files
from memcodec.ingest.files import Scratch


def test_the_first_bytes_are_held_and_the_others_stand_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = list[object](), tempfile.TemporaryFile

    def noted(**options: str) -> object:
        made.append(real(**options))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    scratch = Scratch(held=10)
    parts = [b"seven b", b"too many", b"abc", b"d", b""]
    kept = [scratch.keep(part) for part in parts]
    for _ in range(2):
        assert [b"".join(read()) for read in kept] == parts
    (file,) = made
    file.seek(0)  # type: ignore[attr-defined]
    assert file.read() == b"too manyd"  # type: ignore[attr-defined]


def test_long_ones_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 4)
    assert list(Scratch(held=0).keep(b"0123456789")()) == [b"0123", b"4567", b"89"]
