"""Lengths of chunks: codes that keep order and four bits, and the section that holds them."""

from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.lexical import lengths
from memcodec.index.lexical.lengths import FRAME, LENGTHS, encode


def _code(length: int) -> int:
    """As SmallFloat.intToByte4 of Lucene is described: by number of bits and shift."""
    if length < 24:
        return length
    bits = (length - 24).bit_length()
    if bits < 4:
        return 24 + (length - 24)
    return 24 + (((length - 24) >> (bits - 4)) & 7 | (bits - 3) << 3)


@given(st.integers(0, 2**31 - 1) | st.integers(0, 300))
def test_codes_are_those_of_lucene(length: int) -> None:
    assert encode(np.array([length])).tolist() == [_code(length)]


@given(st.integers(0, 2**31 - 1) | st.integers(0, 300))
def test_a_code_stands_for_no_more_and_for_an_eighth_less_at_most(length: int) -> None:
    (stands,) = LENGTHS[encode(np.array([length]))].tolist()
    assert stands == length if length <= 40 else length * 8 / 9 <= stands <= length


def test_codes_of_what_codes_stand_for_are_the_same() -> None:
    assert len(LENGTHS) == 256 and encode(LENGTHS).tolist() == list(range(256))
    assert encode(np.array([2**32 - 1])).tolist() == [255]


def _opened(data: bytes) -> Blob:
    return Blob(lambda start, length: memoryview(data)[start : start + length], "test")


def _written(codes: lengths.Codes) -> Blob:
    blob = BlobWriter("test")
    lengths.write(blob, codes)
    return _opened(blob.to_bytes())


@pytest.mark.parametrize("chunks", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME + 7])
def test_round_trip(chunks: int) -> None:
    codes = np.random.default_rng(chunks).integers(0, 256, chunks).astype(np.uint8)
    blob = _written(codes)
    assert lengths.agree(blob, chunks) and not lengths.agree(blob, chunks + FRAME)
    assert (lengths.read(blob, chunks) == codes).all()


def test_a_unit_is_65536_chunks() -> None:
    assert [_written(np.zeros(65_536 + more, np.uint8)).units("lengths") for more in (0, 1)] == [1, 2]


def test_alike_chunks_take_four_bits() -> None:
    made = np.random.default_rng(1).normal(140, 25, FRAME).clip(1).astype(np.int64)
    assert _written(encode(made)).size("lengths") < FRAME / 2


@pytest.mark.parametrize("frame", [bytes(10), bytes(12), bytes(100 << 20)])
def test_a_frame_of_other_size_than_its_chunks_is_refused(frame: bytes) -> None:
    data = zstandard.compress(frame)
    blob = BlobWriter("test")
    blob.add("lengths", data, [len(data)])
    with pytest.raises(ValueError, match="add up"):
        lengths.read(_opened(blob.to_bytes()), 11)
