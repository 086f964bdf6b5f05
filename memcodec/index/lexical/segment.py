"""The lexical segment: written from chunk texts in order, read one term at a time. Scoring is bm25.py's.

A blob of kind "lexical": "meta", JSON with the analyser's name, version and language and how many chunks there are;
"lengths" of the chunks (lengths.py); the term dictionary, with the lists of all terms (terms.py, postings.py), and
unless the writer leaves them out their positions (positions.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from memcodec.errors import Damaged, NewerFormat
from memcodec.format.arrays import Codes, Ints, Mask
from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.lexical import lengths, positions, postings, sorting, stems, tokens
from memcodec.index.lexical.positions import Coded, Placed
from memcodec.index.lexical.postings import PostingLists, Postings
from memcodec.index.lexical.sorting import Batch
from memcodec.index.lexical.terms import TermEntry, Terms, TermsWriter
from memcodec.index.lexical.tokens import Analysis
from memcodec.model import BlobSpan

KIND = "lexical"
RUN_TOKENS = 1 << 19  # tokens held before they become a run
CHUNK_BITS = 32  #: of a place, below its chunk: for the position
_BLOCKS, _PLACED = 256, 1 << 13  # whose places are kept, of so many postings each
_TOGETHER = 1 << 14  # postings of blocks that are read at once
_Block = tuple[Ints, Ints]  # the places of its terms, and where those of each begin, and at last end
MAX_VOCABULARY = 1 << 17  # distinct tokens remembered between chunks


class _Vocabulary(dict[str, int]):
    """Token -> number of its term. A token is stemmed the first time it is seen."""

    def __init__(self, analyzer: tokens.Analyzer) -> None:
        self._analyzer = analyzer
        self._terms: dict[bytes, int] = {}

    def __missing__(self, surface: str) -> int:
        term = self._analyzer.term(surface).encode()
        self[surface] = number = self._terms.setdefault(term, len(self._terms))
        return number

    def names(self) -> list[bytes]:
        """The terms by number."""
        return list(self._terms)


class LexicalBuilder:
    """Collects chunk texts, then lays out their segment.

    Memory grows by two to three bytes a posting, and with ``positions`` by one or two more a token.
    """

    def __init__(self, language: str = tokens.DEFAULT_LANGUAGE, *, positions: bool = True) -> None:
        self._analyzer, self._positions = tokens.Analyzer(language), positions
        self._vocabulary = _Vocabulary(self._analyzer)
        self._pending: list[npt.NDArray[np.uint32]] = []
        self._waiting = 0  # tokens in ``_pending``
        self._lengths: list[int] = []
        self._runs: list[sorting.SortedRun] = []

    def add(self, texts: Sequence[str]) -> None:
        """Append chunks: the first ever added is chunk 0."""
        for text in texts:
            words = self._analyzer.indexed(text)
            self._pending.append(np.fromiter(map(self._vocabulary.__getitem__, words), np.uint32, len(words)))
            self._lengths.append(len(words))
            self._waiting += len(words)
            if self._waiting >= RUN_TOKENS or len(self._vocabulary) >= MAX_VOCABULARY:
                self._close_run()

    def _close_run(self) -> None:
        base = len(self._lengths) - len(self._pending)
        if self._waiting:
            lengths = np.array(self._lengths[base:], np.int64)
            ids = np.concatenate(self._pending)
            names = self._vocabulary.names()
            self._runs.append(sorting.sort_run(base, lengths, ids, names, positions=self._positions))
        self._pending, self._waiting = [], 0
        if len(self._vocabulary) >= MAX_VOCABULARY:
            self._vocabulary = _Vocabulary(self._analyzer)

    def to_bytes(self) -> bytes:
        """The segment, as a blob. The builder takes no more chunks after this."""
        self._close_run()
        merged = sorting.merge(run.batches() for run in self._runs)
        codes = lengths.encode(np.array(self._lengths, np.int64))
        return write(self._analyzer.analysis, codes, merged, positions=self._positions)


def write(analysis: Analysis, codes: Codes, batches: Iterable[Batch], *, positions: bool) -> bytes:
    """The blob of a segment of ``len(codes)`` chunks, whose postings come in the order of their terms.

    ``positions``: whether the batches have them, and the blob is to.
    """
    terms = TermsWriter(len(codes), positions=positions)
    for batch in batches:
        lists = postings.encode(batch.df, batch.postings, len(codes))
        terms.extend(batch.terms, lists, _placed(batch, codes))
    blob = BlobWriter(KIND)
    blob.add("meta", _described(analysis, len(codes)), hot=True)
    terms.add_to(blob)
    lengths.write(blob, codes)
    return blob.to_bytes()


def _placed(batch: Batch, codes: Codes) -> Placed | None:
    if batch.positions is None:
        return None
    return Placed(batch.postings.counts, positions.bounds(codes[batch.postings.chunks]), batch.positions)


class LexicalSegment:
    """One segment's lists, read as they are asked for. Opening one reads its description alone.

    ``chunks`` counts them; ``analyses`` are those that its terms may come from: one, or of an index that does not tell
    all that may be. Raises Damaged for bytes that make no sense, NewerFormat for an analyser this release has not.
    """

    def __init__(self, blob: Blob) -> None:
        if blob.kind != KIND:
            raise _damaged(f"its kind is {blob.kind!r}")
        self._blob = blob
        self.analyses, self.chunks = _meta(bytes(blob.read("meta")))
        if not lengths.agree(blob, self.chunks):
            raise _damaged("chunks and lengths disagree")
        self.terms = Terms(blob)
        self._placed: dict[int, _Block] = {}  # the least recent first
        self._lock = Lock()

    @property
    def language(self) -> str:
        """That of its analyser."""
        return self.analyses[0].language

    @cached_property
    def codes(self) -> Codes:
        """The length of each chunk, as a code (lengths.py)."""
        try:
            return lengths.read(self._blob, self.chunks)
        except (ValueError, zstandard.ZstdError) as error:
            raise _damaged(f"its lengths cannot be read: {error}") from error

    def opening_spans(self) -> list[BlobSpan]:
        """What any search reads, unless it has been read or comes with the file's opening."""
        return [] if "codes" in self.__dict__ else self._blob.span(lengths.SECTION)

    def lookup(self, term: str) -> TermEntry | None:
        """The dictionary's entry of a term, or None when no chunk holds it."""
        entry = self.terms.lookup(term)
        return None if entry is None else self.checked(entry)

    def checked(self, entry: TermEntry) -> TermEntry:
        """An entry that can be. Raises Damaged."""
        if not 0 < entry.df <= self.chunks:
            raise _damaged(f"a term is in {entry.df} of {self.chunks} chunks")
        return entry

    def batches(self) -> Iterator[Batch]:
        """All postings by term, some hundred terms at a time."""
        for number in range(self.terms.blocks):
            terms, lists = self.terms.block(number)
            found = decode(lists, np.full(len(terms), self.chunks))
            yield Batch(
                terms, lists.df, found, self._positions(number, found) if self.has_positions else None
            )

    @property
    def has_positions(self) -> bool:
        """Whether it tells where in a chunk terms stand."""
        return self.terms.has_positions

    def places(self, term: str, chunks: Ints) -> Ints:
        """Where a term stands in ``chunks``, which rise and all hold it, and maybe in others.

        Each place is its chunk, shifted left by ``CHUNK_BITS``, and the position there; they rise.
        """
        number, row = self.terms.find(term)
        terms, lists = self.terms.block(number)
        if lists.df.sum() <= _PLACED:
            places, ends = self._held(number) or self._keep(number, *_read_places([(self, number)]))
            return places[ends[row] : ends[row + 1]]
        first = int(lists.df[:row].sum())
        own = slice(first, first + int(lists.df[row]))
        found = decode(lists, np.full(len(terms), self.chunks))
        wanted = np.zeros(len(found.chunks), np.bool_)
        wanted[own] = np.isin(found.chunks[own], chunks, assume_unique=True)
        return _places(found.chunks[wanted], found.counts[wanted], self._positions(number, found, wanted))

    def _held(self, number: int) -> _Block | None:
        with self._lock:
            held = self._placed.pop(number, None)
            if held is not None:
                self._placed[number] = held
        return held

    def _keep(self, number: int, made: _Block) -> _Block:
        with self._lock:
            self._placed[number] = made
            while len(self._placed) > _BLOCKS:
                del self._placed[next(iter(self._placed))]
        return made

    def _positions(self, number: int, found: Postings, wanted: Mask | None = None) -> Ints:
        below = positions.bounds(self.codes[found.chunks])
        try:
            return positions.decode(self.terms.positions(number), found.counts, below, wanted)
        except ValueError as error:
            raise _damaged(str(error)) from error


