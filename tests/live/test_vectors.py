"""The ring of vectors: the newest, exactly, while others are written over the oldest."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format.arrays import Vectors
from memcodec.index.vectors.ring import VectorRing

D = 32


def unit(count: int, seed: int = 0) -> Vectors:
    made = np.random.default_rng(seed).standard_normal((count, D)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(0, 10_000), st.integers(1, 40), st.data())
def test_the_nearest_are_those_of_all_that_are_kept(
    keep: int, start: int, k: int, data: st.DataObject
) -> None:
    ring, vectors = VectorRing(D, keep), unit(300)
    ring.slots = keep + 5  # little beyond, so that it goes round often
    ring._codes = ring._codes[: ring.slots].copy()
    ring.skip(start)
    for part in np.array_split(vectors, data.draw(st.integers(1, 90))):
        for at in range(0, len(part), 5):
            ring.put(part[at : at + 5])
    end, first = ring.end, ring.end - keep
    assert end == start + 300
    kept = vectors[-keep:]
    assert np.allclose(ring.vectors(first, end), kept, atol=0.03)
    scores, numbers = ring.search(vectors[-1], k, first, end)
    assert numbers[0] == end - 1 and len(numbers) == min(k, keep)
    assert np.allclose(scores, (kept @ vectors[-1])[numbers - first], atol=0.05)
    mask = np.random.default_rng(k).random(keep) < 0.3
    _, chosen = ring.search(vectors[-1], k, first, end, mask)
    assert mask[chosen - first].all() and len(chosen) == min(k, int(mask.sum()))


def test_hits_are_those_of_exact_search() -> None:
    vectors, ring = unit(5000, 1), VectorRing(D, 5000)
    ring.put(vectors)
    agree = 0
    for query in unit(50, 2):
        _, numbers = ring.search(query, 10, 0, 5000)
        agree += len(set(numbers.tolist()) & set(np.argsort(-(vectors @ query))[:10].tolist()))
    assert agree >= 490


def test_what_is_written_over_meanwhile_is_not_told() -> None:
    ring = VectorRing(D, 10)
    ring.put(unit(10))
    ring.begun = ring.slots + 4  # a writer has begun with slots 0 to 3
    _, numbers = ring.search(unit(1)[0], 10, 0, 10)
    assert sorted(numbers.tolist()) == [4, 5, 6, 7, 8, 9]


@pytest.mark.slow
def test_searches_while_it_is_written_to_never_see_a_torn_vector() -> None:
    keep = 2000
    ring = VectorRing(D, keep)
    marks = np.repeat(np.linspace(-0.9, 0.9, 64, dtype=np.float32)[:, None], D, axis=1) / np.sqrt(D)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            ring.put(np.repeat(marks[number % 64][None], 100, axis=0))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    query = np.full(D, 1 / np.sqrt(D), np.float32)
    try:
        for _ in range(300):
            end = ring.end
            first = max(0, end - keep)
            scores, numbers = ring.search(query, 50, first, end) if end else (np.empty(0), np.empty(0))
            for score, number in zip(scores, numbers, strict=True):
                assert abs(score - marks[number // 100 % 64].sum() / np.sqrt(D)) < 0.05
    finally:
        stop.set()
        thread.join()
