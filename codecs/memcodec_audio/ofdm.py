"""OFDM: coded bits <-> the samples of one burst, once it is known where the burst begins.

A burst is one known symbol (the preamble, with a longer prefix) and then data symbols with scattered pilots. The
channel that a lossy encoder makes is steady in time and noisy in frequency: gain and noise are estimated per carrier
from the preamble and all pilots of the burst, and the noise once more per symbol.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec_audio import sequence

Samples = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]
Real = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

RATE = 48_000  # samples per second
SIZE = 2048  # samples of a symbol without its prefix
PREFIX, LONG_PREFIX = 64, 128  # cyclic prefix of a data symbol, of the preamble
SYMBOLS = 30  # data symbols in a burst
BURST = LONG_PREFIX + SIZE + SYMBOLS * (PREFIX + SIZE)  # 65,536 samples
PEAK = 0.5  # -6 dBFS
_DEVIATION = PEAK / 3  # the signal is Gaussian: one sample in 370 is clipped, distortion 34 dB below it
_WIDTH = 4  # bits a data cell carries: 16-QAM
_UNIT = np.sqrt(0.1)  # half the distance of neighbours in 16-QAM of mean power 1
_PILOT_EVERY, _PILOT_STEP = 16, 7
_PRIOR = 8  # pilots' worth of belief that a symbol is as noisy as the others
_SILENCE = np.float32(1e-12)  # the least noise power: without sound, soft bits are near 0 and not NaN
_DRIFTS = ((400e-6, 81), (10e-6, 41))  # searched: span on either side of the best so far, steps
_EARLY = 32  # samples of the prefix that a receiver's window takes in: room for an echo on either side


@dataclass(frozen=True)
class Band:
    """Which carriers a rate uses."""

    label: str
    first: int  # carrier number; a carrier is RATE / SIZE = 23.4375 Hz wide
    carriers: int

    @cached_property
    def pilots(self) -> Mask:
        """[SYMBOLS, carriers]: where the pilots are."""
        symbol, carrier = np.ogrid[:SYMBOLS, : self.carriers]
        return np.asarray((carrier + _PILOT_STEP * symbol) % _PILOT_EVERY == 0)

    @cached_property
    def known(self) -> Spectrum:
        """[1 + SYMBOLS, carriers]: the preamble and, at their places, the pilots; 0 elsewhere."""
        values = sequence.quadrants(f"memcodec {self.label} pilots", (1 + SYMBOLS) * self.carriers)
        grid = values.reshape(1 + SYMBOLS, self.carriers)
        grid[1:][~self.pilots] = 0
        return grid

    @property
    def bits(self) -> int:
        """Coded bits in a burst."""
        return _WIDTH * int((~self.pilots).sum())

    @cached_property
    def preamble(self) -> Samples:
        """[SIZE]: the preamble without its prefix."""
        return np.asarray(self._samples(self.known[:1])[0])

    def modulate(self, bits: npt.NDArray[np.uint8]) -> Samples:
        """The burst [BURST] of ``bits`` coded bits."""
        grid = self.known.copy()
        grid[1:][~self.pilots] = _cells(bits)
        time = self._samples(grid)
        data = np.concatenate([time[1:, -PREFIX:], time[1:]], axis=1).ravel()
        return np.concatenate([time[0, -LONG_PREFIX:], time[0], data]).clip(-PEAK, PEAK)

    def demodulate(self, samples: Samples) -> tuple[Real, float]:
        """Soft bits [bits] of a burst that begins at sample 0, and its drift: it lasts 1 + drift times its due time.

        Drift within 400 parts per million is found; its phases are undone, what it smears between carriers is not.
        """
        heard = self._spectra(samples)
        drift = self._drift(heard)
        heard *= self._turn(drift)
        gain, noise = self._channel(heard)
        power = np.maximum(np.abs(gain) ** 2, _SILENCE**2)
        clear, spread = heard[1:] * np.conj(gain) / power, noise / power
        return _soft_bits(clear[~self.pilots], spread[~self.pilots]), drift

    def _samples(self, grid: Spectrum) -> Samples:
        spectrum = np.zeros((len(grid), SIZE // 2 + 1), np.complex64)
        spectrum[:, self.first : self.first + self.carriers] = grid
        scale = _DEVIATION * SIZE / np.sqrt(2 * self.carriers)
        return np.asarray(np.fft.irfft(spectrum, SIZE) * scale, np.float32)

    def _spectra(self, samples: Samples) -> Spectrum:
        """[1 + SYMBOLS, carriers] of a burst, each as if its window had begun with the symbol's body."""
        start = LONG_PREFIX - _EARLY
        bodies = [samples[start : start + SIZE]]
        rest = samples[LONG_PREFIX + SIZE : BURST].reshape(SYMBOLS, PREFIX + SIZE)
        windows = np.concatenate([bodies, rest[:, PREFIX - _EARLY : PREFIX - _EARLY + SIZE]])
        spectrum = np.fft.rfft(windows, axis=1)[:, self.first : self.first + self.carriers]
        number = self.first + np.arange(self.carriers)
        return np.asarray(spectrum * np.exp(2j * np.pi * _EARLY / SIZE * number), np.complex64)

    def _turn(self, drift: float) -> Spectrum:
        """What undoes the phases that ``drift`` gives to every carrier of every symbol."""
        number = self.first + np.arange(self.carriers)
        begins = (SIZE + PREFIX) * np.arange(1 + SYMBOLS)
        return np.asarray(np.exp(2j * np.pi / SIZE * drift * begins[:, None] * number[None, :]), np.complex64)

    def _drift(self, heard: Spectrum) -> float:
        """The drift within 400 parts per million that best lines up the pilots with the preamble."""
        toward = heard[1:] * np.conj(self.known[1:]) * np.conj(heard[0] * np.conj(self.known[0]))
        steady = toward[self.pilots]
        steady /= np.abs(steady) + 1e-12
        symbol, carrier = np.nonzero(self.pilots)
        turn = 2 * np.pi / SIZE * (SIZE + PREFIX) * (symbol + 1) * (carrier + self.first)
        best = 0.0
        for span, steps in _DRIFTS:
            tried = best + np.linspace(-span, span, steps)
            fits = (np.exp(1j * np.outer(tried, turn).astype(np.float32)) @ steady).real
            best = float(tried[np.argmax(fits)])
        return best

    def _channel(self, heard: Spectrum) -> tuple[Spectrum, Real]:
        """Gain [carriers] and noise power [SYMBOLS, carriers], from the known cells."""
        mask = self.known != 0
        count = mask.sum(axis=0)
        gain = _smooth((heard * np.conj(self.known)).sum(axis=0), 4) / _smooth(count, 4)
        error = np.where(mask, np.abs(heard - gain * self.known) ** 2, 0)
        noise = _smooth(error.sum(axis=0), 8) / _smooth(count, 8) + _SILENCE
        when = ((error[1:] / noise).sum(axis=1) + _PRIOR) / (self.pilots.sum(axis=1) + _PRIOR)
        return gain.astype(np.complex64), (noise[None, :] * when[:, None]).astype(np.float32)


