"""Large vector segments: how the lists are made, what is said of them, and what searching them holds in memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.format.arrays import Codes, Ids, Vectors
from memcodec.format.blob import Blob
from memcodec.index.vectors import nearest
from memcodec.index.vectors import partition as ivf
from memcodec.index.vectors import segment as segments
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.partition import Partition, partition, scanned
from memcodec.index.vectors.rotation import rotated
from memcodec.index.vectors.segment import VectorSegment, build, kept_by

D, COUNT = 48, 23_000
SCAN = 400


def clustered(count: int, seed: int) -> Vectors:
    """Unit vectors around 200 centres."""
    centres = np.random.default_rng(0).normal(size=(200, D))
    chance = np.random.default_rng(seed)
    vectors = centres[chance.integers(200, size=count)] + 0.9 * chance.normal(size=(count, D))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(autouse=True, scope="module")
def small_budget() -> Iterator[None]:
    """A search looks at SCAN vectors of these: few numbers make one of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ivf, "scanned", lambda count, entry, centroids: SCAN)
        patch.setattr(segments, "FLAT", 100_000)
        yield


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder(D, 4)


@pytest.fixture(scope="module")
def codes(coder: Coder) -> Codes:
    return coder.encode(rotated(clustered(COUNT, seed=1)))


@pytest.fixture(scope="module")
def parts(codes: Codes, coder: Coder) -> Partition:
    return partition(codes, coder)


@pytest.fixture(scope="module")
def data() -> bytes:
    return build(clustered(COUNT, seed=1), model="test@1", precision="int8", dimensions=D, bits=4)


@pytest.fixture(scope="module")
def queries() -> Vectors:
    return clustered(60, seed=2)


def opened(data: bytes | memoryview) -> VectorSegment:
    view = memoryview(data)
    return VectorSegment(Blob(lambda offset, length: view[offset : offset + length], "test"))


def lists_of(parts: Partition) -> Ids:
    """The list each vector is in."""
    lists = np.full(len(parts.order), -1)
    lists[parts.order] = np.repeat(np.arange(len(parts.centroids)), np.diff(parts.offsets))
    return lists


def test_every_vector_is_in_one_list_that_of_its_nearest_centroid(
    parts: Partition, codes: Codes, coder: Coder
) -> None:
    lists = lists_of(parts)
    np.testing.assert_array_equal(np.sort(parts.order), np.arange(COUNT))
    affinity = coder.decode(codes[::10]) @ ivf.directions(Coder(D, 2).decode(parts.centroids)).T
    own = np.take_along_axis(affinity, lists[::10, None], axis=1)[:, 0]
    np.testing.assert_allclose(own, affinity.max(axis=1), atol=1e-5)


def test_the_recall_stated_is_what_other_vectors_find(parts: Partition, codes: Codes, coder: Coder) -> None:
    vectors, lists = coder.decode(codes), lists_of(parts)
    sample = np.random.default_rng(9).choice(COUNT, 400, replace=False)
    scores = vectors[sample] @ vectors.T
    scores[np.arange(400), sample] = -2
    nearest_ten = np.argsort(-scores, axis=1)[:, :10]
    sizes, held = np.diff(parts.offsets), []
    for query, ten in zip(vectors[sample], nearest_ten, strict=True):
        ranking = np.argsort(-(ivf.directions(Coder(D, 2).decode(parts.centroids)) @ query))
        near = ranking[np.cumsum(sizes[ranking]) <= parts.scan]
        held.append(np.isin(lists[ten], near).mean())
    assert 0.5 < parts.recall < 1
    assert abs(np.mean(held) - parts.recall) < 0.02


