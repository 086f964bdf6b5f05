"""Fragments to packets: by place while the index lives, by scanning when nothing but the media is left."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from memcodec.model import BlobSpan, Extent, PacketPlace
from memcodec.storage import Source
from memcodec_video import boxes, commits, foreign, symbols
from memcodec_video.commits import CommitBox, VideoConfig
from memcodec_video.decode import Decoders, guess
from memcodec_video.layout import Luma
from memcodec_video.mp4 import CONFIG_TYPE
from memcodec_video.profiles import LAYOUTS

MAX_SAMPLE = 1 << 26  #: bytes no frame reaches
HEAD = 4096  #: bytes of a file that hold ``ftyp`` and ``moov``
_AHEAD = 16
_CORES = os.cpu_count() or 1

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class VideoReader:
    """A ``MediaReader`` for MP4, whichever video codec is inside."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._last = commits.last_before(source, source.size)
        self.torn = source.size - (self._last.end if self._last else 0)
        self.broken = self.torn > 0 and commits.is_broken(source, source.size - self.torn)
        self.config = self._last.config if self._last else config_in(head_of(source))
        self.options: Mapping[str, str] = {}
        self._decoders: dict[str, Decoders] = {}

    def commits(self) -> Iterator[bytes]:
        return (commit.record for commit in self._chain())

    def ends(self) -> Iterator[int]:
        return (commit.end for commit in self._chain())

    def commit_ending(self, end: int) -> bytes | None:
        found = commits.ending_at(self._source, end) if end <= self._source.size else None
        return found.record if found is not None else None

    def _chain(self) -> Iterator[CommitBox]:
        commit = self._last
        while commit is not None:
            yield commit
            before = commit.previous
            found = commits.beginning_at(self._source, before) if before else None
            # A damaged commit box hides where the one before it lies: look for that.
            commit = found or (commits.last_before(self._source, commit.offset) if before else None)

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        frames: dict[Extent, list[int]] = defaultdict(list)
        for number, place in enumerate(places):
            frames[Extent(place.offset, place.length)].append(number)
        packets: list[bytes | None] = [None] * len(places)

        def read(share: Sequence[tuple[Extent, list[int]]]) -> None:
            for extent, numbers in share:
                found = self._read_frame(extent, [places[number].slot for number in numbers])
                for number, packet in zip(numbers, found, strict=True):
                    packets[number] = packet

        # Shares instead of frames: handing over one small frame at a time costs as much as reading it.
        wanted, shares = list(frames.items()), min(len(frames), 4 * _CORES)
        for _ in self._each(read, (wanted[first::shares] for first in range(shares))):
            pass
        return packets

    def _read_frame(self, extent: Extent, slots: list[int]) -> list[bytes | None]:
        luma = self.plane(extent) if self.config else None
        if luma is None or self.config is None:
            return [None] * len(slots)
        inside = [slot for slot in slots if 0 <= slot < self.config.layout.slots]
        found = (
            dict(zip(inside, symbols.read_slots(luma, self.config.layout, inside), strict=True))
            if inside
            else {}
        )
        return [found.get(slot) for slot in slots]

    def plane(self, extent: Extent) -> Luma | None:
        """The frame's luma plane; None when its bytes are damaged or not there."""
        if self.config is None:
            return None
        sample = self._sample(extent)
        return self._decoders_of(self.config.codec).decode(sample) if sample is not None else None

    def _sample(self, extent: Extent) -> memoryview | None:
        return self._source.get_bytes(*extent) if self._is_inside(extent) else None

    def _is_inside(self, extent: Extent) -> bool:
        inside = 0 <= extent.offset <= extent.offset + extent.length <= self._source.size
        return inside and 0 < extent.length <= MAX_SAMPLE

    def _decoders_of(self, codec: str) -> Decoders:
        return self._decoders.setdefault(codec, Decoders(codec))

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        return self._source.view(extent.offset + start, extent.length - start if length is None else length)

    def prefetch(self, blobs: Iterable[BlobSpan], places: Iterable[PacketPlace] = ()) -> None:
        if self._source.far:
            parts = [(extent.offset + start, length) for extent, start, length in blobs]
            frames = {(place.offset, place.length) for place in places if self._is_inside(Extent(*place[:2]))}
            self._source.prefetch([*parts, *frames])

    def scan(self) -> Iterator[bytes]:
        found = False
        for packets in self._each(self._scan_frame, boxes.samples(self._source)):
            found = found or bool(packets)
            yield from packets
        if not found:
            yield from self._scan_foreign()

    def _scan_frame(self, extent: Extent) -> list[bytes]:
        sample = self._sample(extent)
        codec = self.config.codec if self.config else guess(sample) if sample is not None else None
        luma = self._decoders_of(codec).decode(sample) if codec and sample is not None else None
        return self._read_all(luma) if luma is not None else []

    def _read_all(self, luma: Luma) -> list[bytes]:
        return symbols.read_picture(luma, (self.config.layout,) if self.config else LAYOUTS)

    def _scan_foreign(self) -> Iterator[bytes]:
        """A file another program wrote, maybe from re-encoded and scaled pictures."""
        for packets in self._each(self._read_all, foreign.pictures(self._source)):
            yield from packets

    def layout(self) -> Iterator[tuple[str, Extent]]:
        end = self._last.end if self._last else self._source.size
        return boxes.names(self._source, end)

    def _each(self, work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
        """``work`` on each item, on all cores, results in order; few are held at a time."""
        items = iter(items)
        first, second = next(items, None), next(items, None)
        if first is None or second is None:
            yield from (work(item) for item in (first,) if item is not None)
            return
        results: deque[Future[_Result]] = deque(
            (self._pool.submit(work, first), self._pool.submit(work, second))
        )
        for item in items:
            results.append(self._pool.submit(work, item))
            if len(results) > _AHEAD:
                yield results.popleft().result()
        while results:
            yield results.popleft().result()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_CORES, "read")

    def close(self) -> None:
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=False, cancel_futures=True)  # its threads are idle and end by themselves
        for decoders in self._decoders.values():
            decoders.close()


def head_of(source: Source) -> bytes:
    return bytes(source.get_bytes(0, min(HEAD, source.size)))


def config_in(data: bytes) -> VideoConfig | None:
    """The configuration that a file's ``moov`` holds."""
    place = data.find(CONFIG_TYPE)
    config = data[place + len(CONFIG_TYPE) :][: commits.CONFIG_SIZE]
    try:
        return VideoConfig.from_bytes(config) if place >= 0 and len(config) == commits.CONFIG_SIZE else None
    except ValueError:
        return None
