"""Where terms of a segment stand next to each other, by the positions that it keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from memcodec.format.arrays import Ints, Mask
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.segment import CHUNK_BITS, LexicalSegment
from memcodec.index.lexical.stream import StreamSegment


def adjacent(segment: LexicalSegment | StreamSegment, terms: Sequence[str], chunks: Ints) -> Postings:
    """Of chunks that hold all of some terms, which rise, those where they stand next to each other in order."""
    # A place is the chunk, then the position that the row would end at: the same for all words of one row.
    if not all(map(segment.lookup, dict.fromkeys(terms))):
        return Postings(np.empty(0, np.int64), np.empty(0, np.int64))
    places = {term: segment.places(term, chunks) for term in dict.fromkeys(terms)}
    order = sorted(range(len(terms)), key=lambda at: len(places[terms[at]]))
    left = places[terms[order[0]]] - order[0]
    for at in order[1:]:
        left = left[_are_in(left + at, places[terms[at]])]
    holding = left >> CHUNK_BITS  # rising, as places are
    first = np.flatnonzero(np.diff(holding, prepend=-1))
    held, counts = holding[first], np.diff(first, append=len(holding))
    wanted = _are_in(held, chunks)
    return Postings(held[wanted], counts[wanted])


def _are_in(values: Ints, rising: Ints) -> Mask:
    """Of each of some values whether it is among others, which rise."""
    if not len(rising):
        return np.zeros(len(values), np.bool_)
    found: Mask = rising[np.minimum(np.searchsorted(rising, values), len(rising) - 1)] == values
    return found
