"""A memory file may come from anybody: what it claims is bounded before it is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import pytest

import memcodec
from memcodec.errors import Damaged


def rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The file with another commit record, its checksum right."""
    data = path.read_bytes()
    start = data.rindex(b'{"format"')
    end = data.index(b"]}", start) + 2
    record = json.loads(data[start:end])
    change(record["segments"][0])
    made = json.dumps(record, separators=(",", ":")).encode()
    box = start - 24
    trailer = bytearray(data[end:])
    trailer[33:41] = len(made).to_bytes(8, "little")
    trailer[41:45] = google_crc32c.value(made + bytes(trailer[:41])).to_bytes(4, "little")
    size = 24 + len(made) + len(trailer)
    return data[:box] + size.to_bytes(4, "big") + data[box + 4 : start] + made + bytes(trailer)


def test_the_rewriting_itself_is_accepted(lexical_file: Path, tmp_path: Path) -> None:
    (tmp_path / "m.mp4").write_bytes(rewritten(lexical_file, lambda segment: None))
    with memcodec.open(tmp_path / "m.mp4") as memory:
        assert memory.verify(deep=True).ok


@pytest.mark.parametrize(
    "claim",
    [
        {"packets": 1 << 40},
        {"parity": 1 << 61},
        {"text": 1 << 60},
        {"chunks": 1 << 50},
        {"stream": 1},
        {"stream": 1 << 50},
        {"payload": 1 << 40},
        {"documents": 1 << 50},
        {"catalogue": [0, 1 << 50]},
        {"catalogue": [1 << 50, 64]},
        {"lexical": [3, 90]},
    ],
)
def test_impossible_claims_are_damage(claim: dict[str, Any], lexical_file: Path, tmp_path: Path) -> None:
    (tmp_path / "m.mp4").write_bytes(rewritten(lexical_file, lambda segment: segment.update(claim)))
    with pytest.raises(Damaged), memcodec.open(tmp_path / "m.mp4") as memory:
        memory.search("patient heron")
        memory.verify(deep=True)


def test_a_document_that_is_not_what_its_hash_says_is_not_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcodec import content
    from memcodec.ingest.item import Item
    from memcodec.model import Document

    def forged(item: Item, name: str) -> Document:
        return Document(name, item.uri, item.title, item.time, "0" * 64, item.size)

    monkeypatch.setattr(content, "_document", forged)
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add("text", uri="a.txt")
    with memcodec.open(tmp_path / "m.mp4") as memory:
        report = memory.restore(tmp_path / "out")
        assert [(loss.document.uri, loss.ranges) for loss in report.losses] == [("a.txt", ())]
        assert not memory.verify(deep=True).ok
    assert not (tmp_path / "out").exists()


def test_a_packet_in_another_ones_place_is_not_believed(
    lexical_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with memcodec.open(lexical_file) as memory:
        media = memory.reader.media
        read = media.read_packets

        def rotated(places: Any) -> list[bytes | None]:
            found = read(places)
            return found[1:] + found[:1]

        monkeypatch.setattr(media, "read_packets", rotated)
        (segment,) = memory.reader.segments
        assert {parsed for _, parsed in segment.intact()} == {None}
        with pytest.raises(Damaged):
            memory.get(5)
