"""OFDM: soft bits say what was sent and how surely; the clock's drift is measured to three parts per million."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fixtures import channels
from memcodec_audio.ofdm import BURST, Band
from memcodec_audio.resample import resample

BANDS = {"normal": Band("normal", 8, 480), "low": Band("low", 6, 112)}
both = pytest.mark.parametrize("rate", BANDS)


@cache
def bits(rate: str) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 2, BANDS[rate].bits).astype(np.uint8)


def wrong(rate: str, soft: np.ndarray) -> float:
    """The share of soft bits on the wrong side."""
    return float(((soft < 0) != bits(rate)).mean())


@both
def test_soft_bits_are_the_bits(rate: str) -> None:
    soft, drift = BANDS[rate].demodulate(BANDS[rate].modulate(bits(rate)))
    assert wrong(rate, soft) == 0
    assert abs(drift) < 5e-7


@both
def test_soft_bits_are_as_sure_as_they_are_right(rate: str) -> None:
    noisy = channels.noisy(BANDS[rate].modulate(bits(rate)), 5)
    soft, _ = BANDS[rate].demodulate(noisy)
    expected = (1 / (1 + np.exp(np.abs(soft.astype(float))))).mean()
    assert 0.005 < wrong(rate, soft) < 0.2
    assert wrong(rate, soft) == pytest.approx(expected, rel=0.25)


@both
@pytest.mark.parametrize("ppm", [-380, -100, -15, 30, 150, 380])
def test_drift_is_found_and_undone(rate: str, ppm: float) -> None:
    burst = np.concatenate([BANDS[rate].modulate(bits(rate)), np.zeros(256, np.float32)])
    slow = channels.slowed(burst, ppm)
    true = len(slow) / len(burst) - 1
    slow = channels.noisy(np.pad(slow, (0, 256)), 15)
    soft, drift = BANDS[rate].demodulate(slow)
    assert drift == pytest.approx(true, abs=3e-6)
    straight, rest = BANDS[rate].demodulate(resample(slow, 0, 1 + drift, BURST))
    assert abs(rest) < 3e-6
    if rate == "normal" and abs(ppm) > 300:  # the low rate's carriers hardly move
        assert wrong(rate, straight) < wrong(rate, soft) / 2


@both
def test_silence_says_nothing(rate: str) -> None:
    soft, _ = BANDS[rate].demodulate(np.zeros(BURST, np.float32))
    assert np.abs(soft).max() < 1e-3


@both
def test_a_part_that_is_noise_is_not_believed(rate: str) -> None:
    burst = BANDS[rate].modulate(bits(rate))
    burst[30_000:50_000] = np.random.default_rng(6).normal(size=20_000) * 0.2
    sure = np.abs(BANDS[rate].demodulate(burst)[0]).reshape(30, -1).mean(axis=1)
    assert sure[14:22].max() < sure[:12].min() / 4
