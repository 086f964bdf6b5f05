"""One vector segment: the int8 vectors of a commit's chunks, in a blob; searched by inner product.

Sections (little-endian), none of them FAISS's serialised form, which is not made for untrusted files:

    meta       JSON: model, precision, dimensions (d), count (n), layout "flat" or "ivf", nlist, nprobe,
               quantizer "sq8"; of an ivf, if measured: recall
    sq         f32 [2, d]: minimum and span of each dimension (``quantizer.py`` has the formula)
    flat:      codes      u8 [n, d], row = chunk number
    ivf:       centroids  f32 [nlist, d]
               offsets    u32 [nlist + 1]: list i holds entries offsets[i] .. offsets[i + 1]
               lists      n * (4 + d) bytes: of each list, its chunk numbers (u32), then their codes (d bytes each)

A list is one span of ``lists``, from byte offsets[i] * (4 + d) to offsets[i + 1] * (4 + d): one range read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain, pairwise
from mmap import mmap
from threading import Lock

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged, ModelError, NewerFormat
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.ivf import partition
from memcodec.index.nearest import Flat, List, Lists
from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors, width

KIND = "vectors"
FLAT_BELOW = 20_000  # vectors; also how many the quantiser's ranges are learnt from
MARGIN = 0.1  # room on either side of those ranges when more vectors follow
_MAX_META, _MAX_DIMENSIONS, _MAX_NAME = 4096, 1 << 16, 512
_ROWS = 16384  # codes read at once
_ID = np.dtype("<u4")
_BITS = {"sq8": 8, "sq4": 4}
_QUERIES, _NEAREST, _SAMPLE = 128, 10, 5000  # what the recall of codes is measured on


@dataclass(frozen=True, slots=True)
class Meta:
    """What section ``meta`` says. ``nlist`` and ``nprobe`` are 0 in a flat segment.

    ``recall`` is what ``nprobe`` was chosen for, as measured when the lists were made (``Partition``): 0 to 1.
    """

    model: str
    precision: str
    dimensions: int
    count: int
    layout: str = "flat"
    nlist: int = 0
    nprobe: int = 0
    quantizer: str = "sq8"
    recall: float | None = None

    @property
    def bits(self) -> int:
        """Of a dimension's code."""
        return _BITS[self.quantizer]

    @property
    def width(self) -> int:
        """Bytes of a vector's codes."""
        return width(self.dimensions, self.bits)


