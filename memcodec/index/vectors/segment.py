"""One vector segment: the int8 vectors of a commit's chunks, in a blob; searched by inner product.

Sections (little-endian), none of them FAISS's serialised form, which is not made for untrusted files:

    meta          JSON: model, precision, dimensions (d), count (n), layout "flat" or "ivf", nlist, scan,
                  quantizer "sq8" or "sq4"; of an ivf, and of codes that lose something: recall
    sq            f32 [2, d]: minimum and span of each dimension (``quantizer.py`` has the formula)
    flat:         codes         u8 [n, d], row = chunk number
    ivf:          centroids.sq  f32 [2, d]: as ``sq``, of the centroids
                  centroids     u8 [nlist, d / 4]: two bits a number
                  lists         n * (4 + d) bytes: of each list, its chunk numbers (u32), then their codes (d bytes
                                each); a list is a unit of the blob: one range read, with a checksum of its own

A search reads few bytes, and as many from whatever place: all codes when they are few, else the lists nearest to the
query up to ``scan`` vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from threading import Lock

import numpy as np

from memcodec.errors import ModelError
from memcodec.format.arrays import Codes, Ids, Mask, Vectors
from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.vectors import lists as inverted
from memcodec.index.vectors.lists import VectorLists
from memcodec.index.vectors.meta import KIND, Meta, finite, read_meta
from memcodec.index.vectors.nearest import FlatSearcher, ListSearcher, Prefetch
from memcodec.index.vectors.partition import partition
from memcodec.index.vectors.quantizer import Quantizer, width
from memcodec.model import BlobSpan

FLAT = 1_000_000  # bytes of codes that each search may look at: more are in lists
SAMPLE = 20_000  # vectors that the quantiser's ranges are learnt from
MARGIN = 0.1  # room on either side of those ranges when more vectors follow
_ROWS = 16384  # codes read at once
Allowed = Mask | Ids | None  # chunks, as a mask or by their numbers
_QUERIES, _NEAREST, _COMPARED = 128, 10, 5000  # what the recall of codes is measured on


def build(
    pieces: Vectors | Iterable[Vectors], *, model: str, precision: str, dimensions: int, bits: int = 8
) -> bytes:
    """The blob of a segment: unit vectors, float32 [m, dimensions], in chunk order, in pieces or in one array.

    ``bits`` a dimension: 8, or 4 for half the size; then a search is to look at the exact vectors of the best again.

    Holds at most three bytes a dimension of each vector, plus the floats of the first ``SAMPLE``.
    """
    pieces = [pieces] if isinstance(pieces, np.ndarray) else pieces
    # The codes go when the writer has them: they are not there beside the blob.
    quantizer, codes, recall = _quantize(pieces, dimensions, bits)
    return _laid_out(quantizer, codes, model, precision, flat=False, recall=recall).to_bytes()


def write(
    codes: Codes,
    quantizer: Quantizer,
    *,
    model: str,
    precision: str,
    flat: bool = False,
    recall: float | None = None,
) -> bytes:
    """The blob of a segment of vectors that are codes [n, width] already: in lists when they are many.

    ``flat``: not in lists at all, because it is soon to become one with others. ``recall``: of the codes (``kept_by``).
    """
    return _laid_out(quantizer, codes, model, precision, flat=flat, recall=recall).to_bytes()


def kept_by(quantizer: Quantizer, sample: Vectors) -> float | None:
    """The share of the ten nearest of some of the vectors that the codes' twenty hold; None for 8 bits, which hold all.

    Both among the ``sample`` [n, dimensions].
    """
    sample = sample[:_COMPARED]
    if quantizer.bits == 8 or len(sample) <= 2 * _NEAREST:
        return None
    queries, kept = sample[:: max(1, len(sample) // _QUERIES)], quantizer.decode(quantizer.encode(sample))
    exact = np.argsort(-(queries @ sample.T), axis=1)[:, :_NEAREST]
    found = np.argsort(-(queries @ kept.T), axis=1)[:, : 2 * _NEAREST]
    held = [np.isin(near, there).mean() for near, there in zip(exact, found, strict=True)]
    return float(np.mean(held))


def _laid_out(
    quantizer: Quantizer, codes: Codes, model: str, precision: str, *, flat: bool, recall: float | None
) -> BlobWriter:
    dimensions = len(quantizer.minimum)
    meta = Meta(model, precision, dimensions, len(codes), quantizer=quantizer.name)
    if flat or codes.nbytes <= FLAT:
        writer = _headed(replace(meta, recall=round(recall, 4) if recall is not None else None), quantizer)
        writer.add("codes", codes)
        return writer
    parts = partition(codes, quantizer)
    stated = round(parts.recall * (recall or 1), 4)
    meta = replace(meta, layout="ivf", nlist=len(parts.centroids), scan=parts.scan, recall=stated)
    writer = _headed(meta, quantizer)
    inverted.add(writer, parts, codes)
    return writer


def _headed(meta: Meta, quantizer: Quantizer) -> BlobWriter:
    writer = BlobWriter(KIND)
    writer.add("meta", meta.to_json(), hot=True)
    writer.add("sq", quantizer.trained())
    return writer


def _quantize(pieces: Iterable[Vectors], dimensions: int, bits: int) -> tuple[Quantizer, Codes, float | None]:
    pieces = iter(pieces)
    first = [np.empty((0, dimensions), np.float32)]
    while sum(map(len, first)) < SAMPLE and (piece := next(pieces, None)) is not None:
        first.append(piece)
    sample = np.concatenate([piece[:SAMPLE] for piece in first])[:SAMPLE]
    if not len(sample):
        low, span = np.zeros((2, dimensions), np.float32)
        return Quantizer(low, span, bits), np.empty((0, width(dimensions, bits)), np.uint8), None
    quantizer = Quantizer.train(sample, MARGIN if len(sample) >= SAMPLE else 0.0, bits)
    recall = kept_by(quantizer, sample)
    del sample
    codes = bytearray()
    for piece in chain(first, pieces):
        for at in range(0, len(piece), _ROWS):
            codes += quantizer.encode(piece[at : at + _ROWS]).data
    return quantizer, np.frombuffer(codes, np.uint8).reshape(-1, quantizer.width), recall


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
            return [*self._blob.span("sq"), *self._blob.span("codes")]
        return [*self._blob.span("sq"), *inverted.opening_spans(self._blob)]

    def search_spans(self, query: Vectors, allowed: Allowed = None) -> list[BlobSpan]:
        """The lists that a search reads first, whatever its k, without those held. Reads what tells of them."""
        self._check(query)
        if self.meta.layout == "flat":
            return []
        searcher = self._loaded()
        assert isinstance(searcher, ListSearcher)
        return searcher.first_spans(_contiguous(query), _mask(allowed, self.meta.count))

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
        return self._loaded().search(_contiguous(query), k, mask, prefetch)

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
        codes = np.frombuffer(self._blob.read("codes"), np.uint8)
        return FlatSearcher(self.quantizer(), codes.reshape(-1, self.meta.width))

    def _lists(self) -> ListSearcher:
        return ListSearcher(self.quantizer(), self.lists())

    def lists(self) -> VectorLists:
        """The lists of a segment that has such."""
        return VectorLists(self._blob, self.meta)

    def quantizer(self) -> Quantizer:
        """What turns the segment's codes into vectors."""
        minimum, span = finite(self._blob, "sq").reshape(2, -1)
        return Quantizer(minimum, span, self.meta.bits)

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


def _contiguous(query: Vectors) -> Vectors:
    return np.ascontiguousarray(query, np.float32)


def _mask(allowed: Allowed, count: int) -> Mask | None:
    if allowed is None:
        return None
    if allowed.dtype == np.bool_ and len(allowed) == count:
        return allowed.astype(np.bool_, copy=False)
    mask = np.zeros(count, np.bool_)
    mask[allowed] = True
    return mask
