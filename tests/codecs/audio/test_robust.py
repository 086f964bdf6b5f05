"""The robust modem: what goes in comes out, and still does after what recordings suffer."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from functools import cache
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest

from fixtures import channels
from memcodec.errors import CodecError, ConfigError
from memcodec.format.packet import DATA, HEADER_SIZE, NO_RECORD, PARITY, Packet, payload_size
from memcodec_audio.robust import Modem, Rate

Samples = npt.NDArray[np.float32]
RATES = get_args(Rate)
BURSTS = 10


@cache
def modem(rate: Rate) -> Modem:
    return Modem(rate)


def packet(payload: bytes, number: int = 0, kind: int = DATA) -> bytes:
    return Packet(kind, b"file", 1, number, NO_RECORD, len(payload), payload).to_bytes()


@cache
def recording(rate: Rate) -> tuple[list[bytes], Samples]:
    """Ten full packets of noise and their bursts."""
    rng = np.random.default_rng(5)
    packets = [packet(rng.bytes(modem(rate).packet_size - HEADER_SIZE), i) for i in range(BURSTS)]
    return packets, np.concatenate([modem(rate).modulate(each) for each in packets])


def scan(rate: Rate, sound: Samples, sample_rate: int = channels.RATE) -> list[bytes]:
    return list(modem(rate).scan(sound.astype(np.float32), sample_rate))


PAYLOADS: dict[str, Callable[[int], bytes]] = {
    "one byte": lambda size: b"x",
    "zeros": bytes,
    "ones": lambda size: b"\xff" * size,
    "repetitive": lambda size: (b"the same words " * size)[:size],
    "counting": lambda size: bytes(i & 255 for i in range(size)),
    "noise": lambda size: np.random.default_rng(2).bytes(size),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("what", PAYLOADS)
@pytest.mark.parametrize("kind", [DATA, PARITY])
def test_a_burst_gives_its_packet_back(rate: Rate, what: str, kind: int) -> None:
    sent = packet(PAYLOADS[what](modem(rate).packet_size - HEADER_SIZE), kind=kind)
    burst = modem(rate).modulate(sent)
    assert burst.shape == (modem(rate).burst_samples,)
    assert burst.dtype == np.float32
    assert 0.4 < np.abs(burst).max() <= 0.5
    assert modem(rate).demodulate(burst) == sent


def test_rates_hold_after_a_tenth_of_parity() -> None:
    for rate, least in (("normal", 2000), ("low", 300)):
        seconds = modem(rate).burst_samples / 48_000
        assert modem(rate).burst_samples % 4096 == 0
        assert payload_size(modem(rate).packet_size) / seconds * 0.9 >= least


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(CodecError, match="at most 486"):
        modem("low").modulate(bytes(487))
    with pytest.raises(ConfigError, match="normal, low"):
        Modem("high")  # type: ignore[arg-type]
    with pytest.raises(CodecError, match="0 Hz"):
        list(modem("low").scan(np.zeros(10, np.float32), 0))


@pytest.mark.slow
@pytest.mark.parametrize("stereo", [False, True], ids=["mono", "stereo"])
@pytest.mark.parametrize(
    ("rate", "encoder"),
    [
        ("normal", channels.mp3("128k")),
        ("normal", channels.mp3_vbr(4)),
        ("normal", channels.aac("128k")),
        ("normal", channels.opus("96k")),
        ("normal", channels.vorbis(5)),
        ("low", channels.opus("24k")),
        ("low", channels.mp3("48k")),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.options[1:]),
)
def test_lossy_encoders(rate: Rate, encoder: channels.Encoder, stereo: bool) -> None:
    packets, sound = recording(rate)
    heard, _ = channels.reencoded(sound, encoder, stereo=stereo)
    assert not np.array_equal(heard[: len(sound)], sound)
    assert scan(rate, heard) == packets


HARMS: dict[str, Callable[[Samples], Samples]] = {
    "12 dB quieter": lambda sound: sound * np.float32(10 ** (-12 / 20)),
    "40 dB quieter": lambda sound: sound / 100,
    "inverted": lambda sound: -sound,
    "8 bit": channels.eight_bit,
    "12 dB quieter, then 8 bit": lambda sound: channels.eight_bit(sound / 4),
    "noise at 25 dB": lambda sound: channels.noisy(sound, 25),
    "noise at 8 dB": lambda sound: channels.noisy(sound, 8),
    "odd offset": lambda sound: np.concatenate([np.zeros(12_345, np.float32), sound]),
    "noise before and behind": lambda sound: np.concatenate([hiss(30_001), sound, hiss(70_007)]),
    "100 ppm slow": lambda sound: channels.slowed(sound, 100),
    "100 ppm fast": lambda sound: channels.slowed(sound, -100),
    "380 ppm slow, noise at 15 dB": lambda sound: channels.noisy(channels.slowed(sound, 380), 15),
    "380 ppm fast, noise at 15 dB": lambda sound: channels.noisy(channels.slowed(sound, -380), 15),
    "constant added": lambda sound: sound + np.float32(0.3),
    "clipped 3 dB lower": lambda sound: sound.clip(-0.35, 0.35),
    "last 20 ms missing": lambda sound: sound[:-960],
}


def hiss(size: int) -> Samples:
    return (np.random.default_rng(3).normal(size=size) * 0.1).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("harm", HARMS)
def test_harm_that_costs_nothing(rate: Rate, harm: str) -> None:
    packets, sound = recording(rate)
    assert scan(rate, HARMS[harm](sound)) == packets


@pytest.mark.slow
@pytest.mark.parametrize("ppm", [-380, 380])
def test_a_wrong_clock_and_noise_near_the_limit(ppm: float) -> None:
    packets, sound = recording("normal")
    assert scan("normal", channels.noisy(channels.slowed(sound, ppm), 4)) == packets


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("back", [False, True], ids=["44.1 kHz", "44.1 kHz and back"])
def test_resampling(rate: Rate, back: bool) -> None:
    packets, sound = recording(rate)
    there = channels.resampled(sound, 48_000, 44_100)
    heard, sample_rate = (channels.resampled(there, 44_100, 48_000), 48_000) if back else (there, 44_100)
    assert scan(rate, heard, sample_rate) == packets


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("sample_rate", [32_000, 96_000, 192_000])
def test_other_sample_rates(rate: Rate, sample_rate: int) -> None:
    packets, sound = recording(rate)
    assert scan(rate, channels.resampled(sound, 48_000, sample_rate), sample_rate) == packets


@pytest.mark.parametrize("rate", RATES)
def test_a_cut_start_costs_one_burst(rate: Rate) -> None:
    packets, sound = recording(rate)
    assert scan(rate, sound[24_000:]) == packets[1:]


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("where", [0.31, 0.5, 0.777])
def test_a_gap_costs_the_bursts_it_touches(rate: Rate, where: float) -> None:
    packets, sound = recording(rate)
    at, gone = int(where * len(sound)), len(sound) // 100
    heard = scan(rate, np.delete(sound, slice(at, at + gone)))
    touched = {at // modem(rate).burst_samples, (at + gone) // modem(rate).burst_samples}
    assert set(packets) - set(heard) <= {packets[number] for number in touched}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("sample_rate", "piece"), [(48_000, 777), (48_000, 1_000_000), (44_100, 12_345)])
def test_pieces_give_what_the_whole_gives(rate: Rate, sample_rate: int, piece: int) -> None:
    packets, sound = recording(rate)
    if sample_rate != channels.RATE:
        sound = channels.slowed(sound, (sample_rate / channels.RATE - 1) * 1e6)
    pieces = (sound[start : start + piece] for start in range(0, len(sound), piece))
    assert list(modem(rate).scan(pieces, sample_rate)) == packets


@pytest.mark.parametrize("rate", RATES)
def test_bursts_apart_are_found(rate: Rate) -> None:
    packets, sound = recording(rate)
    bursts = sound.reshape(BURSTS, -1)
    apart = [part for i, burst in enumerate(bursts) for part in (hiss(1000 + 7919 * i), burst)]
    assert scan(rate, np.concatenate(apart)) == packets


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
def test_where_there_is_nothing_nothing_is_found(rate: Rate) -> None:
    other = recording("low" if rate == "normal" else "normal")[1]
    tone = np.sin(2 * np.pi * 1000 / 48_000 * np.arange(300_000))
    for sound in (np.zeros(0), np.zeros(5), np.zeros(300_000), hiss(1_000_000), tone, other):
        assert scan(rate, sound) == []
    size = modem(rate).burst_samples
    for sound in (np.zeros(size), hiss(size), tone[:size], other[:size], np.zeros(0)):
        assert modem(rate).demodulate(sound.astype(np.float32)) is None


@pytest.mark.parametrize("rate", RATES)
def test_a_burst_of_anything_but_a_packet_is_lost(rate: Rate) -> None:
    burst = modem(rate).modulate(b"no packet: no magic, no checksum")
    assert modem(rate).demodulate(burst) is None
    assert scan(rate, burst) == []


@pytest.mark.parametrize("rate", RATES)
def test_the_burst_is_the_one_that_the_format_page_describes(rate: Rate) -> None:
    sent = packet(b"the page, step by step", number=7)
    burst = modem(rate).modulate(sent)
    assert np.abs(burst - spelled_out(rate, sent)).max() < 1e-5


def spelled_out(rate: str, sent: bytes) -> npt.NDArray[np.float64]:
    """docs/FORMAT.md, "Robust sound", in its own letters and by the slowest means."""
    first, carriers, bits, size, words, parity = {
        "normal": (8, 480, 54_000, 3200, 13, 10),
        "low": (6, 112, 12_600, 512, 3, 8),
    }[rate]
    length = size - words * parity
    message = (len(sent).to_bytes(2, "little") + sent).ljust(length, b"\0")
    message = bytes(a ^ b for a, b in zip(message, shake(f"memcodec {rate} scrambler", length), strict=True))
    codewords = [message[w::words] + remainder(message[w::words], parity) for w in range(words)]
    stream = bytes(codewords[i % words][i // words] for i in range(size))
    u = [byte >> (7 - at) & 1 for byte in stream for at in range(8)]
    o, p = order(f"memcodec {rate} groups", 3 * (bits - len(u))), [0]
    for j in range(bits - len(u)):
        p.append(p[-1] ^ u[o[3 * j] % len(u)] ^ u[o[3 * j + 1] % len(u)] ^ u[o[3 * j + 2] % len(u)])
    s = [0] * bits
    for c, t in zip(u + p[1:], order(f"memcodec {rate} interleaver", bits), strict=True):
        s[t] = c
    pilots, four = shake(f"memcodec {rate} pilots", 31 * carriers), iter(s)
    sound: list[npt.NDArray[np.float64]] = []
    for m in range(31):
        cells = np.zeros(1025, complex)
        for k in range(carriers):
            if m == 0 or (k + 7 * (m - 1)) % 16 == 0:
                cells[first + k] = np.exp(1j * np.pi * (2 * (pilots[m * carriers + k] % 4) + 1) / 4)
            else:
                a, b, c, d = (next(four) for _ in range(4))
                cells[first + k] = ((1 - 2 * a) * (3 - 2 * c) + 1j * (1 - 2 * b) * (3 - 2 * d)) / np.sqrt(10)
        x = np.fft.irfft(cells) * 1024 / (3 * np.sqrt(2 * carriers))
        sound += [x[-(64 if m else 128) :], x]
    return np.concatenate(sound).clip(-0.5, 0.5)


def shake(label: str, size: int) -> bytes:
    return hashlib.shake_256(label.encode()).digest(size)


def order(label: str, size: int) -> list[int]:
    numbers = struct.unpack(f"<{size}I", shake(label, 4 * size))
    return sorted(range(size), key=lambda place: numbers[place])


def remainder(message: bytes, parity: int) -> bytes:
    """Reed-Solomon parity by long division, in GF(256) with 0x11d."""
    generator, root = [1], 1
    for _ in range(parity):
        generator = [a ^ times(b, root) for a, b in zip([*generator, 0], [0, *generator], strict=True)]
        root = times(root, 2)
    rest = list(message) + [0] * parity
    for at in range(len(message)):
        for i, factor in enumerate(generator[1:], at + 1):
            rest[i] ^= times(rest[at], factor)
    return bytes(rest[-parity:])


def times(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = (a << 1) ^ (0x11D if a & 0x80 else 0), b >> 1
    return product
