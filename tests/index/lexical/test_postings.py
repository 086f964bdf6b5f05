"""Postings: many lists encoded at once, and decoded at once."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.index.lexical import postings
from memcodec.index.lexical.postings import MAX_COUNT_BITS, PostingLists, Postings, encode, rice

Found = list[dict[int, int]]


@st.composite
def lists(draw: st.DrawFn) -> tuple[int, Found]:
    """How many chunks there are, and for some terms {chunk: count}."""
    chunks = draw(st.integers(1, 50) | st.integers(1, 2**31))
    counts = st.integers(1, 3) | st.integers(1, 5000)
    one = st.dictionaries(st.integers(0, chunks - 1), counts, min_size=1)
    return chunks, draw(st.lists(one, max_size=20))


def _encode(found: Found, chunks: int) -> list[PostingLists]:
    rows = [pair for one in found for pair in sorted(one.items())]
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    df = np.array([len(one) for one in found], np.int64)
    lists = encode(df, Postings(columns[0], columns[1]), chunks)
    ends = np.cumsum(lists.sizes).tolist()
    assert len(lists.data) == (ends[-1] if ends else 0) and (lists.df == df).all()
    rows_of = zip(ends, *(column.tolist() for column in lists[1:]), strict=True)
    return [_one(lists.data[end - size : end], df, c) for end, df, size, c in rows_of]


def _one(data: bytes | memoryview, df: int, count_bits: int = 0) -> PostingLists:
    return PostingLists(data, np.array([df]), np.array([len(data)]), np.array([count_bits]))


def _joined(lists: list[PostingLists]) -> PostingLists:
    columns = (
        np.concatenate([np.empty(0, np.int64), *column]) for column in list(zip(*lists, strict=True))[1:]
    )
    return PostingLists(b"".join(each.data for each in lists), *columns) if lists else encode(*_NONE, 1)


_NONE = np.empty(0, np.int64), Postings(np.empty(0, np.int64), np.empty(0, np.int64))


def decode(one: PostingLists, chunks: int) -> Postings:
    """One list alone."""
    return postings.decode(one, np.array([chunks]))


@pytest.mark.slow
@given(lists())
@settings(deadline=None)
def test_round_trip_of_each_list_alone(case: tuple[int, Found]) -> None:
    chunks, found = case
    for one, encoded in zip(found, _encode(found, chunks), strict=True):
        got = decode(encoded, chunks)
        assert dict(zip(got.chunks.tolist(), got.counts.tolist(), strict=True)) == one
        assert got.chunks.tolist() == sorted(one)


@pytest.mark.slow
@given(st.lists(lists(), max_size=4), st.sampled_from([0, 2, 1 << 20]))
@settings(deadline=None)
def test_round_trip_of_the_lists_of_many_segments_at_once(cases: list[tuple[int, Found]], long: int) -> None:
    lists = _joined([each for chunks, found in cases for each in _encode(found, chunks)])
    every = [(chunks, one) for chunks, found in cases for one in found]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "LONG", long)
        got = postings.decode(lists, np.array([chunks for chunks, _ in every], np.int64))
    pairs = [pair for _, one in every for pair in sorted(one.items())]
    assert list(zip(got.chunks.tolist(), got.counts.tolist(), strict=True)) == pairs


def test_lists_cut_at_the_wrong_place_are_refused() -> None:
    lists, limits = _joined(_encode([{3: 1}, {0: 1, 3: 90}], 10)), np.array([10, 10])
    assert postings.decode(lists, limits).counts.tolist() == [1, 1, 90]
    for wrong in ([1, -1], [-1, 1], [1, 0], [-1, 0], [2**62, 2**62], [-(2**62), 2**62]):
        with pytest.raises(ValueError, match="not a list"):
            postings.decode(lists._replace(sizes=lists.sizes + np.array(wrong)), limits)


def test_a_list_never_borrows_from_its_neighbour() -> None:
    one, two = _encode([{1: 1}, {0: 1, 1: 1}], 2)
    for lists, df in ((_joined([one, two]), [2, 1]), (_joined([two, one]), [1, 2])):
        with pytest.raises(ValueError, match="not a list"):
            postings.decode(lists._replace(df=np.array(df)), np.array([2, 2]))


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
    (one,) = _encode([dict.fromkeys(where.tolist(), 1)], chunks)
    share = df / chunks
    entropy = chunks * -(share * math.log2(share) + (1 - share) * math.log2(1 - share))
    assert 8 * len(one.data) - df <= 1.05 * entropy  # one bit a posting says that it counts 1


def test_counts_of_frequent_words_are_near_the_entropy() -> None:
    counts = np.random.default_rng(2).geometric(1 / 8, 10_000)
    (one,) = _encode([dict(enumerate(counts.tolist()))], len(counts))
    shares = np.bincount(counts)[1:] / len(counts)
    entropy = len(counts) * -(shares[shares > 0] * np.log2(shares[shares > 0])).sum()
    assert (
        8 * len(one.data) - len(counts) <= 1.05 * entropy
    )  # one bit a posting says that no chunk is skipped


@pytest.mark.parametrize(("df", "chunks"), [(0, 10), (11, 10), (2, 10), (1, 2**32)])
def test_wrong_statistics_are_refused(df: int, chunks: int) -> None:
    (one,) = _encode([{3: 1}], 10)
    with pytest.raises(ValueError, match=r"chunks|postings|outside"):
        decode(one._replace(df=np.array([df])), chunks)


@pytest.mark.parametrize("count_bits", [-1, MAX_COUNT_BITS + 1, 2**62])
def test_counts_of_impossible_width_are_refused(count_bits: int) -> None:
    (one,) = _encode([{3: 1}], 10)
    with pytest.raises(ValueError, match="bits"):
        decode(one._replace(count_bits=np.array([count_bits])), 10)


def test_a_posting_outside_the_segment_is_refused() -> None:
    (one,) = _encode([{9: 1}], 10)
    assert rice(1, 10) == rice(1, 9) and decode(one, 10).chunks.tolist() == [9]
    with pytest.raises(ValueError, match="outside"):
        decode(one, 9)


def test_more_bits_than_postings_are_refused_before_they_take_memory() -> None:
    huge, limits = _one(b"\xff" * (4 << 20), 5), np.array([10])
    tracemalloc.start()
    try:
        for lists, chunks in ((huge, limits), (_joined([huge, huge]), np.repeat(limits, 2))):
            with pytest.raises(ValueError, match="not a list"):
                postings.decode(lists, chunks)
        assert tracemalloc.get_traced_memory()[1] < 4 * 8 * (8 << 20)
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=30), st.integers(0, 50), st.integers(0, 30), st.integers(1, 1000), st.booleans())
@settings(deadline=None)
def test_any_bytes_decode_to_valid_postings_or_are_refused(
    data: bytes, df: int, count_bits: int, chunks: int, twice: bool
) -> None:
    one = _one(data, df, count_bits)
    try:
        got = postings.decode(_joined([one, one] if twice else [one]), np.repeat(chunks, 1 + twice))
    except ValueError:
        return
    assert len(got.chunks) == len(got.counts) == df * (1 + twice) > 0
    rising = got.chunks[:df]
    assert (np.diff(rising) > 0).all() and rising[0] >= 0 and rising[-1] < chunks
    assert (got.counts > 0).all() and (got.chunks[df:] == rising[: df * twice]).all()
