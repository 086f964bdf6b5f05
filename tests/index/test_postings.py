"""Postings: many lists encoded at once, and decoded at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.index import postings
from memcodec.index.postings import Postings, encode, largest, rice

Lists = list[dict[int, int]]


@st.composite
def lists(draw: st.DrawFn) -> tuple[int, Lists]:
    """How many chunks there are, and for some terms {chunk: count}."""
    chunks = draw(st.integers(1, 50) | st.integers(1, 2**31))
    one = st.dictionaries(st.integers(0, chunks - 1), st.integers(1, 3) | st.integers(1, 5000), min_size=1)
    return chunks, draw(st.lists(one, max_size=20))


def _encode(found: Lists, chunks: int) -> list[bytes]:
    rows = [pair for one in found for pair in sorted(one.items())]
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    df = np.array([len(one) for one in found], np.int64)
    data, sizes = encode(df, Postings(columns[0], columns[1]), chunks)
    ends = np.cumsum(sizes).tolist()
    assert len(data) == (ends[-1] if ends else 0)
    return [data[end - size : end] for end, size in zip(ends, sizes.tolist(), strict=True)]


def decode(data: bytes, df: int, chunks: int) -> Postings:
    """One list alone."""
    return postings.decode(data, np.array([df]), np.array([len(data)]), np.array([chunks]))


@given(lists())
@settings(deadline=None)
def test_round_trip_of_each_list_alone(case: tuple[int, Lists]) -> None:
    chunks, found = case
    tokens = sum(sum(one.values()) for one in found)
    for one, data in zip(found, _encode(found, chunks), strict=True):
        got = decode(data, len(one), chunks)
        assert dict(zip(got.chunks.tolist(), got.counts.tolist(), strict=True)) == one
        assert got.chunks.tolist() == sorted(one)
        assert len(data) <= largest(len(one), chunks, tokens)


@given(st.lists(lists(), max_size=4), st.sampled_from([0, 2, 1 << 20]))
@settings(deadline=None)
def test_round_trip_of_the_lists_of_many_segments_at_once(cases: list[tuple[int, Lists]], long: int) -> None:
    data = [each for chunks, found in cases for each in _encode(found, chunks)]
    every = [(chunks, one) for chunks, found in cases for one in found]
    df = np.array([len(one) for _, one in every], np.int64)
    limits = np.array([chunks for chunks, _ in every], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "LONG", long)
        got = postings.decode(b"".join(data), df, np.array([len(each) for each in data], np.int64), limits)
    pairs = [pair for _, one in every for pair in sorted(one.items())]
    assert list(zip(got.chunks.tolist(), got.counts.tolist(), strict=True)) == pairs


def test_lists_cut_at_the_wrong_place_are_refused() -> None:
    one, two = _encode([{3: 1}, {0: 1, 3: 90}], 10)
    df, sizes, limits = np.array([1, 2]), np.array([len(one), len(two)]), np.array([10, 10])
    assert postings.decode(one + two, df, sizes, limits).counts.tolist() == [1, 1, 90]
    for wrong in ([1, -1], [-1, 1], [1, 0], [-1, 0], [2**62, 2**62]):
        with pytest.raises(ValueError, match="not a list"):
            postings.decode(one + two, df, sizes + np.array(wrong), limits)


def test_a_list_never_borrows_from_its_neighbour() -> None:
    one, two = _encode([{1: 1}, {0: 1, 1: 1}], 2)
    for data, df in (((one, two), [2, 1]), ((two, one), [1, 2])):
        with pytest.raises(ValueError, match="not a list"):
            sizes = np.array([len(each) for each in data])
            postings.decode(b"".join(data), np.array(df), sizes, np.array([2, 2]))


@given(st.integers(1, 2**32), st.data())
@settings(deadline=None)
def test_parameter_is_the_logarithm_and_alike_for_arrays(chunks: int, data: st.DataObject) -> None:
    df = data.draw(st.integers(1, chunks))
    k = rice(df, chunks)
    assert k == max(0, math.floor(math.log2(max(9 * chunks // (10 * df), 1))))
    assert postings._rice_each(np.array([df]), chunks).tolist() == [k]


def test_density_is_near_the_entropy() -> None:
    rng = np.random.default_rng(1)
    chunks, df = 10_000, 1_000
    where = np.sort(rng.choice(chunks, df, replace=False))
    (data,) = _encode([dict.fromkeys(where.tolist(), 1)], chunks)
    share = df / chunks
    entropy = chunks * -(share * math.log2(share) + (1 - share) * math.log2(1 - share))
    assert 8 * len(data) - df <= 1.05 * entropy  # one bit a posting says that it counts 1


@pytest.mark.parametrize(("df", "chunks"), [(0, 10), (11, 10), (2, 10), (1, 2**32)])
def test_wrong_statistics_are_refused(df: int, chunks: int) -> None:
    (data,) = _encode([{3: 1}], 10)
    with pytest.raises(ValueError, match=r"chunks|postings|outside"):
        decode(data, df, chunks)


def test_a_posting_outside_the_segment_is_refused() -> None:
    (data,) = _encode([{9: 1}], 10)
    assert rice(1, 10) == rice(1, 9) and decode(data, 1, 10).chunks.tolist() == [9]
    with pytest.raises(ValueError, match="outside"):
        decode(data, 1, 9)


@given(st.binary(max_size=30), st.integers(0, 50), st.integers(1, 1000))
@settings(deadline=None)
def test_any_bytes_decode_to_valid_postings_or_are_refused(data: bytes, df: int, chunks: int) -> None:
    try:
        got = decode(data, df, chunks)
    except ValueError:
        return
    assert len(got.chunks) == len(got.counts) == df > 0
    assert (np.diff(got.chunks) > 0).all() and got.chunks[0] >= 0 and got.chunks[-1] < chunks
    assert (got.counts > 0).all()
