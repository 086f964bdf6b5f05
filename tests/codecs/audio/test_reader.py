"""Packets out of whole, damaged, cut, re-encoded and foreign files."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from memcodec.errors import Damaged, NotAMemoryFile
from memcodec.media import registry
from memcodec.media.contract import MediaReader
from memcodec.model import Extent
from memcodec.storage import LocalSource, MemorySource
from memcodec_audio import frames
from tests.codecs.audio.conftest import BLOB, Recorder

COUNT = 60


def opened(source: Path | bytes) -> MediaReader:
    return registry.get("flac").open(
        MemorySource(source) if isinstance(source, bytes) else LocalSource(source)
    )


def ffmpeg(path: Path, out: Path, *options: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, *options, out], check=True)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("bits", ["16", "24"])
@pytest.mark.parametrize(
    ("name", "options"),
    [("copy.flac", ["-c", "copy"]), ("again.flac", []), ("wave.wav", []), ("apple.m4a", ["-c:a", "alac"])],
)
def test_lossless_copies_of_dense_sound_keep_every_packet(
    recording: Recorder, tmp_path: Path, bits: str, name: str, options: list[str]
) -> None:
    path, content = recording("dense", COUNT, bits=bits)
    if name == "wave.wav":
        options = ["-c:a", f"pcm_s{bits}le"]
    found = set(opened(ffmpeg(path, tmp_path / name, *options)).scan())
    assert found == set(content)


def test_the_reference_encoder_keeps_every_packet(recording: Recorder, tmp_path: Path) -> None:
    path, content = recording("dense", COUNT)
    subprocess.run(["flac", "-s", "-b", "1152", "-o", tmp_path / "again.flac", path], check=True)
    assert set(opened(tmp_path / "again.flac").scan()) == set(content)


def test_a_cut_loses_what_it_cuts(recording: Recorder, tmp_path: Path) -> None:
    path, content = recording("dense", COUNT)
    cut = ffmpeg(path, tmp_path / "cut.flac", "-ss", "0.5")
    found = set(opened(cut).scan())
    assert found == set(content[6:])  # 0.5 s are 5.86 blocks


@pytest.mark.slow
@pytest.mark.parametrize("options", [["-b:a", "128k"], ["-b:a", "160k", "-ar", "44100", "-ac", "2"]])
def test_robust_sound_survives_mp3(recording: Recorder, tmp_path: Path, options: list[str]) -> None:
    path, content = recording("robust", 5)
    assert set(opened(ffmpeg(path, tmp_path / "a.mp3", *options)).scan()) == set(content)


def test_every_hole_costs_only_what_it_touches(recording: Recorder) -> None:
    path, content = recording("dense", COUNT)
    data = path.read_bytes()
    places = [(frame.offset, frame.end) for frame in frames.walk(MemorySource(data)) if not frame.raw]
    chance = random.Random(3)
    for _ in range(25):
        length = chance.choice([1, 7, 300, 12_000, 60_000])
        start = chance.randrange(len(data) - length)
        hole = data[:start] + bytes(length) + data[start + length :]
        expected = {
            packet
            for packet, (begin, end) in zip(content, places, strict=True)
            if end <= start or start + length <= begin
        }
        # A zeroed byte may have been zero, so more than that may be left.
        assert expected <= set(opened(hole).scan()) <= set(content)


def test_bytes_that_look_like_a_frame_inside_an_index_are_no_frame() -> None:
    from memcodec.storage import MemoryTarget
    from memcodec_audio import flac

    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {})
    trap = b"some" + flac.header(77, 24) + bytes(2000) + flac.raw_head(5, 24) + bytes(3000)
    extent = writer.write_blob(trap * 3)
    writer.commit(b"record")
    reader = registry.get("flac").open(target.source())
    assert [frame.number for frame in frames.walk(target.source())] == list(range(5))
    assert bytes(reader.read_blob(extent)) == trap * 3
    assert [name for name, _ in reader.layout()] == ["header", "guide", "header", "index", "commit"]


def test_blobs_of_every_commit_are_found(recording: Recorder) -> None:
    path, _ = recording("dense", COUNT)
    data = path.read_bytes()
    reader = opened(path)
    parts = [extent for name, extent in reader.layout() if name == "index"]
    assert len(parts) == 2
    for extent, blob in zip(parts, (BLOB, BLOB[5:]), strict=True):
        start = next(
            at for at in range(extent.offset, extent.offset + 100) if data[at : at + 400] == blob[:400]
        )
        assert bytes(reader.read_blob(Extent(start, len(blob)))) == blob
        assert bytes(reader.read_blob(Extent(start, len(blob)), 4090, 20)) == blob[4090:4110]
    with pytest.raises(Damaged):
        reader.read_blob(Extent(3, 10))
    with pytest.raises(Damaged):
        reader.read_blob(Extent(parts[0].offset + 100, 1 << 30))


def test_a_changed_length_in_streaminfo_is_seen(recording: Recorder) -> None:
    data = bytearray(recording("dense", COUNT)[0].read_bytes())
    assert all(name != "damaged" for name, _ in opened(bytes(data)).layout())
    data[25] ^= 1
    assert next(opened(bytes(data)).layout()) == ("damaged", Extent(0, 42))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-ar", "44100"], "44100 Hz"),
        (["-ac", "2"], "2 channels"),
        (["-ac", "6", "-ar", "96000"], "96000 Hz, 6 channels"),
    ],
)
def test_sound_that_no_memory_file_has_is_told_so(tmp_path: Path, options: list[str], told: str) -> None:
    path = tmp_path / "other.flac"
    tone = ["-f", "lavfi", "-i", "sine=d=0.3:r=48000"]
    subprocess.run(["ffmpeg", "-v", "error", *tone, *options, path], check=True)
    with pytest.raises(NotAMemoryFile, match=told) as caught:
        list(opened(path).commits())
    assert "\n" not in str(caught.value)
    assert list(opened(path).scan()) == []


def test_plain_sound_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.flac"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1:r=48000", path], check=True)
    reader = opened(path)
    assert list(reader.commits()) == []
    assert list(reader.scan()) == []


def test_a_file_with_no_head_says_itself_what_it_is(recording: Recorder) -> None:
    for profile, options in (
        ("dense", {"bits": "16"}),
        ("dense", {"bits": "24"}),
        ("robust", {"rate": "low"}),
    ):
        path, content = recording(profile, 5, **options)
        data = path.read_bytes()
        middle = next(frame for frame in frames.walk(MemorySource(data)) if not frame.raw).offset
        assert set(opened(data[middle:-5000]).scan()) >= set(content[:-2])
