"""BM25 over many lexical segments, with statistics taken over all of them.

The Lucene variant as bm25s computes it (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009; C. Kamphuis et al., "Which BM25 Do You Mean?", 2020): for N chunks of mean length L, a
term in df of them that stands tf times in a chunk of length l adds

    ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * l / L))

where lengths are what their codes stand for (lengths.py), L included. A term that the query repeats adds as often as
it is repeated. Chunks that are not live are not counted: scores are those of segments that never held them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError
from memcodec.format.arrays import Ints, Mask
from memcodec.index.lexical import segment as lexical
from memcodec.index.lexical.adjacency import adjacent
from memcodec.index.lexical.lengths import LENGTHS
from memcodec.index.lexical.postings import LONG, PostingLists, Postings
from memcodec.index.lexical.recent import Kept, Numbers, Recent
from memcodec.index.lexical.scores import Norms, Part, Scores, Shares, among
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.index.lexical.stems import NO_STEMMING
from memcodec.index.lexical.stream import StreamSegment
from memcodec.index.lexical.terms import TermEntry
from memcodec.index.lexical.tokens import Analysis, analyzer, is_lone
from memcodec.index.lexical.words import Prefix, Run, Stems, Word
from memcodec.model import BlobSpan

K1, B = 1.5, 0.75
PREFIX_BLOCKS = 256  # of a dictionary, that the terms of a prefix are looked for in
ROW = 1 << 15  #: postings of the words of a row, up to which it is looked for
_TO_FIND = 16  # postings that are passed by while one is looked for
Segment = LexicalSegment | StreamSegment
_List = tuple[int, TermEntry]  # a segment's number, and where in it a word's list is


class Hits(NamedTuple):
    """The best chunks, best first; equal scores in the order of segment, then chunk."""

    scores: npt.NDArray[np.float32]
    segment: npt.NDArray[np.int64]
    chunk: npt.NDArray[np.int64]


class _Likely(NamedTuple):
    """Chunks of a segment, whose first is number ``low``, that hold all of some terms."""

    segment: Segment
    low: int
    terms: list[str]
    chunks: Ints


class LexicalIndex:
    """Segments searched as one, their chunks numbered on. Safe to use from several threads; made without reading.

    ``live[s]`` has a boolean for each chunk of segment s, or is None when all of them are live. Segment s has the
    chunks from ``bases[s]`` to ``bases[s + 1]``; ``analyses`` are those of ``Stems``, in their order.
    """

    def __init__(self, segments: Sequence[Segment], live: Sequence[Mask | None] | None = None) -> None:
        self.segments = segments
        self.analyses = tuple(sorted({each for segment in segments for each in segment.analyses}))
        self.bases = np.cumsum([0, *(segment.chunks for segment in segments)])
        self._live = _live(segments, live)
        self._recent, self._rows = Recent(), Recent()  # rows are few postings that take long to find

    def search(self, query: str, k: int) -> Hits:
        """The up to ``k`` live chunks that score highest, of those that hold a term of ``query``.

        Raises Damaged when a list it needs is.
        """
        return self.rank(self._words(query), k)

    def rank(self, words: Mapping[Word, float], k: int, allowed: Mask | None = None) -> Hits:
        """The up to ``k`` live chunks that score highest for words, each with how often it is asked for.

        With ``allowed``, a boolean for each chunk of the collection: of these, whether they hold a word or not.
        Without, of those that hold one.
        """
        return self.best(self.scores(words), k, allowed)

    def scores(self, words: Mapping[Word, float]) -> Scores:
        """What words, each with how often it is asked for, give chunks. Rows that are nowhere count nothing."""
        norms, parts = self._norms, list[Part]()
        known = unknown = 0.0
        lacking = alone = 0.0  # of words that are no rows
        for word, held in zip(words, self._postings(words), strict=True):
            df, repeats = len(held), words[word]
            alone += 0 if isinstance(word, Run) else repeats
            if df:
                parts.append(Part(held, repeats * norms.weight(df)))
                known += parts[-1].weight
            elif not isinstance(word, Run):
                unknown += repeats * norms.weight(0)
                lacking += repeats
        most = known + unknown
        found = 1 - lacking / alone if alone else 0.0
        return Scores(norms, parts, most, known / most if most else 0.0, found)

    def best(self, scores: Scores, k: int, allowed: Mask | None = None) -> Hits:
        """As ``rank``, of scores."""
        best = scores.best(k) if allowed is None else scores.best_among(allowed & self.live, k)
        segment = np.searchsorted(self.bases, best.chunks, side="right") - 1
        return Hits(best.scores, segment, best.chunks - self.bases[segment])

    def shares(self, word: Word, repeats: float, chunks: Ints) -> Shares:
        """What a word adds to the scores of some chunks, and why."""
        (held,) = self.postings([word])
        tf, scores = np.zeros(len(chunks), np.int64), np.zeros(len(chunks), np.float32)
        own, at = among(held.chunks, chunks)
        tf[own] = held.counts[at]
        norms, df = self._norms, len(held.chunks)
        scores[own] = norms.added(held.chunks[at], held.counts[at], repeats * norms.weight(df))
        return Shares(df, tf, scores)

    def lengths(self, chunks: Ints) -> Ints:
        """How long chunks are taken to be, in tokens."""
        taken: Ints = LENGTHS[self._norms.codes[chunks]]
        return taken

    @cached_property
    def live(self) -> Mask:
        """Of each chunk whether it is live."""
        return np.ones(int(self.bases[-1]), np.bool_) if self._live is None else self._live

    def words(self, surfaces: Iterable[str]) -> list[Word]:
        """Tokens before they become terms, as the words of this collection: any that holds a lone grapheme is it."""
        surfaces = list(surfaces)
        stems = self.stems(surfaces)
        return [Prefix(one) if is_lone(one) else word for one, word in zip(surfaces, stems, strict=True)]

    def stems(self, surfaces: Iterable[str]) -> list[Stems]:
        """Tokens before they become terms, each as one term of every analyser."""
        return [_stemmed(surface, self.analyses) for surface in surfaces]

    def terms(self, word: Stems, segment: Segment) -> list[str]:
        """A word's term in a segment; all it may be, in one that does not tell."""
        return list(dict.fromkeys(self.stem(word, each) for each in segment.analyses))

    def stem(self, word: Stems, analysis: Analysis) -> str:
        """A word's term as an analyser makes it."""
        return word[self.analyses.index(analysis)]

    def _words(self, query: str) -> Counter[Word]:
        return Counter(self.words(analyzer(NO_STEMMING).surfaces(query)))

    # What is read

    def search_spans(self, query: str) -> list[list[BlobSpan]]:
        """What a search of ``query`` reads of each segment, beside ``opening_spans``: for ``MediaReader.prefetch``.

        Needs the segments' directories alone.
        """
        return self.spans(self._words(query))

    def spans(self, words: Iterable[Word], placed: Iterable[Stems] = ()) -> list[list[BlobSpan]]:
        """As ``search_spans``, of words, and of where others stand in their chunks."""
        unread = self._recent.missing(self._rows.missing(words))
        alone = [word for word in unread if not isinstance(word, Run)]
        runs = [
            word for word in unread if isinstance(word, Run) and (word.always or self._at_least(word) <= ROW)
        ]
        placed = [*placed, *(each for run in runs for each in run.words)]
        return [list(dict.fromkeys(self._spans(each, alone, placed))) for each in self.segments]

    def _at_least(self, run: Run) -> int:
        """How many postings the words of a row have at least, as far as is known before they are read."""
        return sum(
            segment.terms.at_least(term)
            for word in dict.fromkeys(run.words)
            for segment in self.segments
            for term in self.terms(word, segment)
        )

    def _spans(
        self, segment: Segment, words: Iterable[Stems | Prefix], placed: Iterable[Stems]
    ) -> Iterator[BlobSpan]:
        terms = segment.terms
        for word in words:
            if isinstance(word, Prefix):
                for begin in _begins(segment, word) if _bounded(segment, word) else ():
                    yield from terms.prefix_spans(begin)
                for stem in _stems(segment, word):
                    yield from terms.spans(stem)
            else:
                for term in self.terms(word, segment):
                    yield from terms.spans(term)
        for word in placed:
            for term in self.terms(word, segment):
                yield from terms.spans(term)
                if segment.has_positions:
                    yield from terms.position_spans(term)

    @cached_property
    def _norms(self) -> Norms:
        codes = _joined([segment.codes for segment in self.segments])
        counted = LENGTHS[codes if self._live is None else codes[self._live]]
        mean = int(counted.sum()) / max(1, len(counted))
        return Norms(len(counted), codes, K1 * (1 - B) + (K1 * B / (mean or 1)) * LENGTHS)

    def postings(self, words: Mapping[Word, float] | Sequence[Word]) -> Iterator[Postings]:
        """The live postings of each word in all segments. Those of rare words are read in one go."""
        return (held.postings for held in self._postings(words))

    def _postings(self, words: Mapping[Word, float] | Sequence[Word]) -> Iterator[Kept]:
        found = self._recent.take(words) | self._rows.take(words)
        lists = {
            word: self._lookup(word) for word in words if not isinstance(word, Run) and word not in found
        }
        rare = [word for word, held in lists.items() if sum(entry.df for _, entry in held) <= LONG]
        if rare:
            found |= self._read({word: lists[word] for word in rare})
        # Rows come after the words that they are made of, which are read once then.
        rows = self._found_rows([word for word in words if isinstance(word, Run) and word not in found])
        self._rows.keep(rows)
        found |= rows
        for word in words:
            if word in found:
                yield found[word]
            elif not isinstance(word, Run):
                yield (self._recent.take([word]) or self._read({word: lists[word]}))[word]

    def _kept(self, found: Postings) -> Kept:
        return Kept(found, int(self.bases[-1]))

    def _found_rows(self, runs: Sequence[Run]) -> dict[Word, Kept]:
        """The live chunks where the words of each stand in a row, and how often."""
        likely = {run: list(self._likely(run)) for run in runs}
        lists = [
            (each.segment, term)
            for found in likely.values()
            for each in found
            for term in each.terms
            if isinstance(each.segment, LexicalSegment)
        ]
        lexical.place_together(dict.fromkeys(lists))
        return {run: self._kept(self._row(found)) for run, found in likely.items()}

    def _likely(self, run: Run) -> Iterator[_Likely]:
        """Where its words may stand in a row: those chunks that hold all of them."""
        held = [found.chunks for found in self._postings(list(dict.fromkeys(run.words)))]
        if not all(map(len, held)) or (not run.always and sum(map(len, held)) > ROW):
            return
        both = self._holding_all(held).astype(np.int64)
        for number, segment in enumerate(self.segments):
            low, high = self.bases[number : number + 2].tolist()
            mine = both[np.searchsorted(both, low) : np.searchsorted(both, high)] - low
            for analysis in segment.analyses if segment.has_positions and len(mine) else ():
                terms = [self.stem(word, analysis) for word in run.words]
                if all(map(segment.lookup, dict.fromkeys(terms))):
                    yield _Likely(segment, low, terms, mine)

    def _row(self, likely: Iterable[_Likely]) -> Postings:
        parts = [Postings(np.empty(0, np.int64), np.empty(0, np.int64))]
        for segment, low, terms, mine in likely:
            chunks, counts = adjacent(segment, terms, mine)
            parts.append(Postings(chunks + low, counts))
        found = Postings(*map(np.concatenate, zip(*parts, strict=True)))
        return _as_one(found) if any(len(segment.analyses) > 1 for segment in self.segments) else found

    def _holding_all(self, lists: Iterable[Numbers]) -> Numbers:
        """The chunks that are in all of some lists."""
        both, *others = sorted(lists, key=len)
        for other in others:
            if _TO_FIND * len(both) < len(other):
                both = both[among(other, both)[0]]
            else:
                holds = np.zeros(int(self.bases[-1]), np.bool_)
                holds[other] = True
                both = both[holds[both]]
        return both

    def _read(self, lists: Mapping[Stems | Prefix, Sequence[_List]]) -> dict[Word, Kept]:
        held = [each for found in lists.values() for each in found]
        numbers = np.array([number for number, _ in held], np.int64)
        df, bases = np.array([entry.df for _, entry in held], np.int64), self.bases[numbers]
        chunks, counts = self._decoded(held)
        if bases.any():
            chunks += np.repeat(bases, df)
        firsts = np.cumsum([0, *map(len, lists.values())])  # of each word, among the lists
        ends = np.concatenate([[0], np.cumsum(df)])[firsts]
        if self._live is not None:
            stays = self._live[chunks]
            chunks, counts = chunks[stays], counts[stays]
            ends = np.concatenate([[0], np.cumsum(stays)])[ends]
        spans = [slice(start, end) for start, end in pairwise(ends.tolist())]
        read = dict[Word, Kept]()
        for (word, lists_of), span in zip(lists.items(), spans, strict=True):
            postings = Postings(chunks[span], counts[span])
            is_several = len({number for number, _ in lists_of}) < len(lists_of)
            read[word] = self._kept(_as_one(postings) if is_several else postings)
        self._recent.keep(read)
        return read

    def _decoded(self, held: Sequence[_List]) -> Postings:
        """The lists, one after the other."""
        if not any(isinstance(self.segments[number], StreamSegment) for number, _ in held):
            numbers = np.array([number for number, _ in held], np.int64)
            return lexical.decode(self._encoded(held), np.diff(self.bases)[numbers])
        parts = [self._listed(*each) for each in held]
        return Postings(*map(np.concatenate, zip(*parts, strict=True)))

    def _listed(self, number: int, entry: TermEntry) -> Postings:
        segment = self.segments[number]
        if isinstance(segment, StreamSegment):
            return segment.postings(entry)
        return lexical.decode(self._encoded([(number, entry)]), np.array([segment.chunks]))

    def _encoded(self, held: Sequence[_List]) -> PostingLists:
        segments = [self.segments[number] for number, _ in held]
        data = [
            segment.terms.read(entry)
            for segment, (_, entry) in zip(segments, held, strict=True)
            if isinstance(segment, LexicalSegment)
        ]
        columns = [
            [entry.df, len(each), entry.count_bits] for (_, entry), each in zip(held, data, strict=True)
        ]
        df, sizes, count_bits = np.array(columns, np.int64).reshape(-1, 3).T
        return PostingLists(data[0] if len(data) == 1 else b"".join(data), df, sizes, count_bits)

    def _lookup(self, word: Stems | Prefix) -> list[_List]:
        if isinstance(word, Prefix):
            return [
                (number, entry)
                for number, each in enumerate(self.segments)
                for entry in _beginning(each, word)
            ]
        return [
            (number, entry)
            for number, segment in enumerate(self.segments)
            for term in self.terms(word, segment)
            if (entry := segment.lookup(term))
        ]


