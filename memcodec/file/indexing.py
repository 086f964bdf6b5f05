"""The indexes of new documents: which are built with a commit, and by which model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from memcodec.config.settings import Settings
from memcodec.errors import ModelError
from memcodec.file.content import Indexing
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.media.groups import batched
from memcodec.model import Progress
from memcodec.models import embedding

NO_MODEL = "none"
_EMBED_BATCH = 1024


def indexing(settings: Settings, notes: list[str], progress: Progress, *, exactly: bool) -> Indexing:
    """How documents are cut and indexed by these settings. Why there will be no vectors is told in ``notes``.

    ``exactly``: the model is named by its identity, as a file has it, which is not trusted to be a path or a download.
    """
    encode, index = settings.encode, settings.index
    if encode.index == "none":
        return Indexing(encode.chunk_size, encode.overlap)
    lexical = LexicalBuilder(index.language, positions=index.positions)
    wanted = index.model != NO_MODEL and encode.index != "background"
    embed = None
    if wanted and _is_there(index.model, notes, exactly=exactly):
        embed = partial(vectors, settings, progress, exactly)
    return Indexing(encode.chunk_size, encode.overlap, lexical, embed)


def _is_there(model: str, notes: list[str], *, exactly: bool) -> bool:
    if not embedding.available():
        notes.append("lexical index only: semantic search needs pip install 'memcodec[semantic]'")
        return False
    if exactly:
        try:
            embedding.load_exact(model)
        except ModelError as error:
            notes.append(f"lexical index only: {error}")
            return False
    return True


def vectors(settings: Settings, progress: Progress, exactly: bool, texts: Iterable[str], total: int) -> bytes:
    """A vectors blob of so many texts."""
    from memcodec.index.vectors import segment

    progress("vectors", 0, total)
    embedder = (embedding.load_exact if exactly else embedding.load)(settings.index.model)

    def embedded(before: int, count: int) -> None:
        progress("vectors", before + count, total)

    def batches() -> Iterator[np.ndarray]:
        done = 0
        for batch in batched(texts, _EMBED_BATCH):
            yield embedder.embed(batch, tell=partial(embedded, done))
            done += len(batch)
        progress("arrange", 0, 0)

    return segment.build(
        batches(),
        model=embedder.model,
        precision=embedder.precision,
        dimensions=embedder.dimensions,
        bits=settings.index.vectors,
    )
