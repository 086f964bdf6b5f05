"""Sound: how dense FLAC files are, and how fast beside the bare transform and libsndfile on the same samples."""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable, Sequence

import numpy as np
import soundfile

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.format.packet import DATA, HEADER_SIZE, Packet
from memcodec.media import registry
from memcodec.model import Frame, PacketPlace
from memcodec.storage import MemoryTarget

BLOCK = 4096
LIMITS = {"24": 1.15, "16": 1.20}
SPEEDS = {"write": 1.8, "read": 2.0}
Times = dict[str, list[float]]


def run(quick: bool) -> Section:
    section = Section(
        name="sound",
        title="Sound",
        intro=(
            "FLAC, dense: Python's documentation for the sizes, random full packets in memory for the speed. *bare*: "
            "the real FFT of every block and libsndfile's write or read of the same samples, on one core as libsndfile "
            "works; memcodec's times include scrambling, decoding every block again to prove it, and checksums, on all "
            "cores."
        ),
    )
    sizes: list[list[Cell]] = []
    speeds: list[list[Cell]] = []
    for bits in ("24", "16"):
        sizes.append(_sizes(section, bits, quick))
        speeds += _speeds(section, bits, 200 if quick else 1600, 2 if quick else 7)
    size_columns = ["bits", "media / payload", "media with 10% parity / text", "file without index / text"]
    section.tables.append(Table("Density", size_columns, sizes))
    speed_columns = ["bits", "work", "bare s", "memcodec s", "memcodec / bare", "MB of packets / s"]
    section.tables.append(Table("Speed, medians", speed_columns, speeds))
    return section


def _sizes(section: Section, bits: str, quick: bool) -> list[Cell]:
    with harness.scratch() as folder:
        source = corpora.subset(1_000_000, folder / "text") if quick else corpora.python_docs()
        path = folder / "file.flac"
        with memcodec.create(path, settings=memcodec.Settings.of(bits=bits), index="none") as memory:
            memory.add_path(source)
        with memcodec.open(path) as memory:
            info = memory.info()
    media = info.parts["text"] / info.stream
    whole = (info.parts["text"] + info.parts["parity"]) / info.text
    section.checks.append(
        Check(f"flac dense {bits} bit: media / compressed payload", media, LIMITS[bits], "x")
    )
    section.checks.append(Check(f"flac dense {bits} bit: media with parity / text", whole, 0.30, "x"))
    return [bits, media, whole, info.size / info.text]


def _speeds(section: Section, bits: str, count: int, rounds: int) -> list[list[Cell]]:
    sound = _Sound(bits, count)
    times: Times = harness.alternate(sound.works(), rounds)
    rows: list[list[Cell]] = []
    for work in ("write", "read"):
        bare, ours = times[f"bare {work}"], times[work]
        ratio = harness.ratio(ours, bare)
        section.checks.append(
            Check(f"flac dense {bits} bit: {work} / bare FFT and libsndfile", ratio, SPEEDS[work], "x")
        )
        middle = statistics.median(ours)
        rows.append([bits, work, statistics.median(bare), middle, ratio, sound.megabytes / middle])
    return rows


class _Sound:
    """Packets, the samples they become, and the four works on them."""

    def __init__(self, bits: str, count: int) -> None:
        self._bits, self._codec = bits, registry.get("flac")
        size = self._codec.create(MemoryTarget(), "dense", {"bits": bits}).packet_size - HEADER_SIZE
        noise = np.random.default_rng(1)
        self._packets = [
            Packet(DATA, b"test", 1, number, 0, size, noise.bytes(size)).to_bytes() for number in range(count)
        ]
        self._target = MemoryTarget()
        self._frames = self._written(self._target)
        self.megabytes = sum(map(len, self._packets)) / 1e6
        file = io.BytesIO(bytes(self._target.read(0, self._target.size)))
        samples = soundfile.read(file, dtype="int32")[0][: count * BLOCK]
        self._samples = samples
        self._spectra = np.fft.rfft(samples.reshape(-1, BLOCK).astype(float))
        self._flac = io.BytesIO()
        soundfile.write(self._flac, samples, 48_000, format="FLAC", subtype=f"PCM_{bits}")

    def works(self) -> dict[str, Callable[[], object]]:
        return {
            "bare write": self._bare_write,
            "write": self._write,
            "bare read": self._bare_read,
            "read": self._read,
        }

    def _written(self, target: MemoryTarget) -> Sequence[Frame]:
        writer = self._codec.create(target, "dense", {"bits": self._bits})
        frames = list(writer.write_packets(self._packets, 1))
        writer.commit(b"{}")
        return frames

    def _bare_write(self) -> None:
        np.fft.irfft(self._spectra, BLOCK)
        soundfile.write(io.BytesIO(), self._samples, 48_000, format="FLAC", subtype=f"PCM_{self._bits}")

    def _write(self) -> None:
        self._written(MemoryTarget())

    def _bare_read(self) -> None:
        self._flac.seek(0)
        samples = soundfile.read(self._flac, dtype="int32")[0]
        np.fft.rfft(samples.reshape(-1, BLOCK).astype(float))

    def _read(self) -> None:
        reader = self._codec.open(self._target.source())
        found: list[bytes | None] = []
        places = [PacketPlace(frame.offset, frame.length, 0) for frame in self._frames]
        for first in range(0, len(places), 512):
            found += reader.read_packets(places[first : first + 512])
        if found != self._packets:
            raise SystemExit("the packets do not read back: their time would mean nothing")
