"""The lexical segment: written from chunk texts in order, read one term at a time. Scoring is bm25.py's.

A blob of kind "lexical". Sections, beside those of the term dictionary (terms.py):

    meta        JSON: the analyser's name, version and language; how many chunks
    lengths     tokens of each chunk, in the smallest of u8, u16 and u32 that fits
    postings    the lists of all terms, in their order (postings.py)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged, NewerFormat
from memcodec.index import postings, runs, tokens
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.postings import Ints, Postings
from memcodec.index.runs import Batch
from memcodec.index.terms import Entry, Terms, TermsWriter

KIND = "lexical"
RUN_TOKENS = 1 << 19  # tokens held before they become a run
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
    """Collects chunk texts, then lays out their segment. Memory grows by two to three bytes a posting."""

    def __init__(self, language: str = tokens.DEFAULT_LANGUAGE) -> None:
        self._analyzer = tokens.Analyzer(language)
        self._vocabulary = _Vocabulary(self._analyzer)
        self._pending: list[npt.NDArray[np.uint32]] = []
        self._waiting = 0  # tokens in ``_pending``
        self._lengths: list[int] = []
        self._runs: list[runs.Run] = []

    def add(self, texts: Sequence[str]) -> None:
        """Append chunks: the first ever added is chunk 0."""
        for text in texts:
            words = self._analyzer.surfaces(text)
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
            self._runs.append(runs.sort_run(base, lengths, ids, self._vocabulary.names()))
        self._pending, self._waiting = [], 0
        if len(self._vocabulary) >= MAX_VOCABULARY:
            self._vocabulary = _Vocabulary(self._analyzer)

    def to_bytes(self) -> bytes:
        """The segment, as a blob. The builder takes no more chunks after this."""
        self._close_run()
        merged = runs.merge(run.batches() for run in self._runs)
        return write(self._analyzer.language, np.array(self._lengths, np.uint32), merged)


def write(language: str, lengths: npt.NDArray[Any], batches: Iterable[Batch]) -> bytes:
    """The blob of a segment of ``len(lengths)`` chunks, whose postings come in the order of their terms."""
    terms, lists = TermsWriter(), bytearray()
    for batch in batches:
        data, sizes = postings.encode(batch.df, batch.postings, len(lengths))
        terms.extend(batch.terms, batch.df.tolist(), sizes.tolist())
        lists += data
    blob = BlobWriter(KIND)
    meta = {"analyzer": tokens.NAME, "version": tokens.VERSION, "language": language, "chunks": len(lengths)}
    blob.add("meta", json.dumps(meta).encode())
    blob.add("lengths", lengths.astype(np.min_scalar_type(lengths.max(initial=0))))
    terms.add_to(blob)
    blob.add("postings", lists)
    return blob.to_bytes()


class LexicalSegment:
    """One segment's lists, read as they are asked for.

    ``chunks`` counts them; ``lengths`` are their tokens, ``tokens`` the sum; ``language`` is the analyser's.
    Raises Damaged for bytes that make no sense, NewerFormat for an analyser this release does not have.
    """

    def __init__(self, blob: Blob) -> None:
        if blob.kind != KIND:
            raise _damaged(f"its kind is {blob.kind!r}")
        self._blob = blob
        self.language, self.chunks = _meta(bytes(blob.read("meta")))
        width = blob.size("lengths") // max(self.chunks, 1) or 1
        if width not in (1, 2, 4) or blob.size("lengths") != width * self.chunks:
            raise _damaged("chunks and lengths disagree")
        self.lengths: npt.NDArray[Any] = blob.array("lengths", f"<u{width}")
        self.tokens = int(self.lengths.sum())
        self.terms = Terms(blob)

    def lookup(self, term: str) -> Entry | None:
        """The dictionary's entry of a term, or None when no chunk holds it."""
        entry = self.terms.lookup(term)
        if entry is not None and not 0 < entry.df <= min(self.chunks, self.tokens):
            raise _damaged(f"a term is in {entry.df} of {self.chunks} chunks of {self.tokens} tokens")
        return entry

    def read_list(self, entry: Entry) -> memoryview:
        """The bytes of the list of a term that ``lookup`` found: for ``postings.decode``."""
        if entry.length > postings.largest(entry.df, self.chunks, self.tokens):
            raise _damaged("a list of postings is too long")
        return self._blob.read("postings", entry.start, entry.length)

    def batches(self) -> Iterator[Batch]:
        """All postings by term, some hundred terms at a time."""
        for terms, df, sizes, start in self.terms.blocks():
            lists = self._blob.read("postings", start, int(sizes.sum()))
            yield Batch(terms, df, decode(lists, df, sizes, np.full(len(df), self.chunks)))


def decode(lists: bytes | memoryview, df: Ints, sizes: Ints, chunks: Ints) -> Postings:
    """As ``postings.decode``, but raises Damaged."""
    try:
        return postings.decode(lists, df, sizes, chunks)
    except ValueError as error:
        raise _damaged(str(error)) from error


def _meta(data: bytes) -> tuple[str, int]:
    try:
        meta: dict[str, Any] = json.loads(data)
        name, version, language, chunks = (meta[key] for key in ("analyzer", "version", "language", "chunks"))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged("its description cannot be read") from error
    if not isinstance(chunks, int) or not 0 <= chunks < 1 << 32:
        raise _damaged("its count of chunks is impossible")
    if (name, version) != (tokens.NAME, tokens.VERSION) or language not in tokens.languages():
        known = f"{tokens.NAME} {tokens.VERSION}"
        raise NewerFormat(
            f"text indexed by {name} {version} ({language}); this release has {known}: update memcodec"
        )
    return language, chunks


def _damaged(why: str) -> Damaged:
    return Damaged(f"the lexical index is damaged ({why}); `memcodec repair` rebuilds it from the media")
