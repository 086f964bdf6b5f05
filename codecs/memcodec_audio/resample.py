"""Resampling by any ratio: a windowed-sinc kernel, tabulated finely."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

REACH = 24  # zero crossings of the kernel on either side
_PHASES = 2048  # kernels tabulated per sample: choosing the nearest costs less than -70 dB
_BLOCK = 16_384


def resample(samples: Samples, start: float, step: float, size: int) -> Samples:
    """``size`` samples read at ``start``, ``start + step``, ...; what lies outside ``samples`` is silence.

    With ``step`` above 1 the kernel is widened as much, so that nothing folds over.
    """
    table = _kernels(max(1.0, step))
    reach = table.shape[1] // 2
    out = np.empty(size, np.float32)
    for begin in range(0, size, _BLOCK):
        at = start + step * np.arange(begin, min(size, begin + _BLOCK))
        whole = np.floor(at).astype(np.int64)
        phase = np.rint((at - whole) * _PHASES).astype(np.int64)
        low, high = int(whole[0]) - reach + 1, int(whole[-1]) + reach + 1
        near = _span(samples, low, high)
        windows = np.lib.stride_tricks.sliding_window_view(near, 2 * reach)
        out[begin : begin + _BLOCK] = np.einsum("ij,ij->i", windows[whole - whole[0]], table[phase])
    return out


def _span(samples: Samples, low: int, high: int) -> Samples:
    """``samples[low:high]``, silence outside."""
    inside = samples[max(0, low) : max(0, high)]
    before = min(max(0, -low), high - low)
    return np.pad(inside, (before, high - low - before - len(inside)))


@lru_cache(maxsize=4)
def _kernels(widening: float) -> Samples:
    """[_PHASES + 1, taps]: row p reads p / _PHASES of a sample after the window's middle."""
    reach = int(np.ceil(REACH * widening))
    away = (np.arange(-reach + 1, reach + 1)[None, :] - np.arange(_PHASES + 1)[:, None] / _PHASES) / widening
    window = np.i0(9 * np.sqrt(np.clip(1 - (away / REACH) ** 2, 0, 1))) / np.i0(9)
    kernel = np.sinc(away) * window
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True), np.float32)
