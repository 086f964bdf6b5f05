"""Words of a ring are found as an index on disk finds them, whatever has flowed out."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format.blob import in_memory
from memcodec.index.lexical import stream
from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.lexical.stream import StreamIndex
from memcodec.index.lexical.words import Prefix

WORDS = "alpha beta gamma delta heron swift 東京都 naïve Straße 404 v2 running runs".split()


def index_of(texts: list[str]) -> LexicalIndex:
    builder = LexicalBuilder("english")
    builder.add(texts)
    return LexicalIndex([LexicalSegment(in_memory(builder.to_bytes(), "words"))])


def same(one: LexicalIndex, other: LexicalIndex, query: str) -> None:
    a, b = one.search(query, 20), other.search(query, 20)
    assert a.chunk.tolist() == b.chunk.tolist(), query
    assert np.allclose(a.scores, b.scores)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.lists(st.sampled_from(WORDS), max_size=6), min_size=1, max_size=60),
    first=st.integers(0, 1000),
    gone=st.integers(0, 59),
    cut=st.integers(1, 20),
)
def test_what_is_left_is_found_as_an_index_of_it_finds_it(
    lines: list[list[str]], first: int, gone: int, cut: int
) -> None:
    texts, gone = [" ".join(each) for each in lines], min(gone, len(lines) - 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "SMALL", 4)
        patch.setattr(stream, "JOINED", 3)
        growing = StreamIndex("english", first)
        for at in range(0, len(texts), cut):
            growing.add(texts[at : at + cut])
            growing.segment(first, growing.end)  # as a search does, between any two
        growing.drop(first + gone)
        held = growing.segment(first + gone, growing.end)
    assert held.chunks == len(texts) - gone
    left = index_of(texts[gone:])
    mine = LexicalIndex([held])
    for query in ("heron", "running swift", "東京都 naive", "straße beta 404", "nowhere"):
        same(mine, left, query)
    for word in (Prefix("al"), Prefix("run"), Prefix("東")):
        ((chunks, counts),) = mine.postings([word])
        ((others, known),) = left.postings([word])
        assert (chunks.tolist(), counts.tolist()) == (others.tolist(), known.tolist())
    for stem in ("heron", "beta", "run"):
        if left.segments[0].lookup(stem):
            assert held.places(stem, chunks).tolist() == left.segments[0].places(stem, chunks).tolist()


def test_many_parts_become_few() -> None:
    chance = random.Random(3)
    growing = StreamIndex("english")
    for _ in range(40):
        growing.add([" ".join(chance.choices(WORDS, k=5)) for _ in range(stream.SMALL)])
    assert len(growing._parts) == 40 // stream.JOINED + 40 % stream.JOINED
    growing.drop(growing.end)
    assert not growing._parts


def test_texts_without_words_count() -> None:
    growing = StreamIndex("english")
    growing.add(["", "...", "heron"] * stream.SMALL)
    found = LexicalIndex([growing.segment(0, growing.end)]).search("heron", 3)
    assert found.chunk.tolist() == [2, 5, 8]
