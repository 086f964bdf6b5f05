"""Packets to fragments. No frame reaches the file before it was decoded again and found right."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from typing import NamedTuple

from memcodec.errors import CodecError
from memcodec.media.container import HEAD, head, is_inside, no_frame
from memcodec.media.contract import Profile
from memcodec.media.groups import batched, grouped
from memcodec.media.threads import in_order
from memcodec.media.writer import TailWriter, begin_file
from memcodec.model import Extent, Frame
from memcodec.process.machine import cores
from memcodec.storage import Source, Target, reads
from memcodec_video import boxes, mp4, qr
from memcodec_video import symbols as readers
from memcodec_video.commits import CommitBox, VideoConfig, commit_box, config_in
from memcodec_video.decode import Decoders, plays
from memcodec_video.encode import Encoder, sample_description
from memcodec_video.guide import draw_page
from memcodec_video.layout import Luma
from memcodec_video.profiles import SETTINGS
from memcodec_video.reader import MAX_SAMPLE

_FRAGMENT = 8  # frames: what a damaged moof and mdat tail together can hide from a scan
_FRAGMENT_BYTES = 1 << 23  # copied at once; frames of our own making never reach it
_AHEAD = 2 * _FRAGMENT  # frames that may wait for proof
_SYMBOLS = 6  # drawn at once
_PAGE_FRAMES = 2 * mp4.FRAME_RATE  # that show a page: time enough to stop the player and read
_ALIGNMENT = 64
_LARGER = (20, 30, qr.LARGEST)  # versions of symbols, tried when smaller ones do not read back


class Drawn(NamedTuple):
    """A frame to be: its packets and the symbols that show them."""

    packets: Sequence[bytes]
    symbols: qr.Modules
    luma: Luma


def _coded_page(codec: str, profile: Profile, texts: Sequence[str]) -> tuple[bytes, ...]:
    """The samples that show a page of the guide."""
    settings = SETTINGS[codec, profile]
    encoder, plane = Encoder(settings, repeats=True), draw_page(texts, settings.layout)
    samples = [sample for _ in range(_PAGE_FRAMES) for sample in encoder.encode(plane)]
    samples += encoder.finish()
    if len(samples) != _PAGE_FRAMES or not plays(codec, samples):
        raise CodecError(f"the {codec} encoder's guide frames do not decode; try another `codec`")
    return tuple(samples)


class VideoWriter(TailWriter):
    """A ``MediaWriter`` for MP4."""

    def __init__(self, target: Target, config: VideoConfig, after: CommitBox | None) -> None:
        super().__init__(target)
        self._config = config
        self._settings = SETTINGS[config.codec, config.profile]
        self._layout = config.layout
        self._sequence, self._time = (after.sequence, after.time) if after else (1, 0)
        self._previous = after.start if after else 0
        self._decoders = Decoders(config.codec)
        self.packet_size = self._layout.packet_size
        self.packet_sizes = self._layout.packet_sizes
        self.frame_packets = self._layout.slots

    @classmethod
    def create(cls, target: Target, config: VideoConfig) -> VideoWriter:
        """Writes ``ftyp`` and ``moov``."""
        stsd = sample_description(SETTINGS[config.codec, config.profile])
        width, height = config.layout.width, config.layout.height
        begin_file(target, mp4.header(config.codec, width, height, stsd, config.to_bytes()))
        return cls(target, config, None)

    def write_guide(self, pages: Sequence[str]) -> None:
        if pages:
            self._append(_coded_page(self._config.codec, self._config.profile, pages), repeats=True)

    def write_packets(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Frame]:
        if not 0 < per_frame <= self.frame_packets:
            raise CodecError(f"a frame holds 1 to {self.frame_packets} packets, not {per_frame}")
        proofs = (partial(self._prove, sample, drawn) for sample, drawn in self._coded(packets, per_frame))
        with ThreadPoolExecutor(cores(), "prove") as pool:
            for proven in batched(in_order(pool, proofs, _AHEAD), _FRAGMENT):
                starts = self._append([sample for sample, _ in proven])
                for start, (sample, count) in zip(starts, proven, strict=True):
                    yield Frame(start, len(sample), count)

    def _coded(self, packets: Iterable[bytes], per_frame: int) -> Iterator[tuple[bytes, Drawn]]:
        """Every frame's sample as the encoder gives it out, with what it should show."""
        encoder: Encoder | None = None
        waiting: deque[Drawn] = deque()
        try:
            for drawn in self._drawn(packets, per_frame):
                encoder = encoder or Encoder(self._settings)
                waiting.append(drawn)
                for sample in encoder.encode(drawn.luma):
                    yield sample, waiting.popleft()
        except BaseException:
            if encoder is not None:
                encoder.finish()  # SVT-AV1 writes to stderr about one that is dropped unfinished
            raise
        for sample in encoder.finish() if encoder else ():
            yield sample, waiting.popleft()
        if waiting:
            raise CodecError(f"the {self._config.codec} encoder lost frames; try another `codec`")

    def _drawn(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Drawn]:
        """The frames, the symbols of some drawn at once: most of what that takes are steps, however many symbols."""
        for run in batched(packets, per_frame * max(1, _SYMBOLS // per_frame)):
            symbols = self._symbols(run, qr.DEFAULT_MASK)
            for first in range(0, len(run), per_frame):
                own = slice(first, first + per_frame)
                yield Drawn(run[own], symbols[own], self._layout.paint(symbols[own]))

    def _draw(self, packets: Sequence[bytes], mask: int, least: int) -> Drawn:
        symbols = self._symbols(packets, mask, least)
        return Drawn(packets, symbols, self._layout.paint(symbols))

    def _symbols(self, packets: Sequence[bytes], mask: int, least: int = 1) -> qr.Modules:
        for packet in packets:
            if len(packet) > self.packet_size:
                raise CodecError(f"a packet of {len(packet)} bytes: a symbol carries {self.packet_size}")
        return qr.draw(packets, self._layout.level, mask, least)

    def _prove(self, sample: bytes, drawn: Drawn) -> tuple[bytes, int]:
        """A sample that reads back, the given one or else one drawn in another way; and its number of packets.

        Symbols of other versions than the smallest say the same with other modules, as other masks do.
        """
        if self._reads_back(sample, drawn):
            return sample, len(drawn.packets)
        for least, mask in product((1, *_LARGER), range(qr.MASKS)):
            if (least, mask) != (1, qr.DEFAULT_MASK):
                again = self._draw(drawn.packets, mask, least)
                encoder = Encoder(self._settings)
                (sample,) = encoder.encode(again.luma) + encoder.finish()
                if self._reads_back(sample, again):
                    return sample, len(drawn.packets)
        raise CodecError(f"a {self._config.codec} frame does not read back; try another `codec` or `profile`")

    def _reads_back(self, sample: bytes, drawn: Drawn) -> bool:
        luma = self._decoders.decode(sample)
        if luma is None or luma.shape != drawn.luma.shape:
            return False
        seen = self._layout.modules(luma, list(range(len(drawn.packets))))
        exact = (seen == drawn.symbols).all(axis=(1, 2))
        return all(
            exact[slot] or readers.reads_as(luma, self._layout, slot, packet)
            for slot, packet in enumerate(drawn.packets)
        )

    def accepts(self, source: Source) -> bool:
        begin = head(source)
        stsd = boxes.sample_description(begin)
        own = boxes.sample_description(self._target.read(0, HEAD))
        return config_in(begin) == self._config and stsd is not None and stsd == own

    def copy_frames(self, source: Source, frames: Iterable[Frame]) -> Iterator[Frame]:
        for group in grouped(_checked(source, frames), _is_of_fragment):
            samples = list(reads.each(source, ((frame.offset, frame.length) for frame in group)))
            starts = self._append(samples)
            yield from (frame._replace(offset=start) for start, frame in zip(starts, group, strict=True))

    def _append(self, samples: Sequence[bytes | memoryview], *, repeats: bool = False) -> list[int]:
        data, starts = mp4.fragment(self._sequence, self._time, samples, repeats=repeats)
        offset = self._target.append(data)
        self._sequence += 1
        self._time += len(samples)
        return [offset + start for start in starts]

    def blob_place(self, length: int) -> Extent:
        return Extent(mp4.blob_box(self._target.size, length, _ALIGNMENT)[1], length)

    def write_blob(self, blob: bytes | memoryview) -> Extent:
        head, offset = mp4.blob_box(self._target.size, len(blob), _ALIGNMENT)
        self._target.append(head)
        self._target.append(blob)
        return Extent(offset, len(blob))

    def commit(self, record: bytes) -> Extent:
        box = commit_box(self._config, self._sequence, self._time, self._previous, record)
        with self._committing(box) as place:
            self._previous = place.offset
        return place

    def close(self) -> None:
        self._decoders.close()


def _checked(source: Source, frames: Iterable[Frame]) -> Iterator[Frame]:
    for frame in frames:
        if not is_inside(source, frame, MAX_SAMPLE):
            raise no_frame(source, frame.offset)
        yield frame


def _is_of_fragment(before: Sequence[Frame], frame: Frame) -> bool:
    """Whether a frame that is copied goes into the fragment of those before it."""
    return len(before) < _FRAGMENT and sum(each.length for each in before) < _FRAGMENT_BYTES
