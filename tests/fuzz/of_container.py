"""Changes of what stands around packets and blobs: boxes, FLAC frames, trailers; and of bytes alone."""

from __future__ import annotations

import struct
from functools import cache
from random import Random
from typing import Any

from memcodec.format.checksum import crc32c
from memcodec.media.tail import Tail
from memcodec.storage import MemorySource
from memcodec_audio import commits as audio
from memcodec_audio import flac
from memcodec_audio.crc import crc16
from memcodec_video import commits as video
from memcodec_video import mp4
from tests.fuzz import plain, seeds, values
from tests.fuzz.draft import Draft


def raw(draft: Draft) -> None:
    """Bytes, with no checksum put right."""
    draft.settle()
    for _ in range(draft.rng.choice((1, 1, 3, 10))):
        at, size = _stretch(draft)
        draft.data[at : at + size] = values.changed(draft.rng, bytes(draft.data[at : at + size]))


def cut(draft: Draft) -> None:
    """The end of the file, lost; or bytes of another file behind it, or in it."""
    draft.settle()
    rng = draft.rng
    at = rng.choice((rng.randrange(len(draft.data) + 1), max(0, len(draft.data) - rng.randrange(300))))
    if rng.random() < 0.5:
        del draft.data[at:]
        return
    draft.forged = draft.unpacked = True  # a file of its own may begin to count
    other = rng.choice(_files()).data
    start = rng.randrange(len(other))
    draft.data[at:at] = other[start : start + rng.choice((64, 4096, len(other)))]


@cache
def _files() -> list[seeds.Seed]:
    return [each for each in seeds.load() if each.codec == "plain"]


def _stretch(draft: Draft) -> tuple[int, int]:
    rng = draft.rng
    at = rng.randrange(max(1, len(draft.data)))
    return at, rng.choice((8, 64, 512))


def trailer(draft: Draft) -> None:
    """The state that a codec keeps in its trailer, sealed again."""
    draft.settle()
    draft.forged = True
    if draft.seed.codec == "flac":
        _flac_trailer(draft)
    elif draft.seed.codec == "plain":
        _sealed_again(draft, plain.TAIL, 16)
    else:
        _sealed_again(draft, video.BOXES, video._PLAIN)


def _sealed_again(draft: Draft, tail: Tail[Any], size: int) -> None:
    """Change up to ``size`` bytes of state before the checksum at the file's end."""
    length = int.from_bytes(draft.data[-20:-12], "little")
    begin = len(draft.data) - 12 - size - length
    if length > len(draft.data) or begin < 0:
        return
    body = bytes(draft.data[begin:-12])
    state = _fields(draft.rng, body[-size:], 4)
    draft.data[begin:] = tail.seal(body[:-size] + state)


def _fields(rng: Random, data: bytes, unit: int) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(out))
        if rng.random() < 0.5:
            out[at] = rng.choice((0, 1, 2, 16, 0x80, 0xFF, rng.randrange(256)))
        else:
            at = at // unit * unit
            size = min(unit, len(out) - at)
            old = int.from_bytes(out[at : at + size], "little")
            out[at : at + size] = values.bounded(rng, old, 8 * size).to_bytes(size, "little")
    return bytes(out)


def _flac_trailer(draft: Draft) -> None:
    rng, data = draft.rng, bytes(draft.data)
    source = MemorySource(data)
    last = audio.COMMITS.last_before(source, len(data))
    if last is None:
        return
    runs = [
        tuple(values.bounded(rng, each, 32) if rng.random() < 0.2 else each for each in run)
        for run in last.runs
    ]
    table = b"".join(audio._RUN.pack(*run) for run in runs)
    state = audio._STATE.pack(
        last.config.to_bytes(), 0, last.guide, last.previous, last.place.number, len(last.record), len(runs)
    )
    body = audio.COMMITS.seal(last.record + table + _fields(rng, state, 4))
    draft.data[last.start :] = flac.raw_frames(
        last.place.number, last.config.bits, bytes(-len(body) % flac.RAW) + body
    )


