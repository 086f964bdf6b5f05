"""What run of damaged bytes a file always bears: every place it may begin at, not a sample of them.

A frame is lost when one of its bytes is. So a run that begins anywhere in a frame loses that frame and all that follow
up to the run's end, and which frames a run of so many bytes loses follows from their sizes alone. Every such set of
frames is put to RaptorQ. That a scan finds all other frames, whatever the run holds, is put to the scan itself:
files of frames of those sizes are damaged at every byte of their structure.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.format import parity
from memcodec.format.packet import DATA, HEADER_SIZE, NO_RECORD, Packet
from memcodec.media import registry
from memcodec.model import Extent
from memcodec.storage import MemorySource, MemoryTarget
from memcodec_video import boxes, mp4

Ints = npt.NDArray[np.int64]

IDS = 1000
SYMBOL = 8  # bytes of a simulated packet: what RaptorQ gives back depends on numbers of packets alone
SIZES = (50_000, 500_000, 2_000_000)  #: bytes of text
CODECS = (("mp4", "av1", "dense"), ("mp4", "h264", "robust"), ("flac", "flac", "dense"))


class Media(NamedTuple):
    """The frames of a commit: bytes of each with what stands before it, its first packet; data and parity packets."""

    lengths: Ints
    first: Ints
    data: int
    parity: int

    @property
    def packets(self) -> int:
        return self.data + self.parity


class Law(NamedTuple):
    """``bears``: bytes of the longest run that is always restored; ``media``: bytes of the media, at the worst."""

    bears: int
    media: int
    sets: int

    @property
    def share(self) -> float:
        return self.bears / self.media


def measure(folder: Path, suffix: str, codec: str, profile: str, text: int) -> tuple[Media, int]:
    """The frames of a real file of so much text, and the file's size."""
    path = folder / f"{codec}-{profile}-{text}.{suffix}"
    with memcodec.create(path, codec=codec, profile=profile, model="none") as memory:
        memory.add_path(corpora.subset(text, folder / f"{text}"))
    with memcodec.open(path) as memory:
        (segment,) = memory.reader.segments
        frames = np.asarray(segment.catalogue.frames(), np.int64)
        ends = frames[0] + frames[1]
        lengths = np.diff(ends, prepend=segment.catalogue.media)
        return Media(lengths, frames[2], segment.record.packets, segment.record.parity), path.stat().st_size


def law(media: Media, ids: int) -> Law:
    """The longest run that loses, wherever it begins, no set of frames that parity does not give back.

    Another file id is other bits in every symbol, so frames of other sizes: each id's are drawn from those measured.
    """
    most = _most(media)
    bears, least, chance = [], [], np.random.default_rng(1)
    for number in range(ids):
        lengths = media.lengths if number == 0 else _of_another_id(media.lengths, chance)
        bears.append(_shortest_fatal(lengths, most) - 1)
        least.append(int(lengths.sum()))
    worst = min(range(ids), key=lambda number: bears[number] / least[number])
    return Law(bears[worst], least[worst], int(most.sum()))


def _of_another_id(lengths: Ints, chance: np.random.Generator) -> Ints:
    return chance.choice(lengths[:-1], len(lengths)) if len(lengths) > 2 else lengths


def _most(media: Media) -> Ints:
    """For each frame, how many from it on may be lost together; every smaller number was tried, too."""
    frames = len(media.first)
    found = np.zeros(frames, np.int64)
    for begin in range(frames):
        while begin + found[begin] < frames and restored(media, begin, begin + int(found[begin]) + 1):
            found[begin] += 1
    return found


def restored(media: Media, begin: int, end: int) -> bool:
    """Whether RaptorQ gives all data packets back without the frames from ``begin`` up to ``end``."""
    bounds = np.append(media.first, media.packets)
    lost = range(int(bounds[begin]), int(bounds[end]))
    if len(lost) > media.parity:
        return False
    if lost.start >= media.data:
        return True
    everything = _symbols(media.data, media.parity)
    known = {i: everything[i] for i in range(media.packets) if i not in lost}
    given = parity.recover(media.data, SYMBOL, known)
    return given is not None and bool((given == everything[: media.data]).all())


_made: dict[tuple[int, int], npt.NDArray[np.uint8]] = {}


def _symbols(data: int, spare: int) -> npt.NDArray[np.uint8]:
    """Source symbols of noise and their repair symbols, shape [data + spare, SYMBOL]."""
    if (data, spare) not in _made:
        source = np.random.default_rng(2).integers(0, 256, (data, SYMBOL), np.uint8)
        _made[data, spare] = np.vstack([source, parity.make(source, spare)])
    return _made[data, spare]


def _shortest_fatal(lengths: Ints, most: Ints) -> int:
    """Bytes of the shortest run that is too long for where it begins.

    From a frame's last byte to the first of the frame after those that may be lost with it.
    """
    ends = np.cumsum(lengths)
    after = np.arange(len(lengths)) + most
    fatal = after < len(lengths)
    return int((ends[after[fatal] - 1] - ends[fatal] + 2).min()) if fatal.any() else int(ends[-1]) + 1


