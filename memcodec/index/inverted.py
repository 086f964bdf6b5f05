"""The inverted lists of a large vector segment in its blob: written together, read one by one.

``vectors.py`` has the sections. Older writers kept the centroids as floats, and where lists begin in ``offsets``.
"""

from __future__ import annotations

from itertools import pairwise
from mmap import mmap

import numpy as np

from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.ivf import Partition, directions
from memcodec.index.nearest import List
from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors
from memcodec.index.vectormeta import CENTROID_BITS, ID, Meta, damaged, finite
from memcodec.model import BlobSpan


def add(writer: BlobWriter, parts: Partition, codes: Codes) -> None:
    """Add the sections: each list is a unit, so that it is fetched alone and proven right by itself."""
    entry = ID.itemsize + codes.shape[1]
    writer.add("centroids.sq", parts.quantizer.trained())
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


class Inverted:
    """The lists of a segment, by their numbers. Raises Damaged when they do not fit together.

    ``costs`` [lists] and ``limit``: what it costs to look at a list, and what a search may spend: in vectors, or, of an
    older writer, in lists.
    """

    def __init__(self, blob: Blob, meta: Meta) -> None:
        self._blob, self._meta = blob, meta
        self._bounds = self._read_bounds()
        sizes = np.diff(self._bounds)
        if self._bounds[0] != 0 or self._bounds[-1] != meta.count * meta.entry:
            raise damaged("its lists do not add up")
        if (sizes < 0).any() or (sizes % meta.entry).any():
            raise damaged("its lists do not add up")
        self.limit = meta.scan or meta.nprobe
        self.costs: Ids = sizes // meta.entry if meta.scan else np.ones(meta.nlist, np.int64)

    def _read_bounds(self) -> Ids:
        """Where in section ``lists`` each begins, and the last ends."""
        if not self._meta.scan:
            return self._blob.array("offsets", np.uint32).astype(np.int64) * self._meta.entry
        ends = self._blob.section("lists").ends
        return np.array([0, *(ends or ())], np.int64)

    def centroids(self) -> Vectors:
        """Unit vectors [lists, dimensions]."""
        if not self._meta.scan:
            return finite(self._blob, "centroids").reshape(-1, self._meta.dimensions)
        minimum, span = finite(self._blob, "centroids.sq").reshape(2, -1)
        quantizer = Quantizer(minimum, span, CENTROID_BITS)
        codes = np.frombuffer(self._blob.read("centroids"), np.uint8)
        return directions(quantizer.decode(codes.reshape(-1, quantizer.width)))

    def read(self, number: int) -> List:
        """A list's chunk numbers and codes, and the bytes that keeping them costs."""
        start, end = self._bounds[number : number + 2].tolist()
        span = self._blob.read("lists", start, end - start)
        size = (end - start) // self._meta.entry
        chunks = np.frombuffer(span, ID, size).astype(np.int64)
        if (chunks >= self._meta.count).any():
            raise damaged("a list names a chunk that is not there")
        codes = np.frombuffer(span, np.uint8, offset=ID.itemsize * size)
        # A view of a mapped file is not memory of this process: the system may drop its pages at any time.
        copied = 0 if isinstance(span.obj, mmap) else len(span)
        return List(chunks, codes.reshape(-1, self._meta.width), chunks.nbytes + copied)

    def spans(self, number: int) -> list[BlobSpan]:
        """What is fetched to read a list."""
        start, end = self._bounds[number : number + 2].tolist()
        return self._blob.span("lists", start, end - start)

    def places(self) -> Ids:
        """Where in section ``lists`` each chunk's code starts."""
        places = np.full(self._meta.count, -1)
        for number, start in enumerate(self._bounds[:-1].tolist()):
            chunks, codes, _ = self.read(number)
            assert chunks is not None
            places[chunks] = start + ID.itemsize * len(chunks) + np.arange(len(chunks)) * codes.shape[1]
        if (places < 0).any():
            raise damaged("its lists leave a chunk out")
        return places


def opening_spans(blob: Blob, meta: Meta) -> list[BlobSpan]:
    """What is fetched before a list can be chosen."""
    names = ("centroids.sq", "centroids") if meta.scan else ("centroids", "offsets")
    return [span for name in names for span in blob.span(name)]
