"""Nothing is written that does not read back; ratios; guide pages; what the files promise on disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from memcodec.errors import CodecError
from memcodec.media import registry
from memcodec.storage import MemorySource, MemoryTarget
from memcodec_video import boxes, encode, guide, qr, reader, writer
from memcodec_video.commits import VideoConfig, commit_box
from memcodec_video.decode import Decoder
from memcodec_video.layout import Layout, Luma
from memcodec_video.profiles import DENSE, ROBUST, SETTINGS

Film = Callable[[str, str, int], tuple[Path, list[bytes]]]
CODECS = ["av1", "h264", "h265", "mp4v", "vp9"]
# Media bytes for each packet byte, boxes included: the promised bound, or what was measured and a tenth.
BOUNDS = {
    ("av1", "dense"): 1.455,
    ("h264", "dense"): 4.4,
    ("h264", "robust"): 5.9,
    ("h265", "dense"): 4.1,
    ("vp9", "dense"): 5.2,
    ("av1", "robust"): 5.3,
    ("vp9", "robust"): 8.4,
    ("h265", "robust"): 13.2,
    ("mp4v", "dense"): 4.4,
    ("mp4v", "robust"): 15.2,
}


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "profile"), BOUNDS)
def test_ratio(film: Film, codec: str, profile: str) -> None:
    count = 90 if profile == "dense" else 12
    path, packets = film(codec, profile, count)
    parts = dict(registry.get(codec).open(MemorySource(path.read_bytes())).layout())
    assert parts["media"].length / sum(map(len, packets)) <= BOUNDS[codec, profile]


def test_a_frame_that_does_not_read_back_is_drawn_with_another_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    masks: list[int] = []
    draw = qr.draw

    def damaging(packets: list[bytes], level: qr.Level, mask: int, least: int) -> qr.Modules:
        masks.append(mask)
        return draw(packets, level, mask, least)

    def paint(self: object, symbols: qr.Modules) -> Luma:
        return whole(DENSE, symbols if masks[-1] > 2 else symbols & False)

    whole = type(DENSE).paint
    monkeypatch.setattr(writer.qr, "draw", damaging)
    monkeypatch.setattr(type(DENSE), "paint", paint)
    target = MemoryTarget()
    media = registry.get("av1").create(target, "dense")
    packet = bytes(100)
    assert len(list(media.write_packets([packet], 9))) == 1
    assert masks == [0, 1, 2, 3]


def test_an_encoder_that_spoils_every_frame_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    target = MemoryTarget()
    media = registry.get("av1").create(target, "dense")
    size = target.size
    monkeypatch.setattr(
        Decoder, "decode", lambda self, sample: np.full((DENSE.height, DENSE.width), 255, np.uint8)
    )
    with pytest.raises(CodecError, match="read back"):
        list(media.write_packets([bytes(100)], 9))
    assert target.size == size


def test_a_missing_encoder_is_an_error_and_no_other_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import av

    monkeypatch.setattr(av, "codecs_available", {"libx264"})
    for name in ("av1", "h265", "mp4v", "vp9"):
        assert "without" in (registry.get(name).missing() or "")
        with pytest.raises(CodecError, match=SETTINGS[name, "dense"].encoder):
            registry.get(name).create(MemoryTarget(), "dense")
    assert registry.get("h264").missing() is None


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("profile", ["dense", "robust"])
def test_the_guide_is_read_by_any_reader(codec: str, profile: str) -> None:
    text = "This is a memory file.\n\n" + "Every frame is a grid of QR codes. " * 8
    target = MemoryTarget()
    media = registry.get(codec).create(target, profile)  # type: ignore[arg-type]
    media.write_guide([text, "Second page"])
    source = target.source()
    pages = [Decoder(codec).decode(source.get_bytes(*extent)) for extent in boxes.samples(source)]
    assert [zxingcpp.read_barcode(page).text for page in pages] == [f"{text}\n\nSecond page"]


def test_a_guide_page_that_is_too_long_is_an_error() -> None:
    for text in ("word " * 3000, "line\n" * 30):
        with pytest.raises(CodecError, match="too long"):
            guide.draw_page([text], DENSE)


def test_frames_decode_without_headers_and_fragments_count_on() -> None:
    codec, target = registry.get("h264"), MemoryTarget()
    media = codec.create(target, "dense")
    list(media.write_packets([bytes(9)] * 10, 1))
    media.commit(b"")
    media = codec.reopen(target)
    list(media.write_packets([bytes(9)] * 3, 1))
    media.commit(b"")
    data = bytes(target.source().get_bytes(0, target.size))
    numbers = [int.from_bytes(data[i + 8 : i + 12], "big") for i in occurrences(data, b"mfhd")]
    times = [int.from_bytes(data[i + 8 : i + 16], "big") for i in occurrences(data, b"tfdt")]
    assert (numbers, times) == ([1, 2, 3], [0, 8, 10])


@pytest.mark.parametrize(
    ("layout", "sequence", "time"),
    [(ROBUST, 2, 1), (Layout("L", 3, 3, 2), 2, 1), (DENSE, (1 << 32) - 1, 1), (DENSE, 2, (1 << 64) - 1)],
)
def test_a_file_that_cannot_be_gone_on_with_is_told(layout: Layout, sequence: int, time: int) -> None:
    config = VideoConfig("h264", "dense", layout)
    target = MemoryTarget(commit_box(config, sequence, time, 0, b"{}"))
    with pytest.raises(CodecError, match=r"cannot be written .*`convert\(\)`"):
        registry.get("h264").reopen(target)


def occurrences(data: bytes, word: bytes) -> list[int]:
    places, place = [], data.find(word)
    while place >= 0:
        places.append(place)
        place = data.find(word, place + 1)
    return places


def test_display_is_large_enough_to_be_seen(film: Film) -> None:
    path, _ = film("av1", "dense", 20)
    data = path.read_bytes()
    place = data.index(b"tkhd") + 80
    shown = [int.from_bytes(data[place + i : place + i + 4], "big") >> 16 for i in (0, 4)]
    assert min(shown) >= 720
    assert ROBUST.height >= 720


def test_config_comes_from_the_head_when_the_tail_is_gone(film: Film) -> None:
    data = film("h264", "robust", 12)[0].read_bytes()
    config = reader.config_in(data[:4096])
    assert config is not None
    assert (config.codec, config.profile, config.layout) == ("h264", "robust", ROBUST)


def test_the_tail_alone_tells_the_codec(film: Film) -> None:
    tail = film("vp9", "dense", 20)[0].read_bytes()[-500:]
    assert [name for name in CODECS if registry.get(name).sniff(bytes(500) + tail)] == ["vp9"]


def test_importing_the_codecs_loads_no_heavy_package() -> None:
    code = (
        "import sys, memcodec_video; print({'av', 'cv2', 'zxingcpp', 'pyzbar', 'qrcode'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("codec", CODECS)
def test_a_process_that_encodes_and_reads_prints_nothing(codec: str) -> None:
    code = f"""
from memcodec.media import registry
from memcodec.storage import MemoryTarget
chosen, target = registry.get({codec!r}), MemoryTarget()
media = chosen.create(target, "dense")
media.write_guide(["page"])
list(media.write_packets([bytes(2000)] * 2, 9))
media.commit(b"")
assert list(chosen.open(target.source()).scan()) == []
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_samples_are_as_mp4_wants_them() -> None:
    stream = b"\0\0\0\1\x67sps\0\0\1\x68pps\0\0\1\x06sei\0\0\0\1\x65slice"
    sample = b"\0\0\0\4\x67sps\0\0\0\4\x68pps\0\0\0\6\x65slice"
    assert encode.to_sample("h264", stream) == sample
    assert encode.to_sample("av1", b"\x12\x00\x0a\x01x") == b"\x0a\x01x"
    assert encode.to_sample("vp9", b"\x82\x49") == b"\x82\x49"
