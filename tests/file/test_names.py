"""What the tables of commits tell of uris and roots: an append looks into few catalogues, and finds what all tell."""

from __future__ import annotations

from pathlib import Path

import pytest

import memcodec
from memcodec.file import names, reader
from memcodec.file.reader import Reader, read_file
from memcodec.file.segment import SegmentReader
from memcodec.format import packed

COMMITS = 64  #: tables of all their entries but for the last few


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of many commits, from texts and from folders; some documents are dropped, and some came back."""
    folder = tmp_path_factory.mktemp("names")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "SMALL", 0)  # or a table is packed as a whole
        return _grown(folder)


def _grown(folder: Path) -> Path:
    file = folder / "a.flac"
    for number in range(COMMITS):
        with memcodec.open(file) if number else memcodec.create(file, index="none") as memory:
            if number % 9 == 0:
                notes = folder / f"folder{number}"
                notes.mkdir()
                (notes / "note.txt").write_text(f"note {number}")
                memory.add_path(notes)
            else:
                memory.add(f"text {number}", uri=f"{number}.txt")
    with memcodec.open(file) as memory:
        memory.forget(memcodec.Filter(documents=["5.txt", "6.txt"]))
        memory.rollback(COMMITS)
        memory.forget(memcodec.Filter(documents=["6.txt"]))
    return file


def _found(read: Reader) -> tuple[object, ...]:
    uris = [f"{number}.txt" for number in range(COMMITS)] + ["note.txt", "none.txt"]
    named = [(each.segment.number, each.ordinal, each.document) for each in read.named(uris)]
    return named, list(dict.fromkeys(read.roots()))


def test_few_catalogues_are_opened(grown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = list[int]()
    blob_of = SegmentReader.catalogue_blob
    monkeypatch.setattr(
        SegmentReader, "catalogue_blob", lambda self: opened.append(self.number) or blob_of(self)
    )
    with memcodec.open(grown) as memory:
        assert not list(memory.reader.named(["none.txt"]))
        assert list(memory.reader.roots())
        assert len(opened) <= 8
        assert [each.document.uri for each in memory.reader.named(["17.txt"])] == ["17.txt"]
        assert len(opened) <= 9


def test_the_tables_tell_what_the_catalogues_do(grown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with memcodec.open(grown) as memory:
        assert any(told for told, _ in memory.reader.names)
        told = _found(memory.reader)
    monkeypatch.setattr(reader, "of_table", lambda blob, segments: None)
    with memcodec.open(grown) as memory:
        assert _found(memory.reader) == told


def test_segments_of_many_documents_are_asked_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FEW", 2)
    file = tmp_path / "a.flac"
    for number in range(9):
        with memcodec.open(file) if number else memcodec.create(file, index="none") as memory:
            for part in range(1 + number % 4):
                memory.add(f"text {number} {part}", uri=f"{number}.{part}.txt")
    with memcodec.open(file) as memory:
        told, segments = memory.reader.names[0]
        assert told is not None and len(told.hashes) < sum(each.documents for each in segments)
        assert {each.document.uri for each in memory.reader.named(["3.3.txt", "8.0.txt"])} == {
            "3.3.txt",
            "8.0.txt",
        }


def test_a_damaged_copy_is_passed_over(grown: Path, tmp_path: Path) -> None:
    """Whatever stands in a table's copies, documents are found by their catalogues."""
    with memcodec.open(grown) as memory:
        table, told = memory.reader.record.tables[0], _found(memory.reader)
        at = memory.reader.names[0][0]
        assert at is not None
        hashes = at.hashes.tobytes()
    data = bytearray(grown.read_bytes())
    place = data.index(hashes[:16], table.place.offset)
    data[place] ^= 1
    broken = tmp_path / "b.flac"
    broken.write_bytes(data)
    read = read_file(broken)
    assert read.names[0][0] is None
    assert _found(read) == told
    read.close()
