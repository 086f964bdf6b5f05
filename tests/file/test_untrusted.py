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
    record, length = json.JSONDecoder().raw_decode(data[start:].decode("latin-1"))
    end = start + length
    change(record)
    made = json.dumps(record, separators=(",", ":")).encode()
    box = start - 24
    trailer = bytearray(data[end:])
    trailer[33:41] = len(made).to_bytes(8, "little")
    trailer[41:45] = google_crc32c.value(made + bytes(trailer[:41])).to_bytes(4, "little")
    size = 24 + len(made) + len(trailer)
    return data[:box] + size.to_bytes(4, "big") + data[box + 4 : start] + made + bytes(trailer)


def test_the_rewriting_itself_is_accepted(lexical_file: Path, tmp_path: Path) -> None:
    (tmp_path / "m.mp4").write_bytes(rewritten(lexical_file, lambda record: None))
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
        {"void": [[0, 5]]},
        {"void": [[1 << 40, 1 << 40]]},
    ],
)
def test_impossible_claims_are_damage(claim: dict[str, Any], lexical_file: Path, tmp_path: Path) -> None:
    expect_damage(lexical_file, tmp_path, lambda record: record["entries"][0]["segments"][0].update(claim))


@pytest.mark.parametrize(
    ("part", "claim"),
    [
        ("indexes", {"lexical": [3, 90]}),
        ("indexes", {"chunks": 3}),
        ("indexes", {"segments": 1 << 50}),
        ("entries", {"drop": [{"segment": 1, "ordinals": [[0, 1]]}]}),
        ("entries", {"drop": [{"segment": 0, "ordinals": [[39, 2]]}]}),
        ("entries", {"revive": [{"segment": 0, "ordinals": [[1 << 60, 1]]}]}),
        ("tables", {"entries": 1 << 50, "first": 1, "place": [0, 64]}),
        ("tables", {"entries": 5, "first": 1, "place": [1 << 50, 64]}),
    ],
)
def test_impossible_states_are_damage(
    part: str, claim: dict[str, Any], lexical_file: Path, tmp_path: Path
) -> None:
    def change(record: dict[str, Any]) -> None:
        if record[part]:
            record[part][0].update(claim)
        else:
            record[part].append(claim)

    expect_damage(lexical_file, tmp_path, change)


def expect_damage(path: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    (tmp_path / "m.mp4").write_bytes(rewritten(path, change))
    with pytest.raises(Damaged), memcodec.open(tmp_path / "m.mp4") as memory:
        memory.search("patient heron")
        memory.verify(deep=True)


def test_a_document_that_is_not_what_its_hash_says_is_not_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcodec.file import content
    from memcodec.ingest.item import Item
    from memcodec.model import Document

    def forged(item: Item, name: str) -> Document:
        return Document(name, item.uri, item.title, item.time, "0" * 64, item.size)

    monkeypatch.setattr(content, "document_of", forged)
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
