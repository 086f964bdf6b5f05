"""The indexes of some memory files as one collection: opened when first asked for, and what their chunks say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from memcodec.file.places import ChunkPlace, ChunkText
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.format.arrays import Mask
from memcodec.index.lexical import bm25
from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE
from memcodec.search import prefetch
from memcodec.search.filters import Accepts, Asked, chunk_masks
from memcodec.search.fusion import Ranked

if TYPE_CHECKING:
    from memcodec.index.vectors.segment import VectorSegment

S = TypeVar("S")
T = TypeVar("T")


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
    def lexical(self) -> list[tuple[int, bm25.Segment]]:
        """The lexical segments, each with its run's number."""
        opened = ((number, run.words) for number, (_, run) in enumerate(self.runs))
        return [(number, words) for number, words in opened if words is not None]

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

    def masks(self, accepts: Accepts, asked: Asked) -> list[Mask]:
        """Of each run, which of its chunks are in the state and of documents that are accepted, as was ``asked``."""
        found = list[Mask]()
        for reader in self.readers:
            masks, at = chunk_masks(reader, accepts, asked), 0
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
        return [each.indexed for each in self.read(ranked)]

    def read(self, ranked: Sequence[Ranked]) -> list[ChunkText]:
        """Chunks with their texts."""
        chunks = self._located(ranked)
        if self.is_far:
            prefetch.bring_texts([each for each in chunks if not each[0].has_read(*each[1])])
        return self._of_each_reader(
            [reader for reader, _ in chunks],
            [chunk for _, chunk in chunks],
            lambda reader, mine: reader.read(mine),
        )

    def places(self, ranked: Sequence[Ranked]) -> list[ChunkPlace]:
        """Where chunks lie. Of files far away their texts are brought along."""
        chunks = self._located(ranked)
        if self.is_far:
            prefetch.bring_texts(chunks)
        return [reader.chunk_in(*chunk) for reader, chunk in chunks]

    def texts(self, ranked: Sequence[Ranked], places: Sequence[ChunkPlace]) -> list[str]:
        """The texts at places."""
        return self._of_each_reader(
            [self.runs[each.run][0] for each in ranked], places, lambda reader, mine: reader.texts(mine)
        )

    def _located(self, ranked: Sequence[Ranked]) -> list[tuple[Reader, tuple[SegmentReader, int]]]:
        runs = [self.runs[each.run] for each in ranked]
        return [(reader, run.locate(each.chunk)) for (reader, run), each in zip(runs, ranked, strict=True)]

    def _of_each_reader(
        self, readers: Sequence[Reader], given: Sequence[T], read: Callable[[Reader, Sequence[T]], list[S]]
    ) -> list[S]:
        """What is read of each of some things, those of one file together."""
        found = dict[int, S]()
        for reader in {id(reader): reader for reader in readers}.values():
            mine = [index for index, other in enumerate(readers) if other is reader]
            found |= zip(mine, read(reader, [given[index] for index in mine]), strict=True)
        return [found[index] for index in range(len(given))]
