"""The commit box: a ``uuid`` box that ends in a fixed trailer, so that one read of the file's tail finds it.

    uuid box header (8) | COMMIT_TYPE (16) | record | trailer

The trailer's CRC32C covers the record and the trailer up to itself.
"""

from __future__ import annotations

import struct
from itertools import count
from typing import NamedTuple

import google_crc32c

from memcodec.media.contract import Profile
from memcodec.storage import Source, reads
from memcodec_video import layout
from memcodec_video.layout import Layout
from memcodec_video.mp4 import COMMIT_TYPE, box
from memcodec_video.profiles import CODECS

TAIL = 32 << 10  #: bytes the first read of the tail takes: a record up to this long needs no second one
MAGIC = b"memcodc1"
_CONFIG = struct.Struct(f"<8sB{layout.SIZE}s")  # codec, profile, layout
_STATE = struct.Struct(
    "<IQQQ"
)  # next fragment's number and time, offset of the commit box before (0: none), record's length
_CHECK = struct.Struct("<I8s")  # CRC32C, magic
TRAILER = _CONFIG.size + _STATE.size + _CHECK.size
_HEAD = 8 + len(COMMIT_TYPE)
_PROFILE_CODES: tuple[Profile, ...] = ("dense", "robust")
_WINDOW = 1 << 20
_TRIES = 16  # false ends of commits longer than TAIL that a search looks into: a forged file has thousands


class VideoConfig(NamedTuple):
    """What a reader must know of a file before its first frame."""

    codec: str
    profile: Profile
    layout: Layout

    def to_bytes(self) -> bytes:
        return _CONFIG.pack(self.codec.encode(), _PROFILE_CODES.index(self.profile), self.layout.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> VideoConfig:
        """Raises ValueError for a codec, profile or layout that does not exist."""
        name, profile, grid = _CONFIG.unpack(data)
        codec = name.rstrip(b"\0").decode("ascii")
        if codec not in CODECS or profile >= len(_PROFILE_CODES):
            raise ValueError("no such codec or profile")
        return cls(codec, _PROFILE_CODES[profile], Layout.from_bytes(grid))


CONFIG_SIZE = _CONFIG.size


class CommitBox(NamedTuple):
    """One commit box. ``sequence`` and ``time`` are those of the fragment that may follow it."""

    config: VideoConfig
    sequence: int
    time: int
    previous: int  #: file offset of the commit box before; 0 for none
    record: bytes
    offset: int
    end: int


def commit_box(config: VideoConfig, sequence: int, time: int, previous: int, record: bytes) -> bytes:
    state = config.to_bytes() + _STATE.pack(sequence, time, previous, len(record))
    check = _CHECK.pack(google_crc32c.value(record + state), MAGIC)
    return box(b"uuid", COMMIT_TYPE, record, state, check)


def config_at_end(data: bytes) -> VideoConfig | None:
    """The configuration in the trailer that ``data`` ends with, unchecked: for telling what a file is."""
    if len(data) < TRAILER or not data.endswith(MAGIC):
        return None
    try:
        return VideoConfig.from_bytes(data[-TRAILER:][: _CONFIG.size])
    except ValueError:
        return None


def ending_at(source: Source, end: int, most: int | None = None) -> CommitBox | None:
    """The commit whose box ends at ``end`` and is no longer than ``most`` bytes, or None."""
    start = max(0, end - TAIL)
    if end - start < _HEAD + TRAILER:
        return None
    tail = source.get_bytes(start, end - start)
    if tail[-len(MAGIC) :] != MAGIC:
        return None
    config, state = tail[-TRAILER:][: _CONFIG.size], tail[-TRAILER:][_CONFIG.size :][: _STATE.size]
    sequence, time, previous, length = _STATE.unpack(state)
    offset = end - TRAILER - length - _HEAD
    if offset < max(0, end - (most or end)) or (previous and previous >= offset):
        return None
    whole = tail[offset - start :] if offset >= start else reads.whole(source, offset, end - offset)
    crc, _ = _CHECK.unpack(tail[-_CHECK.size :])
    if (
        whole[4:_HEAD] != b"uuid" + COMMIT_TYPE
        or google_crc32c.value(bytes(whole[_HEAD : -_CHECK.size])) != crc
    ):
        return None
    try:
        known = VideoConfig.from_bytes(bytes(config))
    except ValueError:
        return None
    return CommitBox(known, sequence, time, previous, bytes(whole[_HEAD:-TRAILER]), offset, end)


def is_broken(source: Source, end: int) -> bool:
    """Whether the file ends as a commit box does though the last intact one ends at ``end``: that one was damaged."""
    tail = bytes(source.get_bytes(max(end, source.size - TAIL), min(TAIL, source.size - end)))
    if tail.endswith(MAGIC):
        return True
    place = tail.rfind(b"uuid" + COMMIT_TYPE)
    # A box of the right length: the magic itself may be what is damaged.
    return place >= 4 and int.from_bytes(tail[place - 4 : place], "big") == len(tail) - place + 4


def beginning_at(source: Source, offset: int) -> CommitBox | None:
    """The commit whose box begins at ``offset``, or None."""
    if offset + _HEAD > source.size:
        return None
    (size,) = struct.unpack(">I", source.get_bytes(offset, 4))
    found = ending_at(source, offset + size) if _HEAD < size <= source.size - offset else None
    return found if found is not None and found.offset == offset else None


def last_before(source: Source, end: int) -> CommitBox | None:
    """The last intact commit in the first ``end`` bytes: at their very end, or else searched for backwards."""
    found, tries = ending_at(source, end), count()
    while found is None and end > 0:
        start = max(0, end - _WINDOW)
        window = bytes(source.get_bytes(start, end - start))
        place = window.rfind(MAGIC)
        while place >= 0 and found is None:
            found = ending_at(source, start + place + len(MAGIC), TAIL if next(tries) >= _TRIES else None)
            place = window.rfind(MAGIC, 0, place)
        # Windows overlap by all but one byte of the magic, so none is cut in two.
        end = start + len(MAGIC) - 1 if start else 0
    return found
