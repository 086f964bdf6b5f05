"""Forms the inverted lists (IVF) of a large vector segment: vectors grouped around centroids found by k-means."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from memcodec.index.nearest import one_thread
from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors

RECALL = (
    0.98  # of the ten chunks nearest to a chunk, in the probed lists; real queries then find 0.95 of theirs
)
_QUERIES, _NEAREST = 256, 10  # the sample that the number of probes is chosen on
_ROWS = 16384  # vectors decoded at once
_TRAINING_FLOATS = 1 << 25  # at most 128 MiB of vectors to train centroids on
_POINTS, _ROUNDS, _SEED = 40, 10, 1  # k-means: points a centroid, iterations, its random numbers' seed


@dataclass(frozen=True, slots=True)
class Partition:
    """Centroids [lists, dimensions]; vector numbers in list order; each list's start; lists to probe."""

    centroids: Vectors
    order: Ids
    offsets: Ids
    nprobe: int


def partition(codes: Codes, quantizer: Quantizer) -> Partition:
    """Groups vectors [n, dimensions] into about 4 sqrt(n) lists by k-means on the sphere."""
    with one_thread():
        shuffled = np.random.default_rng(_SEED).permutation(len(codes))
        held_out, rest = shuffled[:_QUERIES], shuffled[_QUERIES:]
        most = _TRAINING_FLOATS // codes.shape[1]
        lists = min(round(4 * math.sqrt(len(codes))), most)
        training = rest[: min(_POINTS * lists, most)]
        centroids = _centroids(quantizer.decode(codes[np.sort(training)]), lists)
        coarse = _flat(centroids)
        assigned = np.concatenate(
            [coarse.search(piece, 1)[1][:, 0] for _, piece in _decoded(codes, quantizer)]
        )
        offsets = np.concatenate([[0], np.bincount(assigned, minlength=lists).cumsum()])
        nprobe = _probes(codes, quantizer, held_out, coarse, assigned)
    return Partition(centroids, np.argsort(assigned, kind="stable"), offsets, nprobe)


def _centroids(sample: Vectors, lists: int) -> Vectors:
    faiss: Any = import_module("faiss")
    # FAISS prints a warning below 39 points a centroid; the counts here are chosen.
    means = faiss.Kmeans(
        sample.shape[1],
        lists,
        niter=_ROUNDS,
        seed=_SEED,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=_POINTS,
    )
    means.train(sample)
    centroids: Vectors = means.centroids
    return centroids


def _probes(codes: Codes, quantizer: Quantizer, sample: Ids, coarse: Any, assigned: Ids) -> int:
    """Lists to probe so that vectors kept out of the training find RECALL of their nearest others."""
    faiss: Any = import_module("faiss")
    queries = quantizer.decode(codes[sample])
    heap = faiss.ResultHeap(len(queries), _NEAREST + 1, keep_max=True)
    for start, piece in _decoded(codes, quantizer):
        scores, found = faiss.knn(queries, piece, min(_NEAREST + 1, len(piece)), faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, found + start)
    heap.finalize()
    ranking = coarse.search(queries, coarse.ntotal)[1]
    rank = np.argsort(ranking, axis=1)  # of each list, for each query
    needed = np.take_along_axis(rank, assigned[heap.I], axis=1)[sample[:, None] != heap.I]
    return int(np.quantile(needed, RECALL, method="higher")) + 1


def _decoded(codes: Codes, quantizer: Quantizer) -> Iterator[tuple[int, Vectors]]:
    for start in range(0, len(codes), _ROWS):
        yield start, quantizer.decode(codes[start : start + _ROWS])


def _flat(centroids: Vectors) -> Any:
    faiss: Any = import_module("faiss")
    index = faiss.IndexFlatIP(centroids.shape[1])
    index.add(centroids)
    return index