def build(
    pieces: Vectors | Iterable[Vectors], *, model: str, precision: str, dimensions: int, bits: int = 8
) -> bytes:
    """The blob of a segment: unit vectors, float32 [m, dimensions], in chunk order, in pieces or in one array.

    ``bits`` a dimension: 8, or 4 for half the size; then a search is to look at the exact vectors of the best again.

    Holds at most three bytes a dimension of each vector, plus the floats of the first ``FLAT_BELOW``.
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
    sample = sample[:_SAMPLE]
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
    writer, meta = BlobWriter(KIND), Meta(model, precision, dimensions, len(codes), quantizer=quantizer.name)
    if flat or len(codes) < FLAT_BELOW:
        _add_head(writer, replace(meta, recall=round(recall, 4) if recall is not None else None), quantizer)
        writer.add("codes", codes)
        return writer
    parts = partition(codes, quantizer)
    lists = len(parts.centroids)
    meta = replace(
        meta, layout="ivf", nlist=lists, nprobe=parts.nprobe, recall=round(parts.recall * (recall or 1), 4)
    )
    _add_head(writer, meta, quantizer)
    writer.add("centroids", parts.centroids)
    writer.add("offsets", parts.offsets.astype(np.uint32))
    writer.add("lists", _spans(codes, parts.order, parts.offsets))
    return writer


def _quantize(pieces: Iterable[Vectors], dimensions: int, bits: int) -> tuple[Quantizer, Codes, float | None]:
    pieces = iter(pieces)
    first = [np.empty((0, dimensions), np.float32)]
    while sum(map(len, first)) < FLAT_BELOW and (piece := next(pieces, None)) is not None:
        first.append(piece)
    sample = np.concatenate([piece[:FLAT_BELOW] for piece in first])[:FLAT_BELOW]
    if not len(sample):
        low, span = np.zeros((2, dimensions), np.float32)
        return Quantizer(low, span, bits), np.empty((0, width(dimensions, bits)), np.uint8), None
    quantizer = Quantizer.train(sample, MARGIN if len(sample) >= FLAT_BELOW else 0.0, bits)
    recall = kept_by(quantizer, sample)
    del sample
    codes = bytearray()
    for piece in chain(first, pieces):
        for at in range(0, len(piece), _ROWS):
            codes += quantizer.encode(piece[at : at + _ROWS]).data
    return quantizer, np.frombuffer(codes, np.uint8).reshape(-1, quantizer.width), recall


def _add_head(writer: BlobWriter, meta: Meta, quantizer: Quantizer) -> None:
    known = {name: value for name, value in asdict(meta).items() if value is not None}
    writer.add("meta", json.dumps(known, ensure_ascii=False).encode("utf-8"))
    writer.add("sq", quantizer.trained())


def _spans(codes: Codes, order: Ids, offsets: Ids) -> bytearray:
    """Section ``lists``."""
    entry = _ID.itemsize + codes.shape[1]
    spans = bytearray(len(codes) * entry)
    for start, end in pairwise(offsets.tolist()):
        chunks = order[start:end]
        first = start * entry + _ID.itemsize * len(chunks)
        spans[start * entry : first] = chunks.astype(_ID).tobytes()
        spans[first : end * entry] = codes[chunks].tobytes()
    return spans


class VectorSegment:
    """Searches one segment. Opening it reads its head; the first search loads FAISS and what it needs.

    Raises Damaged when the blob's sections do not fit together. Safe to use from several threads.
    """

    def __init__(self, blob: Blob) -> None:
        self._blob, self._lock = blob, Lock()
        self._searcher: Flat | Lists | None = None
        self.meta = _read_meta(blob)
        _check_sizes(blob, self.meta)

    @property
    def model(self) -> str:
        """The identity of the model that made the vectors."""
        return self.meta.model

    def require(self, model: str) -> None:
        """Refuse a query of another model. Raises ModelError naming both."""
        if model != self.meta.model:
            raise ModelError(
                f"the index was made with {self.meta.model}, the query with {model}: use the first with "
                "--model, or search with --mode lexical"
            )

    def search(
        self, query: Vectors, k: int, allowed: npt.NDArray[np.bool_] | Ids | None = None
    ) -> tuple[Vectors, Ids]:
        """The k chunks of largest inner product with a query [dimensions], best first: scores, chunk numbers.

        ``allowed`` limits them: a mask [count], or chunk numbers. Fewer than k come when there are no more.
        """
        if query.shape != (self.meta.dimensions,):
            raise ModelError(
                f"the index holds vectors of {self.meta.dimensions} numbers, the query {query.size}"
            )
        mask = _mask(allowed, self.meta.count)
        admitted = self.meta.count if mask is None else int(np.count_nonzero(mask))
        k = min(k, admitted)
        if k < 1:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        return self._loaded().search(np.ascontiguousarray(query, np.float32), k, mask)

    def _loaded(self) -> Flat | Lists:
        with self._lock:
            if self._searcher is None:
                self._searcher = self._flat() if self.meta.layout == "flat" else self._lists()
            return self._searcher

    def _flat(self) -> Flat:
        codes = np.frombuffer(self._blob.read("codes"), np.uint8)
        return Flat(self.quantizer(), codes.reshape(-1, self.meta.width))

    def _lists(self) -> Lists:
        centroids = _finite(self._blob, "centroids").reshape(-1, self.meta.dimensions)
        offsets = self._offsets()

        def read(number: int) -> List:
            return List(*self._list(int(offsets[number]), int(offsets[number + 1])))

        return Lists(self.quantizer(), centroids, self.meta.nprobe, read)

    def _offsets(self) -> Ids:
        offsets = self._blob.array("offsets", np.uint32).astype(np.int64)
        if offsets[0] != 0 or offsets[-1] != self.meta.count or (np.diff(offsets) < 0).any():
            raise _damaged("its lists do not add up")
        return offsets

    def _list(self, start: int, end: int) -> tuple[Ids, Codes, int]:
        """Chunk numbers and codes of entries ``start`` to ``end``, and the bytes that keeping them costs."""
        entry = _ID.itemsize + self.meta.width
        span = self._blob.read("lists", start * entry, (end - start) * entry)
        chunks = np.frombuffer(span, _ID, end - start).astype(np.int64)
        if (chunks >= self.meta.count).any():
            raise _damaged("a list names a chunk that is not there")
        codes = np.frombuffer(span, np.uint8, offset=_ID.itemsize * (end - start))
        # A view of a mapped file is not memory of this process: the system may drop its pages at any time.
        copied = 0 if isinstance(span.obj, mmap) else len(span)
        return chunks, codes.reshape(-1, self.meta.width), chunks.nbytes + copied

    def quantizer(self) -> Quantizer:
        """What turns the segment's codes into vectors."""
        minimum, span = _finite(self._blob, "sq").reshape(2, -1)
        return Quantizer(minimum, span, self.meta.bits)

    def codes(self, kept: npt.NDArray[np.bool_] | None = None) -> Iterator[Codes]:
        """The codes [m, width] of the kept vectors (by default all), in chunk order, ``_ROWS`` at a time."""
        size = self.meta.width
        flat = self.meta.layout == "flat"
        places = np.arange(self.meta.count) * size if flat else self._places()
        if kept is not None:
            places = places[kept]
        if not len(places):
            return
        data = self._blob.read("codes" if flat else "lists")
        rows = np.ndarray((len(data) - size + 1, size), np.uint8, data, strides=(1, 1))
        for start in range(0, len(places), _ROWS):
            yield rows[places[start : start + _ROWS]]

    def _places(self) -> Ids:
        """Where in section ``lists`` each chunk's code starts."""
        places = np.full(self.meta.count, -1)
        for start, end in pairwise(self._offsets().tolist()):
            chunks, codes, _ = self._list(start, end)
            first = start * (_ID.itemsize + self.meta.width) + _ID.itemsize * len(chunks)
            places[chunks] = first + np.arange(len(chunks)) * codes.shape[1]
        if (places < 0).any():
            raise _damaged("its lists leave a chunk out")
        return places


