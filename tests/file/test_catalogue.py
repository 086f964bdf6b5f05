"""The catalogue: documents found by uri, chunks by document, and the same tables for frames elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.file import catalogue
from memcodec.file.catalogue import Catalogue
from memcodec.file.catalogue_builder import CatalogueBuilder, moved
from memcodec.format.blob import Blob, BlobWriter
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.documents import Stored
from memcodec.model import Document, Frame

TIME = datetime(2024, 5, 6, tzinfo=UTC)
SIZE = 100  # bytes of each document, two chunks
FRAMES = [Frame(1100, 5000, 4), Frame(6200, 4000, 3)]


def _builder(uris: list[str]) -> CatalogueBuilder:
    made = CatalogueBuilder()
    for number, uri in enumerate(uris):
        start = number * SIZE
        made.stored.append(Stored(Document(f"{number:016x}", uri, uri, TIME, "0" * 64, SIZE), start))
        made.add_chunk(start, start + 60, 1, 4)
        made.add_chunk(start + 60, start + SIZE, 4, 6)
    for number in range(-(-len(uris) * SIZE // BLOCK_SIZE)):
        made.add_block(30 + number * 700, 700)
    return made


def _built(uris: list[str]) -> bytes:
    return _builder(uris).to_bytes(1000, 1100, FRAMES, [7, 8], 40, (b"file", 1))


def _blob(data: bytes) -> Blob:
    return Blob(lambda start, length: memoryview(data)[start : start + length], "test")


def _opened(data: bytes, documents: int) -> Catalogue:
    return Catalogue(_blob(data), documents * SIZE, 7)


def _changed(data: bytes, **sections: bytes) -> bytes:
    """The catalogue with some sections replaced."""
    old, new = _blob(data), BlobWriter(catalogue.KIND)
    for name in old.names():
        content = sections.get(name, bytes(old.read(name)))
        if content == old.read(name):
            new.copy(old, name)
        else:
            new.add(name, content, [len(content)])
    return new.to_bytes()


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.sets(st.sampled_from("abcxyz")))
@settings(deadline=None)
def test_documents_are_found_by_uri(uris: list[str], wanted: set[str]) -> None:
    expected = [number for number, uri in enumerate(uris) if uri in wanted]
    assert _opened(_built(uris), len(uris)).named(wanted) == expected


@pytest.mark.parametrize("documents", [1, 64, 65, 128, 129, 200, 256, 257])
def test_chunks_are_found_in_groups_of_either_size(documents: int, monkeypatch: pytest.MonkeyPatch) -> None:
    uris = [f"{number}" for number in range(documents)]
    new = _opened(_built(uris), documents)
    monkeypatch.setattr("memcodec.file.catalogue_builder.CHUNK_GROUP", 256)
    old = _opened(_built(uris), documents)
    for number in {0, 127, 128, 255, 256, 2 * documents - 1}:
        if number < 2 * documents:
            start = number // 2 * SIZE
            expected = (start + 60, start + SIZE, 4, 6) if number % 2 else (start, start + 60, 1, 4)
            assert new.chunk(number) == old.chunk(number) == expected
    assert (new.chunk_starts() == old.chunk_starts()).all()
    assert new.blob.units("chunks") == -(-documents // 64)  # a row is read with 127 others at most
    assert old.blob.units("chunks") == -(-documents // 128)


def test_hashes_are_of_the_uri_in_utf_8() -> None:
    hashes = _blob(_built(["notes/Größe.md"])).array("uris", "<u8")
    # printf 'notes/Größe.md' | sha256sum
    assert hashes.astype("<u8").tobytes().hex() == "b617f450d7f07e8b"


def test_only_groups_that_hold_the_uri_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _opened(_built([f"u{number}" for number in range(200)]), 200)
    groups: list[int] = []
    read = found._group
    monkeypatch.setattr(found, "_group", lambda group: (groups.append(group), read(group))[1])
    assert found.named(["u40", "u199", "absent"]) == [40, 199]
    assert groups == [2, 12]


def test_a_hash_that_is_shared_finds_no_other_uri() -> None:
    data = _built(["one", "two"])
    one = bytes(_blob(data).read("uris"))[:8]
    assert _opened(_changed(data, uris=one * 2), 2).named({"one"}) == [0]


@pytest.mark.parametrize("section", ["uris", "starts", "starts.first", "documents", "chunks", "chunks.first"])
def test_a_table_of_the_wrong_size_is_damage(section: str) -> None:
    data = _built([f"u{number}" for number in range(200)])
    short = bytes(_blob(data).read(section))[:-4]
    with pytest.raises(Damaged, match="repair"):
        found = _opened(_changed(data, **{section: short}), 200)
        found.chunk_documents()
        found.document(0)
        found.chunk(0)


def test_chunks_know_their_documents() -> None:
    found = _opened(_built([f"u{number}" for number in range(300)]), 300)
    assert found.chunk_documents().tolist() == [number // 2 for number in range(600)]
    assert found.chunk_documents()[431] == found.document_at(found.chunk(431)[0])
    assert len(_opened(_built([]), 0).chunk_documents()) == 0


def test_empty_documents_hold_no_chunks() -> None:
    made = _builder(["a", "b"])
    empty = Document("f" * 16, "empty", "", TIME, "0" * 64, 0)
    made.stored.insert(1, Stored(empty, SIZE))
    found = Catalogue(_blob(made.to_bytes(0, 0, FRAMES, [7, 8], 40, (b"file", 1))), 2 * SIZE, 7)
    assert found.chunk_documents().tolist() == [0, 0, 2, 2]
    assert found.named({"empty"}) == [1]


def test_moved_to_the_same_place_is_the_same_bytes() -> None:
    data = _built([f"u{number}" for number in range(300)])
    assert moved(_opened(data, 300), 1000, 1100, FRAMES, [7, 8], 40) == data


def test_moved_differs_in_its_frames_alone() -> None:
    old = _opened(_built([f"u{number}" for number in range(40)]), 40)
    frames = [frame._replace(offset=frame.offset + 50_000, length=90) for frame in FRAMES]
    new = _opened(moved(old, 40_000, 49_000, frames, [98, 99], 40), 40)
    rows = [[frames[0].offset, 90, 0, 98], [frames[1].offset, 90, FRAMES[0].packets, 99]]
    assert (new.begin, new.media, new.frames().T.tolist()) == (40_000, 49_000, rows)
    assert new.frame_of(FRAMES[0].packets) == (frames[1], 0)
    assert list(new.all_documents()) == list(old.all_documents())
    assert [new.chunk(number) for number in range(80)] == [old.chunk(number) for number in range(80)]
    assert (new.block_spans(0, new.blocks) == old.block_spans(0, old.blocks)).all()
    assert new.named({"u7"}) == [7]


def test_moved_keeps_what_it_does_not_know() -> None:
    old = _blob(_built(["one"]))
    meta = json.dumps(json.loads(bytes(old.read("meta"))) | {"later": 1}).encode()
    data = bytearray(moved(_opened(_changed(_built(["one"]), meta=meta), 1), 5, 6, FRAMES, [7, 8], 40))
    assert json.loads(bytes(_blob(bytes(data)).read("meta")))["later"] == 1


def test_moved_never_copies_damage() -> None:
    data = bytearray(_built([f"u{number}" for number in range(3000)]))
    data[-100] ^= 1  # among the hashes, which moving has no need to understand
    found = _opened(bytes(data), 3000)
    with pytest.raises(Damaged):
        moved(found, 1000, 1100, FRAMES, [7, 8], 40)


def test_a_small_catalogue_of_known_length_takes_one_read() -> None:
    data, reads = _built(["one"]), []

    def read(start: int, length: int) -> memoryview:
        reads.append((start, length))
        return memoryview(data)[start : start + length]

    found = Catalogue(Blob(read, "test", len(data)), SIZE, 7)
    assert found.document(0).document.uri == "one" and found.chunk(1) == (60, SIZE, 4, 6)
    assert np.array_equal(found.frames()[0], [1100, 6200])
    assert reads == [(0, len(data))]