def boxes(draft: Draft) -> None:
    """Boxes of an MP4: sizes, kinds, the tables behind samples with their checksums, many small ones."""
    draft.settle()
    rng, data = draft.rng, draft.data
    draft.forged = draft.unpacked = True
    for _ in range(rng.choice((1, 1, 2))):
        rng.choice((_footer, _box_size, _box_kind, _small_boxes, _fragments))(rng, data)


def _tops(data: bytearray) -> list[int]:
    found, at = [], 0
    while at + 8 <= len(data) and len(found) < 1000:
        found.append(at)
        at += max(8, int.from_bytes(data[at : at + 4], "big"))
    return found


def _footer(rng: Random, data: bytearray) -> None:
    at = data.find(mp4.FOOTER_MAGIC, rng.randrange(len(data)))
    if at < 16:
        return
    count = int.from_bytes(data[at - 8 : at - 4], "little")
    start = at - 8 - 4 * count
    if start >= 0 and count < 4096:
        table = _fields(rng, bytes(data[start : at - 4]), 4)
        data[start:at] = table + struct.pack("<I", crc32c(table))


def _box_size(rng: Random, data: bytearray) -> None:
    at = rng.choice(_tops(data) or [0])
    old = int.from_bytes(data[at : at + 4], "big")
    new = rng.choice((values.bounded(rng, old, 32), 0, 1, 8, len(data) - at))
    data[at : at + 4] = (new & 0xFFFFFFFF).to_bytes(4, "big")


def _box_kind(rng: Random, data: bytearray) -> None:
    at = rng.choice(_tops(data) or [0])
    data[at + 4 : at + 8] = rng.choice((b"free", b"uuid", b"moof", b"mdat", b"moov", b"ftyp", b"\0\0\0\0"))


def _small_boxes(rng: Random, data: bytearray) -> None:
    one = rng.choice(
        (mp4.box(b"mdat"), mp4.box(b"free"), mp4.box(b"mdat", b"x" * 20), b"moof", mp4.box(b"moof")[4:] * 2)
    )
    at = rng.choice([*_tops(data), len(data)])
    data[at:at] = one * rng.choice((2, 100, 5000))


def _fragments(rng: Random, data: bytearray) -> None:
    samples = [rng.randbytes(rng.choice((0, 1, 40))) for _ in range(rng.choice((0, 1, 3)))]
    made, _ = mp4.fragment(values.bounded(rng, 1, 32), values.bounded(rng, 1, 64), samples)
    data += made * rng.choice((1, 200))


def frames(draft: Draft) -> None:
    """FLAC: frames with other numbers, both checksums right; metadata; headers by the thousand."""
    draft.settle()
    rng, data = draft.rng, draft.data
    draft.forged = draft.unpacked = True
    for _ in range(rng.choice((1, 1, 3))):
        rng.choice((_renumbered, _renumbered, _in_frame, _metadata, _headers))(rng, data)


def _starts(data: bytearray) -> list[int]:
    return [place for place, _ in flac.find(bytes(data))]


def _renumbered(rng: Random, data: bytearray) -> None:
    starts = _starts(data)
    if len(starts) < 2:
        return
    at = rng.randrange(len(starts) - 1)
    if starts[at + 1] - starts[at] < 16:
        return
    number = values.bounded(rng, at, 31)
    data[starts[at] : starts[at + 1]] = flac.renumber(bytes(data[starts[at] : starts[at + 1]]), number)


def _in_frame(rng: Random, data: bytearray) -> None:
    starts = _starts(data)
    if len(starts) < 2:
        return
    at = rng.randrange(len(starts) - 1)
    begin, end = starts[at], starts[at + 1]
    body = bytes(data[begin : end - 2])
    new = body[:8] + values.changed(rng, body[8:])
    data[begin:end] = new + crc16(new).to_bytes(2, "big")


def _metadata(rng: Random, data: bytearray) -> None:
    at = rng.choice((4, 8, 12, 14, 18, 20, 42, 43, 62, 63))
    data[at : at + 4] = values.changed(rng, bytes(data[at : at + 4]))


def _headers(rng: Random, data: bytearray) -> None:
    number = values.bounded(rng, 1, 31)
    made = b"".join(
        flac.header((number + each) & 0x7FFFFFFF, 16) for each in range(rng.choice((2, 300, 3000)))
    )
    at = rng.choice([*_starts(data), len(data)])
    data[at:at] = made
