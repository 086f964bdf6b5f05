"""Varints, whole arrays at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.index.lexical import varint


@given(st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300)))
@settings(deadline=None)
def test_round_trip(values: list[int]) -> None:
    assert varint.decode(varint.encode(values)).tolist() == values


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (127, "7f"), (128, "8001"), (624485, "e58e26"), (2**63 - 1, "ffffffffffffffff7f")],
)
def test_bytes_are_leb128(value: int, encoded: str) -> None:
    assert varint.encode([value]).hex() == encoded


@pytest.mark.parametrize("data", ["80", "0180", "ff" * 3, "80" * 9 + "01"])
def test_bad_bytes_are_refused(data: str) -> None:
    with pytest.raises(ValueError, match="varint"):
        varint.decode(bytes.fromhex(data))


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        values = varint.decode(data)
    except ValueError:
        return
    assert (values >= 0).all()
