"""The commit: a run of raw frames whose bytes end in a fixed trailer, so that one read of the file's tail finds it.

    zero | record | runs | trailer

The bytes fill whole frames: zeros stand first. ``runs`` lists the index runs of this commit. The CRC32C in the trailer
covers record, runs and the trailer up to itself.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import google_crc32c

from memcodec.storage import MemorySource, Source
from memcodec_audio import flac, runs
from memcodec_audio.flac import RAW
from memcodec_audio.profiles import CONFIG_SIZE, AudioConfig
from memcodec_audio.runs import RawRun

TAIL = 32 << 10  #: bytes the first read of the tail takes: a record up to this long needs no second one
MAGIC = b"memcodf1"
_RUN = struct.Struct("<QII")  # file offset, first frame's number, frames
_STATE = struct.Struct(
    f"<{CONFIG_SIZE}sBIQIII"
)  # config, 0, guide frames, previous, own number, record, runs
_CHECK = struct.Struct("<I8s")  # CRC32C, magic
TRAILER = _STATE.size + _CHECK.size
_CRC = 2  # bytes of the frame's own checksum behind the trailer
_WINDOW = 1 << 20
_TRIES = 16  # false ends of commits longer than TAIL that a search looks into: a forged file has thousands


class CommitFrames(NamedTuple):
    """One commit. ``guide`` counts the guide's frames; ``previous`` is where the commit before ends, 0 for none."""

    config: AudioConfig
    guide: int
    previous: int
    runs: tuple[RawRun, ...]
    record: bytes
    place: RawRun

    @property
    def end(self) -> int:
        return self.place.end

    @property
    def next_number(self) -> int:
        """Of the frame that may follow it."""
        return self.place.number + self.place.blocks


def frames(
    config: AudioConfig, guide: int, previous: int, number: int, index: Sequence[RawRun], record: bytes
) -> bytes:
    """The frames of a commit, the first one numbered ``number``."""
    table = b"".join(_RUN.pack(*run) for run in index)
    state = _STATE.pack(config.to_bytes(), 0, guide, previous, number, len(record), len(index))
    body = record + table + state
    body += _CHECK.pack(google_crc32c.value(body), MAGIC)
    return flac.raw_frames(number, config.bits, bytes(-len(body) % RAW) + body)


def frame_count(record: bytes, index: Sequence[RawRun]) -> int:
    """How many frames ``frames`` makes of these."""
    return -(-(len(record) + len(index) * _RUN.size + TRAILER) // RAW)


def ending_at(source: Source, end: int, most: int | None = None) -> CommitFrames | None:
    """The commit whose last frame ends at ``end`` and that is no longer than ``most`` bytes, or None."""
    start = max(0, end - TAIL)
    if end - start < TRAILER + _CRC:
        return None
    tail = source.get_bytes(start, end - start)
    trailer = tail[-TRAILER - _CRC : -_CRC]
    if trailer[-len(MAGIC) :] != MAGIC:
        return None
    config, _, guide, previous, number, length, listed = _STATE.unpack(trailer[: -_CHECK.size])
    body = length + listed * _RUN.size + TRAILER
    whole = -(-body // RAW)
    place = RawRun(end - runs.size(number, whole), number, whole)
    if place.start < max(0, end - (most or end)) or previous > place.start:
        return None
    data = bytes(_read(source, tail, start, place, body))
    crc, _ = _CHECK.unpack(data[-_CHECK.size :])
    if google_crc32c.value(data[: -_CHECK.size]) != crc:
        return None
    try:
        known = AudioConfig.from_bytes(config)
    except ValueError:
        return None
    table = data[length : length + listed * _RUN.size]
    index = tuple(RawRun(*entry) for entry in _RUN.iter_unpack(table))
    return CommitFrames(known, guide, previous, index, data[:length], place)


def is_at_end(tail: bytes) -> bool:
    """Whether the last bytes of a file are those of a commit, by its magic."""
    return tail[:-_CRC].endswith(MAGIC)


def is_broken(source: Source, end: int) -> bool:
    """Whether the file ends as a commit does though the last intact one ends at ``end``: that one was damaged."""
    size = min(len(MAGIC) + _CRC, source.size - end)
    last = bytes(source.get_bytes(source.size - size, size))[:-_CRC]
    # The magic itself may be what is damaged; but most of it is no accident.
    return sum(map(int.__eq__, last, MAGIC)) >= len(MAGIC) - 2


def _read(source: Source, tail: memoryview, start: int, place: RawRun, body: int) -> memoryview:
    """The last ``body`` bytes of a run, out of the file's tail from ``start`` on when that holds them."""
    if place.start >= start:
        source, place = MemorySource(tail), place._replace(start=place.start - start)
    return place.read(source, place.blocks * RAW - body, place.blocks * RAW)


def last_before(source: Source, end: int) -> CommitFrames | None:
    """The last intact commit in the first ``end`` bytes: at their very end, or else searched for backwards."""
    found, tries = ending_at(source, end), count()
    limit = end
    while found is None and end > 0:
        start = max(0, end - _WINDOW)
        window = bytes(source.get_bytes(start, end - start))
        place = window.rfind(MAGIC)
        while place >= 0 and found is None:
            stop = start + place + len(MAGIC) + _CRC
            most = TAIL if next(tries) >= _TRIES else None
            found = ending_at(source, stop, most) if stop <= limit else None
            place = window.rfind(MAGIC, 0, place)
        # Windows overlap by all but one byte of the magic, so none is cut in two.
        end = start + len(MAGIC) - 1 if start else 0
    return found
