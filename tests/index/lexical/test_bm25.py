"""BM25: equal to the formula and, for lengths that are their codes' own, to bm25s; over one segment or many."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import bm25s  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.format.blob import Blob
from memcodec.index.lexical import bm25, bounds, recent, scores
from memcodec.index.lexical.bm25 import Hits, LexicalIndex, search
from memcodec.index.lexical.lengths import LENGTHS, encode
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.lexical.tokens import Analyzer, is_lone
from memcodec.model import BlobSpan, Extent


def _segment(texts: list[str], language: str = "english") -> LexicalSegment:
    builder = LexicalBuilder(language)
    builder.add(texts)
    return _opened(builder.to_bytes())


def _opened(data: bytes) -> LexicalSegment:
    read = lambda start, length: memoryview(data)[start : start + length]  # noqa: E731
    return LexicalSegment(Blob(read, "test", None, Extent(0, len(data))))


def _pairs(hits: Hits) -> list[tuple[int, int]]:
    return list(zip(hits.segment.tolist(), hits.chunk.tolist(), strict=True))


def _corpus(seed: int, chunks: int, lengths: Callable[[int], int] = int) -> list[str]:
    rng = random.Random(seed)
    words = [
        f"{rng.choice('bdfgklmn')}{rng.choice('aeiou')}{rng.choice('rstvz')}{number}s"
        for number in range(300)
    ]
    weights = [1 / rank for rank in range(1, 301)]
    return [" ".join(rng.choices(words, weights, k=lengths(rng.randint(0, 120)))) for _ in range(chunks)]


def _kept(length: int) -> int:
    """What a chunk of so many words is taken to have."""
    return int(LENGTHS[encode(np.array([length]))[0]])


def _peer(texts: list[str]) -> bm25s.BM25:
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    peer.index([Analyzer().tokens(text) for text in texts], show_progress=False)
    return peer


def _queries(texts: list[str], seed: int) -> list[str]:
    rng = random.Random(seed)
    found = []
    for _ in range(20):
        words = rng.choice(texts).split() or ["none"]
        found.append(" ".join(rng.choices(words, k=4) + words[:1] * 2))  # the last one repeats
    return found


def _theirs(peer: bm25s.BM25, segment: LexicalSegment, query: str) -> npt.NDArray[np.float32]:
    known = [term for term in Analyzer().tokens(query) if segment.lookup(term)]
    scores: npt.NDArray[np.float32] = (
        peer.get_scores(known) if known else np.zeros(segment.chunks, np.float32)
    )
    return scores


@pytest.mark.parametrize("seed", range(5))
def test_scores_equal_bm25s_where_lengths_are_exact(seed: int) -> None:
    texts = _corpus(seed, 400, _kept)
    peer, segment = _peer(texts), _segment(texts)
    for query in _queries(texts, seed):
        ours = np.zeros(len(texts))
        hits = search([segment], query, len(texts))
        ours[hits.chunk] = hits.scores
        np.testing.assert_allclose(ours, _theirs(peer, segment, query), atol=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_ten_are_nearly_those_of_bm25s(seed: int) -> None:
    texts = _corpus(seed, 400)
    peer, segment, shared = _peer(texts), _segment(texts), 0
    queries = _queries(texts, seed)
    for query in queries:
        exact = _theirs(peer, segment, query)
        hits = search([segment], query, 10)
        shared += len({*np.argsort(-exact, kind="stable")[:10].tolist()} & {*hits.chunk.tolist()})
        np.testing.assert_allclose(hits.scores, exact[hits.chunk], rtol=0.07)
    assert shared >= 0.9 * 10 * len(queries)


def _tf(word: str, bag: Counter[str]) -> int:
    """How often a chunk holds a word; a lone grapheme is in every term that begins with it."""
    if is_lone(word):
        return sum(count for term, count in bag.items() if term.startswith(word))
    return bag[Analyzer("none").term(word)]


def _brute(segments: list[list[str]], query: str) -> list[tuple[float, int, int]]:
    """(score, segment, chunk) of every chunk that matches, by the formula."""
    analyzer = Analyzer("none")
    bags = [
        (number, chunk, Counter(map(analyzer.term, analyzer.indexed(text))))
        for number, texts in enumerate(segments)
        for chunk, text in enumerate(texts)
    ]
    lengths = {(number, chunk): _kept(bag.total()) for number, chunk, bag in bags}
    mean = sum(lengths.values()) / max(1, len(bags))
    words = analyzer.surfaces(query)
    df = {word: sum(_tf(word, bag) > 0 for _, _, bag in bags) for word in words}
    found = []
    for number, chunk, bag in bags:
        score = sum(
            math.log(1 + (len(bags) - df[word] + 0.5) / (df[word] + 0.5))
            * tf
            / (tf + 1.5 * (0.25 + 0.75 * lengths[number, chunk] / mean))
            for word in words
            if (tf := _tf(word, bag))
        )
        if score:
            found.append((score, number, chunk))
    return found


_text = st.text(alphabet="ab c語é", max_size=20)
_long = st.builds(str.__mul__, st.sampled_from(["a b ", "c "]), st.integers(20, 90))


@given(st.lists(st.lists(_text | _long, max_size=8), max_size=4), _text, st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_search_is_the_best_k_of_the_formula(parts: list[list[str]], query: str, k: int) -> None:
    expected = {(number, chunk): score for score, number, chunk in _brute(parts, query)}
    hits = search([_segment(texts, "none") for texts in parts], query, k)
    assert len(hits.scores) == min(k, len(expected))
    for place, score in zip(_pairs(hits), hits.scores.tolist(), strict=True):
        assert score == pytest.approx(expected[place], abs=1e-5)
    best = sorted(expected.values(), reverse=True)[:k]
    assert hits.scores.tolist() == pytest.approx(best, abs=1e-5)


@given(st.integers(1, 5), st.integers(1, 40))
@settings(deadline=None)
def test_equal_scores_come_in_order(parts: int, k: int) -> None:
    segments = [_segment(["same words", "other", "same words", "same words"])] * parts
    expected = [(number, chunk) for number in range(parts) for chunk in (0, 2, 3)]
    assert _pairs(search(segments, "words", k)) == expected[:k]


def test_splitting_into_segments_changes_nothing() -> None:
    texts = _corpus(9, 300)
    whole = search([_segment(texts)], texts[5][:60], 25)
    parts = search([_segment(texts[at : at + 100]) for at in (0, 100, 200)], texts[5][:60], 25)
    np.testing.assert_allclose(parts.scores, whole.scores, rtol=1e-6)
    assert (100 * parts.segment + parts.chunk).tolist() == whole.chunk.tolist()


_part = st.lists(st.tuples(_text | _long, st.booleans()), max_size=8)


@pytest.mark.slow
@given(st.lists(_part, max_size=4), _text, st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_dead_chunks_count_for_nothing(parts: list[list[tuple[str, bool]]], query: str, k: int) -> None:
    segments = [_segment([text for text, _ in part], "none") for part in parts]
    masks = [np.array([live for _, live in part], np.bool_) for part in parts]
    live = [None if mask.all() else mask for mask in masks]
    without = [_segment([text for text, live in part if live], "none") for part in parts]
    hits, expected = search(segments, query, k, live), search(without, query, k)
    assert hits.scores.tolist() == expected.scores.tolist()
    numbers = [np.flatnonzero(mask).tolist() for mask in masks]
    assert _pairs(hits) == [(number, numbers[number][chunk]) for number, chunk in _pairs(expected)]


def test_nothing_is_left_when_all_are_dead() -> None:
    segments = [_segment(["fox", "fox den", "hen"]), _segment(["fox", "dog"])]
    assert len(search(segments, "fox", 10, [None, np.zeros(2, np.bool_)]).scores) == 2
    assert not len(search(segments, "fox", 10, [np.zeros(3, np.bool_), np.zeros(2, np.bool_)]).scores)


@pytest.mark.parametrize("limit", [0, 50, 1 << 20])
def test_a_collection_answers_again_as_it_did(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bm25, "LONG", limit)
    texts = _corpus(4, 200)
    segments = [_segment(texts[:150]), _segment(texts[150:199]), _segment(texts[199:])]
    dead = [None, np.arange(49) % 3 > 0, None]
    collection = LexicalIndex(segments, dead)
    for query in [*texts[:4], "absent", *texts[:4]]:
        hits, expected = collection.search(query, 20), search(segments, query, 20, dead)
        assert _pairs(hits) == _pairs(expected) and hits.scores.tolist() == expected.scores.tolist()


def test_recent_lists_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "DENSE", 0)
    monkeypatch.setattr(recent, "BYTES", 12)  # a posting takes three
    collection = LexicalIndex([_segment(["a b c d", "a b", "a b", "a", "a"], "none")])
    reads: list[str] = []
    read = collection._read

    def counted(lists: Mapping[tuple[str, ...], Any]) -> Mapping[Any, Any]:
        reads.extend(word for (word,) in lists)
        return read(lists)

    monkeypatch.setattr(collection, "_read", counted)
    for query, expected in [
        ("b", "b"), ("b", ""), ("a", "a"), ("a", "a"),  # five postings never fit
        ("c b", "c"), ("b c", ""),  # three and one do
        ("d", "d"), ("b", "b"), ("d", ""), ("absent", "absent"), ("absent", ""),
    ]:  # fmt: skip
        reads.clear()
        collection.search(query, 3)
        assert reads == expected.split(), query


def test_a_list_that_cannot_be_read_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    segment = _segment(["fox"])
    monkeypatch.setattr(segment.terms, "read", lambda entry: memoryview(b"\0"))
    with pytest.raises(Damaged, match="repair"):
        search([segment], "fox", 1)


def test_spans_are_all_that_a_search_reads() -> None:
    texts = _corpus(3, 2000)
    parts = [_segment(texts[:1500]), _segment(texts[1500:], "none"), _segment([])]
    collection, reads = LexicalIndex(parts), [_watched(segment) for segment in parts]
    for query in (*_queries(texts, 3)[:6], "absent", ""):
        wanted = collection.search_spans(query)
        for segment, spans in zip(parts, wanted, strict=True):
            spans += segment.opening_spans()
        for each in reads:
            each.clear()
        collection.search(query, 10)
        for each, spans in zip(reads, wanted, strict=True):
            # Every read is covered, and nothing is brought that is not read.
            assert all(any(_holds(span, *read) for span in spans) for read in each)
            assert all(any(_holds(span, *read) for read in each) for span in spans) or query == "absent"
        assert collection.search_spans(query) == [[], [], []]
        assert [segment.opening_spans() for segment in parts] == [[], [], []]


def _watched(segment: LexicalSegment) -> list[tuple[int, int]]:
    """Notes what is read from now on: start and length in the blob. The directory is there already."""
    segment.terms.spans("")
    reads = list[tuple[int, int]]()
    blob = segment._blob
    inner = blob._read

    def read(start: int, length: int) -> memoryview:
        reads.append((start, length))
        return inner(start, length)

    blob._read = read
    return reads


def _holds(span: BlobSpan, start: int, length: int) -> bool:
    return span.start <= start and start + length <= span.start + span.length


def test_a_collection_is_made_without_reading_lengths() -> None:
    segments = [_segment(["fox den"]), _segment(["hen"])]
    reads = [_watched(segment) for segment in segments]
    collection = LexicalIndex(segments, [None, np.zeros(1, np.bool_)])
    assert collection.search_spans("hen fox") and reads == [[], []]
    assert _pairs(collection.search("hen fox", 5)) == [(0, 0)]


def test_each_segment_is_asked_in_its_own_language() -> None:
    segments = [_segment(["running dogs"], "english"), _segment(["running dogs"], "none")]
    assert _pairs(search(segments, "runs", 5)) == [(0, 0)]
    both = search(segments, "running", 5)
    assert _pairs(both) == [(0, 0), (1, 0)] and both.scores[0] == both.scores[1]


@pytest.mark.parametrize("query", ["", "?!", "absent"])
def test_nothing_matches(query: str) -> None:
    for segments in ([], [_segment([])], [_segment(["some words", ""])]):
        hits = search(segments, query, 3)
        assert [len(column) for column in hits] == [0, 0, 0]


def test_cjk_query_finds_the_phrase_inside_a_sentence() -> None:
    segment = _segment(["这是一个全文检索系统", "这是别的文字", "検索ではない"])
    assert _pairs(search([segment], "全文检索", 3))[0] == (0, 0)


@pytest.mark.parametrize(("k", "least"), [(1, 20), (10, 5), (400, 0)])
def test_what_is_not_reckoned_could_not_be_among_the_best(
    monkeypatch: pytest.MonkeyPatch, k: int, least: int
) -> None:
    texts = _corpus(5, 600)
    segments = [_segment(texts[:250]), _segment(texts[250:])]
    words = sorted({word for text in texts for word in text.split()})
    queries = [" ".join(random.Random(number).sample(words, 4)) for number in range(60)]
    everything = [search(segments, query, k) for query in queries]
    monkeypatch.setattr(scores, "_LOOKING_UP", 0)
    for each in (bm25, scores):
        monkeypatch.setattr(each, "LONG", 40)
    pruned, index = 0, LexicalIndex(segments)
    for query, expected in zip(queries, everything, strict=True):
        given = index.scores(index._words(query))
        found = index.best(given, k)
        assert [column.tolist() for column in found] == [column.tolist() for column in expected]
        pruned += "_all" not in given.__dict__
    assert pruned >= least


def test_scores_are_the_same_whether_all_are_reckoned_or_some() -> None:
    texts = _corpus(6, 300)
    index = LexicalIndex([_segment(texts)])
    words = index._words(" ".join(texts[7].split()[:5]))
    some, everything = index.scores(words), index.scores(words)
    assert everything.best(300).chunks.size  # reckons all
    chunks = np.arange(0, 300, 3)
    assert some.of(chunks).tolist() == everything.of(chunks).tolist()
    assert "_all" not in some.__dict__


@pytest.mark.parametrize("dense", [0, 8])
@pytest.mark.parametrize("k", [1, 3, 10, 150])
def test_lists_that_are_narrowed_down_give_the_same_best(
    monkeypatch: pytest.MonkeyPatch, dense: int, k: int
) -> None:
    texts = _corpus(7, 900)
    segments = [_segment(texts[:350]), _segment(texts[350:])]
    dead = [None, np.arange(550) % 4 > 0]
    words = [word for word, _ in Counter(word for text in texts for word in text.split()).most_common(60)]
    drawn = random.Random(k)
    queries = [" ".join(drawn.choices(words, k=drawn.randint(1, 5))) for _ in range(80)]
    everything = [search(segments, query, k, dead) for query in queries]
    for name, value in {"SHORT": 16, "_BEST": 4, "_FEW": 2}.items():
        monkeypatch.setattr(bounds, name, value)
    monkeypatch.setattr(recent, "DENSE", dense)
    monkeypatch.setattr(scores, "_MANY", 0)
    looked_at, index = 0, LexicalIndex(segments, dead)
    for query, expected in zip(queries, everything, strict=True):
        given = index.scores(index._words(query))
        found = index.best(given, k)
        assert [column.tolist() for column in found] == [column.tolist() for column in expected], query
        assert "_all" not in given.__dict__
        chunks, of_them = given._contenders(k)
        assert (np.diff(chunks.astype(np.int64)) > 0).all()
        assert of_them.tolist() == given.of(chunks.astype(np.int64)).tolist()
        looked_at += len(chunks)
    held = sum(len({*np.flatnonzero(index.scores(index._words(each))._all)}) for each in queries)
    assert looked_at < held * (0.7 if k < 20 else 1.0)


def test_a_word_adds_no_more_than_its_bound() -> None:
    index = LexicalIndex([_segment(_corpus(8, 500))])
    for held in map(bm25.Kept, index.postings(index.words(["fer1s"])), [500]):
        added = index._norms.added(held.chunks, held.counts, 1.0)
        for is_dense in (True, False):
            held.collection = 500 if is_dense else 1 << 30
            made = bounds.Bounds(held, added)
            assert (made.of(held.chunks) / 255 >= added).all()
            assert added.max() <= made.most < added.max() + 1 / 255
            assert not made.of(np.setdiff1d(np.arange(500), held.chunks).astype(np.uint16)).any()
            chunks, most = made.at_least(0.5)
            assert set(held.chunks[added >= 0.5].tolist()) <= set(chunks.tolist()) and most.min() >= 127
