"""One vector segment: the vectors of a commit's chunks, rotated and coded, in a blob; searched by inner product.

Sections (little-endian), none of them FAISS's serialised form, which is not made for untrusted files:

    meta          JSON: model, precision, dimensions (d), count (n), layout "flat" or "ivf", nlist, scan,
                  quantizer "trellis8", "trellis4", "trellis2" or "trellis1", recall
    flat:         codes      u8 [n, width], row = chunk number (``coder.py`` has what they stand for)
    ivf:          centroids  u8 [nlist, width with two bits a number]
                  lists      n * (4 + width) bytes: of each list, its chunk numbers (u32), then their codes; a list is a
                             unit of the blob: one range read, with a checksum of its own

A search reads few bytes, and as many from whatever place: all codes when they are few, else the lists nearest to the
query up to ``scan`` vectors. Codes are the same in all files: they are copied from one segment to the next as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Lock

import numpy as np

from memcodec.errors import ModelError
from memcodec.format.arrays import Codes, Ids, Mask, Vectors
from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.vectors import lists as inverted
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.lists import VectorLists
from memcodec.index.vectors.meta import KIND, Meta, coded, quantizer, read_meta
from memcodec.index.vectors.nearest import FlatSearcher, ListSearcher, Prefetch
from memcodec.index.vectors.partition import partition
from memcodec.index.vectors.rotation import rotated
from memcodec.model import BlobSpan

FLAT = 1_250_000  # bytes of codes that each search may look at: more are in lists
_ROWS = 16384  # codes read or made at once
Allowed = Mask | Ids | None  # chunks, as a mask or by their numbers
_QUERIES, _NEAREST, _COMPARED = 128, 10, 5000  # what the recall of codes is measured on


def build(
    pieces: Vectors | Iterable[Vectors], *, model: str, precision: str, dimensions: int, bits: int
) -> bytes:
    """The blob of a segment: unit vectors, float32 [m, dimensions], in chunk order, in pieces or in one array.

    ``bits`` of a number: 8, 4, 2 or 1. Holds the codes, and the floats of some thousand vectors.
    """
    coder, codes, sample = Coder(dimensions, bits), bytearray(), np.empty((0, dimensions), np.float32)
    for piece in [pieces] if isinstance(pieces, np.ndarray) else pieces:
        if len(sample) < _COMPARED:
            sample = np.concatenate([sample, piece[: _COMPARED - len(sample)]])
        for at in range(0, len(piece), _ROWS):
            codes += coder.encode(rotated(piece[at : at + _ROWS])).data
    made = np.frombuffer(codes, np.uint8).reshape(-1, coder.width)
    recall = kept_by(coder, sample, made)
    return write(made, coder, model=model, precision=precision, recall=recall)


def write(
    codes: Codes,
    coder: Coder,
    *,
    model: str,
    precision: str,
    flat: bool = False,
    recall: float | None = None,
) -> bytes:
    """The blob of a segment of vectors that are codes [n, width] already: in lists when they are many.

    ``flat``: not in lists at all, because it is soon to become one with others. ``recall``: of the codes (``kept_by``).
    """
    meta = Meta(model, precision, coder.dimensions, len(codes), quantizer=quantizer(coder.bits))
    if flat or codes.nbytes <= FLAT:
        writer = _headed(replace(meta, recall=round(recall, 4) if recall is not None else None))
        writer.add("codes", codes)
        return writer.to_bytes()
    parts = partition(codes, coder)
    stated = round(parts.recall * (1 if recall is None else recall), 4)
    writer = _headed(replace(meta, layout="ivf", nlist=len(parts.centroids), scan=parts.scan, recall=stated))
    inverted.add(writer, parts, codes)
    return writer.to_bytes()


def kept_by(coder: Coder, sample: Vectors, codes: Codes) -> float | None:
    """The share of the ten nearest of some vectors that is among the ten nearest by their codes; None of too few.

    Both among the ``sample`` [n, dimensions], whose codes come first in ``codes``; a vector itself left out.
    """
    sample = rotated(sample[:_COMPARED])
    if len(sample) <= 2 * _NEAREST:
        return None
    rows = np.arange(0, len(sample), max(1, len(sample) // _QUERIES))
    exact, found = (_ten(sample[rows], each, rows) for each in (sample, coder.decode(codes[: len(sample)])))
    return float(np.mean([np.isin(near, there).mean() for near, there in zip(exact, found, strict=True)]))


def _ten(queries: Vectors, vectors: Vectors, own: Ids) -> Ids:
    scores = queries @ vectors.T
    scores[np.arange(len(own)), own] = -np.inf
    return np.argpartition(-scores, _NEAREST, axis=1)[:, :_NEAREST]


def _headed(meta: Meta) -> BlobWriter:
    writer = BlobWriter(KIND)
    writer.add("meta", meta.to_json(), hot=True)
    return writer


class VectorSegment:
    """Searches one segment. Opening it reads its head; the first search loads FAISS and what it needs.

    Raises Damaged when the blob's sections do not fit together. Safe to use from several threads.
    """

    def __init__(self, blob: Blob) -> None:
        self._blob, self._lock = blob, Lock()
        self._searcher: FlatSearcher | ListSearcher | None = None
        self.meta = read_meta(blob)

    @property
    def model(self) -> str:
        """The identity of the model that made the vectors."""
        return self.meta.model

    def require(self, model: str) -> None:
        """Refuse a query of another model. Raises ModelError naming both."""
        if model != self.meta.model:
            raise ModelError(
                f"the index was made with {self.meta.model}, the query with {model}: use the first with "
                "`model`, or search with `mode='lexical'`"
            )

    def opening_spans(self) -> list[BlobSpan]:
        """What the first search reads before it can choose lists; of a small segment, all it reads. Then nothing."""
        if self._searcher is not None or not self.meta.count:
            return []
        if self.meta.layout == "flat":
            return [*self._blob.span("codes")]
        return inverted.opening_spans(self._blob)

    def search_spans(self, query: Vectors, allowed: Allowed = None) -> list[BlobSpan]:
        """The lists that a search reads first, whatever its k, without those held. Reads what tells of them."""
        self._check(query)
        if self.meta.layout == "flat":
            return []
        searcher = self._loaded()
        assert isinstance(searcher, ListSearcher)
        return searcher.first_spans(_turned(query), _mask(allowed, self.meta.count))

    def search(
        self, query: Vectors, k: int, allowed: Allowed = None, prefetch: Prefetch | None = None
    ) -> tuple[Vectors, Ids]:
        """The k chunks of largest inner product with a query [dimensions], best first: scores, chunk numbers.

        ``allowed`` limits them: a mask [count], or chunk numbers. Fewer than k come when there are no more.
        ``prefetch`` is told of the lists before they are read one by one.
        """
        self._check(query)
        mask = _mask(allowed, self.meta.count)
        admitted = self.meta.count if mask is None else int(np.count_nonzero(mask))
        k = min(k, admitted)
        if k < 1:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        return self._loaded().search(_turned(query), k, mask, prefetch)

    def _check(self, query: Vectors) -> None:
        if query.shape != (self.meta.dimensions,):
            raise ModelError(
                f"the index holds vectors of {self.meta.dimensions} numbers, the query {query.size}"
            )

    def _loaded(self) -> FlatSearcher | ListSearcher:
        with self._lock:
            if self._searcher is None:
                self._searcher = self._flat() if self.meta.layout == "flat" else self._lists()
            return self._searcher

    def _flat(self) -> FlatSearcher:
        return FlatSearcher(self.coder, coded(self._blob.read("codes"), self.meta.width))

    def _lists(self) -> ListSearcher:
        return ListSearcher(self.coder, self.lists())

    def lists(self) -> VectorLists:
        """The lists of a segment that has such."""
        return VectorLists(self._blob, self.meta)

    @property
    def coder(self) -> Coder:
        """What turns the segment's codes into vectors, rotated ones."""
        return Coder(self.meta.dimensions, self.meta.bits)

    def codes(self, kept: Mask | None = None) -> Iterator[Codes]:
        """The codes [m, width] of the kept vectors (by default all), in chunk order, ``_ROWS`` at a time."""
        size = self.meta.width
        flat = self.meta.layout == "flat"
        places = np.arange(self.meta.count) * size if flat else self.lists().places()
        if kept is not None:
            places = places[kept]
        if not len(places):
            return
        data = self._blob.read("codes" if flat else "lists")
        rows = np.ndarray((len(data) - size + 1, size), np.uint8, data, strides=(1, 1))
        for start in range(0, len(places), _ROWS):
            yield rows[places[start : start + _ROWS]]


def _turned(query: Vectors) -> Vectors:
    return np.ascontiguousarray(rotated(query), np.float32)


def _mask(allowed: Allowed, count: int) -> Mask | None:
    if allowed is None:
        return None
    if allowed.dtype == np.bool_ and len(allowed) == count:
        return allowed.astype(np.bool_, copy=False)
    mask = np.zeros(count, np.bool_)
    mask[allowed] = True
    return mask