def scan_misses(lengths: Ints, ids: int) -> tuple[int, int]:
    """Frames that no byte of the run touched and a scan did not find, over all damage done; and how much was done."""
    missed = tried = 0
    for number in range(ids):
        chance = random.Random(number)
        data, frames = _film(lengths, chance)
        for start, end in _runs(frames, len(data), chance, every=number == 0):
            for filling in (bytes(end - start), chance.randbytes(end - start)):
                found = set(boxes.samples(MemorySource(data[:start] + filling + data[end:])))
                whole = {each for each in frames if each.offset >= end or each.offset + each.length <= start}
                missed += len(whole - found)
                tried += 1
    return missed, tried


def _film(lengths: Ints, chance: random.Random) -> tuple[bytes, list[Extent]]:
    """A file of frames of such sizes, a hundredth of the bytes each: noise, in fragments as they are written."""
    data = mp4.header("av1", 552, 552, mp4.full_box(b"stsd", 0, 0, bytes(4)), b"config")
    frames: list[Extent] = []
    for begin in range(0, len(lengths), 8):
        samples = [chance.randbytes(max(40, int(each) // 100)) for each in lengths[begin : begin + 8]]
        part, starts = mp4.fragment(begin // 8 + 1, begin, samples)
        frames += [Extent(len(data) + at, len(each)) for at, each in zip(starts, samples, strict=True)]
        data += part
    return data, frames


def _runs(
    frames: list[Extent], size: int, chance: random.Random, *, every: bool
) -> Iterator[tuple[int, int]]:
    """Runs, a tenth of the file long, that begin or end at each byte between frames, or at some of them."""
    structure = set(range(size)) - {
        at for each in frames for at in range(each.offset + 1, each.offset + each.length - 1)
    }
    for place in sorted(structure) if every else chance.sample(sorted(structure), 2):
        yield place, min(size, place + size // 10)
        yield max(0, place - size // 10), place


def sound_misses(ids: int) -> tuple[int, int]:
    """The same of dense sound, whose frames are found by their own headers: packets missed, and scans."""
    missed = tried = 0
    for number in range(ids):
        chance = random.Random(number)
        data, frames = _sound(number)
        for start, end in _runs([extent for extent, _ in frames], len(data), chance, every=number == 0):
            for filling in (bytes(end - start), chance.randbytes(end - start)):
                found = _scanned(data[:start] + filling + data[end:])
                whole = [each for at, each in frames if at.offset >= end or at.offset + at.length <= start]
                missed += sum(each not in found for each in whole)
                tried += 1
    return missed, tried


def _sound(number: int) -> tuple[bytes, list[tuple[Extent, bytes]]]:
    """A recording of a few full packets of noise, and where each stands in it."""
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense")
    noise, size = np.random.default_rng(number), writer.packet_size - HEADER_SIZE
    packets = [
        Packet(DATA, b"film", 1, each, NO_RECORD, size, noise.bytes(size)).to_bytes() for each in range(6)
    ]
    frames = list(writer.write_packets(packets, 1))
    writer.commit(b"{}")
    writer.close()
    places = [Extent(frame.offset, frame.length) for frame in frames]
    return bytes(target.source().get_bytes(0, target.size)), list(zip(places, packets, strict=True))


def _scanned(data: bytes) -> set[bytes]:
    reader = registry.get("flac").open(MemorySource(data))
    try:
        return set(reader.scan())
    finally:
        reader.close()


def run(quick: bool) -> Section:
    rows: list[list[Cell]] = []
    shares = []
    with harness.scratch() as folder:
        for suffix, codec, profile in CODECS:
            for size in SIZES[: 2 if quick else 3]:
                media, whole = measure(folder, suffix, codec, profile, size)
                found = law(media, 50 if quick else IDS)
                shares.append(100 * found.share)
                counts = [len(media.lengths), found.sets, found.bears]
                rows.append(
                    [f"{codec} {profile}", size / 1e6, *counts, shares[-1], 100 * found.bears / whole]
                )
                harness.say(f"  {rows[-1]}")
    of_video = scan_misses(media.lengths[:110], 20 if quick else IDS)
    of_sound = sound_misses(2 if quick else IDS // 10)
    missed, tried = of_video[0] + of_sound[0], of_video[1] + of_sound[1]
    harness.say(f"  scans: {tried}, frames missed: {missed}")
    return Section(
        name="bursts",
        title="Bursts",
        intro=_INTRO.format(ids=50 if quick else IDS, tried=tried),
        tables=[Table("Runs of damaged bytes that are always restored", _COLUMNS, rows, _NOTE)],
        checks=[
            Check("a run of damaged media that is always restored", min(shares), 8, "% of it", least=True),
            Check("frames outside of a run that a scan did not find", missed, 0, ""),
        ],
    )


_COLUMNS = ["media", "text MB", "frames", "sets tried", "bytes", "% of the media", "% of the file"]
_NOTE = (
    "At 10% parity. *media*: the frames of data and parity. *sets tried*: of frames that one run can lose."
)
_INTRO = """One run of bytes is damaged, wherever it begins: {ids} file ids a row. A frame counts as lost when the run
touches it; each set of frames that a run can lose went through RaptorQ. Without an index a scan must find all other
frames: {tried:,} scans, the runs zeroed or random, beginning and ending at every byte between frames."""
