"""Packets to FLAC frames. No frame reaches the file before its bytes were decoded again and found right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice

import numpy as np

from memcodec.errors import CodecError
from memcodec.format import packet as packets_
from memcodec.format.packet import Packet
from memcodec.media import container
from memcodec.media.groups import batched
from memcodec.media.journal import Journal
from memcodec.media.threads import in_order
from memcodec.media.writer import TailWriter, begin_file
from memcodec.model import Extent, Frame
from memcodec.process.machine import cores
from memcodec.storage import Source, Target, reads
from memcodec_audio import commits, flac, head, sound
from memcodec_audio.commits import CommitFrames
from memcodec_audio.flac import RAW
from memcodec_audio.profiles import AudioConfig, modem
from memcodec_audio.runs import RawRun, head_size

_TOGETHER = (
    24,
    96,
)  # FLAC blocks that a thread makes at once: of a few, of many; libsndfile's beginning is dear
_ALIGNMENT = 64
_RUN_FRAMES = 1024  # raw frames made at once
_COPIED = 64  # packets copied at once


class AudioWriter(TailWriter):
    """A ``MediaWriter`` for FLAC."""

    frame_packets = 1
    head = flac.INFO  #: STREAMINFO holds the recording's length: it alone is written again

    def __init__(self, target: Target, config: AudioConfig, after: CommitFrames | None) -> None:
        super().__init__(target)
        self._config, self._modem = config, modem(config)
        self.packet_size, self.packet_sizes = self._modem.packet_size, self._modem.packet_sizes
        self._number = after.next_number if after else 0
        self._guide = after.guide if after else 0
        self._previous = after.end if after else 0
        self._runs: list[RawRun] = []
        self._headless = after is None

    @classmethod
    def create(cls, target: Target, config: AudioConfig) -> AudioWriter:
        """Writes STREAMINFO and the configuration; the comments follow with the guide."""
        begin_file(target, head.start(config))
        return cls(target, config, None)

    @classmethod
    def reopen(cls, target: Target, last: CommitFrames, journal: Journal) -> AudioWriter:
        """Continues after the last commit and its journal; states the length up to the former if it is not stated.

        So players end where the commit does, and what a crash leaves of a journal is never played.
        """
        writer = cls(target, last.config, last)
        writer._state_length()
        writer._number = journal.number
        return writer

    def write_guide(self, pages: Sequence[str]) -> None:
        self._finish_head(pages)
        if self._config.profile == "robust":
            frames = list(self._encoded(_spoken(pages, self.packet_size)))
            self._guide = sum(len(batch) * self._modem.blocks for batch in frames)

    def _finish_head(self, pages: Sequence[str]) -> None:
        if self._headless:
            self._target.append(head.finish(pages))
            self._headless = False

    def write_packets(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Frame]:
        if per_frame != 1:
            raise CodecError(f"a spectrum holds 1 packet, not {per_frame}")
        self._finish_head(())
        for frames in self._encoded(packets):
            yield from frames

    def _encoded(self, packets: Iterable[bytes]) -> Iterator[list[Frame]]:
        """Modulate, encode, prove and write, a batch at a time, batches on all cores."""
        workers = cores()
        with ThreadPoolExecutor(workers, "modulate") as pool:
            yield from map(self._append, in_order(pool, self._jobs(packets, workers), workers))

    def _jobs(self, packets: Iterable[bytes], workers: int) -> Iterator[Callable[[], list[bytes]]]:
        number, left, blocks = self._number, iter(packets), self._modem.blocks
        least, most = (max(1, each // blocks) for each in _TOGETHER)
        size, taken = least, 0
        while batch := list(islice(left, size)):
            yield partial(self._make, batch, number)
            number += len(batch) * blocks
            taken += len(batch)
            # A small share of what there was, so that the last ones keep all threads busy.
            size = min(max(least, taken // (4 * workers)), most)

    def _make(self, batch: Sequence[bytes], number: int) -> list[bytes]:
        """The batch's FLAC frames, proven. Raises CodecError when they do not read back."""
        for packet in batch:
            if len(packet) > self.packet_size:
                raise CodecError(f"a packet of {len(packet)} bytes: a spectrum carries {self.packet_size}")
        bits = self._config.bits
        samples = self._modem.modulate(batch)
        frames = sound.encode(samples, bits, number)
        heard = sound.decode(frames, len(frames), bits)
        if heard is None or not np.array_equal(heard, samples):
            raise CodecError("a FLAC frame does not decode to what went in; try another `codec`")
        if self._config.profile == "robust" and self._modem.demodulate(heard) != list(batch):
            raise CodecError("a burst does not read back; try another `codec` or `profile`")
        return frames

    def _append(self, frames: Sequence[bytes]) -> list[Frame]:
        offset, blocks = self._target.append(b"".join(frames)), self._modem.blocks
        self._number += len(frames)
        made = []
        for first in range(0, len(frames), blocks):
            length = sum(map(len, frames[first : first + blocks]))
            made.append(Frame(offset, length, 1))
            offset += length
        return made

    def accepts(self, source: Source) -> bool:
        begin = container.head(source)
        info = flac.parse_info(begin)
        same = info is not None and (info.rate, info.channels, info.bits) == (flac.RATE, 1, self._config.bits)
        return same and head.config_in(begin) == self._config

    def copy_frames(self, source: Source, frames: Iterable[Frame]) -> Iterator[Frame]:
        self._finish_head(())
        for batch in batched(frames, _COPIED):
            old = chain.from_iterable(self._flac_frames(source, batch))
            new = self._append(
                [flac.renumber(frame, number) for number, frame in enumerate(old, self._number)]
            )
            yield from (made._replace(packets=frame.packets) for made, frame in zip(new, batch, strict=True))

    def _flac_frames(self, source: Source, batch: Sequence[Frame]) -> Iterator[list[memoryview]]:
        """Each packet's FLAC frames."""
        longest = self._modem.blocks * flac.MAX_FRAME
        for frame in batch:
            if not container.is_inside(source, frame, longest):
                raise container.no_frame(source, frame.offset)
        extents = ((frame.offset, frame.length) for frame in batch)
        for frame, data in zip(batch, reads.each(source, extents), strict=True):
            frames = flac.frames_of(data, self._modem.blocks, self._config.bits)
            if frames is None:
                raise container.no_frame(source, frame.offset)
            yield frames

    def blob_place(self, length: int) -> Extent:
        run, pad = self._next_run(length)
        return Extent(run.address + pad, length)

    def _next_run(self, length: int) -> tuple[RawRun, int]:
        """The run that a blob would stand in, and how many zeros before it."""
        self._finish_head(())
        start = self._target.size
        pad = -(start + head_size(self._number)) % _ALIGNMENT
        return RawRun(start, self._number, -(-(pad + length) // RAW)), pad

    def write_blob(self, blob: bytes | memoryview) -> Extent:
        run, pad = self._next_run(len(blob))
        step = _RUN_FRAMES * RAW
        for at in range(-pad, len(blob), step):
            part = bytes(-min(at, 0)) + bytes(blob[max(0, at) : at + step])
            part += bytes(-len(part) % RAW)
            self._target.append(flac.raw_frames(self._number, self._config.bits, part))
            self._number += len(part) // RAW
        if run.blocks:
            self._runs.append(run)
        return Extent(run.address + pad, len(blob))

    def commit(self, record: bytes) -> Extent:
        self._finish_head(())
        data = commits.frames(self._config, self._guide, self._previous, self._number, self._runs, record)
        with self._committing(data) as place:
            self._previous = self._target.size
            self._number += commits.frame_count(record, self._runs)
            self._runs = []
        self._state_length()
        return place

    def _state_length(self) -> None:
        stated = flac.total(self._config.bits, self._number * flac.BLOCK)
        if self._target.read(flac.TOTAL_AT, len(stated)) != stated:
            self._target.patch(flac.TOTAL_AT, stated)


def _spoken(pages: Sequence[str], size: int) -> list[bytes]:
    """The guide as packets of plain text, which are no part of any stream."""
    text, room = "\n\n".join(pages).encode(), size - packets_.HEADER_SIZE
    parts = [text[at : at + room] for at in range(0, len(text), room)]
    return [
        Packet(packets_.GUIDE, bytes(4), 0, place, 0, len(part), part).to_bytes()
        for place, part in enumerate(parts)
    ]
