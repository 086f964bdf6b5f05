"""The meaning of what stands in a journal: its chunks have no stored vectors until it is folded, and are embedded here.

The newest of each file, texts before events; of what is older the best by words are ranked late (``late.py``). A query
pays for what came since the last one: vectors stay in this process, and in the user's cache folder as late ones do.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from memcodec.file.cache import Cache
from memcodec.file.index_run import IndexRun
from memcodec.file.reader import Reader
from memcodec.format.arrays import Mask, Vectors
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked, by_score

if TYPE_CHECKING:
    from memcodec.models.embedding import Embeds

MOST = 512  #: chunks of a file's journal that are found by meaning; docs/JOURNAL.md says what that costs

Chunks = npt.NDArray[np.int64]


class Pending:
    """The journals of some files. Safe to use from several threads."""

    def __init__(self, indexes: Indexes, *, keep: bool, known: Cache[bytes]) -> None:
        self._indexes, self._keep, self._known = indexes, keep, known
        self._chosen = {
            number: _newest(reader, run)
            for number, (reader, run) in enumerate(indexes.runs)
            if isinstance(reader, Reader) and run.waits
        }
        self._held: dict[tuple[int, int], Vectors] = {}
        self.count = sum(map(len, self._chosen.values()))  #: chunks that are found by meaning
        self._keys = {(run, chunk) for run, chunks in self._chosen.items() for chunk in chunks.tolist()}

    def has(self, chunk: Ranked) -> bool:
        """Whether a chunk is one of those."""
        return chunk.key in self._keys

    def rank(self, embedder: Embeds, query: Vectors, masks: Sequence[Mask | None], k: int) -> list[Ranked]:
        """The best ``k`` of those that the runs' masks have, by their cosine to a query's vector."""
        found = [
            Ranked(run, chunk, float(score))
            for run, chunks, vectors in self._vectors(embedder, masks)
            for chunk, score in zip(chunks, (vectors @ query).tolist(), strict=True)
        ]
        return sorted(found, key=by_score)[:k]

    def nearest(self, embedder: Embeds, queries: Sequence[Vectors], masks: Sequence[Mask | None]) -> float:
        """The highest cosine that any of them has to any of these queries; 0 where there are none."""
        return max(
            (
                float((vectors @ query).max())
                for _, _, vectors in self._vectors(embedder, masks)
                for query in queries
            ),
            default=0.0,
        )

    def _vectors(
        self, embedder: Embeds, masks: Sequence[Mask | None]
    ) -> list[tuple[int, list[int], Vectors]]:
        """Of each run: its chunks that may be found, and their vectors."""
        allowed = dict[int, list[int]]()
        for run, chunks in self._chosen.items():
            mask = masks[run]
            allowed[run] = (chunks if mask is None else chunks[mask[chunks]]).tolist()
        lacking = [
            Ranked(run, chunk, 0.0)
            for run, chunks in allowed.items()
            for chunk in chunks
            if (run, chunk) not in self._held
        ]
        self._make(embedder, lacking)
        return [
            (run, chunks, np.stack([self._held[run, chunk] for chunk in chunks]))
            for run, chunks in allowed.items()
            if chunks
        ]

    def _make(self, embedder: Embeds, chunks: Sequence[Ranked]) -> None:
        if not chunks:
            return
        from memcodec.models.embedding import kept  # not before there is a model

        texts = {
            each.key: read.indexed for each, read in zip(chunks, self._indexes.read(chunks), strict=True)
        }
        names = {text: _name(embedder, text) for text in texts.values()}
        made = {text: data for text, name in names.items() if (data := self._known.get(name)) is not None}
        fresh = [text for text in names if text not in made]
        if fresh:
            for text, vector in zip(fresh, kept.embed(embedder, fresh, keep=self._keep), strict=True):
                made[text] = vector.tobytes()
                self._known.put(names[text], made[text])
        for key, text in texts.items():
            self._held[key] = np.frombuffer(made[text], np.float32)


def _newest(reader: Reader, run: IndexRun) -> Chunks:
    """Of a journal's chunks those that are found by meaning: texts, the newest first, and then events."""
    documents = run.segments[0].catalogue.chunk_documents()
    texts = documents < reader.waiting.texts
    newest = np.concatenate([np.flatnonzero(texts)[::-1], np.flatnonzero(~texts)[::-1]])
    return newest[:MOST].astype(np.int64)


def _name(embedder: Embeds, text: str) -> bytes:
    return blake2b(f"{embedder.model}\0{text}".encode(), digest_size=24).digest()
