"""Pictures to vectors: decoded in the confined child, seen by a CLIP model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from memcodec.errors import SourceError
from memcodec.file.pictures import PictureVectors, renamed
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.ingest.item import Item
from memcodec.ingest.kinds import sandbox
from memcodec.model import Progress
from memcodec.models import clip
from memcodec.models.clip import ClipModel, Vectors

_BATCH = 16  # pictures that the model sees at once


class Seen(NamedTuple):
    """What a model saw in documents of another file: their ``ids`` there, in the order in which they are written."""

    ids: Sequence[str]
    vectors: Sequence[PictureVectors]


def see(
    folder: str, named: Sequence[tuple[str, Item]], notes: list[str], progress: Progress
) -> list[PictureVectors]:
    """The vectors of the originals of items, by their documents' ids. One that does not decode is told in ``notes``.

    Raises ModelError, MissingExtra.
    """
    if not named:
        return []
    model, names, squares, rows = clip.load(folder), list[str](), list[bytes](), list[Vectors]()
    for number, (name, item) in enumerate(named, 1):
        try:
            squares.append(sandbox.square(b"".join(item.open_original()), item.uri, model.preparation.side))
            names.append(name)
        except SourceError as error:
            notes.append(f"not found by what it shows: {error}")
        if squares and (len(squares) == _BATCH or number == len(named)):
            rows.append(_vectors(model, squares))
            squares = []
        progress("see", number, len(named))
    return (
        [PictureVectors(model.model, tuple(names), np.concatenate(rows).astype(np.float16))] if rows else []
    )


def vectors_of(
    before: Reader | None,
    named: Mapping[str, Item],
    drop: Sequence[FoundDocument],
    folder: str | None,
    notes: list[str],
    progress: Progress,
) -> list[PictureVectors]:
    """The vectors of those items that are pictures, by their documents' ids, when ``drop`` leaves the file.

    A picture that a dropped document showed keeps its vector; the model in ``folder``, if any, sees the others. Raises
    as ``see``.
    """
    shown = {name: item for name, item in named.items() if item.type == "image" and item.original is not None}
    old = {each.original.sha256: each.id for found in drop if (each := found.document).original is not None}
    same = {name: old[item.identity] for name, item in shown.items() if item.identity in old}
    carried = renamed(before.pictures, same) if before is not None and same else []
    if folder is None:
        return carried
    known = {name for part in carried for name in part.documents}
    fresh = [(name, item) for name, item in shown.items() if name not in known]
    return [*carried, *see(folder, fresh, notes, progress)]


def vector_of(model: ClipModel, picture: bytes, name: str) -> Vectors:
    """One picture's vector, float32 [dimensions]. Raises SourceError."""
    vector: Vectors = _vectors(model, [sandbox.square(picture, name, model.preparation.side)])[0]
    return vector


def _vectors(model: ClipModel, squares: Sequence[bytes]) -> Vectors:
    side = model.preparation.side
    pixels = np.frombuffer(b"".join(squares), np.uint8).reshape(len(squares), side, side, 3)
    return model.embed_pictures(pixels)
