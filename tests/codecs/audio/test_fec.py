"""The codes of the robust modem: they undo noise up to where theory lets them, and the outer one uses doubt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec_audio.fec import ReedSolomon, RepeatAccumulate

CODE = RepeatAccumulate("test", 4096, 4400)
WORDS = ReedSolomon(500, 3, 10)


def sent(bits: np.ndarray, snr: float, seed: int) -> np.ndarray:
    """Soft bits of the code's bits, as +-1, after Gaussian noise at ``snr`` dB."""
    spread = 10 ** (-snr / 20)
    noise = np.random.default_rng(seed).normal(size=CODE.message + CODE.checks) * spread
    return (2 * (1 - 2.0 * CODE.encode(bits) + noise) / spread**2).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_noise_that_the_code_can_bear(seed: int) -> None:
    bits = np.random.default_rng(seed).integers(0, 2, CODE.message).astype(np.uint8)
    soft = sent(bits, 1.5, seed)
    assert ((soft[: CODE.message] < 0) != bits).mean() > 0.08
    assert np.array_equal(CODE.decode(soft) < 0, bits)


def test_noise_that_it_cannot_leaves_errors() -> None:
    bits = np.random.default_rng(1).integers(0, 2, CODE.message).astype(np.uint8)
    assert ((CODE.decode(sent(bits, -4, 1)) < 0) != bits).mean() > 0.05


def test_a_third_of_the_message_never_heard() -> None:
    bits = np.random.default_rng(1).integers(0, 2, CODE.message).astype(np.uint8)
    soft = sent(bits, 20, 1)
    soft[: CODE.message // 3] = 0
    assert np.array_equal(CODE.decode(soft) < 0, bits)


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=470, max_size=470), st.sets(st.integers(0, 499), max_size=40))
def test_reed_solomon_mends_five_bytes_a_word(message: bytes, wrong: set[int]) -> None:
    stream = bytearray(WORDS.encode(message))
    assert stream[:470] == message
    for word in range(3):
        for at in [at for at in sorted(wrong) if at % 3 == word][:5]:
            stream[at] ^= 0xA5
    assert WORDS.decode(bytes(stream), np.zeros(500, np.float32)) == message


def test_doubt_mends_more() -> None:
    message = np.random.default_rng(3).bytes(470)
    stream, doubt = bytearray(WORDS.encode(message)), np.zeros(500, np.float32)
    for at in range(
        300, 324, 3
    ):  # eight wrong bytes in word 0: more than ten parity bytes find by themselves
        stream[at] ^= 0x3C
        doubt[at] = 1
    assert WORDS.decode(bytes(stream), np.zeros(500, np.float32)) != message
    assert WORDS.decode(bytes(stream), doubt) == message
