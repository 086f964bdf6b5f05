"""What was meant by words that stand nowhere: the nearest ones that the files themselves have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from memcodec.index.lexical.bm25 import LexicalIndex, Segment
from memcodec.index.lexical.tokens import Analyzer, analyzer, is_lone
from memcodec.search import prefetch
from memcodec.search.corpus import Indexes
from memcodec.search.query import Query
from memcodec.search.query.nodes import surfaces

SHORTEST = 4  #: characters of a word that may be a slip
_ONE, _TWO = 1, 2  # edits, of words of up to five letters and of longer ones
_LONG = 6
_ENDING = 4  # letters of a word that its stem may lack
_READ, _TEXTS = 6, 4  # terms whose words are looked up in texts, and in how many
BLOCKS = 64  #: of a dictionary, that are looked through for a word
MOST = 8  #: words of a query that are looked after


def suggest(indexes: Indexes, query: Query) -> str | None:
    """The query with words that no file has replaced by some that one has; None where there is nothing to replace."""
    if not query.is_plain or not indexes.lexical:
        return None
    made = query.text
    for word in dict.fromkeys(surfaces(query.text)[:MOST]):
        if _may_be_wrong(indexes.collection, word) and (found := _nearest(indexes, word)):
            made = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", found.replace("\\", r"\\"), made)
    return made if made != query.text else None


def _may_be_wrong(collection: LexicalIndex, word: str) -> bool:
    if len(word) < SHORTEST or not word.isalpha() or is_lone(word):
        return False
    ((chunks, _),) = collection.postings(collection.words([word]))
    return not len(chunks)


def _nearest(indexes: Indexes, word: str) -> str | None:
    """The word of the files that takes the fewest edits, and of these the most frequent."""
    from rapidfuzz.distance import OSA

    if indexes.is_far:
        prefetch.bring(
            (indexes.runs[number][0], chain.from_iterable(map(each.terms.prefix_spans, _begins(each, word))))
            for number, each in indexes.lexical
        )
    terms = [
        (place, *near) for place, (_, segment) in enumerate(indexes.lexical) for near in _near(segment, word)
    ]
    terms = sorted(terms, key=lambda each: (each[1], -each[2]))[:_READ]
    found = [
        (int(edits), -df, form)
        for form, df in _written(indexes, [(place, term, df) for place, _, df, term in terms])
        if (edits := OSA.distance(word.casefold(), form)) <= _edits(word)
    ]
    return min(found)[2] if found else None


def _edits(word: str) -> int:
    return _TWO if len(word) >= _LONG else _ONE


def _near(segment: Segment, word: str) -> list[tuple[int, int, str]]:
    """Terms of a segment that may be of a word within so many edits, each with these and in how many chunks it is.

    Terms are stems: one may be all that is kept of a longer word.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    entries = chain.from_iterable(map(segment.terms.with_prefix, _begins(segment, word)))
    terms = {term: entry.df for term, entry in entries if term.isalpha() and len(term) >= SHORTEST - 1}
    plain = _analyzer(segment).plain(word)
    made = {plain[:end]: 1 for end in range(max(SHORTEST, len(plain) - _ENDING), len(plain))}
    made |= {plain: 0, _analyzer(segment).term(word): 0}
    best: dict[str, int] = {}
    for each, more in made.items():
        found = extract(each, list(terms), scorer=OSA.distance, score_cutoff=_edits(each), limit=20)
        for term, edits, _ in found:
            best[term] = min(int(edits) + more, best.get(term, _ENDING))
    return [(edits, terms[term], term) for term, edits in best.items()]


def _begins(segment: Segment, word: str) -> list[str]:
    """What terms must begin with to be looked at: one letter or, of a large dictionary, two, swapped perhaps."""
    term = _analyzer(segment).plain(word)
    for begins in ([term[0]], [term[:2], term[1::-1]]):
        if sum(len(segment.terms.prefix_blocks(each)) for each in begins) <= BLOCKS:
            return list(dict.fromkeys(begins))
    return []


def _analyzer(segment: Segment) -> Analyzer:
    return analyzer(segment.analyses[0])


def _written(indexes: Indexes, terms: Sequence[tuple[int, str, int]]) -> Iterator[tuple[str, int]]:
    """Terms as some texts write them, each with in how many chunks it is: an index keeps stems alone."""
    collection, chunks = indexes.collection, list[tuple[int, int]]()
    for at, (place, term, _) in enumerate(terms):
        analysis = indexes.lexical[place][1].analyses[0]
        stems = tuple(term if each == analysis else "" for each in collection.analyses)
        ((held, _),) = collection.postings([stems])
        mine = held[np.searchsorted(held, collection.bases[place]) :][:_TEXTS]
        chunks += [(at, chunk) for chunk in mine.tolist()]
    for (at, _), text in zip(chunks, indexes.indexed([chunk for _, chunk in chunks]), strict=True):
        place, term, df = terms[at]
        spans = _analyzer(indexes.lexical[place][1]).spans(text)
        for form in {text[start:end].casefold() for start, end, other in spans if other == term}:
            yield form, df
