"""Finding frames in a file that may be damaged, and naming its parts. Nothing here trusts a size it has read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from memcodec.media.container import joined
from memcodec.media.groups import grouped
from memcodec.model import Extent
from memcodec.storage import Source
from memcodec_audio import flac, head, journal, runs
from memcodec_audio.commits import CommitFrames
from memcodec_audio.flac import Header
from memcodec_audio.runs import RawRun

_HEADER = 16  # bytes that hold any header and the start of its subframe
_WINDOW = (1 << 20) - _HEADER
_LEAST = 1024  # bytes of a frame that more than silence is in
_RUN_FRAMES = 256  # raw frames summed at once
_LOST = 16  # raw frames between others that zero bytes stand for, at most


class FoundFrame(NamedTuple):
    """A frame whose header is right: its bytes reach to the next one's."""

    offset: int
    end: int
    header: Header
    raw: bool
    short: bool = False  #: of a journal

    @property
    def number(self) -> int:
        return self.header.number


def walk(source: Source) -> Iterator[FoundFrame]:
    """Every frame of the file, as far as its header is whole."""
    headers = _headers(source)
    before = next(headers, None)
    for offset, parsed in chain(headers, [(source.size, None)]):
        if before is None:
            return
        begin, known = before
        start = source.get_bytes(begin, min(_HEADER, source.size - begin))
        short = journal.is_short(start, known)
        raw = short or flac.is_raw(start, known)
        if short:
            end = begin + journal.short_size(start, known)
        else:
            end = begin + (runs.size(known.number, 1) if raw else flac.MAX_FRAME)
        if raw and offset < end and _follows(source, end):
            continue  # what looks like a header is one of the bytes the raw frame carries
        yield FoundFrame(begin, min(offset, end), known, raw, short)
        before = (offset, parsed) if parsed is not None else None


def _headers(source: Source) -> Iterator[tuple[int, Header]]:
    offset = 0
    while offset < source.size:
        window = source.get_bytes(offset, min(_WINDOW + _HEADER, source.size - offset))
        for place, parsed in flac.find(window):
            if place < _WINDOW:
                yield offset + place, parsed
        offset += _WINDOW


def _follows(source: Source, end: int) -> bool:
    if end >= source.size:
        return end == source.size
    return flac.parse_header(source.get_bytes(end, min(_HEADER, source.size - end))) is not None


def carried(source: Source) -> Iterator[bytes | memoryview]:
    """What the raw frames carry, in order, right or not; zero bytes for a few that are lost between them."""
    after = 0
    for frame in walk(source):
        start = frame.offset + runs.head_size(frame.number)
        if frame.raw and not frame.short and start + flac.RAW <= frame.end:
            if 0 < frame.number - after <= _LOST:
                yield bytes(flac.RAW * (frame.number - after))
            yield source.get_bytes(start, flac.RAW)
            after = frame.number + 1


def audible(source: Source, most: int) -> Iterator[list[FoundFrame]]:
    """The frames that carry sound, neighbours together, at most ``most`` at once."""

    def fits(group: list[FoundFrame], frame: FoundFrame) -> bool:
        last = group[-1]
        return len(group) < most and (last.end, last.number + 1) == (frame.offset, frame.number)

    sounding = (frame for frame in walk(source) if not frame.raw and frame.end - frame.offset >= _LEAST)
    return grouped(sounding, fits)


def names(
    source: Source, commits: Collection[CommitFrames], end: int, *, moved: bool = False
) -> Iterator[tuple[str, Extent]]:
    """The file's parts by name, neighbours of one name joined. ``commits`` are all of the file's, with the last one's
    journal up to byte ``end``.

    Of a file that was ``moved``, what stands before the first frame is another program's.
    """
    return joined(_named(source, commits, end, moved), source.size)


def _named(
    source: Source, commits: Collection[CommitFrames], committed: int, moved: bool
) -> Iterator[tuple[str, Extent]]:
    """Every metadata block and frame by name, and "damaged" for what is neither."""
    place = 0
    for name, extent in chain(
        _foreign_head(source) if moved else _head(source, commits), _frames(source, commits)
    ):
        name = "torn" if extent.offset >= committed else name
        if extent.offset > place:
            yield "torn" if place >= committed else "damaged", Extent(place, extent.offset - place)
        if extent.offset + extent.length > place:
            yield name, extent
            place = extent.offset + extent.length
    if place < source.size:
        yield "torn" if place >= committed else "damaged", Extent(place, source.size - place)


def _foreign_head(source: Source) -> Iterator[tuple[str, Extent]]:
    for first in walk(source):
        yield "header", Extent(0, first.offset)
        return


def _head(source: Source, commits: Collection[CommitFrames]) -> Iterator[tuple[str, Extent]]:
    for kind, extent in head.blocks(source):
        if kind == flac.STREAMINFO:
            # The length stated may be an older commit's: it is patched after the commit.
            lengths = (0, *(commit.next_number * flac.BLOCK for commit in commits))
            heads = [flac.stream_head(commit.config.bits, length) for commit in commits for length in lengths]
            right = not commits or bytes(source.get_bytes(*extent)) in heads
            yield "header" if right else "damaged", extent
        else:
            yield "guide" if kind == flac.VORBIS_COMMENT else "header", extent


def _frames(source: Source, commits: Collection[CommitFrames]) -> Iterator[tuple[str, Extent]]:
    known = {run: "index" for commit in commits for run in commit.runs}
    known |= {commit.place: "commit" for commit in commits}
    raw = {run.start: (run, name) for run, name in known.items()}
    guide = max((commit.guide for commit in commits), default=0)
    end = 0
    for frame in walk(source):
        if frame.offset < end:
            continue
        if frame.offset in raw:
            run, name = raw[frame.offset]
            yield from _run(source, run, name)
            end = run.end
        elif frame.short:
            end = frame.end
            yield "journal", Extent(frame.offset, frame.end - frame.offset)
        elif frame.raw and commits:
            end = frame.end
            yield "damaged", Extent(frame.offset, frame.end - frame.offset)
        else:
            part = "guide" if frame.number < guide else "index" if frame.raw else "media"
            yield part, Extent(frame.offset, frame.end - frame.offset)


def _run(source: Source, run: RawRun, name: str) -> Iterator[tuple[str, Extent]]:
    """The frames of a run, each with its checksum verified."""
    for first in range(0, run.blocks, _RUN_FRAMES):
        places = [
            (offset, length)
            for offset, length in run.frames(first, min(run.blocks, first + _RUN_FRAMES))
            if offset + length <= source.size
        ]
        frames = [source.get_bytes(offset, length) for offset, length in places]
        right = flac.raw_is_intact(frames)
        for number, (offset, length) in enumerate(places):
            begins = flac.parse_header(frames[number][:11])
            good = right[number] and begins is not None and begins.number == run.number + first + number
            yield name if good else "damaged", Extent(offset, length)
