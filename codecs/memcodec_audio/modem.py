"""The dense modem: bytes to the spectrum of one block of samples and back, exactly. Numpy throughout.

A block of N = 4,096 samples is the orthonormal inverse DFT of its bins 2 to N/2 - 1 (23 Hz to just under 24 kHz),
rounded to integers. Every bin carries two numbers of b bits, each v as the odd integer 2 v - (2^b - 1), one on the
real and one on the imaginary axis. Rounding moves a bin's value by a deviation of 0.2, and 1 is the limit. A packet
takes the fewest bits that it fits: a small one sounds quieter, and its block takes fewer bytes.

    byte 0       seed
    bytes 1-     scrambled: packet length (2 bytes, little-endian), packet, zero

The scrambler is the output of SHAKE-128 (FIPS 202) over "memcodec" and the seed byte, laid over the bytes by
exclusive or. It makes any packet's spectrum look like noise; a block that would clip, or in which rounding comes too
near the limit, takes the next seed.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from memcodec.errors import CodecError
from memcodec.format.packet import is_intact
from memcodec.media.contract import PacketSize
from memcodec_audio.flac import BLOCK

Samples = npt.NDArray[np.int32]
Wave = npt.NDArray[np.float64]

FIRST_BIN, END_BIN = 2, BLOCK // 2
BINS = END_BIN - FIRST_BIN
_LEVELS = (1, 2, 4, 8, 12, 16, 20)  # b
_MOST = {16: 12, 24: 20}  # b by sample size: the largest of them that stays clear of clipping
_ROUNDING = 1.7  # bits of a sample that are spent on rounding, about
_NUMBER = 10  # bytes of a FLAC frame that are neither samples nor bits of them
_SEEDS = 256
_ABREAST = 8  # blocks at once: their arrays stay small enough to be had without the operating system
_PREFIX = 3  # seed and length
_ROUNDS = 16  # three are enough as a rule
_PULL = 1.4  # a wrong value moves more samples than fall outside; from 1.8 on, right values go wrong
_UNLIKE = 0.45  # mean square distance from the nearest block: 0.25 where one is, 0.67 elsewhere
_SLACK = 0.01  # arithmetic of the program that rounded
_MARGIN = 0.96  # of 1: how far rounding may move a value in a block that is kept; the rest is for others' arithmetic


class DenseModem:
    """One packet a block, in as many levels as it needs. For many threads."""

    blocks = 1  #: FLAC blocks one packet takes

    def __init__(self, bits: int) -> None:
        self._levels = [LevelModem(bits, each) for each in _LEVELS if each <= _MOST[bits]]
        self._sizes = [each.packet_size for each in self._levels]
        self.packet_size = self._sizes[-1]
        self.packet_sizes = [
            PacketSize(each.packet_size, _NUMBER + BLOCK * (each.level_bits + _ROUNDING) / 8)
            for each in self._levels
        ]

    def modulate(self, packets: Sequence[bytes]) -> Samples:
        """The samples of each packet's block [n, 4096]. Raises CodecError when no seed makes a block exact."""
        chosen = [bisect_left(self._sizes, len(packet)) for packet in packets]
        if len(set(chosen)) == 1:
            return self._levels[chosen[0]].modulate(packets)
        samples = np.empty((len(packets), BLOCK), np.int32)
        for level in set(chosen):
            members = [place for place, each in enumerate(chosen) if each == level]
            samples[members] = self._levels[level].modulate([packets[place] for place in members])
        return samples

    def demodulate(self, samples: Samples) -> list[bytes | None]:
        """The packets in blocks of samples [n, 4096]; None where there can be none."""
        numbers = [self._level_of(row) for row in samples]
        found: list[bytes | None] = [None] * len(samples)
        for number in set(numbers):
            members = [place for place, each in enumerate(numbers) if each == number]
            for place, packet in zip(members, self._levels[number].demodulate(samples[members]), strict=True):
                found[place] = packet
        return found

    def demodulate_rounded(self, block: Wave, step: float) -> bytes | None:
        """As ``LevelModem`` has it."""
        return self._levels[self._level_of(block)].demodulate_rounded(block, step)

    def _level_of(self, block: Samples | Wave) -> int:
        """Which of the levels comes nearest to a block's loudness: from one to the next it is twice, at least."""
        loudness = np.sqrt(np.square(block, dtype=np.float64).mean())
        return int(np.abs([np.log(max(loudness, 0.1) / each.loudness) for each in self._levels]).argmin())


