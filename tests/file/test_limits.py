"""What a writer keeps to, so that no reader refuses its file: it splits, leaves a copy out, or refuses in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import SourceError, StorageError
from memcodec.file import commit, opening, state
from memcodec.file.filter import Filter
from memcodec.file.opening import BlobCopy
from memcodec.format import budget, change, documents
from memcodec.format.blob import in_memory
from memcodec.format.documents import Stored
from memcodec.model import Document, Extent
from memcodec.storage import RamFile

SETTINGS = Settings.of(model="none", parity=0)


def small() -> RamFile:
    file = RamFile("notes.mp4")
    with memcodec.create(file, settings=SETTINGS) as memory:
        for number in range(12):
            memory.add(f"Note {number}.", uri=f"{number}.txt")
    return file


def test_more_is_not_forgotten_at_once_than_a_record_says(monkeypatch: pytest.MonkeyPatch) -> None:
    file = small()
    before = file.to_bytes()
    monkeypatch.setattr(change, "MAX_CHANGE", 200)
    with (
        memcodec.open(file, settings=SETTINGS) as memory,
        pytest.raises(SourceError, match=r"drops and brings back take .* 200 are the most; write less"),
    ):
        memory.forget(Filter(path="*"))
    assert file.to_bytes() == before


def test_commits_that_fill_a_table_begin_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_TABLE", 2000)
    file = small()
    for number in range(12):
        with memcodec.open(file, settings=SETTINGS) as memory:
            memory.forget(Filter(documents=(f"{number}.txt",)))
    with memcodec.open(file) as memory:
        assert [each.number for each in memory.log()] == list(range(1, 14))
        assert len(memory.reader.record.tables) > 1 and not list(memory)


def test_a_commit_too_large_for_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "INLINE_BYTES", 0)
    file = RamFile("notes.mp4")
    monkeypatch.setattr(state, "MAX_TABLE", 20)
    with (
        pytest.raises(SourceError, match="20 are the most"),
        memcodec.create(file, settings=SETTINGS) as memory,
    ):
        memory.add("more", uri="more.txt")
    with pytest.raises(StorageError, match="nothing was committed"):
        file.to_bytes()


def test_an_opening_leaves_out_what_a_reader_does_not_take() -> None:
    parts = [BlobCopy(Extent(number << 23, 1 << 23), 0, bytes(4 << 20)) for number in range(5)]
    found = opening.unpack(in_memory(opening.pack(parts), "an opening"))
    assert found == parts[: len(found)] and len(found) == 3


def test_what_describes_a_document_is_measured_in_bytes() -> None:
    """Sixteen of them fill a group of a catalogue, and a character has up to four."""
    title = "€" * (budget.MAX_DESCRIPTION // 3 - 100)
    document = Document("0" * 16, "a.txt", title, datetime(2026, 1, 2, tzinfo=UTC), "0" * 64, 0, {})
    row = documents.described(Stored(document, 0))
    assert 16 * (len(row.encode()) + 1) + 1 < budget.MAX_DOCUMENTS
    with pytest.raises(SourceError, match=r"a\.txt: its title"):
        documents.described(Stored(replace(document, title=title + "€" * 100), 0))
