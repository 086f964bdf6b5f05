"""FLAC's checksums: known values, and the fast ways agree with the slow one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memcodec_audio.crc import crc8, crc16, crc16_rows, shift16


def test_known_values() -> None:
    # CRC-8/SMBUS and CRC-16/UMTS are FLAC's parameters; these are their catalogued check values.
    assert crc8(b"123456789") == 0xF4
    assert crc16(b"123456789") == 0xFEE8


@given(st.binary(max_size=60), st.integers(0, 70_000))
def test_zeros_that_follow_need_not_be_summed(data: bytes, count: int) -> None:
    assert shift16(crc16(data), count) == crc16(data + bytes(count))


@given(st.integers(0, 5), st.integers(1, 700), st.integers(0, 99))
def test_rows_are_summed_as_each_alone(count: int, size: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 256, (count, size), dtype=np.uint8)
    assert crc16_rows(rows).tolist() == [crc16(row.tobytes()) for row in rows]
