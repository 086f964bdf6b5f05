"""What is made in threads while frames are encoded, or before them, is what it would be otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

import memcodec
from memcodec.errors import SourceError
from memcodec.file import content
from memcodec.format import block
from memcodec.ingest.walk import walk

TEXT = "".join(f"line {number} of a text about herons {number % 97}\n" for number in range(32_000))


def _lexical(file: Path) -> bytes:
    with memcodec.create(file, model="none") as memory:
        memory.add(TEXT, uri="a")
    with memcodec.open(file) as memory:
        blob = memory.reader.indexes[0].lexical
        assert blob is not None
        return bytes(blob.whole())


def test_an_index_laid_out_meanwhile_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(TEXT) in content._MEANWHILE
    meanwhile = _lexical(tmp_path / "a.flac")
    monkeypatch.setattr(content, "_MEANWHILE", range(0))
    assert meanwhile == _lexical(tmp_path / "b.flac")


def test_a_file_that_changes_before_the_dictionary_is_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    items = list(walk([tmp_path / "a.txt"]))
    (tmp_path / "a.txt").write_text("other\n")
    with (
        pytest.raises(SourceError, match="changed while it was read"),
        memcodec.create(tmp_path / "a.mp4") as memory,
    ):
        memory.add_items(items)
    assert not (tmp_path / "a.mp4").exists()


def test_what_is_packed_on_all_cores_is_as_one_by_one() -> None:
    parts = [TEXT[at : at + 5000].encode() for at in range(0, 50_000, 5000)]
    assert block.pack_each(parts, 5000, "parts") == [block.pack(each, 5000, "parts") for each in parts]
    assert block.pack_each([], 0, "parts") == []
    with pytest.raises(SourceError, match="parts take 5,000 bytes and 4,999 are the most"):
        block.pack_each(parts, 4999, "parts")