def place_together(wanted: Iterable[tuple[LexicalSegment, str]]) -> None:
    """Have the places of terms, each of a segment that has it, for when they are asked for: blocks are read together,
    where there are several.
    """
    blocks = dict.fromkeys((segment, segment.terms.find(term)[0]) for segment, term in wanted)
    sizes = {each: int(each[0].terms.block(each[1])[1].df.sum()) for each in blocks}
    lacking = [each for each in blocks if sizes[each] <= _PLACED and each[0]._held(each[1]) is None]
    few = list[tuple[LexicalSegment, int]]()
    for at, each in enumerate(lacking):
        few.append(each)
        if at + 1 == len(lacking) or sum(map(sizes.__getitem__, few)) >= _TOGETHER:
            for (segment, number), made in zip(few, _read_places(few), strict=True):
                segment._keep(number, made)
            few = []


def _read_places(blocks: Sequence[tuple[LexicalSegment, int]]) -> list[_Block]:
    """Of each of some blocks the places of its terms, and where those of each begin, and at last end."""
    read = [segment.terms.block(number)[1] for segment, number in blocks]
    df = [lists.df for lists in read]
    joined = PostingLists(
        b"".join(lists.data for lists in read),
        np.concatenate(df),
        np.concatenate([lists.sizes for lists in read]),
        np.concatenate([lists.count_bits for lists in read]),
    )
    chunks = np.repeat([segment.chunks for segment, _ in blocks], [len(each) for each in df])
    ends = np.cumsum([int(each.sum()) for each in df])[:-1]
    found = decode(joined, chunks)
    postings = list(map(Postings, np.split(found.chunks, ends), np.split(found.counts, ends)))
    placed = _positions_of(blocks, postings)
    return [
        (
            _places(each.chunks, each.counts, positions),
            np.append(0, np.cumsum(each.counts))[np.append(0, np.cumsum(lists))],
        )
        for each, positions, lists in zip(postings, placed, df, strict=True)
    ]


