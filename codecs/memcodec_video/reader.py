"""Fragments to packets: by place while the index lives, by scanning when nothing but the media is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from memcodec.media.container import head, windows
from memcodec.media.reader import TailReader, first_to_find
from memcodec.model import Extent, PacketPlace
from memcodec.storage import Source
from memcodec_video import boxes, symbols
from memcodec_video.commits import BOXES, CommitBox, config_in
from memcodec_video.decode import Decoders, guess
from memcodec_video.layout import Luma
from memcodec_video.profiles import LAYOUTS
from memcodec_video.symbols import Tries

MAX_SAMPLE = 1 << 26  #: bytes no frame reaches


class VideoReader(TailReader[CommitBox]):
    """A ``MediaReader`` for MP4, whichever video codec is inside."""

    _longest = MAX_SAMPLE

    def __init__(self, source: Source) -> None:
        super().__init__(source, BOXES)
        self.config = self._last.config if self._last else config_in(head(source))
        self.options: Mapping[str, str] = {}
        self._decoders: dict[str, Decoders] = {}

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        frames: dict[Extent, list[int]] = defaultdict(list)
        for number, place in enumerate(places):
            frames[Extent(place.offset, place.length)].append(number)
        packets: list[bytes | None] = [None] * len(places)

        def read(frame: tuple[Extent, list[int]]) -> None:
            extent, numbers = frame
            found = self._read_frame(extent, [places[number].slot for number in numbers])
            for number, packet in zip(numbers, found, strict=True):
                packets[number] = packet

        self._threads.all(read, list(frames.items()), worth=1)  # each takes milliseconds
        return packets

    def _read_frame(self, extent: Extent, slots: list[int]) -> list[bytes | None]:
        luma = self.plane(extent) if self.config else None
        if luma is None or self.config is None:
            return [None] * len(slots)
        inside = [slot for slot in slots if 0 <= slot < self.config.layout.slots]
        packets = symbols.read_slots(luma, self.config.layout, inside, Tries(extent.length)) if inside else []
        found = dict(zip(inside, packets, strict=True))
        return [found.get(slot) for slot in slots]

    def plane(self, extent: Extent) -> Luma | None:
        """The frame's luma plane; None when its bytes are damaged or not there."""
        if self.config is None:
            return None
        sample = self._sample(extent)
        return self._decoders_of(self.config.codec).decode(sample) if sample is not None else None

    def _sample(self, extent: Extent) -> memoryview | None:
        return self._source.get_bytes(*extent) if self._is_inside(extent) else None

    def _decoders_of(self, codec: str) -> Decoders:
        return self._decoders.setdefault(codec, Decoders(codec))

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        return self._source.view(extent.offset + start, extent.length - start if length is None else length)

    def scan(self) -> Iterator[bytes]:
        found = False
        for packet in first_to_find([self._scan_native(), self._scan_foreign()]):
            found = True
            yield packet
        if found:  # else it is no file of this medium
            from memcodec.format import spare  # for repairs alone

            yield from spare.find(windows(self._source))

    def _scan_native(self) -> Iterator[bytes]:
        for packets in self._threads.each(self._scan_frame, boxes.samples(self._source)):
            yield from packets

    def _scan_frame(self, extent: Extent) -> list[bytes]:
        sample = self._sample(extent)
        codec = self.config.codec if self.config else guess(sample) if sample is not None else None
        luma = self._decoders_of(codec).decode(sample) if codec and sample is not None else None
        return self._read_all(luma, Tries(extent.length)) if luma is not None else []

    def _read_all(self, luma: Luma, tries: Tries) -> list[bytes]:
        return symbols.read_picture(luma, (self.config.layout,) if self.config else LAYOUTS, tries)

    def _scan_foreign(self) -> Iterator[bytes]:
        """A file another program wrote, maybe from re-encoded and scaled pictures."""
        from memcodec_video import foreign

        read = partial(self._read_all, tries=Tries(self._source.size))
        for packets in self._threads.each(read, foreign.pictures(self._source)):
            yield from packets

    def layout(self) -> Iterator[tuple[str, Extent]]:
        end = self.journal.end if self.journal else self._source.size
        return boxes.names(self._source, end, moved=self.moved != 0)

    def close(self) -> None:
        super().close()
        for decoders in self._decoders.values():
            decoders.close()
