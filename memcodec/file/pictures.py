"""The vectors of pictures: a blob of their own, each row under its document's id.

So they stay right whatever becomes of segments and chunks: a file that is made of others takes over the rows of the
documents that it takes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.format.blob import Blob, BlobWriter
from memcodec.format.budget import parse_json

KIND = "pictures"
SPACE = "image"
FEW = 8  #: blobs that a file has before they become one
_MAX_DIMENSIONS = 16_384


class PictureVectors(NamedTuple):
    """Vectors of length 1 [documents, dimensions] by one model, in the order of the documents' ids."""

    model: str
    documents: tuple[str, ...]
    rows: npt.NDArray[np.float16]


def pack(vectors: PictureVectors) -> bytes:
    """As a blob."""
    blob = BlobWriter(KIND)
    meta = {"model": vectors.model, "space": SPACE, "dimensions": vectors.rows.shape[1]}
    blob.add("meta", json.dumps(meta, separators=(",", ":")).encode())
    blob.add("documents", "\n".join(vectors.documents).encode())
    blob.add("vectors", vectors.rows.astype(np.float16))
    return blob.to_bytes()


def unpack(blob: Blob, pictures: int) -> PictureVectors:
    """The blob of so many pictures. Raises Damaged."""
    meta = parse_json(bytes(blob.read("meta")), "the vectors of pictures")
    names, data = bytes(blob.read("documents")), blob.read("vectors")
    blob.budget.hold(len(names) + len(data), "its vectors of pictures")
    if blob.kind != KIND or not isinstance(meta, dict):
        raise _damaged()
    model, dimensions = meta.get("model"), meta.get("dimensions")
    documents = tuple(names.decode("utf-8", "replace").split("\n"))
    if type(model) is not str or type(dimensions) is not int or not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise _damaged()
    if meta.get("space") != SPACE or len(documents) != pictures or len(data) != 2 * pictures * dimensions:
        raise _damaged()
    rows = np.frombuffer(data, "<f2").reshape(pictures, dimensions)
    if not np.isfinite(rows).all():
        raise _damaged()
    return PictureVectors(model, documents, rows.astype(np.float16))


def _damaged() -> Damaged:
    return Damaged("the vectors of pictures are damaged; run `repair()`")


def joined(parts: Iterable[PictureVectors], kept: Collection[str] | None = None) -> list[PictureVectors]:
    """One for each model and number of dimensions; of a document the last row. ``kept``: of these documents alone."""
    found: dict[tuple[str, int], dict[str, npt.NDArray[np.float16]]] = {}
    for part in parts:
        rows = found.setdefault((part.model, part.rows.shape[1]), {})
        for name, row in zip(part.documents, part.rows, strict=True):
            if kept is None or name in kept:
                rows[name] = row
    return [
        PictureVectors(model, tuple(rows), np.stack(list(rows.values())))
        for (model, _), rows in found.items()
        if rows
    ]


def renamed(parts: Iterable[PictureVectors], names: Mapping[str, str]) -> list[PictureVectors]:
    """The rows of documents that get other ids: the old by the new."""
    made = []
    for part in parts:
        rows = {name: row for row, name in enumerate(part.documents)}
        taken = [(new, rows[old]) for new, old in names.items() if old in rows]
        if taken:
            made.append(
                PictureVectors(
                    part.model, tuple(new for new, _ in taken), part.rows[[row for _, row in taken]]
                )
            )
    return made
