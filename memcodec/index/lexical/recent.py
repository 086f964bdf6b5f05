"""Postings of what was looked for lately, kept within a bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

import numpy as np

from memcodec.format.arrays import Ints
from memcodec.index.lexical.postings import Postings
from memcodec.index.lexical.words import Word

POSTINGS = 1 << 22  #: that are kept, 5 bytes each as a rule
WORDS = 1 << 12


class Recent:
    """Words with their postings, the least recent dropped first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._held: dict[Word, Postings] = {}  # the least recent first
        self._room = POSTINGS
        self._lock = Lock()

    def take(self, words: Iterable[Word]) -> dict[Word, Postings]:
        """Those that are here, from now on the most recent."""
        with self._lock:
            found = {word: self._held.pop(word) for word in words if word in self._held}
            self._held |= found
        return {word: Postings(*(column.astype(np.int64) for column in held)) for word, held in found.items()}

    def missing(self, words: Iterable[Word]) -> list[Word]:
        """Those that are not here."""
        with self._lock:
            return [word for word in words if word not in self._held]

    def keep(self, read: Mapping[Word, Postings]) -> None:
        """Have more."""
        with self._lock:
            for word, (chunks, counts) in read.items():
                if word not in self._held and len(chunks) <= POSTINGS:
                    # Copies, since a part of an array keeps all of it.
                    self._held[word] = Postings(_small(chunks), _small(counts))
                    self._room -= len(chunks)
            while self._room < 0 or len(self._held) > WORDS:
                self._room += len(self._held.pop(next(iter(self._held))).chunks)


def _small(numbers: Ints) -> Ints:
    """A copy in as few bytes a number as hold them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
