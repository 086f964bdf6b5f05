"""Vectors of texts that were embedded for a query, kept in the user's cache folder for the next one.

What is there is named by a digest of the model's identity and the text: it is right for any file, and no file can put
it there for another's text. It may vanish at any moment, and is not written where it cannot be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np

from memcodec.config import folders
from memcodec.errors import ConfigError
from memcodec.models.embedding import Embeds
from memcodec.models.embedding.embedder import Vectors
from memcodec.storage.remote.diskcache import DiskCache

LIMIT = 64_000_000  #: bytes on disk, of about 60,000 vectors
_NUMBER = np.dtype("<f2")


def embed(embedder: Embeds, texts: Sequence[str], *, keep: bool = True) -> Vectors:
    """As ``Embedder.embed``, to half precision; what is kept is not made again. Without ``keep`` nothing is kept."""
    cache = _cache() if keep else None
    if cache is None:
        return _rounded(embedder.embed(texts))
    with contextlib.closing(cache):
        size = embedder.dimensions * _NUMBER.itemsize
        names = [f"{embedder.model}\0{text}" for text in texts]
        found = [cache.get(name, 0, size) for name in names]
        lacking = [place for place, data in enumerate(found) if data is None]
        made = _rounded(embedder.embed([texts[place] for place in lacking]))
        for place, vector in zip(lacking, made, strict=True):
            found[place] = vector.astype(_NUMBER).tobytes()
            cache.put(names[place], 0, found[place] or b"")
    rows = np.frombuffer(b"".join(data or b"" for data in found), _NUMBER)
    return rows.reshape(len(texts), embedder.dimensions).astype(np.float32)


def clear() -> None:
    """Remove all of them."""
    if (cache := _cache()) is not None and cache.folder.is_dir():
        cache.clear()


def _cache() -> DiskCache | None:
    try:
        return DiskCache(folders.vectors(), LIMIT)
    except ConfigError:  # a user without a home
        return None


def _rounded(vectors: Vectors) -> Vectors:
    """What is kept of them: the same answer whether they were."""
    return vectors.astype(_NUMBER).astype(np.float32)