def test_lists_are_short_and_their_centroids_take_few_bytes(parts: Partition) -> None:
    lists = len(parts.centroids)
    assert 0.9 * COUNT / 24 < lists < 1.1 * COUNT / 24
    assert parts.centroids.shape == (lists, 2 + D // 4)
    assert np.diff(parts.offsets).max() < SCAN / 2


def test_centroids_of_two_bits_group_as_well_as_floats_do(codes: Codes, coder: Coder) -> None:
    vectors = coder.decode(codes)
    means = ivf._centroids(vectors, 900)
    coarse = Coder(D, 2)
    kept = ivf.directions(coarse.decode(coarse.encode(means)))
    assert (vectors @ kept.T).max(axis=1).mean() > 0.93 * (vectors @ means.T).max(axis=1).mean()


@given(st.integers(1, 10**7), st.integers(5, 4000), st.integers(0, 10**6))
def test_a_search_reads_no_more_than_the_budget(count: int, entry: int, centroids: int) -> None:
    looked_at = scanned(count, entry, centroids)
    assert 1 <= looked_at <= count
    assert looked_at == 1 or centroids + looked_at * entry <= max(ivf.BUDGET, ivf._GROWTH * count**0.5)


def test_a_vector_is_not_its_own_neighbour() -> None:
    found = np.array([[7, *range(100, 110)], [*range(200, 205), 8, *range(205, 210)], [*range(300, 311)]])
    others = ivf._others(found, np.array([7, 8, 9]))
    np.testing.assert_array_equal(others, [range(100, 110), range(200, 210), range(300, 310)])


@pytest.mark.slow
def test_the_same_vectors_give_the_same_bytes(data: bytes) -> None:
    again = build(
        iter(np.array_split(clustered(COUNT, seed=1), 9)),
        model="test@1",
        precision="int8",
        dimensions=D,
        bits=4,
    )
    assert again == data


def test_equal_vectors_are_found_all_the_same(queries: Vectors) -> None:
    same = np.repeat(queries[:1], COUNT, axis=0)
    segment = opened(build(same, model="test@1", precision="int8", dimensions=D, bits=4))
    scores, chunks = segment.search(queries[0], 10)
    assert segment.meta.layout == "ivf" and len(set(chunks.tolist())) == 10
    np.testing.assert_allclose(scores, 1, atol=0.01)


def test_a_segment_says_its_recall(data: bytes) -> None:
    segment = opened(data)
    parts = partition(np.concatenate(list(segment.codes())), segment.coder)
    vectors = clustered(COUNT, seed=1)
    codes = kept_by(segment.coder, vectors, segment.coder.encode(rotated(vectors)))
    assert codes is not None and 0.5 < codes < 1
    assert (segment.meta.scan, segment.meta.recall) == (SCAN, round(parts.recall * codes, 4))
    small = opened(build(clustered(20, seed=3), model="test@1", precision="int8", dimensions=D, bits=4))
    assert small.meta.recall is None


@pytest.fixture
def little_kept(monkeypatch: pytest.MonkeyPatch) -> int:
    """Room for about half of the lists that a search looks at."""
    kept = SCAN // 2 * (D + 8)
    monkeypatch.setattr(nearest, "KEPT", kept)
    return kept


def test_what_is_kept_is_bounded(data: bytes, queries: Vectors, little_kept: int) -> None:
    plenty = [answer.tolist() for query in queries for answer in opened(data).search(query, 10)]
    segment, answers = opened(data), []
    for query in queries:
        answers += [answer.tolist() for answer in segment.search(query, 10)]
        searcher = segment._searcher
        assert isinstance(searcher, nearest.ListSearcher)
        assert 0 < searcher._kept.cost <= little_kept
    assert answers == plenty


def test_threads_that_push_out_each_others_lists(data: bytes, queries: Vectors, little_kept: int) -> None:
    segment = opened(data)
    expected = [segment.search(query, 10)[1].tolist() for query in queries]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            found = pool.map(lambda query: segment.search(query, 10)[1].tolist(), queries)
            assert list(found) == expected


def test_a_list_that_is_kept_counts_all_that_it_holds(data: bytes, queries: Vectors) -> None:
    segment = opened(data)
    segment.search(queries[0], 10)
    searcher = segment._searcher
    assert isinstance(searcher, nearest.ListSearcher) and searcher._kept.held
    sizes = searcher._source.sizes[list(searcher._kept.held)]
    assert searcher._kept.cost == (8 + D) * sizes.sum()


def test_all_lists_are_looked_at_when_few_chunks_are_admitted(data: bytes, queries: Vectors) -> None:
    vectors = clustered(COUNT, seed=1)
    for query in queries[:10]:
        farthest = np.argsort(vectors @ query)[:3]
        _, chunks = opened(data).search(query, 10, farthest)
        assert set(chunks.tolist()) == set(farthest.tolist())
