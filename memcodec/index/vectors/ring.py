"""A ring of vectors in memory: the newest ones, a byte a number, each written over the oldest, searched exactly.

Codes are those of FAISS's quantizer for bytes with a sign (``QT_8bit_direct_signed``): the number times a scale that
takes in what a unit vector's number is, as a rule, rounded and cut to -128 to 127. They stand in an array that numpy
writes and FAISS reads where it is, so that to put a vector is to write its bytes. Vectors are numbered on and on;
number n stands in slot n mod ``slots``, of which there are some more than vectors that are kept: a search that began
before others were written reads on undisturbed as long as the writer is not ``SLACK`` of them ahead, and what it found
in a slot that was written to meanwhile it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memcodec.format.arrays import Codes, Ids, Mask, Vectors
from memcodec.index.vectors.nearest import library

SLACK = 16  #: one slot in so many is beyond those that are kept
_LEAST = 4096  # of those, at least
_REACH = 4.0  # standard deviations of a unit vector's number, on either side of 0, that codes span
_ZERO = 0x80  # the code of 0


class VectorRing:
    """Written by one thread at a time; searched by any number meanwhile."""

    def __init__(self, dimensions: int, keep: int) -> None:
        self.dimensions, self.keep = dimensions, keep
        self.slots = keep + max(_LEAST, keep // SLACK)
        self._codes: Codes = np.full((self.slots, dimensions), _ZERO, np.uint8)
        self._scale = np.float32(127 * np.sqrt(dimensions) / _REACH)
        found = library()
        self._kernel = found.ScalarQuantizer(dimensions, found.ScalarQuantizer.QT_8bit_direct_signed)
        self.begun = self.end = 0  #: numbers from which on slots may be half written, and none is

    def skip(self, number: int) -> None:
        """Have the next vector be of this number. Those between have none: they are zeros."""
        self.begun = number
        for span in self._spans(max(self.end, number - self.slots), number):
            self._codes[span] = _ZERO
        self.end = number

    def put(self, vectors: Vectors) -> None:
        """Append unit vectors, float32 [n, dimensions]."""
        for at in range(0, len(vectors), _LEAST):
            codes = self._coded(vectors[at : at + _LEAST])
            end = self.end + len(codes)
            self.begun = end
            taken = 0
            for span in self._spans(self.end, end):
                count = span.stop - span.start
                self._codes[span] = codes[taken : taken + count]
                taken += count
            self.end = end

    def _coded(self, vectors: Vectors) -> Codes:
        scaled = np.rint(vectors * self._scale)
        np.clip(scaled, -128, 127, out=scaled)
        codes: Codes = scaled.astype(np.int8).view(np.uint8)
        codes ^= _ZERO
        return codes

    def _spans(self, first: int, end: int) -> Iterator[slice]:
        """The slots of numbers ``first`` to ``end - 1``, no more than there are."""
        while first < end:
            slot = first % self.slots
            count = min(end - first, self.slots - slot)
            yield slice(slot, slot + count)
            first += count

    def vectors(self, first: int, end: int) -> Vectors:
        """The vectors of these numbers as their codes have them: float32 [end - first, dimensions]."""
        parts = [self._codes[span] for span in self._spans(first, end)]
        codes = np.concatenate([np.empty((0, self.dimensions), np.uint8), *parts])
        return (codes ^ _ZERO).view(np.int8).astype(np.float32) / self._scale

    def search(
        self, query: Vectors, k: int, first: int, end: int, mask: Mask | None = None
    ) -> tuple[Vectors, Ids]:
        """The best ``k`` of numbers ``first`` to ``end - 1``, or of those a mask has: inner products, and numbers.

        Best first. What has no vector scores 0.
        """
        if mask is not None:
            chosen = np.flatnonzero(mask)
            if not len(chosen):
                return np.empty(0, np.float32), np.empty(0, np.int64)
            first, end = first + int(chosen[0]), first + int(chosen[-1]) + 1
            mask = mask[chosen[0] : chosen[-1] + 1]
        largest = np.float32(np.abs(query).max(initial=0)) or np.float32(
            1
        )  # FAISS makes bytes of the query, too
        asked = np.ascontiguousarray(query * (127 / largest))
        parts = [(np.empty(0, np.float32), np.empty(0, np.int64))]
        for start, span in self._numbered(first, end):
            part = None if mask is None else mask[start - first : start - first + span.stop - span.start]
            found, places = self._scan(asked, k, self._codes[span], part)
            parts.append((found, start + places))
        scores, numbers = map(np.concatenate, zip(*parts, strict=True))
        intact = np.flatnonzero(numbers + self.slots >= self.begun)
        best = intact[np.lexsort((numbers[intact], -scores[intact]))[:k]]
        return scores[best] * (largest / 127 / self._scale), numbers[best]

    def _scan(self, query: Vectors, k: int, codes: Codes, mask: Mask | None) -> tuple[Vectors, Ids]:
        """The best ``k`` of some codes, in a heap: scores and places."""
        faiss = library()
        pointer, k = faiss.swig_ptr, min(k, len(codes))
        scores, places = np.full(k, -np.inf, np.float32), np.full(k, -1, np.int64)
        selector = None if mask is None else faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        scanner = self._kernel.select_InvertedListScanner(
            faiss.METRIC_INNER_PRODUCT, None, True, selector, False
        )
        scanner.set_query(pointer(query))
        scanner.set_list(0, 0.0)
        scanner.scan_codes(len(codes), pointer(codes), None, pointer(scores), pointer(places), k)
        return scores[places >= 0], places[places >= 0]

    def _numbered(self, first: int, end: int) -> Iterator[tuple[int, slice]]:
        for span in self._spans(first, end):
            yield first, span
            first += span.stop - span.start
