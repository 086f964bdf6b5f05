"""Maximal marginal relevance: hits that answer the query, and do not repeat each other.

J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing
Summaries", SIGIR 1998.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.search.query.nodes import surfaces

BALANCE = 0.5  #: lambda: 1 is the ranking as it was, 0 looks at differences alone

Similarity = npt.NDArray[np.floating[Any]]


def diversify(scores: Sequence[float], similarity: Similarity, k: int, balance: float) -> list[int]:
    """Which ``k`` of some texts, the best first: of ``scores`` [n], best first, and ``similarity`` [n, n], 0 to 1.

    Scores of any range count from 0, the worst one, to 1, the best. Equal ones stay in their order.
    """
    relevance = _scaled(np.array(scores, np.float64))
    chosen, nearest = list[int](), np.zeros(len(scores))
    left = np.ones(len(scores), np.bool_)
    while left.any() and len(chosen) < k:
        value = np.where(left, balance * relevance - (1 - balance) * nearest, -np.inf)
        best = int(np.argmax(value))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, similarity[best])
    return chosen


def _scaled(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    scaled: npt.NDArray[np.float64] = (scores - low) / (high - low) if high > low else np.ones(len(scores))
    return scaled


def of_vectors(vectors: npt.NDArray[np.float32]) -> Similarity:
    """The cosines of unit vectors [n, d], none below 0."""
    cosines: Similarity = vectors @ vectors.T
    return np.maximum(cosines, 0)


def of_words(texts: Sequence[str]) -> Similarity:
    """The Jaccard coefficients of the texts' sets of words."""
    sets = [{surface.casefold() for surface in surfaces(text)} for text in texts]
    return np.array([[len(a & b) / (len(a | b) or 1) for b in sets] for a in sets]).reshape(
        len(sets), len(sets)
    )
