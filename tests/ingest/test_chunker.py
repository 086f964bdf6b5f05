"""The chunker's laws: everything covered, always forward, never inside a grapheme cluster, whatever the text."""

from __future__ import annotations

import time
import tracemalloc
from bisect import bisect_left
from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError, SourceError
from memcodec.ingest.chunker import Chunker, ChunkSpan
from memcodec.ingest.graphemes import LONGEST

# Few different characters, so that clusters, line ends and words of every kind meet.
MARKS = [
    "\u0301",
    "\u200d",
    "\ufeff",
    "\u2028",
    "\u0600",
]  # accent, joiner, byte order mark, line end, prepend
JOINED = ["🇫", "🇷", "👨", "👩", "🏽", "\ufe0f", "❤", "क", "्", "ष", "ि", "ᄀ", "ᅡ", "ᆨ", "각", "가"]
TRICKY = [*"ab .\n\r\t\0文。ё𐍈", "\r\n", "\n\n", "! ", *MARKS, *JOINED]
# Long beside the chunks, or nothing is ever cut; a few characters at a time, or clusters do not form.
texts = st.builds(
    lambda few, choices: "".join(few[choice % len(few)] for choice in choices),
    st.lists(st.sampled_from(TRICKY), min_size=1, max_size=6),
    st.binary(min_size=60, max_size=200),
) | st.text(max_size=100)


@st.composite
def chunkers(draw: st.DrawFn) -> Chunker:
    size = draw(st.integers(1, 30))
    return Chunker(size, draw(st.integers(0, size - 1)))


def boundaries(text: str) -> set[int]:
    """The byte offsets at which UAX #29 allows a cut."""
    offsets, at = {0}, 0
    for cluster in regex.findall(r"\X", text):
        at += len(cluster.encode())
        offsets.add(at)
    return offsets


def line_of(text: str, at: int) -> int:
    """The line the character at ``at`` is in, by another way than the chunker's."""
    return bisect_left([match.end() for match in regex.finditer(r"\r\n|\r|\n", text)], at + 1) + 1


def check(text: str, spans: list[ChunkSpan]) -> None:
    data = text.encode()
    assert bool(spans) == bool(text)
    for span in spans:
        assert data[span.start : span.end] == span.text.encode()
        first = len(data[: span.start].decode())
        assert span.first_line == line_of(text, first)
        assert span.last_line == line_of(text, first + len(span.text) - 1)
    for before, after in pairwise(spans):
        assert before.start < after.start <= before.end < after.end
    if spans:
        assert spans[0].start == 0
        assert spans[-1].end == len(data)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(texts, chunkers())
@example("a\r\n" * 100, Chunker(3, 2))
@example("🇫🇷" * 300, Chunker(7, 6))
@example(" \u0301" * 100, Chunker(10, 3))
@example("👨\u200d👩\u200d👧" * 40, Chunker(7, 2))
@example("क्षि" * 60, Chunker(7, 2))
@example(("x" * 18 + " ") * 20, Chunker(20, 19))
@example("x" * 20 + "🇫🇷" * 30, Chunker(21, 20))
@example(("x" * 19 + " ") * 20, Chunker(20, 19))
def test_laws(text: str, chunker: Chunker) -> None:
    spans = list(chunker.spans([text.encode()]))
    check(text, spans)
    assert {edge for span in spans for edge in (span.start, span.end)} <= boundaries(text)
    for before, after in pairwise(spans):
        assert len(before.text.encode()[after.start - before.start :].decode()) <= chunker.overlap


@pytest.mark.slow
@settings(deadline=None, derandomize=True, max_examples=200)
@given(texts, chunkers(), st.lists(st.integers(0, 1500), max_size=8))
def test_pieces_make_no_difference(text: str, chunker: Chunker, cuts: list[int]) -> None:
    data = text.encode() * 3
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    whole = list(chunker.spans([data]))
    assert list(chunker.spans(pieces)) == whole
    fed = [span for piece in pieces for span in chunker.feed(piece)]
    assert fed + chunker.finish() == whole


def test_pieces_make_no_difference_to_long_documents() -> None:
    """Long enough that most chunks are decided before the end is seen."""
    text = "".join(f"Sentence {n} of many, naïve café. " + "\n\n" * (n % 7 == 0) for n in range(12_000))
    data = text.encode()
    whole = list(Chunker().spans([data]))
    assert list(Chunker().spans(data[at : at + 997] for at in range(0, len(data), 997))) == whole
    assert whole[0].start == 0
    assert whole[-1].end == len(data)
    assert all(before.start < after.start < before.end < after.end for before, after in pairwise(whole))
    assert [data[span.start : span.end].decode() for span in whole] == [span.text for span in whole]


