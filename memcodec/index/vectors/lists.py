"""The inverted lists of a large vector segment in its blob: written together, read one by one.

``segment.py`` has the sections.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from memcodec.format.arrays import Codes, Ids, Vectors
from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.meta import CENTROID_BITS, ID, Meta, coded, damaged
from memcodec.index.vectors.nearest import List
from memcodec.index.vectors.partition import Partition, directions
from memcodec.model import BlobSpan


def add(writer: BlobWriter, parts: Partition, codes: Codes) -> None:
    """Add the sections: each list is a unit, so that it is fetched alone and checked by itself."""
    entry = ID.itemsize + codes.shape[1]
    writer.add("centroids", parts.centroids)
    units = (np.diff(parts.offsets) * entry).tolist()
    writer.add("lists", _joined(codes, parts.order, parts.offsets), units)


def _joined(codes: Codes, order: Ids, offsets: Ids) -> bytearray:
    """Of each list its chunk numbers, then their codes."""
    entry = ID.itemsize + codes.shape[1]
    lists = bytearray(len(codes) * entry)
    for start, end in pairwise(offsets.tolist()):
        chunks = order[start:end]
        first = start * entry + ID.itemsize * len(chunks)
        lists[start * entry : first] = chunks.astype(ID).tobytes()
        lists[first : end * entry] = codes[chunks].tobytes()
    return lists


class VectorLists:
    """The lists of a segment, by their numbers. Raises Damaged when they do not fit together.

    ``sizes`` [lists]: the vectors in each; ``scan``: how many of them a search looks at, at most.
    """

    def __init__(self, blob: Blob, meta: Meta) -> None:
        self._blob, self._meta, self.scan = blob, meta, meta.scan
        sizes = np.array(blob.section("lists").sizes or (), np.int64)
        if sizes.sum() != meta.count * meta.entry or (sizes % meta.entry).any():
            raise damaged("its lists do not add up")
        self.sizes: Ids = sizes // meta.entry

    def centroids(self) -> Vectors:
        """Unit vectors [lists, dimensions], rotated."""
        coder = Coder(self._meta.dimensions, CENTROID_BITS)
        return directions(coder.decode(coded(self._blob.read("centroids"), coder.width)))

    def read(self, number: int) -> List:
        """A list's codes and chunk numbers."""
        span, size = self._blob.unit("lists", number), int(self.sizes[number])
        chunks = np.frombuffer(span, ID, size).astype(np.int64)
        if (chunks >= self._meta.count).any():
            raise damaged("a list names a chunk that is not there")
        return List(coded(span[ID.itemsize * size :], self._meta.width), chunks)

    def spans(self, number: int) -> list[BlobSpan]:
        """What is fetched to read a list."""
        return self._blob.unit_spans("lists", number, number + 1)

    def places(self) -> Ids:
        """Where in section ``lists`` each chunk's code starts."""
        places = np.full(self._meta.count, -1)
        for number in range(len(self.sizes)):
            codes, chunks = self.read(number)
            start, _ = self._blob.unit_span("lists", number)
            places[chunks] = start + ID.itemsize * len(chunks) + np.arange(len(chunks)) * codes.shape[1]
        if (places < 0).any():
            raise damaged("its lists leave a chunk out")
        return places


def opening_spans(blob: Blob) -> list[BlobSpan]:
    """What is fetched before a list can be chosen."""
    return blob.span("centroids")
