"""The chunks of some memory files as one stream of terms: from the positions that the lexical index keeps.

No text is decoded for it, unless an index was left out or keeps no positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError, Damaged
from memcodec.file.filter import Filter
from memcodec.file.places import ChunkText
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.format.arrays import Ints, Mask
from memcodec.format.documents import parse_time
from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.lengths import LENGTHS
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE, Analyzer, analyzer
from memcodec.insight import stopwords
from memcodec.insight.values import Cite
from memcodec.model import Document
from memcodec.search.conditions import choose
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked
from memcodec.search.query import plain

MOST_TOKENS = 20_000_000  #: of longer streams, evenly spaced chunks are looked at
_READ = 256  # chunks whose texts are read at once
Stream = npt.NDArray[np.uint32]
T = TypeVar("T")


class Placed(NamedTuple):
    """A document, the number and name of the file that it is in, and the commit that brought it."""

    document: Document
    source: int
    file: str
    commit: int
    commit_time: datetime


class _Part(NamedTuple):
    """The terms of a run: of each token its term, chunk and position."""

    names: list[bytes]
    terms: Stream
    chunks: Stream
    positions: Stream


class Corpus:
    """The live chunks of some files that a filter takes, numbered from 0 in the order of files, then of chunks.

    ``documents`` are theirs; ``document[c]`` is that of chunk c. ``notes`` say what was left out.
    """

    def __init__(self, readers: Sequence[Reader], only: Filter | None = None) -> None:
        self.indexes = Indexes(readers)
        self.notes: list[str] = []
        self._known: dict[str, Any] = {}
        self._chosen = choose(self.indexes, plain(""), only, _no_times).runs
        self._place_chunks()
        self._read()

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What is made of this corpus once and asked for again, by its name."""
        if name not in self._known:
            self._known[name] = make()
        made: T = self._known[name]
        return made

    @property
    def language(self) -> str:
        """Of the lexical index."""
        return self.indexes.language

    @property
    def chunks(self) -> int:
        """How many there are."""
        return len(self.run)

    @cached_property
    def analyzer(self) -> Analyzer:
        """What makes terms of words, as the first index does."""
        found = self.indexes.lexical
        return analyzer(found[0][1].analyses[0] if found else DEFAULT_LANGUAGE)

    # Where chunks and documents are

    def _place_chunks(self) -> None:
        runs, numbers, owners, lines = list[Ints](), list[Ints](), list[Ints](), list[Ints]()
        self.documents: list[Placed] = []
        for at, (reader, run) in enumerate(self.indexes.runs):
            chosen, first = self._chosen[at], 0
            for segment in run.segments:
                count = segment.record.chunks
                mask = np.ones(count, np.bool_) if chosen is None else chosen[first : first + count]
                if mask.any():
                    columns, _, _ = segment.catalogue.columns()
                    own = segment.catalogue.chunk_documents()[mask]
                    numbers.append(np.flatnonzero(mask) + first)
                    runs.append(np.full(len(own), at))
                    owners.append(self._documents_of(reader, segment, own))
                    lines.append(np.asarray(columns[2])[mask])
                first += count
        none = [np.empty(0, np.int64)]
        self.run, self.number = np.concatenate([*none, *runs]), np.concatenate([*none, *numbers])
        self.document, self._lines = np.concatenate([*none, *owners]), np.concatenate([*none, *lines])
        if not len(self.run):
            raise ConfigError("there is nothing to look at: no document meets the conditions")

    def _documents_of(self, reader: Reader, segment: SegmentReader, ordinals: Ints) -> Ints:
        """Takes the documents in, and tells their numbers here, for each chunk."""
        times = {entry.commit: parse_time(entry.time) for entry in reader.entries}
        number = segment.record.commit
        when = times.get(number)
        source = next(at for at, each in enumerate(self.indexes.readers) if each is reader)
        unique, places = np.unique(ordinals, return_inverse=True)
        first = len(self.documents)
        for ordinal in unique.tolist():
            document = segment.catalogue.document(ordinal).document
            self.documents.append(Placed(document, source, reader.source.name, number, when or document.time))
        made: Ints = first + places
        return made

    def cite(self, chunk: int) -> Cite:
        """Where a chunk stands."""
        reader, run = self.indexes.runs[int(self.run[chunk])]
        document = self.documents[int(self.document[chunk])].document
        number = run.first_chunk + int(self.number[chunk])
        return Cite(reader.source.name, number, document.uri, int(self._lines[chunk]), document.id)

    def texts(self, chunks: Sequence[int]) -> Iterator[ChunkText]:
        """Chunks with their places and texts, in the order given."""
        for at in range(0, len(chunks), _READ):
            some = chunks[at : at + _READ]
            yield from self.indexes.read(
                [Ranked(int(self.run[each]), int(self.number[each]), 0.0) for each in some]
            )

    # The stream of terms

    def _read(self) -> None:
        lexical = {number: each for number, each in self.indexes.lexical if isinstance(each, LexicalSegment)}
        every = self._stride(lexical)
        vocabulary: dict[bytes, int] = {}
        parts, first = list[_Part](), 0
        for at in range(len(self.indexes.runs)):
            mine = self.number[self.run == at]
            here = np.full(int(self.indexes.runs[at][1].record.chunks), -1, np.int64)
            here[mine] = np.arange(first, first + len(mine))
            if every > 1:
                here[here % every != 0] = -1
            first += len(mine)
            if len(mine):
                parts.append(self._part(lexical.get(at), here))
        for number, part in enumerate(parts):
            ids = [vocabulary.setdefault(_plain(name), len(vocabulary)) for name in part.names]
            parts[number] = part._replace(terms=np.array(ids, np.uint32)[part.terms] if ids else part.terms)
        self.names = [name.decode("utf-8", "replace") for name in vocabulary]
        self.ids = {name: number for number, name in enumerate(self.names)}
        self._lay(parts)

    def _stride(self, lexical: dict[int, LexicalSegment]) -> int:
        """Every how many-th chunk is looked at."""
        tokens = sum(
            int(LENGTHS[segment.codes][self.number[self.run == at]].sum()) for at, segment in lexical.items()
        )
        every = max(1, -(-tokens // MOST_TOKENS))
        if every > 1:
            self.notes.append(f"of {self.chunks:,} chunks one in {every} was looked at, evenly spaced")
        return every

    def _part(self, segment: LexicalSegment | None, here: Ints) -> _Part:
        if segment is None or not segment.has_positions:
            return self._of_texts(here)
        names, terms, chunks, places = list[bytes](), list[Stream](), list[Stream](), list[Stream]()
        for batch in segment.batches():
            numbers = here[batch.postings.chunks]
            own = np.repeat(np.arange(len(names), len(names) + len(batch.terms), dtype=np.uint32), batch.df)
            names += batch.terms
            kept = np.repeat(numbers >= 0, batch.postings.counts)
            assert batch.positions is not None
            terms.append(np.repeat(own, batch.postings.counts)[kept])
            chunks.append(np.repeat(numbers, batch.postings.counts)[kept].astype(np.uint32))
            places.append(batch.positions[kept].astype(np.uint32))
        none = [np.empty(0, np.uint32)]
        return _Part(
            names,
            *(np.concatenate([*none, *each]) for each in (terms, chunks, places)),
        )

    def _of_texts(self, here: Ints) -> _Part:
        """As the index would have it, of texts: there is none, or it keeps no positions."""
        vocabulary: dict[str, int] = {}
        terms, chunks, places = list[Stream](), list[Stream](), list[Stream]()
        wanted = here[here >= 0]
        for number, found in zip(wanted.tolist(), self.texts(wanted.tolist()), strict=True):
            words = self.analyzer.tokens(found.indexed)
            ids = [vocabulary.setdefault(each, len(vocabulary)) for each in words]
            terms.append(np.array(ids, np.uint32))
            chunks.append(np.full(len(ids), number, np.uint32))
            places.append(np.arange(len(ids), dtype=np.uint32))
        none = [np.empty(0, np.uint32)]
        return _Part(
            [each.encode() for each in vocabulary],
            *(np.concatenate([*none, *each]) for each in (terms, chunks, places)),
        )

    def _lay(self, parts: list[_Part]) -> None:
        """The stream: the terms of chunk c are those from ``starts[c]`` to ``starts[c + 1]``."""
        lengths = np.zeros(self.chunks, np.int64)
        for part in parts:
            lengths += np.bincount(part.chunks, minlength=self.chunks)
        self.starts: Ints = np.concatenate([[0], np.cumsum(lengths)])
        self.stream: Stream = np.zeros(int(self.starts[-1]), np.uint32)
        for part in parts:
            if len(part.positions) and (part.positions >= lengths[part.chunks]).any():
                raise Damaged("the lexical index is damaged (positions lie outside chunks); run `repair()`")
            self.stream[self.starts[part.chunks] + part.positions] = part.terms
        self.looked_at: Mask = lengths > 0

    @cached_property
    def chunk_of(self) -> Stream:
        """The chunk of each token."""
        return np.repeat(np.arange(self.chunks, dtype=np.uint32), np.diff(self.starts))

    @cached_property
    def content(self) -> Mask:
        """Of each term whether it is a word that may name something: no stop word, no number, no pair of graphemes."""
        return stopwords.content(self.names, self.language, self.frequency / max(1, len(self.stream)))

    @cached_property
    def frequency(self) -> Ints:
        """How often each term stands in the stream."""
        made: Ints = np.bincount(self.stream, minlength=len(self.names))
        return made

    def check_language(self) -> None:
        """Raises ConfigError when there are no words to find in most of the text."""
        dense = stopwords.dense(self.names)
        share = float(self.frequency[dense].sum()) / max(1, len(self.stream))
        if share > 0.5:
            raise ConfigError(
                "most of the text is in a script without spaces between words (Chinese, Japanese, Thai ...) or with "
                "particles joined to them (Korean): terms cannot be told apart in it"
            )
        if share > 0.05:
            self.notes.append(f"{share:.0%} of the words are in scripts whose terms cannot be told apart")


def distinct(keys: Ints) -> Ints:
    """The different ones, which rise. Of millions that numpy.unique would hash, in a fraction of its time."""
    keys = np.sort(keys)
    first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    made: Ints = keys[first]
    return made


def _plain(name: bytes) -> bytes:
    """A term without accents: forms with and without are one."""
    return name if name.isascii() else without_accents(name.decode("utf-8", "replace")).encode() or name


def _no_times(text: str) -> tuple[datetime, datetime]:
    raise ConfigError(f"{text!r} is no time")
