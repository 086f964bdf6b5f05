"""The commit: a run of raw frames whose bytes end in a fixed trailer, so that one read of the file's tail finds it.

    zero | record | runs | trailer

The bytes fill whole frames: zeros stand first. ``runs`` lists the index runs of this commit. The CRC32C in the trailer
covers record, runs and the trailer up to itself.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from memcodec.media.journal import Carrier
from memcodec.media.tail import CHECK_SIZE, Tail, TailCommit
from memcodec.storage import MemorySource, Source
from memcodec_audio import flac, runs
from memcodec_audio.flac import RAW
from memcodec_audio.journal import FrameCarrier, trailer
from memcodec_audio.profiles import CONFIG_SIZE, AudioConfig
from memcodec_audio.runs import RawRun

_MAX_CUT = 1 << 20  # bytes of metadata that may be taken out: no file begins with as many
_RUN = struct.Struct("<QII")  # file offset, first frame's number, frames
# Configuration, 0, guide frames, where the commit before ends, own first frame's number, record's size, runs.
_STATE = struct.Struct(f"<{CONFIG_SIZE}sBIQIII")


@dataclass(frozen=True, slots=True)
class CommitFrames(TailCommit):
    """One commit. ``guide`` counts the guide's frames; ``previous`` is where the commit before ends."""

    config: AudioConfig
    guide: int
    runs: tuple[RawRun, ...]
    place: RawRun

    @property
    def next_number(self) -> int:
        """Of the frame that may follow it."""
        return self.place.number + self.place.blocks


class _FramesTail(Tail[CommitFrames]):
    magic = b"memcodf1"
    trailer = _STATE.size + CHECK_SIZE
    behind = 2  # the last frame's own checksum

    def carrier(self, commit: CommitFrames) -> tuple[Carrier | None, int]:
        return FrameCarrier(commit.config.bits), commit.next_number

    def group_trailer(self, data: bytes | memoryview) -> bytes:
        return trailer(data)

    def start(self, trailer: bytes, end: int) -> int:
        return self._place(trailer, end)[0].start

    def _place(self, trailer: bytes, end: int) -> tuple[RawRun, int]:
        """The frames of the commit, and how many of their bytes are sealed."""
        *_, number, length, listed = _STATE.unpack_from(trailer)
        size = length + listed * _RUN.size + self.trailer
        blocks = -(-size // RAW)
        return RawRun(end - runs.size(number, blocks), number, blocks), size

    def parse(self, data: memoryview, start: int, end: int) -> CommitFrames:
        place, size = self._place(self.trailer_of(data), end)
        if place.number + place.blocks > flac.NUMBERS:
            raise ValueError("frame numbers that FLAC does not have")
        carried = place._replace(start=0).read(
            MemorySource(data), place.blocks * RAW - size, place.blocks * RAW
        )
        body = self.unseal(carried)
        config, _, guide, previous, _, length, _ = _STATE.unpack(body[-_STATE.size :])
        index = tuple(RawRun(*entry) for entry in _RUN.iter_unpack(body[length : -_STATE.size]))
        written = _written_at(place, index)  # all that is stated counts from there
        if previous > written:
            raise ValueError("a link that does not point back")
        if any(run.blocks < 1 or run.end > written for run in index):
            raise ValueError("an index run that is not there")
        known = AudioConfig.from_bytes(config)
        return CommitFrames(body[:length], start, end, previous, known, guide, index, place)

    def moved(self, source: Source, last: CommitFrames) -> int:
        moved = last.start - _written_at(last.place, last.runs)
        return moved if -_MAX_CUT <= moved <= last.start - flac.INFO else 0


def _written_at(place: RawRun, index: Sequence[RawRun]) -> int:
    """Where a commit began as it was written: where its last index run ended, if frame numbers say that it follows."""
    follows = index and index[-1].number + index[-1].blocks == place.number
    return index[-1].end if follows else place.start


COMMITS = _FramesTail()


def frames(
    config: AudioConfig, guide: int, previous: int, number: int, index: Sequence[RawRun], record: bytes
) -> bytes:
    """The frames of a commit, the first one numbered ``number``."""
    table = b"".join(_RUN.pack(*run) for run in index)
    state = _STATE.pack(config.to_bytes(), 0, guide, previous, number, len(record), len(index))
    body = COMMITS.seal(record + table + state)
    return flac.raw_frames(number, config.bits, bytes(-len(body) % RAW) + body)


def frame_count(record: bytes, index: Sequence[RawRun]) -> int:
    """How many frames ``frames`` makes of these."""
    return -(-(len(record) + len(index) * _RUN.size + COMMITS.trailer) // RAW)
