"""What reaches the file: other programs' verdict, what an append costs, and what the options do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from memcodec.errors import CodecError, ConfigError
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.model import Frame
from memcodec.storage import LocalTarget, MemoryTarget
from memcodec_audio import sound
from tests.codecs.audio.conftest import Recorder, packets

KINDS = pytest.mark.parametrize(
    ("profile", "options"),
    [
        ("dense", {"bits": "16"}),
        ("dense", {"bits": "24"}),
        ("robust", {"rate": "normal"}),
        ("robust", {"rate": "low"}),
    ],
)


def run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def assert_sound(path: Path) -> None:
    """Three programs that know FLAC take the file without complaint, and agree on its length."""
    checked = run("flac", "-t", path)
    assert "ok" in checked
    assert "ERROR" not in checked
    assert run("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-") == ""
    stated = int(run("metaflac", "--show-total-samples", path))
    assert len(soundfile.read(path, dtype="int32")[0]) == stated
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "s32le", "-"], capture_output=True, check=True
    )
    assert len(raw.stdout) == 4 * stated


@KINDS
def test_other_programs_take_it(recording: Recorder, profile: Profile, options: dict[str, str]) -> None:
    path, _ = recording(profile, 5, **options)
    assert_sound(path)


def test_the_comments_tell_a_person_what_it_is(recording: Recorder) -> None:
    told = run("metaflac", "--list", recording("dense", 5)[0])
    assert "DESCRIPTION=A page of guide.\nIt says what this is." in told
    assert "DESCRIPTION=Another." in told
    assert "TITLE=Memory file" in told


@pytest.mark.parametrize(("bits", "most"), [("16", 1.18), ("24", 1.13)])
def test_media_is_hardly_larger_than_what_it_carries(bits: str, most: float) -> None:
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {"bits": bits})
    content = packets(64, writer.packet_size)
    content += [bytes(writer.packet_size)] * 64
    frames = list(writer.write_packets(content, 1))
    assert sum(frame.length for frame in frames) / sum(map(len, content)) < most


@pytest.mark.parametrize("bits", ["16", "24"])
def test_bytes_are_the_same_however_many_blocks_are_made_at_once(
    bits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = set[bytes]()
    for workers, together in ((1, (1, 1)), (1, (24, 96)), (3, (2, 7)), (4, (24, 96))):
        monkeypatch.setattr("memcodec_audio.writer.cores", lambda workers=workers: workers)
        monkeypatch.setattr("memcodec_audio.writer._TOGETHER", together)
        target = MemoryTarget()
        writer = registry.get("flac").create(target, "dense", {"bits": bits})
        assert len(list(writer.write_packets(packets(150, writer.packet_size), 1))) == 150
        made.add(bytes(target.read(0, target.size)))
    assert len(made) == 1


@pytest.mark.parametrize("rate", ["normal", "low"])
def test_robust_sound_is_of_sane_level(recording: Recorder, rate: str) -> None:
    heard = soundfile.read(recording("robust", 5, rate=rate)[0])[0]
    assert np.abs(heard).max() <= 0.5012  # -6 dBFS


@pytest.mark.slow
def test_appending_writes_new_bytes_and_the_length(tmp_path: Path) -> None:
    codec, path = registry.get("flac"), tmp_path / "m.flac"
    target = LocalTarget.create(path)
    writer = codec.create(target, "dense", {})
    list(writer.write_packets(packets(150, writer.packet_size), 1))
    writer.write_blob(bytes(9000))
    writer.commit(b"one")
    target.publish()
    target.close()
    for number in range(3):
        before = path.read_bytes()
        target = LocalTarget.reopen(path)
        writer = codec.reopen(target)
        (frame,) = writer.write_packets(packets(1, 5000, number), 1)
        writer.write_blob(b"index")
        writer.commit(b"more")
        target.close()
        after = path.read_bytes()
        assert isinstance(frame, Frame)
        assert len(after) - len(before) < frame.length + 9000
        assert after[26 : len(before)] == before[26:]
        assert after[:18] == before[:18]
        assert_sound(path)


def test_a_frame_that_does_not_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {})
    writer.write_guide([])
    size, decode = target.size, sound.decode

    def wrong(*args: object) -> object:
        samples = decode(*args)  # type: ignore[arg-type]
        assert samples is not None
        samples[0, 7] ^= 1
        return samples

    monkeypatch.setattr(sound, "decode", wrong)
    with pytest.raises(CodecError, match="decode"):
        list(writer.write_packets(packets(1, 100), 1))
    assert target.size == size


@pytest.mark.parametrize(
    ("profile", "options"),
    [
        ("dense", {"rate": "low"}),
        ("dense", {"bits": "8"}),
        ("robust", {"bits": "24"}),
        ("dense", {"colour": "red"}),
    ],
)
def test_options_that_do_not_exist_are_refused(profile: Profile, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(options))):
        registry.get("flac").create(MemoryTarget(), profile, options)


def test_blobs_are_aligned() -> None:
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {})
    for blob in (b"x", bytes(5000), b"", bytes(100_000)):
        assert writer.write_blob(blob).offset % 64 == 0
