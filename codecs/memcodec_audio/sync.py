"""Finding the bursts in a recording: its rate made 48 kHz, the preamble found by its correlation, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from memcodec_audio.ofdm import BURST, RATE, SIZE
from memcodec_audio.resample import REACH, resample

Samples = npt.NDArray[np.float32]

_BLOCK = 65_536  # samples correlated at once
_LIKENESS = 0.4  # of a stretch of sound and the preamble, 1 when they are equal; noise stays below 0.35
_TAIL = 256  # samples kept behind a burst: a slow clock stretches it


def at_48k(pieces: Iterable[Samples], rate: int) -> Iterator[Samples]:
    """The recording at 48 kHz, in pieces."""
    if rate == RATE:
        yield from pieces
        return
    step = rate / RATE
    reach = int(np.ceil(REACH * max(1.0, step))) + 1
    held, begin, at = np.zeros(0, np.float32), 0, 0  # samples held, the first one's number, the next to make
    for piece in _cut(pieces, reach):
        held = np.concatenate([held, piece])
        ready = int((begin + len(held) - reach) / step) - at
        if ready <= 0:
            continue
        yield resample(held, at * step - begin, step, ready)
        at += ready
        drop = max(0, int(at * step) - reach - begin)
        held, begin = held[drop:], begin + drop


def bursts(pieces: Iterable[Samples], preamble: Samples, before: int) -> Iterator[Samples]:
    """Each burst's samples and _TAIL more; a burst begins ``before`` samples ahead of its preamble's body.

    pieces: sound at 48 kHz. A burst that the recording breaks off is filled up with silence.
    """
    finder = _Finder(preamble)
    held, begin, searched = np.zeros(0, np.float32), 0, 0  # sound, number of its first sample, next to search
    peaks: list[tuple[int, float]] = []
    for piece in _cut(pieces, finder.window + BURST + _TAIL):
        held = np.concatenate([held, piece])
        while begin + len(held) >= searched + finder.window:
            likeness = finder.likeness(held[searched - begin :][: finder.window])
            peaks = _merged(peaks, [(searched + at, like) for at, like in _peaks(likeness)])
            searched += len(likeness)
        while peaks and peaks[0][0] + BURST + _TAIL <= min(searched, begin + len(held)):
            start = peaks.pop(0)[0] - before - begin
            yield _stretch(held, start, BURST + _TAIL)
        drop = max(0, min([searched, *(at for at, _ in peaks[:1])]) - before - begin)
        held, begin = held[drop:], begin + drop


def _cut(pieces: Iterable[Samples], silence: int) -> Iterator[Samples]:
    """The pieces, none longer than a block, and ``silence`` samples behind them."""
    for piece in pieces:
        for start in range(0, len(piece), _BLOCK):
            yield piece[start : start + _BLOCK]
    for start in range(0, silence, _BLOCK):
        yield np.zeros(min(_BLOCK, silence - start), np.float32)


def _stretch(held: Samples, start: int, size: int) -> Samples:
    """A copy of ``held[start : start + size]``; what lies before the recording's start is silence."""
    return np.concatenate([np.zeros(max(0, -start), np.float32), held[max(0, start) : start + size]])


def _peaks(likeness: Samples) -> Iterator[tuple[int, float]]:
    """Where ``likeness`` is high and highest for half a symbol around."""
    while likeness.size and (best := int(likeness.argmax())) >= 0 and likeness[best] >= _LIKENESS:
        yield best, float(likeness[best])
        likeness[max(0, best - SIZE // 2) : best + SIZE // 2] = 0


def _merged(peaks: list[tuple[int, float]], more: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """All peaks in order; of two closer than half a symbol (a block's end lay between) only the higher."""
    kept: list[tuple[int, float]] = []
    for peak in sorted(peaks + more):
        if kept and peak[0] - kept[-1][0] < SIZE // 2:
            kept[-1] = max(kept[-1], peak, key=lambda each: each[1])
        else:
            kept.append(peak)
    return kept


class _Finder:
    """Correlation with the preamble by FFT (overlap-save), over the sound's energy in the preamble's band."""

    window = 2 * _BLOCK

    def __init__(self, preamble: Samples) -> None:
        spectrum = np.fft.rfft(preamble, self.window)
        self._matched = np.conj(spectrum).astype(np.complex64) / np.float32(np.linalg.norm(preamble))
        own = np.abs(np.fft.rfft(preamble))
        number = np.flatnonzero(own > own.max() / 2) * (self.window // SIZE)
        self._band = slice(int(number[0]), int(number[-1]) + 1)

    def likeness(self, sound: Samples) -> Samples:
        """[window - SIZE]: 0 to 1, for a preamble that begins at each sample."""
        spectrum = np.fft.rfft(sound)
        size = self.window - SIZE
        match = np.abs(np.fft.irfft(spectrum * self._matched)[:size])
        heard = np.zeros_like(spectrum)
        heard[self._band] = spectrum[self._band]
        power = np.concatenate([[0], np.cumsum(np.fft.irfft(heard) ** 2, dtype=float)])
        energy = np.maximum(power[SIZE : SIZE + size] - power[:size], 1e-9)
        return np.asarray(match / np.sqrt(energy), np.float32)