@pytest.mark.parametrize("marks", [LONGEST - 1, LONGEST, 10_000, 100_000])
def test_giant_clusters_are_kept_up_to_a_bound(marks: int) -> None:
    text = "word " * 300 + "a" + "\u0301" * marks + " word" * 300
    spans = list(Chunker().spans([text.encode()]))
    check(text, spans)
    assert max(len(span.text) for span in spans) <= 1200 + LONGEST
    kept = {edge for span in spans for edge in (span.start, span.end)} <= boundaries(text)
    assert kept == (marks < LONGEST)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("w. s\nl\n\nparagraph", "l\n\n"),
        ("w. s\nl\r\n \r\nparagraph", "l\r\n \r\n"),
        ("w. s\r\nline word", "w. "),
        ("字字。字 字", "。"),
        ("w,\r\nline word", "w,\r\n"),
        ("w, word,word", "w, "),
    ],
)
def test_prefers_paragraphs_then_sentences_then_lines_then_words(text: str, end: str) -> None:
    first = next(Chunker(100, 0).spans([("x" * 92 + text + "x" * 92).encode()]))
    assert first.text.endswith(end)
    assert len(next(Chunker(100, 0).spans([b"x" * 300])).text) == 100


def test_overlap_begins_with_a_word() -> None:
    text = "abcdefghi " * 500
    for before, after in pairwise(Chunker().spans([text.encode()])):
        assert after.text.startswith("abc")
        assert 0 < before.end - after.start <= 50


def test_prose_fills_chunks() -> None:
    text = "\n\n".join("The quick brown fox jumps over the lazy dog. " * (n % 9 + 1) for n in range(400))
    spans = list(Chunker().spans([text.encode()]))
    assert sum(len(span.text) for span in spans[:-1]) >= 930 * (len(spans) - 1)
    assert max(len(span.text) for span in spans) <= 1200


def test_last_crumb_is_joined() -> None:
    text = "x" * 1095 + " " + "y" * 40
    assert [len(span.text) for span in Chunker(1000, 50).spans([text.encode()])] == [len(text)]
    assert len(list(Chunker(1000, 0).spans([text.encode()]))) == 2


def test_empty_bom_and_nul() -> None:
    assert list(Chunker().spans([])) == list(Chunker().spans([b"", b""])) == []
    (span,) = Chunker().spans([b"\xef\xbb\xbfa\0b"])
    assert span == ChunkSpan(0, 6, 1, 1, "\ufeffa\0b")


def test_lines_count_every_newline_kind_once() -> None:
    (span,) = Chunker().spans([b"one\ntwo\r\nthree\rfour\n"])
    assert (span.first_line, span.last_line) == (1, 4)


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (100, 100), (100, 200), (100, -1)])
def test_refuses_sizes_without_progress(size: int, overlap: int) -> None:
    with pytest.raises(ConfigError, match="must be"):
        Chunker(size, overlap)


@pytest.mark.parametrize("data", [b"ab\xff", b"ab\xe2\x82", b"\xed\xa0\x80"])
def test_refuses_what_is_not_utf8(data: bytes) -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        list(Chunker().spans([data]))


def line_of_bytes(unit: str, size: int) -> bytes:
    return unit.encode() * (size // len(unit.encode()))


UNITS = ["x", "An ordinary sentence of prose. ", "文章", "🇫🇷", "é ", "\u0301"]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_long_line_takes_time_in_proportion(unit: str) -> None:
    def seconds(data: bytes) -> float:
        started = time.thread_time()
        assert sum(1 for _ in Chunker().spans([data])) > 10
        return time.thread_time() - started

    short, long = line_of_bytes(unit, 1 << 17), line_of_bytes(unit, 1 << 20)
    least = min(seconds(short) for _ in range(3))
    assert min(seconds(long) for _ in range(2)) < 24 * least  # 8 times the text; quadratic work takes 64


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_long_line_takes_flat_memory(unit: str) -> None:
    pieces = [line_of_bytes(unit, 1 << 16)] * 16
    tracemalloc.start()
    try:
        for _ in Chunker().spans(pieces):
            pass
        assert tracemalloc.get_traced_memory()[1] < 500_000  # of 1 MiB
    finally:
        tracemalloc.stop()
