"""Where terms of a segment stand next to each other, by the positions that it keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from memcodec.format.arrays import Ints
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.segment import LexicalSegment

_CHUNK_BITS = 32


def adjacent(segment: LexicalSegment, terms: Sequence[str], chunks: Ints) -> Postings:
    """Of chunks that hold all of some terms, which rise, those where they stand next to each other in order."""
    # A place is the chunk, then the position that the row would end at: the same for all words of one row.
    if not all(map(segment.lookup, dict.fromkeys(terms))):
        return Postings(np.empty(0, np.int64), np.empty(0, np.int64))
    places = {}
    for term in dict.fromkeys(terms):
        held, positions = segment.places(term, chunks)
        places[term] = (held << _CHUNK_BITS) + positions + len(terms)
    order = sorted(range(len(terms)), key=lambda at: len(places[terms[at]]))
    left = places[terms[order[0]]] - order[0]
    for at in order[1:]:
        left = np.intersect1d(left, places[terms[at]] - at, assume_unique=True)
    return Postings(*np.unique(left >> _CHUNK_BITS, return_counts=True))
