"""Resampling is as good as what it is for: errors far below those of any lossy encoder."""

from __future__ import annotations

import numpy as np
import pytest

from memcodec_audio.resample import resample


def tones(at: np.ndarray) -> np.ndarray:
    """A few tones below 12 kHz of 48 kHz, at the given times in samples."""
    steps = 2 * np.pi * np.array([187.0, 1234.5, 5000.0, 11_999.0]) / 48_000
    return np.sin(np.outer(at, steps) + steps).sum(axis=1)


@pytest.mark.parametrize("step", [1.0, 1 + 1e-4, 1 - 4e-4, 44_100 / 48_000, 48_000 / 44_100, 0.5, 1.5])
@pytest.mark.parametrize("start", [100.0, 333.37])
def test_tones_keep_their_shape(step: float, start: float) -> None:
    source = tones(np.arange(60_000.0)).astype(np.float32)
    made = resample(source, start, step, 30_000)
    wanted = tones(start + step * np.arange(30_000))
    assert np.sqrt(np.mean((made - wanted) ** 2)) < 1e-3


def test_what_does_not_fit_the_new_rate_is_not_folded_over() -> None:
    source = np.sin(2 * np.pi * 0.4 * np.arange(60_000)).astype(np.float32)
    assert np.abs(resample(source, 200, 2.0, 20_000)).max() < 1e-3


def test_outside_the_sound_is_silence() -> None:
    made = resample(np.ones(100, np.float32), -1000, 1.0, 3000)
    assert np.abs(made[:900]).max() == np.abs(made[1200:]).max() == 0
    assert np.allclose(made[1030:1070], 1, atol=0.02)
