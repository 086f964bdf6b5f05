"""What other programs make of a file still gives its packets back: remuxed, re-encoded, scaled."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.media import registry
from memcodec.storage import MemorySource

pytestmark = pytest.mark.slow

CODECS = ["av1", "h264", "h265", "mp4v", "vp9"]
LOSSY = {
    "x264 crf 28": (["-c:v", "libx264", "-crf", "28"], "mp4"),
    "x264 crf 35": (["-c:v", "libx264", "-crf", "35"], "mp4"),
    "three quarters": (["-vf", "scale=iw*3/4:ih*3/4", "-c:v", "libx264", "-crf", "23"], "mkv"),
    "vp9 crf 35": (
        ["-c:v", "libvpx-vp9", "-crf", "35", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "8"],
        "webm",
    ),
}

X264 = ["-c:v", "libx264", "-preset", "veryfast"]
CONSTANT = {
    "as stated": (["-fps_mode", "cfr", *X264], "mp4"),
    "24 frames a second": (["-fps_mode", "cfr", "-r", "24", *X264], "mp4"),
    "60 frames a second": (["-fps_mode", "cfr", "-r", "60", *X264], "mp4"),
    "AVI": (["-c:v", "mpeg4", "-q:v", "3"], "avi"),
    "MPEG-TS": (["-r", "25", *X264], "ts"),
    "M2TS": (["-r", "25", *X264, "-f", "mpegts", "-mpegts_m2ts_mode", "1"], "m2ts"),
    "MPEG-PS": (["-r", "25", "-c:v", "mpeg2video", "-q:v", "3"], "mpg"),
    "Windows Media": (["-r", "25", "-c:v", "wmv2", "-q:v", "3"], "wmv"),
    "FLV": (X264, "flv"),
    "QuickTime": (X264, "mov"),
}

Film = Callable[[str, str, int], tuple[Path, list[bytes]]]


def convert(path: Path, out: Path, options: list[str]) -> bytes:
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, *options, out], check=True)
    return out.read_bytes()


def scan(data: bytes) -> set[bytes]:
    source = MemorySource(data)
    reader = registry.detect(source).open(source)
    try:
        assert list(reader.commits()) == []
        return set(reader.scan())
    finally:
        reader.close()


@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize("codec", CODECS)
def test_remuxed_file_keeps_every_packet(film: Film, tmp_path: Path, codec: str, container: str) -> None:
    path, packets = film(codec, "dense", 20)
    data = convert(path, tmp_path / f"b.{container}", ["-c", "copy"])
    assert scan(data) == set(packets)


@pytest.mark.parametrize("how", LOSSY)
@pytest.mark.parametrize("codec", CODECS)
def test_robust_profile_survives(film: Film, tmp_path: Path, codec: str, how: str) -> None:
    path, packets = film(codec, "robust", 12)
    options, container = LOSSY[how]
    assert scan(convert(path, tmp_path / f"b.{container}", options)) == set(packets)


@pytest.mark.parametrize("how", CONSTANT)
def test_no_frame_is_left_out_at_a_constant_rate(film: Film, tmp_path: Path, how: str) -> None:
    path, packets = film("h264", "robust", 12)
    options, container = CONSTANT[how]
    assert scan(convert(path, tmp_path / f"b.{container}", options)) == set(packets)
