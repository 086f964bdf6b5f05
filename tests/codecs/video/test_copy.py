"""Frames of other films, copied: the same bytes, in fragments that go on, and no player notices."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.media import registry
from memcodec.media.contract import MediaReader, Profile
from memcodec.model import Frame
from memcodec.storage import LocalTarget, MemorySource, MemoryTarget, Source
from memcodec_video import boxes

pytestmark = pytest.mark.slow

Film = Callable[[str, Profile, int], tuple[Path, list[bytes]]]
KINDS = pytest.mark.parametrize("codec", ["av1", "h264", "h265", "mp4v", "vp9"])
SIZES = pytest.mark.parametrize(("profile", "count"), [("dense", 90), ("robust", 12)])


def frames_in(source: Source, reader: MediaReader) -> list[Frame]:
    """The film's data frames; nine packets in each of a dense one, one in a robust one."""
    guide = dict(reader.layout())["guide"]
    extents = [extent for extent in boxes.samples(source) if extent.offset > guide.offset + guide.length]
    return [Frame(*extent, 1) for extent in extents]


@KINDS
@SIZES
def test_players_take_a_copy_of_two_films(
    film: Film, tmp_path: Path, codec: str, profile: Profile, count: int
) -> None:
    source = MemorySource(film(codec, profile, count)[0].read_bytes())
    reader = registry.get(codec).open(source)
    frames, path = frames_in(source, reader), tmp_path / "copy.mp4"
    target = LocalTarget.create(path)
    writer = registry.get(codec).create(target, profile)
    copied = [frame for _ in range(2) for frame in writer.copy_frames(source, frames)]
    writer.commit(b"")
    writer.close()
    target.publish()
    data = path.read_bytes()
    target.close()
    for old, new in zip([*frames, *frames], copied, strict=True):
        assert data[new.offset :][: new.length] == source.get_bytes(old.offset, old.length)
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames,duration"]
    shown = subprocess.run([*command, "-of", "csv=p=0", path], capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    assert shown.stdout.strip().endswith(str(len(copied)))


def test_fragments_are_of_the_usual_shape_and_count_on(film: Film) -> None:
    source = MemorySource(film("av1", "dense", 180)[0].read_bytes())
    frames = frames_in(source, registry.get("av1").open(source))
    assert len(frames) == 20
    target = MemoryTarget()
    writer = registry.get("av1").create(target, "dense")
    list(writer.write_packets([bytes(9)] * 9, 9))
    list(writer.copy_frames(source, frames))
    list(writer.write_packets([bytes(9)] * 9, 9))
    data = bytes(target.source().get_bytes(0, target.size))
    moofs = [box.offset for box in boxes.walk(MemorySource(data)) if box.kind == b"moof"]
    numbers = [int.from_bytes(data[at + 20 : at + 24], "big") for at in moofs]
    times = [int.from_bytes(data[at + 64 : at + 72], "big") for at in moofs]
    assert (numbers, times) == ([1, 2, 3, 4, 5], [0, 1, 9, 17, 21])


def test_frames_coded_with_other_parameters_are_not_accepted(film: Film) -> None:
    data = film("h264", "robust", 12)[0].read_bytes()
    writer = registry.get("h264").create(MemoryTarget(), "robust")
    assert writer.accepts(MemorySource(data))
    stsd = boxes.sample_description(data[:4096])
    assert stsd is not None
    assert stsd[4:8] == b"stsd"
    place = data.index(stsd)
    for spot in (place + 20, data.index(b"avcC") + 12, place + len(stsd) - 1):
        changed = bytearray(data)
        changed[spot] ^= 1
        assert not writer.accepts(MemorySource(changed))
    assert not writer.accepts(MemorySource(data[: place + len(stsd) - 1]))
    unnamed = data[:4096].replace(b"memcodec-config", b"someone-else's-") + data[4096:]
    assert not writer.accepts(MemorySource(unnamed))
