"""Made vectors that lie as embeddings of texts do: around topics, which lie around subjects of unequal size.

The same numbers come out for the same count and seed, in pieces: memory does not grow with their count.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384
PIECE = 25_000
_SUBJECTS, _TOPICS, _DIRECTIONS = 200, 50, 32
# Lengths, a subject's being 1: of a topic, of a text along the directions all texts share, of what is its own.
_TOPIC, _TEXT, _NOISE = 0.8, 1.2, 0.3
_SEED = 11

Vectors = npt.NDArray[np.float32]


class Clusters:
    """200 subjects, the n-th chosen with a chance in proportion to 1 / sqrt(n), of 50 topics each."""

    def __init__(self) -> None:
        chance = np.random.default_rng(_SEED)
        subjects = _unit(chance.standard_normal((_SUBJECTS, 1, DIMENSIONS), np.float32))
        topics = _unit(chance.standard_normal((_SUBJECTS, _TOPICS, DIMENSIONS), np.float32))
        self._topics = subjects + _TOPIC * topics
        self._directions = _unit(chance.standard_normal((_DIRECTIONS, DIMENSIONS), np.float32))
        sizes = 1 / np.sqrt(np.arange(1, _SUBJECTS + 1))
        self._shares = sizes / sizes.sum()

    def pieces(self, count: int, seed: int = 0) -> Iterator[Vectors]:
        """``count`` vectors of length 1, float32, ``PIECE`` at a time. Another seed: others of the same topics."""
        for start in range(0, count, PIECE):
            yield self._piece(min(PIECE, count - start), np.random.default_rng((_SEED, seed, start)))

    def _piece(self, count: int, chance: np.random.Generator) -> Vectors:
        subjects = chance.choice(_SUBJECTS, count, p=self._shares)
        centres = self._topics[subjects, chance.integers(_TOPICS, size=count)]
        along = chance.standard_normal((count, _DIRECTIONS), np.float32) @ self._directions
        own = chance.standard_normal((count, DIMENSIONS), np.float32)
        return _unit(centres + _TEXT / _DIRECTIONS**0.5 * along + _NOISE / DIMENSIONS**0.5 * own)


def _unit(vectors: Vectors) -> Vectors:
    made: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return made
