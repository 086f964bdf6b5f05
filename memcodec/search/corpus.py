"""The indexes of some memory files as one collection: opened when first asked for, and what their chunks say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memcodec.file.index_run import open_lexical
from memcodec.file.reader import ChunkPlace, Reader
from memcodec.format.arrays import Mask
from memcodec.index.lexical import bm25
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE
from memcodec.search import prefetch
from memcodec.search.filters import Accepts, chunk_masks
from memcodec.search.fusion import Ranked

if TYPE_CHECKING:
    from memcodec.index.vectors.segment import VectorSegment


class RunVectors(NamedTuple):
    """Vectors: the number of the run whose chunks they are of, and of which on."""

    run: int
    first: int
    segment: VectorSegment


class Indexes:
    """Of readers, in their order. Safe to use from several threads."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self.readers = readers
        self.runs = [(reader, run) for reader in readers for run in reader.indexes]
        self.is_far = any(reader.source.far for reader in readers)

    @property
    def language(self) -> str:
        """The language of the lexical index (the first file's that has one)."""
        return self.lexical[0][1].language if self.lexical else DEFAULT_LANGUAGE

    @cached_property
    def lexical(self) -> list[tuple[int, LexicalSegment]]:
        """The lexical segments, each with its run's number."""
        return [
            (number, open_lexical(blob, run.record.chunks))
            for number, (_, run) in enumerate(self.runs)
            if (blob := run.lexical) is not None
        ]

    @cached_property
    def collection(self) -> bm25.LexicalIndex:
        """The lexical segments, with statistics over what is in the state of all."""
        live = [self.runs[number][1].live for number, _ in self.lexical]
        return bm25.LexicalIndex([lexical for _, lexical in self.lexical], live)

    @cached_property
    def vectors(self) -> list[RunVectors]:
        """The vectors there are."""
        return [
            RunVectors(number, each.first, each.segment())
            for number, (_, run) in enumerate(self.runs)
            for each in run.vectors
        ]

    def masks(self, accepts: Accepts) -> list[Mask]:
        """Of each run, which of its chunks are in the state and of documents that are accepted."""
        found = list[Mask]()
        for reader in self.readers:
            masks, at = chunk_masks(reader, accepts), 0
            for run in reader.indexes:
                found.append(np.concatenate([np.empty(0, np.bool_), *masks[at : at + len(run.segments)]]))
                at += len(run.segments)
        return found

    def lexical_part(self, masks: Sequence[Mask]) -> Mask:
        """Masks of all runs as one over the chunks of ``collection``."""
        return np.concatenate([np.empty(0, np.bool_), *(masks[number] for number, _ in self.lexical)])

    def in_collection(self, ranked: Ranked) -> int | None:
        """A chunk's number in ``collection``; None when its run has no lexical index."""
        base = self.bases.get(ranked.run)
        return None if base is None else base + ranked.chunk

    @cached_property
    def bases(self) -> dict[int, int]:
        """Of each run with a lexical index the number of its first chunk in ``collection``."""
        return {
            number: base
            for (number, _), base in zip(self.lexical, self.collection.bases.tolist(), strict=False)
        }

    def indexed(self, chunks: Sequence[int]) -> list[str]:
        """What the indexes see of chunks, given by their numbers in ``collection``."""
        bases = self.collection.bases
        segments = (np.searchsorted(bases, chunks, side="right") - 1).tolist()
        ranked = [
            Ranked(self.lexical[segment][0], chunk - int(bases[segment]), 0.0)
            for segment, chunk in zip(segments, chunks, strict=True)
        ]
        return self.texts(ranked, self.places(ranked), headed=True)

    def places(self, ranked: Sequence[Ranked]) -> list[ChunkPlace]:
        """Where chunks lie. Of files far away their texts are brought along."""
        runs = [self.runs[each.run] for each in ranked]
        chunks = [(reader, run.locate(each.chunk)) for (reader, run), each in zip(runs, ranked, strict=True)]
        if self.is_far:
            prefetch.bring_texts(chunks)
        return [reader.chunk_in(*chunk) for reader, chunk in chunks]

    def texts(
        self, ranked: Sequence[Ranked], places: Sequence[ChunkPlace], *, headed: bool = False
    ) -> list[str]:
        """The texts at places, those of one file together; ``headed``: as indexes see them."""
        texts = [""] * len(places)
        readers = [self.runs[each.run][0] for each in ranked]
        for reader in {id(reader): reader for reader in readers}.values():
            mine = [index for index, other in enumerate(readers) if other is reader]
            read = reader.indexed if headed else reader.texts
            for index, text in zip(mine, read([places[index] for index in mine]), strict=True):
                texts[index] = text
        return texts
