"""FLAC frames to packets: by place while the index lives, by scanning when nothing but the sound is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from memcodec.errors import Damaged, NotAMemoryFile
from memcodec.format import packet
from memcodec.media import container
from memcodec.media.groups import grouped
from memcodec.media.reader import TailReader, first_to_find
from memcodec.model import BlobSpan, Extent, PacketPlace
from memcodec.storage import Source
from memcodec_audio import exact, flac, foreign, frames, head, runs, sound
from memcodec_audio.commits import COMMITS, CommitFrames
from memcodec_audio.flac import BLOCK, RAW
from memcodec_audio.frames import FoundFrame
from memcodec_audio.profiles import RATES, AudioConfig, modem
from memcodec_audio.runs import RawRun

_TOGETHER = 32  # frames decoded at once
_BEFORE = 96  # bytes that hold the padding before a blob and the head of the frame it begins in
_EXACT_RATES = [flac.RATE * times for times in (1, 2, 4, 8)]
_SILENCE = 16  # blocks: the most that stand in for frames that are lost


class AudioReader(TailReader[CommitFrames]):
    """A ``MediaReader`` for FLAC."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, COMMITS)
        self.config = self._last.config if self._last else head.config_in(container.head(source))
        self._blobs: dict[Extent, RawRun] = {}

    @property
    def options(self) -> Mapping[str, str]:
        """As ``configure`` takes them."""
        if self.config is None:
            return {}
        rate = {"rate": self.config.rate} if self.config.profile == "robust" else {}
        return {"bits": str(self.config.bits), **rate}

    def commits(self) -> Iterator[bytes]:
        """As the contract has it. Raises NotAMemoryFile for a FLAC file that no memory file can be."""
        if self._last is None:
            self._refuse_foreign()
        return super().commits()

    def _refuse_foreign(self) -> None:
        if self.config is not None:
            return
        info = flac.parse_info(bytes(self._source.get_bytes(0, min(flac.INFO, self._source.size))))
        if info is not None and (info.rate, info.channels, info.bits in (16, 24)) != (flac.RATE, 1, True):
            raise NotAMemoryFile(
                f"{self._source.name}: sound of {info.rate} Hz, {info.channels} channels, {info.bits} bits; a memory "
                "file has 48000 Hz, 1 channel, 16 or 24 bits: if it was one, `repair()` reads the sound itself"
            )

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        packets: list[bytes | None] = [None] * len(places)
        groups = list(self._neighbours(places))
        for group, found in zip(groups, self._threads.all(self._read, groups), strict=True):
            for (_, numbers), data in zip(group, found, strict=True):
                for number in numbers:
                    packets[number] = data
        return packets

    def _neighbours(self, places: Sequence[PacketPlace]) -> Iterator[list[tuple[Extent, list[int]]]]:
        """Extents that may hold a packet with the numbers of their places, neighbours together."""
        wanted: dict[Extent, list[int]] = {}
        for number, place in enumerate(places):
            if place.slot == 0 and self._is_inside(place):
                wanted.setdefault(Extent(place.offset, place.length), []).append(number)
        return grouped(sorted(wanted.items()), _are_neighbours)

    @cached_property
    def _longest(self) -> int:
        return modem(self.config).blocks * flac.MAX_FRAME if self.config else 0

    def _read(self, group: Sequence[tuple[Extent, object]]) -> list[bytes | None]:
        """The packets of extents that follow each other: in one go, or else each alone."""
        assert self.config is not None
        modem_ = modem(self.config)
        data = [self._source.get_bytes(*extent) for extent, _ in group]
        together = [self._begins(each) for each in data]
        samples = sound.decode(data, len(data) * modem_.blocks, self.config.bits) if all(together) else None
        found = modem_.demodulate(samples) if samples is not None else [None] * len(data)
        return [
            each if _is_right(each) else self._read_alone(data[number]) for number, each in enumerate(found)
        ]

    def _begins(self, data: memoryview) -> bool:
        header = flac.parse_header(data[:11])
        return header is not None and self.config is not None and header.bits == self.config.bits

    def _read_alone(self, data: memoryview) -> bytes | None:
        """A packet from frames of which some may be damaged: those stay silent."""
        assert self.config is not None
        modem_, found = modem(self.config), flac.find(data)
        if not self._begins(data) or not found:
            return None
        first = found[0][1].number
        samples = np.zeros((modem_.blocks, BLOCK), np.int32)
        ends = [*(place for place, _ in found[1:]), len(data)]
        for (start, header), end in zip(found, ends, strict=True):
            if not 0 <= header.number - first < modem_.blocks or header.bits != self.config.bits:
                return None
            samples[header.number - first] = sound.decode_each([data[start:end]], self.config.bits)[0]
        (packet,) = modem_.demodulate(samples)
        return packet if _is_right(packet) else None

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        run = self._run_of(extent)
        start += extent.offset - run.address
        end = extent.offset + extent.length - run.address if length is None else start + length
        return run.read(self._source, start, end)

    def _run_of(self, extent: Extent) -> RawRun:
        """The index run that a blob lies in: its first frame stands right before. Raises Damaged when it does not."""
        run = self._blobs.get(extent)
        if run is None:
            run = self._blobs[extent] = self._find_run(extent)
        return run

    def _find_run(self, extent: Extent) -> RawRun:
        if (known := self._known(extent)) is not None:
            return known
        begin = max(0, extent.offset - _BEFORE)
        if 0 <= extent.offset <= self._source.size - extent.length:
            window = bytes(self._source.get_bytes(begin, extent.offset - begin))
            for place, header in reversed(flac.find(window)):
                first = RawRun(begin + place, header.number, 1)
                if flac.is_raw(window[place:], header) and 0 <= extent.offset - first.address < RAW:
                    return first._replace(blocks=-(-(extent.offset + extent.length - first.address) // RAW))
        raise Damaged(f"{self._source.name}: no index at byte {extent.offset}; run `repair()`")

    def _file_spans(self, span: BlobSpan) -> list[tuple[int, int]]:
        extent, start, end = span.extent, span.start, span.start + span.length
        run = self._blobs.get(extent) or self._known(extent)
        if run is not None:
            return [run.span(extent.offset - run.address + start, extent.offset - run.address + end)]
        # The frame before the blob will tell where its bytes lie; until then, all of where they may.
        low = max(0, extent.offset + start - (RAW if start else _BEFORE))
        high = extent.offset + end + (end // RAW + 2) * runs.MOST_HEAD + RAW
        return [(max(0, extent.offset - _BEFORE), _BEFORE), (low, high - low)]

    def _known(self, extent: Extent) -> RawRun | None:
        """The run that a blob of the newest commit lies in: that commit names its runs."""
        for run in self._last.runs if self._last else ():
            if (
                run.address <= extent.offset
                and extent.offset + extent.length <= run.address + run.blocks * RAW
            ):
                return run
        return None

    def scan(self) -> Iterator[bytes]:
        native = (self._scan_native(config) for config in self._candidates())
        found = False
        for data in first_to_find(chain(native, self._scan_foreign())):
            found = True
            yield data
        if found:  # else it is no file of this medium
            from memcodec.format import spare  # for repairs alone

            yield from spare.find(frames.carried(self._source))

    def _candidates(self) -> list[AudioConfig]:
        """The configurations that the file may have."""
        if self.config is not None:
            return [self.config]
        first = next(frames.walk(self._source), None)
        if first is None:
            return []
        robust = [AudioConfig("robust", 16, rate) for rate in RATES] if first.header.bits == 16 else []
        return [AudioConfig("dense", first.header.bits, RATES[0]), *robust]

    def _scan_native(self, config: AudioConfig) -> Iterator[bytes]:
        if config.profile == "robust":
            yield from _robust_packets(self._sound(config), flac.RATE, config.rate)
            return
        modem_ = modem(config)

        def read(group: list[FoundFrame]) -> list[bytes | None]:
            return modem_.demodulate(self._samples(group, config.bits))

        for found in self._threads.each(read, frames.audible(self._source, _TOGETHER)):
            yield from (data for data in found if data is not None and _is_stored(data))

    def _samples(self, group: Sequence[FoundFrame], bits: int) -> np.typing.NDArray[np.int32]:
        data = [self._source.get_bytes(frame.offset, frame.end - frame.offset) for frame in group]
        return sound.decode_each(data, bits)

    def _sound(self, config: AudioConfig) -> Iterator[foreign.Sound]:
        """All that is heard, with silence in the place of raw and lost frames."""
        after = 0
        for group in frames.audible(self._source, _TOGETHER):
            lost = min(max(0, group[0].number - after), _SILENCE)
            yield np.zeros(lost * BLOCK, np.float32)
            samples = self._samples(group, config.bits)
            yield samples.reshape(-1).astype(np.float32) / np.float32(1 << config.bits - 1)
            after = group[-1].number + 1

    def _scan_foreign(self) -> Iterator[Iterator[bytes]]:
        """Readings of a file another program wrote, maybe from re-encoded, resampled or cut sound."""
        yield from self._scan_exact()
        for rate in RATES:
            opened = foreign.recording(self._source)
            if opened is not None:
                yield _robust_packets(opened.pieces, opened.rate, rate)

    def _scan_exact(self) -> Iterator[Iterator[bytes]]:
        """Readings of a file that may have the samples as they were, perhaps with others between them."""
        opened, first = foreign.recording(self._source), 0
        while opened is not None and opened.lossless and opened.rate in _EXACT_RATES:
            step = opened.rate // flac.RATE
            yield exact.dense_packets(exact.thinned(opened.pieces, step, first))
            first += 1
            opened = foreign.recording(self._source) if first < step else None

    def layout(self) -> Iterator[tuple[str, Extent]]:
        end = self.journal.end if self.journal else self._source.size
        return frames.names(self._source, list(self._chain()), end, moved=self.moved != 0)


def _are_neighbours(before: Sequence[tuple[Extent, object]], each: tuple[Extent, object]) -> bool:
    return len(before) < _TOGETHER and sum(before[-1][0]) == each[0].offset


def _robust_packets(pieces: Iterator[foreign.Sound], rate: int, band: str) -> Iterator[bytes]:
    from memcodec_audio.robust import Modem

    found = Modem("low" if band == "low" else "normal").scan(pieces, rate)
    return (data for data in found if _is_stored(data))


def _is_right(data: bytes | None) -> bool:
    return data is not None and packet.is_intact(data)


def _is_stored(data: bytes) -> bool:
    """Whether it is a packet of a stream, not one of the guide."""
    return packet.is_intact(data) and data[3] != packet.GUIDE
