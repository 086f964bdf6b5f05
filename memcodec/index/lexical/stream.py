"""The lexical index of a stream of chunks, in memory: what comes is found at once, what is old is let go.

Chunks are numbered on and on. The newest ones wait as tokens, which a search sorts when it needs to; ``SMALL`` of them
become a part, sorted by term, and ``JOINED`` parts one. A part goes when its last chunk does; until then its older
chunks are left out of what is found. ``StreamSegment`` gives bm25.py what a ``LexicalSegment`` gives it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Codes, Ints
from memcodec.index.lexical import lengths
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.segment import CHUNK_BITS
from memcodec.index.lexical.sorting import Batch, join, narrow, sort_tokens
from memcodec.index.lexical.terms import BLOCK, TermEntry
from memcodec.index.lexical.tokens import Analysis, Analyzer
from memcodec.model import BlobSpan

SMALL = 256  #: chunks
JOINED = 16  #: parts
MAX_VOCABULARY = 1 << 17  # distinct tokens remembered between chunks
_LAST = b"\xff"  # no UTF-8 has this byte


class Part(NamedTuple):
    """Postings of ``size`` chunks from number ``first`` on, by term; ``chunks`` count from ``first``.

    Term i has the postings from ``starts[i]`` and the positions from ``places[i]`` on, up to those of the next one.
    """

    first: int
    size: int
    codes: Codes
    terms: list[bytes]
    starts: Ints
    places: Ints
    chunks: npt.NDArray[Any]
    counts: npt.NDArray[Any]
    positions: npt.NDArray[Any]

    def find(self, term: bytes) -> tuple[slice, slice] | None:
        """A term's postings and positions."""
        row = bisect_left(self.terms, term)
        return self.row(row) if row < len(self.terms) and self.terms[row] == term else None

    def row(self, row: int) -> tuple[slice, slice]:
        """Those of a term by its number."""
        return (
            slice(self.starts[row], self.starts[row + 1]),
            slice(self.places[row], self.places[row + 1]),
        )

    def beginning(self, prefix: bytes) -> range:
        """The numbers of the terms that begin so."""
        return range(bisect_left(self.terms, prefix), bisect_left(self.terms, prefix + _LAST))

    def batch(self, first: int) -> Batch:
        """Its postings, chunks counted from ``first``."""
        chunks, counts = self.chunks.astype(np.int64) + (self.first - first), self.counts.astype(np.int64)
        return Batch(self.terms, np.diff(self.starts), Postings(chunks, counts), self.positions)


def _part(first: int, codes: Codes, batch: Batch) -> Part:
    (chunks, counts), positions = batch.postings, batch.positions
    assert positions is not None
    starts = np.append(0, np.cumsum(batch.df))
    places = np.append(0, np.cumsum(counts))[starts]
    packed = narrow(chunks), narrow(counts), narrow(positions)
    return Part(first, len(codes), codes, batch.terms, starts, places, *packed)


