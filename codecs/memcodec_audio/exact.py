"""Dense blocks in samples of another file: in more bits, as floating point, or made quieter and rounded again.

What became of the samples is not stated anywhere, so each way is tried until one gives packets.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.packet import is_intact
from memcodec.media.groups import grouped
from memcodec_audio.flac import BLOCK
from memcodec_audio.foreign import Sound
from memcodec_audio.modem import DenseModem, Wave

# What rounding, twice maybe, leaves of a block's Nyquist frequency, in whole blocks' sums: 7 deviations; and of its
# mean, when a program cut samples instead of rounding them.
_NYQUIST, _MEAN = 256, 256 + BLOCK
_LOUD = 100.0  # samples' deviation below which blocks of few levels are, looked for where others would go on
_HEARD = 1.2  # samples' deviation below which there is no block
_SEARCHED = 64 * BLOCK


class Dress(NamedTuple):
    """Samples of so many bits, multiplied by ``gain`` and rounded again unless that is 1 or -1."""

    bits: int
    gain: float

    def packet(self, block: Wave) -> bytes | None:
        """The packet in a block [4096] in steps of the samples that were written."""
        if abs(self.gain) != 1:
            return DenseModem(self.bits).demodulate_rounded(block, 1 / self.gain)
        (packet,) = DenseModem(self.bits).demodulate(np.rint(block).astype(np.int32)[None])
        return packet if packet is not None and is_intact(packet) else None


# FFmpeg makes two channels of one at -3 dB each; some interfaces turn sound over.
_DRESSES = [Dress(bits, gain) for gain in (1, -1, sqrt(0.5)) for bits in (24, 16)]


def dense_packets(pieces: Iterator[Sound]) -> Iterator[bytes]:
    """The packets in mono sound of full scale 1, wherever their blocks begin."""
    dresses, held, phase = list(_DRESSES), np.empty(0), 0
    for gathered in grouped(pieces, lambda before, _: sum(map(len, before)) < _SEARCHED):
        held = np.concatenate([held, *gathered], dtype=np.float64)
        end = 0
        for dress in list(dresses):
            for packet, end in _blocks(held, dress, phase):  # noqa: B007
                yield packet
            if end:  # the rest of the file wears the same
                dresses = sorted(dresses, key=dress.__ne__)
                break
        cut = max(end, len(held) - BLOCK + 1)
        held, phase = held[cut:], -(cut - (end or phase)) % BLOCK


def thinned(pieces: Iterator[Sound], step: int, first: int) -> Iterator[Sound]:
    """Every ``step``-th sample from number ``first`` on: of sound at a multiple of its rate, those it had before."""
    at = first
    for piece in pieces:
        yield piece[at::step]
        at = (at - len(piece)) % step if at < len(piece) else at - len(piece)


def _blocks(sound: Wave, dress: Dress, phase: int) -> Iterator[tuple[bytes, int]]:
    """Packets and where their blocks end. Where the blocks before go on, ``phase`` is the first place."""
    samples, end = sound * ((1 << dress.bits - 1) / dress.gain), 0
    for start in _starts(samples, phase).tolist():
        if start >= end:
            packet = dress.packet(samples[start : start + BLOCK])
            if packet is not None:
                end = start + BLOCK
                yield packet, end


def _starts(samples: Wave, phase: int) -> npt.NDArray[np.intp]:
    """Where a block may begin: there, and hardly elsewhere, are mean and Nyquist frequency next to nothing.

    In quiet sound they are so anywhere: of that only every 4,096th place is, counted from ``phase``.
    """
    mean, energy = _window_sums(samples), _window_sums(np.square(samples))
    turned = samples.copy()
    turned[1::2] *= -1
    quiet = (np.abs(mean) < _MEAN) & (np.abs(_window_sums(turned)) < _NYQUIST)
    likely = energy > BLOCK * _LOUD**2
    likely[phase::BLOCK] = energy[phase::BLOCK] > BLOCK * _HEARD**2
    return np.flatnonzero(quiet & likely)


def _window_sums(values: Wave) -> Wave:
    """Of every 4,096 values that follow each other."""
    sums = np.concatenate([np.zeros(1), np.cumsum(values)])
    differences: Wave = sums[BLOCK:] - sums[:-BLOCK]
    return differences
