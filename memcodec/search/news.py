"""What is new in a file that grows: a search of the commits that were not seen before, and of nothing else."""

from __future__ import annotations

import numpy as np

from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.search.engine import Searcher

Seen = set[tuple[str, int]]  #: the streams of segments that are known


def seen(reader: Reader) -> Seen:
    """What a file holds as it is read."""
    return {segment.stream for segment in reader.segments}


def news(reader: Reader, known: Seen) -> Searcher | None:
    """A searcher over what is not known, which is known from then on; None when there is nothing.

    The reader is good for this alone afterwards: in it, what was known is hidden.
    """
    new = [segment for segment in reader.segments if segment.stream not in known]
    if not any(segment.documents for segment in new):
        return None
    for segment in reader.segments:
        if segment.stream in known:
            _hide(segment)
    known.update(segment.stream for segment in new)
    return Searcher([reader])


def _hide(segment: SegmentReader) -> None:
    """Have a search pass a segment over, as one whose documents were all dropped; its tables are not read for that."""
    segment.dead = np.ones(segment.record.documents, np.bool_)
    segment.live_chunks = np.zeros(segment.record.chunks, np.bool_)