class _Vocabulary(dict[str, int]):
    """Token -> number of its term, which ``names`` has. A token is stemmed the first time it is seen."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer, self._terms = analyzer, dict[bytes, int]()
        self.names: list[bytes] = []

    def __missing__(self, surface: str) -> int:
        term = self._analyzer.term(surface).encode()
        number = self._terms.get(term)
        if number is None:
            number = self._terms[term] = len(self.names)
            self.names.append(term)
        self[surface] = number
        return number


class _Waiting(NamedTuple):
    """Chunks that are in no part yet, as tokens."""

    first: int
    tokens: array[int]
    lengths: list[int]
    names: Sequence[bytes]

    def part(self) -> Part:
        counted = np.array(self.lengths, np.int64)
        ids = np.array(self.tokens, np.uint32)
        used, starts, chunks, counts, positions = sort_tokens(counted, ids, self.names, positions=True)
        terms = [self.names[number] for number in used]
        batch = Batch(terms, np.diff(starts), Postings(chunks, counts), positions)
        return _part(self.first, lengths.encode(counted), batch)


class StreamIndex:
    """The index that a stream is written to: by one thread at a time, and read by any number meanwhile."""

    def __init__(self, language: str, first: int = 0) -> None:
        self._analyzer = Analyzer(language)
        self._vocabulary = _Vocabulary(self._analyzer)
        self._parts: list[Part] = []
        self._small = 0  # parts at the end that are not joined yet
        self._waiting = _Waiting(first, array("I"), [], self._vocabulary.names)
        self._made: Part | None = None  # of the chunks that wait
        self._lock = Lock()

    @property
    def analysis(self) -> Analysis:
        """How chunks become terms."""
        return self._analyzer.analysis

    @property
    def end(self) -> int:
        """The number of the next chunk."""
        return self._waiting.first + len(self._waiting.lengths)

    def add(self, texts: Sequence[str]) -> None:
        """Append chunks."""
        for at in range(0, len(texts), SMALL):
            self._add(texts[at : at + SMALL])

    def _add(self, texts: Sequence[str]) -> None:
        tokens, counts = array("I"), list[int]()
        number, indexed = self._vocabulary.__getitem__, self._analyzer.indexed
        for text in texts:
            words = indexed(text)
            counts.append(len(words))
            tokens.extend(map(number, words))
        with self._lock:
            self._waiting.tokens.extend(tokens)
            self._waiting.lengths.extend(counts)
            self._made = None
        if len(self._waiting.lengths) >= SMALL:
            self._close()

    def _close(self) -> None:
        """What waits becomes a part; searches go on meanwhile with what was there."""
        waiting = self._waiting
        parts, small = [*self._parts, self._made or waiting.part()], self._small + 1
        if small == JOINED:
            parts[-JOINED:] = [_joined(parts[-JOINED:])]
            small = 0
        if len(self._vocabulary) >= MAX_VOCABULARY:
            self._vocabulary = _Vocabulary(self._analyzer)
        following = waiting.first + len(waiting.lengths)
        with self._lock:
            self._parts, self._small, self._made = parts, small, None
            self._waiting = _Waiting(following, array("I"), [], self._vocabulary.names)

    def drop(self, first: int) -> None:
        """Let chunks before ``first`` go, as far as whole parts are of such."""
        with self._lock:
            gone = sum(1 for _ in takewhile(lambda part: part.first + part.size <= first, self._parts))
            if gone:
                self._parts = self._parts[gone:]
                self._small = min(self._small, len(self._parts))

    def segment(self, first: int, end: int) -> StreamSegment:
        """What is to be searched: chunks ``first`` to ``end - 1``, as far as they are here."""
        with self._lock:
            parts, made, waiting = list(self._parts), self._made, self._waiting
            if made is None and waiting.lengths:
                waiting = waiting._replace(tokens=waiting.tokens[:], lengths=waiting.lengths[:])
        if waiting.lengths and made is None:
            made = waiting.part()
            with self._lock:
                if self._waiting.first == waiting.first and len(self._waiting.lengths) == made.size:
                    self._made = made
        if made is not None:
            parts.append(made)
        return StreamSegment(self.analysis, parts, first, end)


def _joined(parts: Sequence[Part]) -> Part:
    first = parts[0].first
    codes = np.concatenate([part.codes for part in parts])
    batches = [part.batch(first) for part in parts if part.terms]
    return _part(first, codes, join(batches) if len(batches) > 1 else (batches or [_none()])[0])


def _none() -> Batch:
    nothing = np.empty(0, np.int64)
    return Batch([], nothing, Postings(nothing, nothing), nothing)


class StreamSegment:
    """Chunks ``first`` to ``end - 1`` of a stream, as they are now, as a segment that bm25.py searches."""

    has_positions = True

    def __init__(self, analysis: Analysis, parts: Sequence[Part], first: int, end: int) -> None:
        self.analyses = (analysis,)
        self._parts = [part for part in parts if part.first < end and part.first + part.size > first]
        self.first, self.chunks = first, end - first
        self.terms = StreamTerms(self)
        self._found: list[tuple[str, Postings]] = []
        self._known: dict[str, TermEntry | None] = {}

    @property
    def language(self) -> str:
        """That of its analyser."""
        return self.analyses[0].language

    @cached_property
    def codes(self) -> Codes:
        """The length of each chunk, as a code (lengths.py)."""
        found = np.concatenate([np.empty(0, np.uint8), *(part.codes for part in self._parts)])
        skipped = self.first - self._parts[0].first if self._parts else 0
        return found[skipped : skipped + self.chunks]

    def opening_spans(self) -> list[BlobSpan]:
        """Nothing is fetched."""
        return []

    def lookup(self, term: str) -> TermEntry | None:
        """A term's entry, or None when no chunk holds it."""
        if term not in self._known:
            postings = self._postings(term.encode())
            self._known[term] = self._entry(term, postings) if len(postings.chunks) else None
        return self._known[term]

    def _entry(self, term: str, postings: Postings) -> TermEntry:
        self._found.append((term, postings))
        return TermEntry(len(postings.chunks), 0, len(self._found) - 1, 0)

    def checked(self, entry: TermEntry) -> TermEntry:
        """As it is."""
        return entry

    def postings(self, entry: TermEntry) -> Postings:
        """The postings of a term."""
        return self._found[entry.start][1]

    def _postings(self, term: bytes) -> Postings:
        found = [Postings(np.empty(0, np.int64), np.empty(0, np.int64))]
        for part in self._parts:
            row = part.find(term)
            if row is not None:
                found.append(self._own(part, row[0]))
        return Postings(*map(np.concatenate, zip(*found, strict=True))) if len(found) != 2 else found[1]

    def _own(self, part: Part, span: slice) -> Postings:
        """Postings of a part that are of chunks here."""
        chunks, counts = part.chunks[span].astype(np.int64), part.counts[span].astype(np.int64)
        chunks += part.first - self.first
        if part.first >= self.first and part.first + part.size <= self.first + self.chunks:
            return Postings(chunks, counts)
        own = slice(*np.searchsorted(chunks, (0, self.chunks)))
        return Postings(chunks[own], counts[own])

    def places(self, term: str, chunks: Ints) -> Ints:
        """Where a term stands, as ``LexicalSegment.places``."""
        found, key = [np.empty(0, np.int64)], term.encode()
        for part in self._parts:
            row = part.find(key)
            if row is not None:
                own = part.chunks[row[0]].astype(np.int64) + (part.first - self.first)
                held = np.repeat(own << CHUNK_BITS, part.counts[row[0]]) + part.positions[row[1]]
                found.append(held[slice(*np.searchsorted(held, (0, self.chunks << CHUNK_BITS)))])
        return np.concatenate(found)

    def beginning(self, prefix: bytes) -> dict[bytes, Postings]:
        """The terms that begin so, in order, with their postings."""
        lists = dict[bytes, list[Postings]]()
        for part in self._parts:
            for row in part.beginning(prefix):
                lists.setdefault(part.terms[row], []).append(self._own(part, part.row(row)[0]))
        joined = (
            (term, Postings(*map(np.concatenate, zip(*each, strict=True))))
            for term, each in sorted(lists.items())
        )
        return {term: held for term, held in joined if len(held.chunks)}

    def count_beginning(self, prefix: bytes) -> int:
        """How many terms begin so, at most."""
        return sum(len(part.beginning(prefix)) for part in self._parts)


class StreamTerms:
    """The terms of a segment, as bm25.py and suggestions ask for them. Nothing of them is fetched."""

    def __init__(self, segment: StreamSegment) -> None:
        self._segment = segment

    def with_prefix(self, prefix: str) -> Iterator[tuple[str, TermEntry]]:
        """The terms that begin with ``prefix``, in order, with their entries."""
        for term, held in self._segment.beginning(prefix.encode()).items():
            name = term.decode()
            yield name, self._segment._entry(name, held)

    def prefix_blocks(self, prefix: str) -> range:
        """As many blocks as a dictionary on disk would have for them."""
        return range(-(-self._segment.count_beginning(prefix.encode()) // BLOCK))

    def at_least(self, term: str) -> int:
        """In how many chunks a term is, as far as that is known before it is looked up: nothing is."""
        return 0

    def spans(self, term: str) -> list[BlobSpan]:
        """Nothing."""
        return []

    prefix_spans = position_spans = spans
