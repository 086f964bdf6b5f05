"""Pictures found for what they show: by words, or by a picture that is like them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from memcodec.errors import ModelError, SourceError
from memcodec.file.document import hit
from memcodec.file.filter import Filter, select
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.sight import vector_of
from memcodec.model import Hit
from memcodec.models import clip
from memcodec.models.clip import ClipModel, Vectors
from memcodec.search.query import parse
from memcodec.search.results import Results, Shown

_LARGEST = 100_000_000  # bytes of a picture that is searched by


def search(readers: Sequence[Reader], query: Shown, folder: str, k: int, only: Filter | None) -> Results:
    """The ``k`` pictures nearest to ``query``, each by its first chunk.

    Raises ModelError when there is no such model, or no picture was seen by it; MissingExtra; SourceError for a picture
    that cannot be read.
    """
    if not any(reader.record.pictures for reader in readers):
        raise ModelError("no pictures to search; encode them with `image_model`")
    model = clip.load(folder)
    vector = _vector(model, query)
    ranked = sorted(
        (found for reader in readers for found in _ranked(reader, model, vector, only)),
        key=lambda found: -found[0],
    )
    hits = [_hit(rank, *found) for rank, found in enumerate(ranked[:k], 1)]
    name = query if isinstance(query, str) else "a picture"
    return Results(name, "semantic", hits, tuple(_others(readers, model)), parsed=parse(""))


def _vector(model: ClipModel, query: Shown) -> Vectors:
    if isinstance(query, str):
        return model.embed_text(query)
    if isinstance(query, bytes):
        return vector_of(model, query, "the picture")
    try:
        with Path(query).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SourceError(f"{os.fspath(query)}: cannot be read: {error.strerror or error}") from error
    if len(data) > _LARGEST:
        raise SourceError(f"{os.fspath(query)}: too large for a picture; scale it down")
    return vector_of(model, data, os.fspath(query))


def _ranked(
    reader: Reader, model: ClipModel, vector: Vectors, only: Filter | None
) -> list[tuple[float, Reader, FoundDocument, int]]:
    """The pictures of a file that are in its state, that a filter takes and that have a chunk, with their scores."""
    there = {each.document.id: each for each in select(reader, only)}
    scores: dict[str, float] = {}
    for part in reader.pictures:
        if part.model == model.model and part.rows.shape[1] == len(vector):
            near = np.clip(part.rows.astype(np.float32) @ vector, 0, 1)
            scores |= zip(part.documents, near.tolist(), strict=True)
    placed = (
        (score, there[name], _first_chunk(there[name])) for name, score in scores.items() if name in there
    )
    return [(score, reader, found, chunk) for score, found, chunk in placed if chunk is not None]


def _first_chunk(found: FoundDocument) -> int | None:
    """The segment's own number of a document's first chunk."""
    first, last = np.searchsorted(
        found.segment.catalogue.chunk_documents(), (found.ordinal, found.ordinal + 1)
    ).tolist()
    return int(first) if first < last else None


def _hit(rank: int, score: float, reader: Reader, found: FoundDocument, chunk: int) -> Hit:
    place = reader.chunk_in(found.segment, chunk)
    (text,) = reader.texts([place])
    return hit(
        place, found.segment.first_chunk + chunk, text, reader.source.name, rank=rank, score=score, folded=0
    )


def _others(readers: Sequence[Reader], model: ClipModel) -> list[str]:
    """What to tell of pictures that another model saw."""
    others = sorted({part.model for reader in readers for part in reader.pictures} - {model.model})
    return [f"not searched: pictures that other models saw ({', '.join(others)})"] if others else []
