"""The lexical segment: what is built is what is read, whatever the runs; damage is named."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError, Damaged, NewerFormat
from memcodec.index import lexical
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.lexical import LexicalBuilder, LexicalSegment
from memcodec.index.tokens import Analyzer

TEXTS = ["the quick brown fox", "", "a fox, a fox and another FOX", "全文検索 foxes", "café"]


def _opened(data: bytes) -> LexicalSegment:
    return LexicalSegment(Blob(lambda start, length: memoryview(data)[start : start + length], "test"))


def _built(texts: list[str], language: str = "english") -> bytes:
    builder = LexicalBuilder(language)
    builder.add(texts)
    return builder.to_bytes()


def _postings(segment: LexicalSegment, term: str) -> dict[int, int]:
    entry = segment.lookup(term)
    assert entry
    data = segment.read_list(entry)
    found = lexical.decode(data, np.array([entry.df]), np.array([len(data)]), np.array([segment.chunks]))
    return dict(zip(found.chunks.tolist(), found.counts.tolist(), strict=True))


def _content(segment: LexicalSegment) -> dict[str, dict[int, int]]:
    """Every term's {chunk: count}, looked up one by one."""
    return {term: _postings(segment, term) for term, _ in segment.terms.with_prefix("")}


def _expected(texts: list[str], language: str) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for chunk, text in enumerate(texts):
        for term, count in Counter(Analyzer(language).tokens(text)).items():
            found.setdefault(term, {})[chunk] = count
    return found


@given(
    texts=st.lists(st.text(alphabet="abc \té語言\u0301_")),
    run_tokens=st.integers(1, 20),
    vocabulary=st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_content_does_not_depend_on_the_runs(texts: list[str], run_tokens: int, vocabulary: int) -> None:
    whole = _built(texts, "none")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical, "RUN_TOKENS", run_tokens)
        patch.setattr(lexical, "MAX_VOCABULARY", vocabulary)
        assert _built(texts, "none") == whole
    assert _content(_opened(whole)) == _expected(texts, "none")


def test_merge_takes_runs_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(f"w{(41 * chunk + word) % 2500}" for word in range(90)) for chunk in range(60)]
    monkeypatch.setattr(lexical, "RUN_TOKENS", 1500)
    assert _content(_opened(_built(texts))) == _expected(texts, "english")


def test_segment_says_what_it_holds() -> None:
    segment = _opened(_built(TEXTS))
    assert (segment.chunks, segment.language) == (5, "english")
    assert segment.lengths.tolist() == [4, 0, 7, 4, 1] and segment.tokens == 16
    assert _content(segment) == _expected(TEXTS, "english")
    assert segment.lookup("fish") is None


@pytest.mark.parametrize(("words", "width"), [(255, 1), (256, 2), (65_535, 2), (65_536, 4)])
def test_lengths_are_exact_in_the_smallest_width(words: int, width: int) -> None:
    segment = _opened(_built(["a " * words, "b"]))
    assert segment.lengths.tolist() == [words, 1] and segment.lengths.itemsize == width
    assert _content(segment)["a"] == {0: words}


def test_no_chunks_and_no_words() -> None:
    assert _content(_opened(_built([]))) == {}
    assert _content(_opened(_built(["", "?!"]))) == {}


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="klingon"):
        LexicalBuilder("klingon")


def test_same_texts_give_the_same_bytes() -> None:
    assert _built(TEXTS) == _built(TEXTS)


def test_batches_hold_what_lookups_find() -> None:
    texts = [" ".join(f"w{(41 * chunk + word) % 700}" for word in range(90)) for chunk in range(60)]
    segment = _opened(_built(texts))
    found: dict[str, dict[int, int]] = {}
    for terms, df, (chunks, counts) in segment.batches():
        ends = np.cumsum(df)
        for term, start, end in zip(terms, ends - df, ends, strict=True):
            found[term.decode()] = dict(
                zip(chunks[start:end].tolist(), counts[start:end].tolist(), strict=True)
            )
    assert found == _content(segment) == _expected(texts, "english")
    assert list(found) == sorted(found)


def test_memory_grows_by_three_bytes_a_posting() -> None:
    texts = [" ".join(f"w{(chunk * 31 + word * 37) % 5000}" for word in range(120)) for chunk in range(2000)]
    builder, held = LexicalBuilder("none"), []
    tracemalloc.start()
    try:
        for half in (texts[:1000], texts[1000:]):
            builder.add(half)
            builder._close_run()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 3.5 * 1000 * 120 + 8 * 5000


def _tampered(**changes: object) -> LexicalSegment:
    """A segment in which sections or parts of its description are replaced, its checksums right."""
    data = _built(TEXTS)
    old = Blob(lambda start, length: memoryview(data)[start : start + length], "test")
    new = BlobWriter(str(changes.pop("kind", old.kind)))
    for name in old.names():
        content = bytes(old.read(name))
        if name == "meta":
            kept = {key: changes.pop(key) for key in list(changes) if key not in old.names()}
            content = json.dumps(json.loads(content) | kept).encode()
        replaced = changes.pop(name, content)
        assert isinstance(replaced, bytes)
        new.add(name, replaced)
    return _opened(new.to_bytes())


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "vectors"},
        {"meta": b"{"},
        {"meta": b"[]"},
        {"meta": b"{}"},
        {"chunks": -1},
        {"chunks": "5"},
        {"chunks": 2**40},
        {"chunks": 4},
        {"chunks": 1},
        {"lengths": b"123"},
        {"lengths": b""},
    ],
)
def test_a_description_that_makes_no_sense_is_damage(changes: dict[str, object]) -> None:
    with pytest.raises(Damaged, match="repair"):
        _tampered(**changes)


def test_a_list_longer_than_any_can_be_is_damage() -> None:
    segment = _opened(_built(["fox", "a " * 9000, " ".join(map(str, range(9000)))]))
    entry = segment.lookup("fox")
    assert entry
    with pytest.raises(Damaged, match="too long"):
        segment.read_list(entry._replace(start=0, length=4000))


def test_terms_without_tokens_are_damage() -> None:
    with pytest.raises(Damaged, match="0 tokens"):
        _tampered(lengths=bytes(5)).lookup("fox")


@pytest.mark.parametrize("changes", [{"version": 2}, {"analyzer": "other"}, {"language": "klingon"}])
def test_an_unknown_analyser_is_a_newer_format(changes: dict[str, object]) -> None:
    with pytest.raises(NewerFormat, match="update memcodec"):
        _tampered(**changes)


@pytest.mark.parametrize("postings", [b"", b"\0" * 40, b"\xff" * 40])
def test_postings_that_make_no_sense_are_damage(postings: bytes) -> None:
    segment = _tampered(postings=postings)
    with pytest.raises(Damaged, match="repair"):
        _content(segment)
    with pytest.raises(Damaged, match="repair"):
        list(segment.batches())


@pytest.mark.parametrize("position", range(0, 700, 23))
def test_a_flipped_byte_never_gives_wrong_postings(position: int) -> None:
    data = bytearray(_built(TEXTS))
    data[position % len(data)] ^= 0x10
    try:
        content = _content(_opened(bytes(data)))
    except (Damaged, NewerFormat):
        return
    assert content == _expected(TEXTS, "english")
