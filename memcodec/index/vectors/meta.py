"""What a vector segment says of itself, in section ``meta`` of its blob, held against the sizes of its sections."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from memcodec.errors import Damaged, NewerFormat, OlderFormat
from memcodec.format.arrays import Codes
from memcodec.format.blob import Blob
from memcodec.index.vectors.coder import FACTOR, width

KIND = "vectors"
CENTROID_BITS = 2  # of a number of a centroid
ID = np.dtype("<u4")  # of a chunk's number in a list
_QUANTIZERS = {"trellis8": 8, "trellis4": 4, "trellis2": 2, "trellis1": 1}
_OLD = ("sq8", "sq4")
_MAX_META, _MAX_DIMENSIONS = 4096, 1 << 16


@dataclass(frozen=True, slots=True)
class Meta:
    """The section. A flat segment has no lists: ``nlist`` and ``scan`` are 0.

    ``scan``: vectors that a search looks at, at most. ``recall``: of the ten nearest, what such a search finds: 0 to 1.
    """

    model: str
    precision: str
    dimensions: int
    count: int
    layout: str = "flat"
    nlist: int = 0
    scan: int = 0
    quantizer: str = ""
    recall: float | None = None

    @property
    def bits(self) -> int:
        """Of a number of a vector."""
        return _QUANTIZERS[self.quantizer]

    @property
    def width(self) -> int:
        """Bytes of a vector: its factor and its codes."""
        return width(self.dimensions, self.bits)

    @property
    def entry(self) -> int:
        """Bytes that a vector takes in a list."""
        return ID.itemsize + self.width

    def to_json(self) -> bytes:
        """The section's bytes: what there is to say."""
        said = asdict(self)
        for name in ("nlist", "scan"):
            if not said[name]:
                del said[name]
        if self.recall is None:
            del said["recall"]
        return json.dumps(said, ensure_ascii=False).encode("utf-8")


def read_meta(blob: Blob) -> Meta:
    """The description of a segment. Raises Damaged, or NewerFormat for layouts that are not known."""
    if blob.kind != KIND:
        raise damaged(f"it is a {blob.kind!r} blob")
    if blob.size("meta") > _MAX_META:
        raise damaged("its description is too long")
    try:
        meta = Meta(**json.loads(bytes(blob.read("meta"))))
    except (ValueError, TypeError, RecursionError):
        raise damaged("its description cannot be read") from None
    texts = (meta.model, meta.precision, meta.layout, meta.quantizer)
    numbers = (meta.dimensions, meta.count, meta.nlist, meta.scan)
    if not all(type(text) is str for text in texts) or not all(type(number) is int for number in numbers):
        raise damaged("its description has values of the wrong kind")
    if meta.recall is not None and not (type(meta.recall) in (int, float) and 0 <= meta.recall <= 1):
        raise damaged("its description has a recall that is none")
    if meta.quantizer in _OLD:
        raise OlderFormat("vector index: made before the first release; `repair()` rebuilds it")
    if meta.quantizer not in _QUANTIZERS or meta.layout not in ("flat", "ivf"):
        raise NewerFormat(f"vector index of layout {meta.layout} {meta.quantizer}: update memcodec")
    _check(blob, meta)
    return meta


def _check(blob: Blob, meta: Meta) -> None:
    """Everything later allocated or indexed by ``meta`` is held against the sections' real sizes here."""
    if not 1 <= meta.dimensions <= _MAX_DIMENSIONS or meta.count < 0:
        raise damaged(f"it says {meta.count} vectors of {meta.dimensions} dimensions")
    if wrong := [name for name, size in _sizes(meta).items() if blob.size(name) != size]:
        raise damaged(f"its sections {', '.join(wrong)} are not of the size described")
    if meta.layout == "flat":
        return
    if not 1 <= meta.scan <= meta.count:
        raise damaged("it looks at more than there is, or at nothing")
    if blob.units("lists") != meta.nlist or meta.nlist < 1:
        raise damaged("its lists do not add up")


def _sizes(meta: Meta) -> dict[str, int]:
    if meta.layout == "flat":
        return {"codes": meta.count * meta.width}
    centroids = meta.nlist * width(meta.dimensions, CENTROID_BITS)
    return {"lists": meta.count * meta.entry, "centroids": centroids}


def coded(data: memoryview, width: int) -> Codes:
    """Codes [n, width]. Raises Damaged when a factor is no number."""
    codes = np.frombuffer(data, np.uint8).reshape(-1, width)
    if not np.isfinite(np.ascontiguousarray(codes[:, : FACTOR.itemsize]).view(FACTOR)).all():
        raise damaged("it holds a factor that is no number")
    return codes


def quantizer(bits: int) -> str:
    """As a description names the codes of so many bits."""
    return f"trellis{bits}"


def damaged(why: str) -> Damaged:
    """The error of a segment that cannot be what was written."""
    return Damaged(f"vector index: {why}; `repair()` rebuilds it")
