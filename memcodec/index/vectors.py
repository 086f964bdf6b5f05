"""One vector segment: the int8 vectors of a commit's chunks, in a blob; searched by inner product.

Sections (little-endian), none of them FAISS's serialised form, which is not made for untrusted files:

    meta       JSON: model, precision, dimensions (d), count (n), layout "flat" or "ivf", nlist, nprobe,
               quantizer "sq8"
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
from dataclasses import asdict, dataclass
from itertools import chain, pairwise
from threading import Lock

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged, ModelError, NewerFormat
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.ivf import partition
from memcodec.index.nearest import Flat, Lists
from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors

KIND = "vectors"
FLAT_BELOW = 20_000  # vectors; also how many the quantiser's ranges are learnt from
MARGIN = 0.1  # room on either side of those ranges when more vectors follow
_MAX_META, _MAX_DIMENSIONS, _MAX_NAME = 4096, 1 << 16, 512
_ID = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class Meta:
    """What section ``meta`` says. ``nlist`` and ``nprobe`` are 0 in a flat segment."""

    model: str
    precision: str
    dimensions: int
    count: int
    layout: str = "flat"
    nlist: int = 0
    nprobe: int = 0
    quantizer: str = "sq8"


def build(pieces: Vectors | Iterable[Vectors], *, model: str, precision: str, dimensions: int) -> bytes:
    """The blob of a segment: unit vectors, float32 [m, dimensions], in chunk order, in pieces or in one array.

    Holds one byte a dimension of each vector, plus the floats of the first ``FLAT_BELOW``.
    """
    quantizer, codes = _quantize([pieces] if isinstance(pieces, np.ndarray) else pieces, dimensions)
    meta = Meta(model, precision, dimensions, len(codes))
    writer = BlobWriter(KIND)
    if len(codes) < FLAT_BELOW:
        _add_head(writer, meta, quantizer)
        writer.add("codes", codes)
        return writer.to_bytes()
    parts = partition(codes, quantizer)
    meta = Meta(model, precision, dimensions, len(codes), "ivf", len(parts.centroids), parts.nprobe)
    _add_head(writer, meta, quantizer)
    writer.add("centroids", parts.centroids)
    writer.add("offsets", parts.offsets.astype(np.uint32))
    writer.add("lists", b"".join(_spans(codes, parts.order, parts.offsets)))
    return writer.to_bytes()


def _quantize(pieces: Iterable[Vectors], dimensions: int) -> tuple[Quantizer, Codes]:
    pieces = iter(pieces)
    first = [np.empty((0, dimensions), np.float32)]
    while sum(map(len, first)) < FLAT_BELOW and (piece := next(pieces, None)) is not None:
        first.append(piece)
    sample = np.concatenate(first)
    if not len(sample):
        return Quantizer(*np.zeros((2, dimensions), np.float32)), np.empty((0, dimensions), np.uint8)
    quantizer = Quantizer.train(sample[:FLAT_BELOW], MARGIN if len(sample) >= FLAT_BELOW else 0.0)
    del sample
    codes = bytearray()
    for piece in chain(first, pieces):
        codes += quantizer.encode(piece).data
    return quantizer, np.frombuffer(codes, np.uint8).reshape(-1, dimensions)


def _add_head(writer: BlobWriter, meta: Meta, quantizer: Quantizer) -> None:
    writer.add("meta", json.dumps(asdict(meta), ensure_ascii=False).encode("utf-8"))
    writer.add("sq", quantizer.trained())


def _spans(codes: Codes, order: Ids, offsets: Ids) -> Iterator[bytes]:
    for start, end in pairwise(offsets):
        chunks = order[start:end]
        yield chunks.astype(_ID).tobytes()
        yield codes[chunks].tobytes()


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
        admitted = self.meta.count if mask is None else int(mask.sum())
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
        return Flat(self._quantizer(), codes.reshape(-1, self.meta.dimensions))

    def _lists(self) -> Lists:
        centroids = _finite(self._blob, "centroids").reshape(-1, self.meta.dimensions)
        offsets = self._blob.array("offsets", np.uint32).astype(np.int64)
        if offsets[0] != 0 or offsets[-1] != self.meta.count or (np.diff(offsets) < 0).any():
            raise _damaged("its lists do not add up")

        def read(number: int) -> tuple[Ids, Codes]:
            return self._list(int(offsets[number]), int(offsets[number + 1]))

        return Lists(self._quantizer(), centroids, self.meta.nprobe, read)

    def _list(self, start: int, end: int) -> tuple[Ids, Codes]:
        entry = _ID.itemsize + self.meta.dimensions
        span = self._blob.read("lists", start * entry, (end - start) * entry)
        chunks = np.frombuffer(span, _ID, end - start).astype(np.int64)
        if (chunks >= self.meta.count).any():
            raise _damaged("a list names a chunk that is not there")
        codes = np.frombuffer(span, np.uint8, offset=_ID.itemsize * (end - start))
        return chunks, codes.reshape(-1, self.meta.dimensions)

    def _quantizer(self) -> Quantizer:
        return Quantizer(*_finite(self._blob, "sq").reshape(2, -1))


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
    if meta.quantizer != "sq8" or meta.layout not in ("flat", "ivf"):
        raise NewerFormat(f"vector index of layout {meta.layout} {meta.quantizer}: update memcodec")
    return meta


def _check_sizes(blob: Blob, meta: Meta) -> None:
    """Everything later allocated or indexed by ``meta`` is held against the sections' real sizes here."""
    d, n = meta.dimensions, meta.count
    sizes = {"sq": 8 * d}
    if meta.layout == "flat":
        sizes |= {"codes": n * d}
    else:
        sizes |= {
            "centroids": 4 * d * meta.nlist,
            "offsets": 4 * (meta.nlist + 1),
            "lists": n * (d + _ID.itemsize),
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
    mask = np.zeros(count, np.bool_)
    mask[allowed] = True  # by number, or by a mask of the same length
    return mask
