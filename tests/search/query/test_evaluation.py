"""Evaluation: what a slow reader of the texts decides, with positions and without, over one segment or many."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError
from memcodec.index.fold import fold_lexical
from memcodec.index.lexical import bm25
from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.words import Run
from memcodec.model import BlobSpan
from memcodec.search.query import parse, phrases
from memcodec.search.query.evaluation import evaluate, prefetch_spans, rank, words_of
from memcodec.search.query.explanation import written
from memcodec.search.query.nodes import And, Beginning, Field, Node, Not, Or, Phrase, Query, Side, Words
from tests.search.query.memory import Documents, Slow, Texts, no_fields, no_texts, opened, segment

WORDS = ["a", "b", "running", "runs", "ab", "abc", "全文", "文", "x1"]
_word = st.sampled_from(WORDS)
_text = st.lists(_word | st.sampled_from(["全文検索", "a-b", "\n", "b."]), max_size=14).map(" ".join)
_parts = st.lists(st.lists(_text, max_size=6), min_size=1, max_size=3)
_leaf = st.one_of(
    st.builds(Words, _word | st.sampled_from(["a-b", "b/a/b", "全文検"])),
    st.builds(Phrase, st.lists(_word, min_size=1, max_size=4).map(" ".join)),
    st.builds(Beginning, st.sampled_from(["a", "ab", "run", "running", "文", "zz"])),
    st.builds(Field, st.sampled_from(["title", "path"]), _word, st.just(1)),
)


def _several(node: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(node, min_size=2, max_size=4).map(tuple)


_node: st.SearchStrategy[Node] = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, _several(inner)),
        st.builds(Or, _several(inner)),
        st.builds(Side, _several(inner)),
    ),
    max_leaves=8,
)


@pytest.mark.slow
@given(_parts, _node, st.lists(st.booleans(), min_size=3, max_size=3), st.randoms())
@settings(max_examples=400, deadline=None)
def test_it_is_what_a_slow_reader_decides(parts: list[list[str]], node: Node, kept: list[bool], rng) -> None:  # type: ignore[no-untyped-def]
    texts = [text for part in parts for text in part]
    live = [np.array([rng.random() < 0.8 for _ in part], np.bool_) for part in parts]
    segments = [segment(part, positions=placed) for part, placed in zip(parts, kept, strict=False)]
    collection = LexicalIndex(segments, live)
    found = evaluate(collection, Query("", node, False), Documents(texts), Texts(texts))
    expected = [Slow().allows(node, text) for text in texts]
    if found is None:
        assert not any(each is not None for each in expected)
    else:
        alive = np.concatenate(live).tolist()
        assert found.tolist() == [bool(each) and alive[at] for at, each in enumerate(expected)]


@pytest.mark.slow
@given(_parts, _node)
@settings(max_examples=200, deadline=None)
def test_hits_are_what_a_slow_reader_finds_and_those_without_a_word_come_last(
    parts: list[list[str]], node: Node
) -> None:
    texts = [text for part in parts for text in part]
    collection, query = LexicalIndex([segment(part) for part in parts]), Query("", node, False)
    allowed = evaluate(collection, query, Documents(texts), Texts(texts))
    hits = rank(collection, query, 100, allowed)
    places = (collection.bases[hits.segment] + hits.chunk).tolist()
    assert sorted(places) == [at for at, text in enumerate(texts) if Slow().hits(node, text)]
    assert not (np.diff(hits.scores) > 0).any()
    assert allowed is not None or (hits.scores > 0).all()


@given(_parts, _text)
@settings(max_examples=100, deadline=None)
def test_plain_text_ranks_as_it_does_without_a_query_language(parts: list[list[str]], text: str) -> None:
    collection, query = LexicalIndex([segment(part) for part in parts]), parse(text)
    assert evaluate(collection, query, no_fields, no_texts) is None
    words = {word: often for word, often in words_of(collection, query).items() if not isinstance(word, Run)}
    found, expected = collection.rank(words, 9), collection.search(text, 9)
    assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


@given(_parts, st.lists(_word, min_size=2, max_size=3).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_folded_positions_find_the_same_phrases(parts: list[list[str]], phrase: str) -> None:
    query = Query("", Phrase(phrase), False)
    texts = [text for part in parts for text in part]
    whole = LexicalIndex([segment(texts)])
    folded = LexicalIndex([opened(fold_lexical([(segment(part), None) for part in parts]))])
    one, other = (evaluate(each, query, no_fields, Texts(texts)) for each in (whole, folded))
    assert one is not None and other is not None and one.tolist() == other.tolist()


def _found(texts: list[str], query: str, **options: bool) -> list[int]:
    collection = LexicalIndex([segment(texts, **options)])
    allowed = evaluate(collection, parse(query), Documents(texts), Texts(texts))
    return sorted(rank(collection, parse(query), 100, allowed).chunk.tolist())


PETS = ["the red fox", "a fox, red", "cats and foxes", "red cats\nfox hunt", "dogs"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("red cats", [0, 1, 2, 3]),
        ('"red fox"', [0]),
        ('"red foxes"', [0]),
        ('"cats fox"', [3]),
        ("red -fox", []),
        ("cats -red", [2]),
        ("-red", [2, 4]),
        ("red AND cats", [3]),
        ("red AND (cats OR the)", [0, 3]),
        ("NOT (red OR dogs)", [2]),
        ("ca*", [2, 3]),
        ("-ca*", [0, 1, 4]),
        ("dogs title:red", []),
        ("fox title:hunt", [3]),
        ("dogs OR title:hunt", [3, 4]),
        ('dogs "red fox"', [0]),
        ("foxes OR dogs -red", [2, 4]),
    ],
)
def test_examples(query: str, expected: list[int]) -> None:
    assert _found(PETS, query) == expected
    assert _found(PETS, query, positions=False) == expected


@pytest.mark.slow
@given(_parts, _node, st.randoms())
@settings(max_examples=150, deadline=None)
def test_what_else_is_required_leaves_fewer_of_the_hits(parts: list[list[str]], node: Node, rng) -> None:  # type: ignore[no-untyped-def]
    texts = [text for part in parts for text in part]
    collection, query = LexicalIndex([segment(part) for part in parts]), Query("", node, False)
    taken = np.array([rng.random() < 0.6 for _ in texts], np.bool_)
    allowed = evaluate(collection, query, Documents(texts), Texts(texts))
    hits = rank(collection, query, 100, taken if allowed is None else taken & allowed)
    places = (collection.bases[hits.segment] + hits.chunk).tolist()
    assert sorted(places) == [at for at, text in enumerate(texts) if taken[at] and Slow().hits(node, text)]


def test_the_end_of_a_run_is_not_next_to_what_ends_the_text() -> None:
    texts = ["全文 a", "a 文", "文 a", "a 全文"]
    collection = LexicalIndex([segment(texts)])
    allowed = evaluate(collection, parse('"a 文"'), no_fields, Texts(texts))
    assert allowed is not None and np.flatnonzero(allowed).tolist() == [1]


def test_what_is_searched_by_meaning_need_not_hold_a_bare_word() -> None:
    collection, query = LexicalIndex([segment(PETS)]), parse("zebra -red")
    allowed = evaluate(collection, query, no_fields, no_texts)
    assert allowed is not None and np.flatnonzero(allowed).tolist() == [2, 4]
    assert not len(rank(collection, query, 9, allowed).chunk)


def test_a_phrase_is_found_across_the_headings_that_indexes_see() -> None:
    assert _found(["Chapter One\nIntroduction\nto the matter"], '"introduction to"') == [0]


def test_texts_are_read_only_where_they_decide() -> None:
    texts = ["red fox", "fox red", "red", "the red fox is rare"]
    read = Texts(texts)
    collection = LexicalIndex([segment(texts, positions=False)])
    found = evaluate(collection, parse('"red fox" AND rare'), no_fields, read)
    assert found is not None and found.tolist() == [False, False, False, True] and read.asked == [3]


def test_too_many_texts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "MAX_READ", 2)
    with pytest.raises(ConfigError, match=r'"red fox" may stand in 3 places.*repair'):
        _found(PETS, '"red fox"', positions=False)


def test_a_beginning_that_stands_for_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bm25, "PREFIX_BLOCKS", 0)
    with pytest.raises(ConfigError, match=r"re\* stands for too many words"):
        _found(PETS, "re*")


def test_a_beginning_ranks_as_one_word() -> None:
    texts = ["alpha", "alps alpha", "beta"]
    collection = LexicalIndex([segment(texts, language="none")])
    hits = rank(collection, parse("al*"), 5, None)
    same = LexicalIndex([segment(["al", "al al", "beta"], language="none")]).search("al", 5)
    assert hits.chunk.tolist() == [1, 0] and hits.scores.tolist() == same.scores.tolist()


def _corpus() -> list[str]:
    return [
        " ".join(f"w{(41 * chunk + word * word) % 2500}" for word in range(90)) + " the end"
        for chunk in range(400)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "w41 w82",
        '"w41 w42 w45"',
        "w1*",
        "-w3* AND the",
        'w9 OR "the end"',
        "NOT w2-w5",
        "absent*",
        '"no such"',
    ],
)
def test_one_round_brings_all_that_is_read(query: str) -> None:
    texts = _corpus()
    parts = [segment(texts[:300]), segment(texts[300:], positions=False), segment([])]
    collection, parsed = LexicalIndex(parts), parse(query)
    wanted = prefetch_spans(collection, parsed)
    for each, spans in zip(parts, wanted, strict=True):
        spans += each.opening_spans()
        read = each._blob._read

        def checked(start: int, length: int, spans=spans, read=read) -> memoryview:  # type: ignore[no-untyped-def]
            assert any(_holds(span, start, length) for span in spans), (start, length)
            return read(start, length)

        each._blob._read = checked
    allowed = evaluate(collection, parsed, no_fields, Texts(texts))
    rank(collection, parsed, 10, allowed)


def _holds(span: BlobSpan, start: int, length: int) -> bool:
    return span.start <= start and start + length <= span.start + span.length


def test_many_blocks_and_units_keep_their_positions_apart() -> None:
    texts = _corpus()
    collection = LexicalIndex([segment(texts, language="none")])
    for one, other in pairwise([f"w{number}" for number in range(0, 2500, 97)]):
        query = Query("", Phrase(f"{one} {other}"), False)
        found = evaluate(collection, query, no_fields, no_texts)
        assert found is not None
        assert found.tolist() == [f"{one} {other} " in text for text in texts]


@pytest.mark.slow
@given(_node)
@settings(max_examples=200, deadline=None)
def test_what_is_written_out_means_the_same(node: Node) -> None:
    again, texts = parse(written(node)).root, [f"{one} {other}" for one in WORDS for other in WORDS]
    assert again is not None
    slow = Slow()
    assert [slow.allows(again, text) for text in texts] == [slow.allows(node, text) for text in texts]
    assert [slow.hits(again, text) for text in texts] == [slow.hits(node, text) for text in texts]
