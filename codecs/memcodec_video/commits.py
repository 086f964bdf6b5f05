"""The commit box: a ``uuid`` box that ends in a fixed trailer, so that one read of the file's tail finds it.

    uuid box header (8) | COMMIT_TYPE (16) | record | trailer

The trailer's CRC32C covers the record and the trailer up to itself.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from memcodec.errors import MemcodecError
from memcodec.format import commit as records
from memcodec.format import journal
from memcodec.media.contract import PROFILES, Profile
from memcodec.media.journal import Carrier
from memcodec.media.tail import CHECK_SIZE, TAIL, Tail, TailCommit
from memcodec.storage import Source
from memcodec_video import layout
from memcodec_video.journal import CARRIER
from memcodec_video.layout import Layout
from memcodec_video.mp4 import COMMIT_TYPE, CONFIG_TYPE, box
from memcodec_video.profiles import CODECS

MAGIC = b"memcodc1"
_CONFIG = struct.Struct(f"<8sB{layout.SIZE}s")  # codec, profile, layout
# Next fragment's number and time, offset of the commit box before (0: none), record's length.
_STATE = struct.Struct("<IQQQ")
_PLAIN = _CONFIG.size + _STATE.size
_HEAD = 8 + len(COMMIT_TYPE)
_MAX_CUT = 1 << 20  # bytes before the first frame that may be taken out: no file begins with as many
CONFIG_SIZE = _CONFIG.size


class VideoConfig(NamedTuple):
    """What a reader must know of a file before its first frame."""

    codec: str
    profile: Profile
    layout: Layout

    def to_bytes(self) -> bytes:
        return _CONFIG.pack(self.codec.encode(), PROFILES.index(self.profile), self.layout.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> VideoConfig:
        """Raises ValueError for a codec, profile or layout that does not exist."""
        if len(data) != CONFIG_SIZE:
            raise ValueError("not of a configuration's size")
        name, profile, grid = _CONFIG.unpack(data)
        codec = name.rstrip(b"\0").decode("ascii")
        if codec not in CODECS or profile >= len(PROFILES):
            raise ValueError("no such codec or profile")
        return cls(codec, PROFILES[profile], Layout.from_bytes(grid))


@dataclass(frozen=True, slots=True)
class CommitBox(TailCommit):
    """One commit box. ``previous``: where the one before begins; ``sequence`` and ``time``: of the next fragment."""

    config: VideoConfig
    sequence: int
    time: int


class _BoxTail(Tail[CommitBox]):
    magic = MAGIC
    trailer = _PLAIN + CHECK_SIZE

    def carrier(self, commit: CommitBox) -> tuple[Carrier | None, int]:
        return CARRIER, 0

    def group_trailer(self, data: bytes | memoryview) -> bytes:
        last = bytes(data[-journal.TRAILER :])
        return last if last.endswith(CARRIER.end) else b""

    def start(self, trailer: bytes, end: int) -> int:
        *_, length = _STATE.unpack_from(trailer, _CONFIG.size)
        return int(end - self.trailer - length - _HEAD)

    def parse(self, data: memoryview, start: int, end: int) -> CommitBox:
        if data[4:_HEAD] != b"uuid" + COMMIT_TYPE:
            raise ValueError("no commit box")
        body = self.unseal(data[_HEAD:])
        sequence, time, previous, _ = _STATE.unpack(body[-_STATE.size :])
        record = body[:-_PLAIN]
        if previous and previous >= start and previous >= _written_at(record, start):
            raise ValueError("a link that does not point back")
        config = VideoConfig.from_bytes(body[-_PLAIN : -_STATE.size])
        return CommitBox(record, start, end, previous, config, sequence, time)

    def moved(self, source: Source, last: CommitBox) -> int:
        moved = last.start - _written_at(last.record, last.start)
        return moved if -_MAX_CUT <= moved <= last.start else 0

    def before(self, source: Source, commit: CommitBox) -> CommitBox | None:
        size = int.from_bytes(source.get_bytes(commit.previous, 4), "big")
        found = self.ending_at(source, commit.previous + size)
        return found if found is not None and found.start == commit.previous < commit.start else None

    def is_broken(self, source: Source, end: int) -> bool:
        """Where the magic is damaged, a commit box that reaches to the file's end tells."""
        start = max(end, source.size - TAIL)
        tail = bytes(source.get_bytes(start, source.size - start))
        # Most of the magic is not enough: a box's type, cut short, may end in "memcodec".
        if tail.endswith(self.magic):
            return True
        place = tail.rfind(b"uuid" + COMMIT_TYPE)
        return place >= 4 and int.from_bytes(tail[place - 4 : place], "big") == len(tail) - place + 4


def _written_at(record: bytes, start: int) -> int:
    """Where a commit box was written; ``start``, where it stands, when its record does not say."""
    try:
        if records.is_envelope(record):
            from memcodec.format import envelope  # few files are sealed

            return envelope.parse(record).at
        return records.written_at(records.parse(record))
    except MemcodecError:
        return start


BOXES = _BoxTail()


def commit_box(config: VideoConfig, sequence: int, time: int, previous: int, record: bytes) -> bytes:
    state = config.to_bytes() + _STATE.pack(sequence, time, previous, len(record))
    return box(b"uuid", COMMIT_TYPE, BOXES.seal(record + state))


def config_at_end(data: bytes) -> VideoConfig | None:
    """The configuration in the trailer that ``data`` ends with, unchecked: for telling what a file is."""
    if not BOXES.trailer_of(data).endswith(MAGIC):
        return None
    with suppress(ValueError):
        return VideoConfig.from_bytes(data[-BOXES.trailer :][:CONFIG_SIZE])
    return None


def config_in(data: bytes) -> VideoConfig | None:
    """The configuration in a ``moov`` in ``data``."""
    with suppress(ValueError):
        return VideoConfig.from_bytes(data.partition(CONFIG_TYPE)[2][:CONFIG_SIZE])
    return None