def _read_meta(blob: Blob) -> Meta:
    if blob.kind != KIND:
        raise _damaged(f"it is a {blob.kind!r} blob")
    if blob.size("meta") > _MAX_META:
        raise _damaged("its description is too long")
    try:
        meta = Meta(**json.loads(bytes(blob.read("meta"))))
    except (ValueError, TypeError, RecursionError):
        raise _damaged("its description cannot be read") from None
    texts = (meta.model, meta.precision, meta.layout, meta.quantizer)
    numbers = (meta.dimensions, meta.count, meta.nlist, meta.nprobe)
    if not all(type(text) is str for text in texts) or not all(type(number) is int for number in numbers):
        raise _damaged("its description has values of the wrong kind")
    if meta.recall is not None and not (type(meta.recall) in (int, float) and 0 <= meta.recall <= 1):
        raise _damaged("its description has a recall that is none")
    if meta.quantizer not in _BITS or meta.layout not in ("flat", "ivf"):
        raise NewerFormat(f"vector index of layout {meta.layout} {meta.quantizer}: update memcodec")
    return meta


def _check_sizes(blob: Blob, meta: Meta) -> None:
    """Everything later allocated or indexed by ``meta`` is held against the sections' real sizes here."""
    d, n = meta.dimensions, meta.count
    sizes = {"sq": 8 * d}
    if meta.layout == "flat":
        sizes |= {"codes": n * meta.width}
    else:
        sizes |= {
            "centroids": 4 * d * meta.nlist,
            "offsets": 4 * (meta.nlist + 1),
            "lists": n * (meta.width + _ID.itemsize),
        }
        if not 1 <= meta.nprobe <= meta.nlist:
            raise _damaged(f"it probes {meta.nprobe} of {meta.nlist} lists")
    if not 1 <= d <= _MAX_DIMENSIONS or n < 0:
        raise _damaged(f"it says {n} vectors of {d} dimensions")
    if wrong := [name for name, size in sizes.items() if blob.size(name) != size]:
        raise _damaged(f"its sections {', '.join(wrong)} are not of the size described")


def _finite(blob: Blob, name: str) -> Vectors:
    values = np.ascontiguousarray(blob.array(name, np.float32), np.float32)
    if not np.isfinite(values).all():
        raise _damaged(f"its section {name} holds values that are no numbers")
    return values


def _damaged(why: str) -> Damaged:
    return Damaged(f"vector index: {why}; `memcodec repair` rebuilds it")


def _mask(allowed: npt.NDArray[np.bool_] | Ids | None, count: int) -> npt.NDArray[np.bool_] | None:
    if allowed is None:
        return None
    if allowed.dtype == np.bool_ and len(allowed) == count:
        return allowed.astype(np.bool_, copy=False)
    mask = np.zeros(count, np.bool_)
    mask[allowed] = True
    return mask
