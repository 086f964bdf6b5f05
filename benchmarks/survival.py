"""What is left of robust sound after lossy encoders, noise and slow clocks, and where each of them breaks it.

Packets that one modem burst carries go out, come back through a channel and are counted. What stands here is the
modem alone: parity across packets would bring one lost packet in eleven back on top.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import numpy.typing as npt

from benchmarks import harness
from benchmarks.results import Cell, Check, Section, Table
from fixtures import channels
from memcodec.format.packet import DATA, HEADER_SIZE, NO_RECORD, Packet, payload_size
from memcodec_audio.robust import Modem, Rate

Samples = npt.NDArray[np.float32]
RATES: tuple[Rate, ...] = get_args(Rate)
PARITY = 1.1  # packets written for each packet of data, at the default parity

LADDERS: dict[str, tuple[Callable[[str], channels.Encoder], list[str]]] = {
    "MP3 CBR": (channels.mp3, "24k 32k 40k 48k 56k 64k 80k 96k 112k 128k".split()),
    "AAC": (channels.aac, "24k 32k 48k 56k 64k 72k 80k 96k 112k 128k".split()),
    "Opus": (channels.opus, "12k 16k 20k 24k 32k 48k 56k 64k 72k 80k 96k".split()),
    "Opus CBR": (channels.opus_cbr, "12k 16k 20k 24k 32k 48k 56k 64k 72k 80k 96k".split()),
    "MP3 VBR": (lambda step: channels.mp3_vbr(int(step)), list("987654")),
    "Vorbis": (lambda step: channels.vorbis(int(step)), ["-1", "0", "1", "3", "5"]),
}
REQUIRED = {
    "normal": [("MP3 CBR", "128k"), ("MP3 VBR", "4"), ("AAC", "128k"), ("Opus", "96k"), ("Vorbis", "5")],
    "low": [("Opus", "24k"), ("MP3 CBR", "48k")],
}


class Recording:
    """Full packets of noise, one burst each, and how many of them a channel leaves."""

    def __init__(self, rate: Rate, bursts: int) -> None:
        self.modem = Modem(rate)
        rng = np.random.default_rng(1)
        size = self.modem.packet_size - HEADER_SIZE
        self.packets = [
            Packet(DATA, b"file", 1, i, NO_RECORD, size, rng.bytes(size)).to_bytes() for i in range(bursts)
        ]
        self.sound = np.concatenate([self.modem.modulate(each) for each in self.packets])

    def left(self, heard: Samples, sample_rate: int = channels.RATE) -> float:
        """The share of packets that come back, 0 to 1."""
        found = set(self.modem.scan(heard, sample_rate))
        return sum(each in found for each in self.packets) / len(self.packets)

    @property
    def net(self) -> float:
        """Payload bytes per second of sound, with a packet of parity for every ten."""
        seconds = self.modem.burst_samples / channels.RATE
        return payload_size(self.modem.packet_size) / seconds / PARITY


def run(quick: bool) -> Section:
    recordings = {rate: Recording(rate, 4 if quick else 24) for rate in RATES}
    rows = [row for name in LADDERS for row in _encoder(name, recordings, quick)]
    breaks = [row for rate in RATES for row in _breaks(rate, recordings[rate], rows)]
    checks = [
        Check(
            f"robust {rate}, net with 10% parity",
            recordings[rate].net,
            2000 if rate == "normal" else 300,
            "B/s",
            True,
        )
        for rate in RATES
    ]
    checks += [_required(rate, rows) for rate in RATES]
    return Section(
        name="survival",
        title="Survival",
        intro=_INTRO.format(bursts=len(recordings["normal"].packets)),
        tables=[
            Table(
                "Packets that come back", _COLUMNS, rows, "Percent. kbit/s are of the mono file of `normal`."
            ),
            Table("Where it breaks", ["rate", "channel", "all packets come back down to"], breaks),
        ],
        checks=checks,
        figures={rate: _lines(rate, rows) for rate in RATES},
    )


_INTRO = """Sound of the `robust` modem, {bursts} bursts of packets of random bytes, through ffmpeg's encoders and
back: as a mono file and as two equal channels that the encoder may join. A packet that comes back is byte-exact: its
CRC32C says so. Parity across packets is not used here; it brings back one packet in eleven more. The `dense` profile
survives none of these: it is for lossless channels."""
_COLUMNS = [
    "encoder",
    "setting",
    "kbit/s",
    *(f"{rate}, {how}" for rate in RATES for how in ("mono", "stereo")),
]


def _encoder(name: str, recordings: dict[Rate, Recording], quick: bool) -> list[list[Cell]]:
    make, steps = LADDERS[name]
    rows = []
    wanted = {step for required in REQUIRED.values() for who, step in required if who == name}
    for step in [each for each in steps if each in wanted or not quick]:
        row: list[Cell] = [name, step, None]
        for recording in recordings.values():
            for stereo in (False, True):
                heard, bitrate = channels.reencoded(recording.sound, make(step), stereo=stereo)
                row[2] = row[2] or bitrate
                row.append(100 * recording.left(heard))
        harness.say(f"  {name} {step}: {row[3:]}")
        rows.append(row)
    return rows


def _breaks(rate: Rate, recording: Recording, rows: list[list[Cell]]) -> list[list[Cell]]:
    """The last step of each ladder, from its top, at which nothing is lost; the same for noise, level and clock."""
    found: list[list[Cell]] = []
    for name in LADDERS:
        for how in ("mono", "stereo"):
            column = _COLUMNS.index(f"{rate}, {how}")
            whole = [(row[1], row[column] == 100) for row in rows if row[0] == name]
            found.append([rate, f"{name}, {how}", _lowest(whole)])
    sound = recording.sound

    def bears(harm: Callable[[float], Samples]) -> Callable[[float], bool]:
        return lambda amount: recording.left(harm(amount)) == 1

    noise = _search(bears(lambda snr: channels.noisy(sound, snr)), 40, -20)
    level = _search(bears(lambda db: channels.eight_bit(sound * np.float32(10 ** (db / 20)))), 0, -60)
    clock = _search(bears(lambda ppm: channels.slowed(sound, ppm)), 0, 2000)
    found.append([rate, "white noise", _amount(noise, "dB SNR")])
    found.append([rate, "attenuation before 8-bit samples", _amount(level, "dB")])
    found.append([rate, "clock too slow", _amount(clock, "parts per million")])
    return found


def _amount(value: float | None, unit: str) -> str:
    return "never" if value is None else f"{value:.0f} {unit}"


def _lowest(whole: list[tuple[Cell, bool]]) -> Cell:
    """The lowest step from which on upwards nothing is lost; the steps are in order, the lowest first."""
    lowest: Cell = "never"
    for step, complete in reversed(whole):
        if not complete:
            break
        lowest = step
    return lowest


def _search(bears: Callable[[float], bool], good: float, bad: float) -> float | None:
    """By bisection, the last amount from ``good`` towards ``bad`` that is borne, to a hundredth of their distance."""
    if not bears(good):
        return None
    step = abs(bad - good) / 100
    while abs(bad - good) > step:
        middle = (good + bad) / 2
        good, bad = (middle, bad) if bears(middle) else (good, middle)
    return good


def _required(rate: Rate, rows: list[list[Cell]]) -> Check:
    columns = [_COLUMNS.index(f"{rate}, {how}") for how in ("mono", "stereo")]
    shares = [
        float(row[column] or 0) for row in rows if (row[0], row[1]) in REQUIRED[rate] for column in columns
    ]
    names = ", ".join(f"{name} {step}" for name, step in REQUIRED[rate])
    return Check(f"robust {rate}, packets back after {names}", min(shares, default=0.0), 100, "%", least=True)


def _lines(rate: Rate, rows: list[list[Cell]]) -> dict[str, list[list[Cell]]]:
    """For the chart: of each encoder with a bitrate, [kbit/s, percent back as a mono file]."""
    column = _COLUMNS.index(f"{rate}, mono")
    named = [name for name, (_, steps) in LADDERS.items() if steps[0].endswith("k")]
    return {name: [[int(str(row[1])[:-1]), row[column]] for row in rows if row[0] == name] for name in named}
