"""Maximal marginal relevance: by hand, and that hits repeat each other less."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.search.diversity import diversify, of_vectors, of_words
from tests.search.support import searching, uris, write
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

ALIKE = np.array([[1, 0.95, 0.1], [0.95, 1, 0.1], [0.1, 0.1, 1]])


def test_by_hand() -> None:
    scores = [10.0, 9.0, 5.0]
    assert diversify(scores, ALIKE, 3, 1.0) == [0, 1, 2]
    # After the first: 0.5 * 0.8 - 0.5 * 0.95 = -0.075 for the second, 0.5 * 0 - 0.5 * 0.1 = -0.05 for the third.
    assert diversify(scores, ALIKE, 3, 0.5) == [0, 2, 1]
    assert diversify(scores, ALIKE, 2, 0.9) == [0, 1]
    assert diversify([], np.empty((0, 0)), 3, 0.5) == []


@given(
    st.lists(st.floats(-9, 9), min_size=1, max_size=12).map(lambda each: sorted(each, reverse=True)),
    st.integers(1, 14),
    st.floats(0, 1),
)
@settings(deadline=None)
def test_each_is_chosen_once(scores: list[float], k: int, balance: float) -> None:
    vectors = np.random.default_rng(1).normal(size=(len(scores), 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chosen = diversify(scores, of_vectors(vectors), k, balance)
    assert len(chosen) == len(set(chosen)) == min(k, len(scores))
    assert (
        chosen[0] == 0
        or balance == 0
        or scores[chosen[0]] == scores[0]
        or balance * (scores[0] - scores[-1]) < 1e-9
    )
    assert diversify(scores, of_vectors(vectors), k, 1.0) == list(range(min(k, len(scores))))


def test_likeness_by_words() -> None:
    found = of_words(["a heron waits", "A HERON", ""])
    assert found[0, 1] == found[1, 0] == 2 / 3
    assert found[0, 2] == 0 and found[0, 0] == 1


DOCUMENTS = {
    "1.txt": "heron heron by the mill pond in the morning",
    "2.txt": "heron heron by the mill pond in the evening",
    "3.txt": "an engineer draws a heron for the company's letterhead",
}


def test_hits_that_differ_come_first(tmp_path: Path) -> None:
    with searching(write(tmp_path / "a.mp4", DOCUMENTS)) as searcher:
        assert uris(searcher.search("heron", 2)) == ["1.txt", "2.txt"]
        assert uris(searcher.search("heron", 2, diverse=0.3)) == ["1.txt", "3.txt"]
        assert uris(searcher.search("heron", 2, diverse=1.0)) == ["1.txt", "2.txt"]


def test_by_vectors_where_there_are_some(tmp_path: Path, embedder: Embedder) -> None:
    with searching(write(tmp_path / "a.mp4", DOCUMENTS, model="words")) as searcher:
        asked = []
        original = embedder.embed
        embedder.embed = lambda batch: asked.append(len(batch)) or original(batch)  # type: ignore[method-assign,func-returns-value,assignment]
        found = searcher.search("heron mill pond", 2, "semantic", diverse=0.2)
    assert uris(found)[1] == "3.txt"
    assert 3 in asked