def _positions_of(blocks: Sequence[tuple[LexicalSegment, int]], found: Sequence[Postings]) -> list[Ints]:
    if len(blocks) == 1 or sum(int(each.counts.sum()) for each in found) > positions.TOGETHER:
        return [
            segment._positions(number, each) for (segment, number), each in zip(blocks, found, strict=True)
        ]
    coded = [
        Coded(segment.terms.positions(number), each.counts, positions.bounds(segment.codes[each.chunks]))
        for (segment, number), each in zip(blocks, found, strict=True)
    ]
    try:
        return positions.decode_each(coded)
    except ValueError as error:
        raise _damaged(str(error)) from error


def _places(chunks: Ints, counts: Ints, positions: Ints) -> Ints:
    return np.repeat(chunks << CHUNK_BITS, counts) + positions


def decode(lists: PostingLists, chunks: Ints) -> Postings:
    """As ``postings.decode``, but raises Damaged."""
    try:
        return postings.decode(lists, chunks)
    except ValueError as error:
        raise _damaged(str(error)) from error


def _described(analysis: Analysis, chunks: int) -> bytes:
    language, version, stemmer = analysis
    meta = {"analyzer": tokens.NAME, "version": version, "language": language, "chunks": chunks}
    return json.dumps(meta if version == tokens.FIRST else {**meta, "stemmer": stemmer}).encode()


def _meta(data: bytes) -> tuple[tuple[Analysis, ...], int]:
    try:
        meta: dict[str, Any] = json.loads(data)
        name, version, language, chunks = (meta[key] for key in ("analyzer", "version", "language", "chunks"))
        stemmer = None if version == tokens.FIRST else meta["stemmer"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged("its description cannot be read") from error
    if type(chunks) is not int or not 0 <= chunks < 1 << 32:
        raise _damaged("its count of chunks is impossible")
    known = (tokens.NAME, tokens.FIRST), (tokens.NAME, tokens.VERSION)
    if (name, version) not in known or language not in stems.languages():
        raise NewerFormat(
            f"text indexed by {name} {version} ({language}); this release has {tokens.NAME} {tokens.VERSION}:"
            " update memcodec"
        )
    if stemmer is None:
        return _untold(language), chunks
    if stemmer not in stems.VERSIONS:
        raise NewerFormat(
            f"text indexed by Snowball {stemmer} ({language}), unknown to this release: update memcodec"
        )
    return (Analysis(language, version, stemmer).rule,), chunks


def _untold(language: str) -> tuple[Analysis, ...]:
    """Those of an index that does not tell whose stems it has."""
    newest = stems.VERSIONS[::-1]
    versions = (
        [each for each in newest if each <= stems.installed()] if stems.differs(language) else newest[:1]
    )
    return tuple(Analysis(language, tokens.FIRST, each) for each in versions)


def _damaged(why: str) -> Damaged:
    return Damaged(f"the lexical index is damaged ({why}); `repair()` rebuilds it from the media")
