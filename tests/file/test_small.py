"""A small memory is small, and as safe as a large one."""

from __future__ import annotations

from pathlib import Path

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.format import packet, stream
from memcodec.media import registry
from memcodec.storage.ram import MemoryTarget

LONE = {"note.md": prose(7, 600)}
HUNDRED = {f"notes/{number}.md": prose(100 + number, 1380) for number in range(100)}


def written(path: Path, notes: dict[str, str], codec: str, profile: str = "dense") -> memcodec.Memory:
    with memcodec.create(path, codec=codec, profile=profile, model="none") as memory:
        for uri, text in notes.items():
            memory.add(text, uri=uri)
    return memcodec.open(path)


@pytest.mark.parametrize(
    "codec, profile, most", [("av1", "dense", 13_000), ("av1", "robust", 24_000), ("flac", "dense", 25_000)]
)
def test_a_lone_note_takes_no_more_than_it_must(tmp_path: Path, codec: str, profile: str, most: int) -> None:
    with written(tmp_path / f"lone{registry.get(codec).suffixes[0]}", LONE, codec, profile) as memory:
        assert memory.info().size <= most


@pytest.mark.parametrize("codec, most", [("av1", 0.98), ("flac", 0.98)])
def test_a_hundred_notes_take_less_than_their_text(tmp_path: Path, codec: str, most: float) -> None:
    with written(tmp_path / f"notes{registry.get(codec).suffixes[0]}", HUNDRED, codec) as memory:
        info = memory.info()
        assert info.size <= most * info.text
        assert info.parts["parity"] <= 0.6 * info.parts["text"]


@pytest.mark.parametrize("codec", ["av1", "flac"])
@pytest.mark.parametrize("notes", [LONE, HUNDRED], ids=["lone", "hundred"])
def test_what_a_run_of_lost_frames_took_comes_back(tmp_path: Path, notes: dict[str, str], codec: str) -> None:
    path = tmp_path / f"notes{registry.get(codec).suffixes[0]}"
    with written(path, notes, codec) as memory:
        frames = memory.reader.segments[0].frames()
    whole = path.read_bytes()
    run = int(0.08 * len(frames)) + 1  # one that is cut at both ends touches a frame more than it fills
    for first in range(0, len(frames) - run + 1, max(1, len(frames) // 8)):
        data = bytearray(whole)
        for frame in frames[first : first + run]:
            data[frame.offset : frame.offset + frame.length] = bytes(frame.length)
        with memcodec.open(bytes(data)) as memory:
            assert {each.uri: memory.read(each) for each in memory.documents()} == notes


@pytest.mark.parametrize("codec, profile", [("av1", "dense"), ("av1", "robust"), ("flac", "dense")])
def test_packets_grow_with_what_they_carry(codec: str, profile: str) -> None:
    sizes = registry.get(codec).create(MemoryTarget(), profile).packet_sizes  # type: ignore[arg-type]
    assert [each.size for each in sizes] == sorted({each.size for each in sizes})
    payloads = [stream.payload_for(size, 0.1, sizes) for size in (100, 1_000, 10_000, 100_000, 10_000_000)]
    assert payloads == sorted(payloads)
    assert payloads[-1] == packet.payload_size(sizes[-1].size) > payloads[0]