def _smooth(values: npt.NDArray[Any], reach: int) -> npt.NDArray[Any]:
    """Sums under a triangle that falls to nothing ``reach + 1`` carriers away."""
    rising = np.arange(1, reach + 1)
    return np.convolve(values, np.concatenate([rising, [reach + 1], rising[::-1]]), "same")


def _cells(bits: npt.NDArray[np.uint8]) -> Spectrum:
    """Data cells in sending order, four bits each: signs of I and Q (0: +), then their magnitudes (0: 3, 1: 1)."""
    four = bits.reshape(-1, _WIDTH)
    axes = (1 - 2.0 * four[:, :2]) * (3 - 2.0 * four[:, 2:]) * _UNIT
    return np.asarray(axes[:, 0] + 1j * axes[:, 1], np.complex64)


def _soft_bits(cells: Spectrum, spread: Real) -> Real:
    """Max-log likelihood ratios in the order of the bits; ``spread`` is each cell's noise power over signal power."""
    axes = np.stack([cells.real, cells.imag], axis=1)
    size = np.abs(axes)
    outer, inner, wrong = ((size - level * _UNIT) ** 2 for level in (3, 1, -1))
    signs = np.sign(axes) * (wrong - np.minimum(outer, inner))
    return (np.concatenate([signs, inner - outer], axis=1) / spread[:, None]).ravel().astype(np.float32)