@lru_cache(1 << 12)
def _stemmed(surface: str, analyses: Sequence[Analysis]) -> Stems:
    # One word is one term however each language stems it, so that its frequency counts all segments.
    return tuple(analyzer(each).term(surface) for each in analyses)


def _beginning(segment: Segment, prefix: Prefix) -> list[TermEntry]:
    """The entries of all terms of a prefix."""
    if not _bounded(segment, prefix):
        raise ConfigError(f"{prefix.text}* stands for too many words; write more of its letters before the *")
    found = {
        term: segment.checked(entry)
        for begin in _begins(segment, prefix)
        for term, entry in segment.terms.with_prefix(begin)
    }
    alone = [segment.lookup(stem) for stem in _stems(segment, prefix) if stem not in found]
    return [*found.values(), *filter(None, alone)]


def _begins(segment: Segment, prefix: Prefix) -> list[str]:
    return list(dict.fromkeys(analyzer(each).plain(prefix.text) for each in segment.analyses))


def _stems(segment: Segment, prefix: Prefix) -> list[str]:
    return list(dict.fromkeys(analyzer(each).term(prefix.text) for each in segment.analyses))


def _bounded(segment: Segment, prefix: Prefix) -> bool:
    """Whether the terms are not too many to be read: of a lone grapheme no more than of any frequent word."""
    begins = _begins(segment, prefix)
    return is_lone(prefix.text) or all(
        len(segment.terms.prefix_blocks(each)) <= PREFIX_BLOCKS for each in begins
    )


def _as_one(found: Postings) -> Postings:
    """Lists of several terms as that of one: a chunk holds it as often as all of them together."""
    chunks, where = np.unique(found.chunks, return_inverse=True)
    return Postings(chunks, np.bincount(where, found.counts, len(chunks)).astype(np.int64))


def search(
    segments: Sequence[Segment], query: str, k: int, live: Sequence[Mask | None] | None = None
) -> Hits:
    """One search of a collection; make the ``LexicalIndex`` for many."""
    return LexicalIndex(segments, live).search(query, k)


def _joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, np.uint8), *arrays])


def _live(segments: Sequence[Segment], live: Sequence[Mask | None] | None) -> Mask | None:
    """One mask over all chunks, None when all of them are live."""
    if live is None or all(mask is None for mask in live):
        return None
    masks = zip(segments, live, strict=True)
    return np.concatenate([np.ones(each.chunks, np.bool_) if mask is None else mask for each, mask in masks])
