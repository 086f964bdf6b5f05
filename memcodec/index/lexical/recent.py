"""Postings of what was looked for lately, kept within a bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.words import Word

BYTES = 40 << 20  #: that postings and what bounds their scores take, at most
WORDS = 1 << 12
DENSE = 8  #: a list of more than one chunk in so many has its bounds by chunk (bounds.py)
Numbers = npt.NDArray[Any]  #: unsigned integers, in as few bytes as hold them


class Kept:
    """A word's live postings, of a collection of so many chunks: ``chunks``, which rise, and ``counts``.

    The chunks of all lists of a collection are of one type: numpy copies a list that is searched for numbers of
    another.
    """

    def __init__(self, found: Postings, collection: int) -> None:
        # Copies, since a part of an array keeps all of it.
        self.chunks: Numbers = found.chunks.astype(chunk_type(collection))
        self.counts: Numbers = found.counts.astype(np.min_scalar_type(int(found.counts.max(initial=0))))
        self.collection = collection
        self.bounds: Any = None  #: what scores make of it when they first need it

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def is_dense(self) -> bool:
        """Whether a table by chunk is hardly longer than one by posting."""
        return DENSE * len(self.chunks) > self.collection

    @property
    def size(self) -> int:
        """Bytes that it takes, its bounds included."""
        bounds = self.collection if self.is_dense else len(self.chunks)
        return self.chunks.nbytes + self.counts.nbytes + bounds

    @property
    def postings(self) -> Postings:
        """As whoever knows nothing of this takes them."""
        return Postings(self.chunks.astype(np.int64), self.counts.astype(np.int64))


def chunk_type(collection: int) -> np.dtype[Any]:
    """The type of the numbers of so many chunks."""
    return np.min_scalar_type(max(0, collection - 1))


def as_chunks(numbers: Ints, collection: int) -> Numbers:
    """Numbers of chunks in the type that lists have them in."""
    return numbers.astype(chunk_type(collection), copy=False)


def union(lists: Sequence[Numbers]) -> Numbers:
    """What is in any of some lists, rising."""
    together = np.sort(np.concatenate(lists))
    first = np.ones(len(together), np.bool_)
    np.not_equal(together[1:], together[:-1], out=first[1:])
    return together[first]


class Recent:
    """Words with their postings, the least recent dropped first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._held: dict[Word, Kept] = {}  # the least recent first
        self._room = BYTES
        self._lock = Lock()

    def take(self, words: Iterable[Word]) -> dict[Word, Kept]:
        """Those that are here, from now on the most recent."""
        with self._lock:
            found = {word: self._held.pop(word) for word in words if word in self._held}
            self._held |= found
        return found

    def missing(self, words: Iterable[Word]) -> list[Word]:
        """Those that are not here."""
        with self._lock:
            return [word for word in words if word not in self._held]

    def keep(self, read: Mapping[Word, Kept]) -> None:
        """Have more."""
        with self._lock:
            for word, kept in read.items():
                if word not in self._held and kept.size <= BYTES:
                    self._held[word] = kept
                    self._room -= kept.size
            while self._room < 0 or len(self._held) > WORDS:
                self._room += self._held.pop(next(iter(self._held))).size