class LevelModem:
    """Blocks of one number of levels."""

    def __init__(self, bits: int, level_bits: int) -> None:
        self._bits, self.level_bits = bits, level_bits
        self.block_bytes = BINS * 2 * level_bits // 8
        self.packet_size = self.block_bytes - _PREFIX
        self.loudness = sqrt(2 / 3 * (4**level_bits - 1))  #: standard deviation of its samples

    def modulate(self, packets: Sequence[bytes]) -> Samples:
        """The samples of each packet's block [n, 4096]. Raises CodecError when no seed makes a block exact."""
        samples = np.empty((len(packets), BLOCK), np.int32)
        for at in range(0, len(packets), _ABREAST):
            samples[at : at + _ABREAST] = self._modulate(packets[at : at + _ABREAST])
        return samples

    def _modulate(self, packets: Sequence[bytes]) -> Samples:
        plain = self._frame(packets)
        samples = np.empty((len(packets), BLOCK), np.int32)
        left = np.arange(len(packets))
        for seed in range(_SEEDS):
            spectrum = self._spectrum(self._values(self._scrambled(plain[left], seed)))
            made = _rounded(_transformed(spectrum))
            good = self._exact(made, spectrum)
            if not seed and good.all():  # as nearly always
                return made
            samples[left[good]] = made[good]
            left = left[~good]
            if not left.size:
                return samples
        raise CodecError("a packet fits no seed of the dense modem; use `profile='robust'`")

    def demodulate(self, samples: Samples) -> list[bytes | None]:
        """The packets in blocks of samples [n, 4096] that have these levels; None where there can be none."""
        return [
            self._packet(row)
            for at in range(0, len(samples), _ABREAST)
            for row in self._demodulate(samples[at : at + _ABREAST])
        ]

    def _demodulate(self, samples: Samples) -> npt.NDArray[np.uint8]:
        return self._bytes(self._nearest(samples))

    def _nearest(self, samples: Samples | Wave) -> npt.NDArray[np.int32]:
        """The values that come nearest to the blocks' bins."""
        values = self._bins(samples)
        values += 1 << self.level_bits
        values *= 0.5
        np.clip(values, 0, (1 << self.level_bits) - 1, out=values)
        return values.astype(np.int32)

    def demodulate_rounded(self, block: Wave, step: float) -> bytes | None:
        """The packet in a block [4096] that was made quieter, rounded again, and scaled back; None where there is none.

        The block is not silent. Each sample is known to within ``step``, which is more than 1.

        The nearest values tell the samples as written; those that fall outside what is known are put right, and with
        them some of the values; and so on until none is wrong.
        """
        known = block - block.mean()  # a program that cuts instead of rounding moves all by half a step
        likely = known
        for _ in range(_ROUNDS):
            values = self._nearest(likely[None])
            packet = self._packet(self._bytes(values)[0])
            if packet is not None and is_intact(packet):
                return packet
            wave = self._wave(values)[0]
            known = known * (wave @ wave / (wave @ known))  # 15 bits of a factor are not enough
            if np.square(known - wave).mean() > _UNLIKE:
                return None
            reach = step / 2 + _SLACK
            rounded = np.rint(wave)
            right = np.clip(rounded, np.ceil(known - reach), np.floor(known + reach))
            likely = wave + _PULL * (right - rounded)
        return None

    def _frame(self, packets: Sequence[bytes]) -> npt.NDArray[np.uint8]:
        """Length, packet and zeros, one row a packet; the seed's byte is zero."""
        rows = [
            b"\0" + len(packet).to_bytes(2, "little") + packet.ljust(self.packet_size, b"\0")
            for packet in packets
        ]
        return np.frombuffer(b"".join(rows), np.uint8).reshape(len(packets), self.block_bytes)

    def _scrambled(self, rows: npt.NDArray[np.uint8], seed: int) -> npt.NDArray[np.uint8]:
        return rows ^ _scrambler(seed, self.block_bytes)

    def _packet(self, row: npt.NDArray[np.uint8]) -> bytes | None:
        plain = (row ^ _scrambler(int(row[0]), self.block_bytes)).tobytes()
        length = int.from_bytes(plain[1:_PREFIX], "little")
        return plain[_PREFIX : _PREFIX + length] if length <= self.packet_size else None

    def _values(self, data: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
        """Bytes [n, block_bytes] as numbers of b bits [n, BINS, 2]: little-endian, low bits first."""
        if self.level_bits < 4:
            bits = np.zeros((len(data), BINS * 2 * self.level_bits), np.int32)
            bits[:, : 8 * self.block_bytes] = np.unpackbits(data, axis=1, bitorder="little")
            bits = bits.reshape(len(data), BINS, 2, -1) << np.arange(self.level_bits)
            values: npt.NDArray[np.int32] = bits.sum(-1, np.int32)
            return values
        if self.level_bits % 8 == 0:
            return data.view(f"<u{self.level_bits // 8}").astype(np.int32).reshape(len(data), BINS, 2)
        # A bin's two numbers of 4, 12 or 20 bits stand in the eight bytes from its first one on.
        held = np.zeros(data.size + 8, np.uint8)
        held[: data.size] = data.ravel()
        strides = self.block_bytes, self.level_bits // 4
        bins = np.ndarray((len(data), BINS), "<u8", held, strides=strides).astype(np.uint64)
        values = np.empty((len(data), BINS, 2), np.int32)
        mask = np.uint64((1 << self.level_bits) - 1)
        values[..., 0] = bins & mask
        bins >>= np.uint64(self.level_bits)
        values[..., 1] = bins & mask
        return values

    def _bytes(self, values: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
        """The inverse of ``_values``."""
        if self.level_bits < 4:
            bits = (values[..., None] >> np.arange(self.level_bits) & 1).astype(np.uint8)
            return np.packbits(bits.reshape(len(values), -1), axis=1, bitorder="little")[
                :, : self.block_bytes
            ]
        if self.level_bits % 8 == 0:
            return values.astype(f"<u{self.level_bits // 8}").view(np.uint8).reshape(len(values), -1)
        whole = self.level_bits // 8
        data = np.empty((len(values), BINS, 2 * whole + 1), np.uint8)
        low, high = values[..., 0], values[..., 1]
        for place in range(whole):
            data[..., place] = low >> 8 * place
            data[..., whole + 1 + place] = high >> 8 * place + 4
        data[..., whole] = low >> 8 * whole | (high & 15) << 4
        return data.reshape(len(values), self.block_bytes)

    def _wave(self, values: npt.NDArray[np.int32]) -> Wave:
        """Blocks before they are rounded to samples."""
        return _transformed(self._spectrum(values))

    def _spectrum(self, values: npt.NDArray[np.int32]) -> npt.NDArray[np.complex128]:
        spectrum = np.zeros((len(values), BLOCK // 2 + 1), np.complex128)
        axes = _axes(spectrum)
        np.multiply(values, 2.0, out=axes)
        axes -= (1 << self.level_bits) - 1
        return spectrum

    def _bins(self, samples: Samples | Wave) -> npt.NDArray[np.float64]:
        """The values on both axes of every bin [n, BINS, 2]."""
        return _axes(np.fft.rfft(samples, norm="ortho"))

    def _exact(self, samples: Samples, spectrum: npt.NDArray[np.complex128]) -> npt.NDArray[np.bool_]:
        """Whether each block can be stored, and gives the values of its spectrum back with a margin."""
        limit = 1 << self._bits - 1
        moved = self._bins(samples)
        moved -= _axes(spectrum)
        stored = (samples.max(axis=1) < limit) & (samples.min(axis=1) >= -limit)
        near = np.maximum(moved.max(axis=(1, 2)), -moved.min(axis=(1, 2))) < _MARGIN
        good: npt.NDArray[np.bool_] = near & stored
        return good


def _axes(spectrum: npt.NDArray[np.complex128]) -> npt.NDArray[np.float64]:
    """The numbers on both axes of every bin that carries some [n, BINS, 2], as a part of the spectra."""
    return spectrum.view(np.float64).reshape(len(spectrum), -1, 2)[:, FIRST_BIN:END_BIN]


def _transformed(spectrum: npt.NDArray[np.complex128]) -> Wave:
    return np.fft.irfft(spectrum, BLOCK, norm="ortho")


def _rounded(wave: Wave) -> Samples:
    """The samples; ``wave`` is rounded in its place."""
    np.rint(wave, out=wave)
    return wave.astype(np.int32)


@cache
def _scrambler(seed: int, size: int) -> npt.NDArray[np.uint8]:
    """What lies over a block's bytes. Over the seed's own byte, which is zero before, lies the seed."""
    made = hashlib.shake_128(b"memcodec" + bytes([seed])).digest(size - 1)
    return np.frombuffer(bytes([seed]) + made, np.uint8)
