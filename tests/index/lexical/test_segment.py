"""The lexical segment: what is built is what is read, whatever the runs; damage is named."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError, Damaged, NewerFormat
from memcodec.format.blob import Blob, BlobWriter, seal
from memcodec.index.lexical import segment as lexical
from memcodec.index.lexical.lengths import LENGTHS
from memcodec.index.lexical.postings import PostingLists
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.lexical.tokens import Analyzer
from memcodec.model import Extent

TEXTS = ["the quick brown fox", "", "a fox, a fox and another FOX", "全文検索 foxes", "café"]


def _opened(data: bytes) -> LexicalSegment:
    read = lambda start, length: memoryview(data)[start : start + length]  # noqa: E731
    return LexicalSegment(Blob(read, "test", None, Extent(0, len(data))))


def _built(texts: list[str], language: str = "english") -> bytes:
    builder = LexicalBuilder(language)
    builder.add(texts)
    return builder.to_bytes()


def _postings(segment: LexicalSegment, term: str) -> dict[int, int]:
    entry = segment.lookup(term)
    assert entry
    columns = (np.array([each]) for each in (entry.df, entry.length, entry.count_bits))
    found = lexical.decode(PostingLists(segment.terms.read(entry), *columns), np.array([segment.chunks]))
    return dict(zip(found.chunks.tolist(), found.counts.tolist(), strict=True))


def _content(segment: LexicalSegment) -> dict[str, dict[int, int]]:
    """Every term's {chunk: count}, looked up one by one."""
    return {term: _postings(segment, term) for term, _ in segment.terms.with_prefix("")}


def _expected(texts: list[str], language: str) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for chunk, text in enumerate(texts):
        analyzer = Analyzer(language)
        for term, count in Counter(map(analyzer.term, analyzer.indexed(text))).items():
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
    assert segment.codes.tolist() == [4, 0, 7, 5, 1]
    assert _content(segment) == _expected(TEXTS, "english")
    assert segment.lookup("fish") is None


@pytest.mark.parametrize(
    ("words", "stands"), [(40, 40), (41, 40), (255, 248), (65_560, 65_560), (70_000, 65_560)]
)
def test_lengths_are_kept_to_four_bits_and_counts_are_exact(words: int, stands: int) -> None:
    segment = _opened(_built(["a " * words, "b"]))
    assert LENGTHS[segment.codes].tolist() == [stands, 1]
    assert _content(segment)["a"] == {0: words}


def test_only_its_description_is_read_when_a_segment_is_opened() -> None:
    texts = [" ".join(f"w{(41 * chunk + word) % 25000}" for word in range(90)) for chunk in range(900)]
    data, reads = _built(texts), list[tuple[int, int]]()

    def read(start: int, length: int) -> memoryview:
        reads.append((start, length))
        return memoryview(data)[start : start + length]

    blob = Blob(read, "test", len(data), Extent(7, len(data)))
    hot = [(at, len(part)) for at, part in blob.hot()]
    segment = LexicalSegment(blob)
    (lengths,) = segment.opening_spans()
    reads.clear()
    assert segment.chunks == 900 and segment.terms.spans("w7") and LexicalSegment(blob).opening_spans()
    assert all(
        any(at <= start and start + size <= at + length for at, length in hot) for start, size in reads
    )
    assert len(segment.codes) == 900 and reads[-1] == (lengths.start, lengths.length)
    assert segment.opening_spans() == []


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
    for terms, df, (chunks, counts), _ in segment.batches():
        ends = np.cumsum(df)
        for term, start, end in zip(terms, ends - df, ends, strict=True):
            found[term.decode()] = dict(
                zip(chunks[start:end].tolist(), counts[start:end].tolist(), strict=True)
            )
    assert found == _content(segment) == _expected(texts, "english")
    assert list(found) == sorted(found)


@pytest.mark.parametrize("positions", [False, True])
def test_memory_grows_by_three_bytes_a_posting_and_one_a_position(positions: bool) -> None:
    texts = [" ".join(f"w{(chunk * 31 + word * 37) % 5000}" for word in range(120)) for chunk in range(2000)]
    builder, held = LexicalBuilder("none", positions=positions), []
    tracemalloc.start()
    try:
        for half in (texts[:1000], texts[1000:]):
            builder.add(half)
            builder._close_run()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < (3.5 + positions) * 1000 * 120 + 8 * 5000


def _tampered(**changes: object) -> LexicalSegment:
    """A segment in which sections or parts of its description are replaced, its checksums right."""
    data = _built(TEXTS)
    old = Blob(lambda start, length: memoryview(data)[start : start + length], "test")
    new = BlobWriter(str(changes.pop("kind", old.kind)))
    for name in old.names():
        sealed = old.section(name).sealed
        content = b"".join(bytes(old.unit(name, at)) for at in range(old.units(name)))
        if name == "meta":
            kept = {key: changes.pop(key) for key in list(changes) if key not in old.names()}
            content = json.dumps(json.loads(content) | kept).encode()
        replaced = changes.pop(name, content)
        assert isinstance(replaced, bytes)
        replaced += seal(0, replaced) if sealed else b""
        units = [len(replaced)] if replaced else []
        new.add(name, replaced, units if sealed or name == "lengths" else None, sealed=sealed)
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
        {"chunks": True},
        {"chunks": 2**40},
        {"chunks": 2**17},
        {"chunks": 0},
        {"lengths": b""},
    ],
)
def test_a_description_that_makes_no_sense_is_damage(changes: dict[str, object]) -> None:
    with pytest.raises(Damaged, match="repair"):
        _tampered(**changes)


@pytest.mark.parametrize(
    "changes", [{"chunks": 4}, {"lengths": b"junk"}, {"lengths": zstandard.compress(bytes(6))}]
)
def test_lengths_of_other_chunks_are_damage(changes: dict[str, object]) -> None:
    with pytest.raises(Damaged, match="repair"):
        assert _tampered(**changes).codes is None


def test_a_term_in_more_chunks_than_there_are_is_damage() -> None:
    segment = _tampered(chunks=1)
    with pytest.raises(Damaged, match="in 3 of 1 chunks"):
        segment.lookup("fox")


@pytest.mark.parametrize(
    "changes", [{"version": 3}, {"stemmer": "9.1"}, {"analyzer": "other"}, {"language": "klingon"}]
)
def test_an_unknown_analyser_is_a_newer_format(changes: dict[str, object]) -> None:
    with pytest.raises(NewerFormat, match="update memcodec"):
        _tampered(**changes)


@pytest.mark.parametrize("byte", [0, 0xFF])
def test_postings_that_make_no_sense_are_damage(byte: int) -> None:
    data = _built(TEXTS)
    terms = Blob(lambda start, length: memoryview(data)[start : start + length], "test").unit("terms", 0)
    lists = 4 + int.from_bytes(terms[:4], "little")
    segment = _tampered(terms=bytes(terms[:lists]) + bytes([byte]) * (len(terms) - lists))
    with pytest.raises(Damaged, match="repair"):
        _content(segment)
    with pytest.raises(Damaged, match="repair"):
        list(segment.batches())


@pytest.mark.parametrize("position", range(0, 700, 23))
def test_a_flipped_byte_never_gives_wrong_postings(position: int) -> None:
    data = bytearray(_built(TEXTS))
    data[position % len(data)] ^= 0x10
    try:
        segment = _opened(bytes(data))
        content, codes = _content(segment), segment.codes.tolist()
    except (Damaged, NewerFormat):
        return
    assert content == _expected(TEXTS, "english") and codes == [4, 0, 7, 5, 1]
