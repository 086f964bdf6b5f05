"""Forms the inverted lists (IVF) of a large vector segment: vectors grouped around centroids found by k-means."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from memcodec.index.nearest import one_thread
from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors

RECALL = 0.98  # asked of the probed lists for vectors of the index; queries, which are other texts, find 0.95
_QUERIES, _NEAREST = 256, 10  # the sample that the number of probes is chosen on
_LENGTH = 200  # vectors in a list, at least, on average: a shorter one costs more to ask for than to look at
_ROWS = 16384  # vectors decoded at once
_TRAINING_FLOATS = 1 << 25  # at most 128 MiB of vectors to train centroids on
_POINTS, _ROUNDS, _SEED = 64, 10, 1  # k-means: points a centroid, iterations, its random numbers' seed


@dataclass(frozen=True, slots=True)
class Partition:
    """Centroids [lists, dimensions]; vector numbers in list order; each list's start; lists to probe.

    ``recall``: of the ten vectors nearest to each of a sample that no centroid was trained on, the share that the
    probed lists hold; nearest among all others by exact inner products of the decoded vectors.
    """

    centroids: Vectors
    order: Ids
    offsets: Ids
    nprobe: int
    recall: float


def partition(codes: Codes, quantizer: Quantizer) -> Partition:
    """Groups vectors [n, dimensions] into up to 4 sqrt(n) lists by k-means on the sphere.

    Memory beside the codes: 128 MiB, and some 100 bytes a vector.
    """
    shuffled = np.random.default_rng(_SEED).permutation(len(codes))
    sample, rest = shuffled[:_QUERIES], shuffled[_QUERIES:]
    most = _TRAINING_FLOATS // codes.shape[1]
    lists = min(round(4 * math.sqrt(len(codes))), len(codes) // _LENGTH, most)
    training = np.sort(rest[: min(_POINTS * lists, most)])
    with one_thread():
        centroids = _centroids(quantizer.decode(codes[training]), lists)
    assigned, nearest = _compare(codes, quantizer, centroids, np.sort(sample))
    offsets = np.concatenate([[0], np.bincount(assigned, minlength=lists).cumsum()])
    queries = quantizer.decode(codes[np.sort(sample)])
    nprobe, recall = _probes(_ranks(queries, centroids, assigned[nearest]))
    return Partition(centroids, np.argsort(assigned, kind="stable"), offsets, nprobe, recall)


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


def _compare(codes: Codes, quantizer: Quantizer, centroids: Vectors, sample: Ids) -> tuple[Ids, Ids]:
    """Of each vector its list [n]; of each in the sample its nearest others [m, 10]. All vectors are decoded once."""
    faiss: Any = import_module("faiss")
    queries = quantizer.decode(codes[sample])
    heap = faiss.ResultHeap(len(sample), _NEAREST + 1, keep_max=True)
    assigned = np.empty(len(codes), np.int64)
    starts = range(0, len(codes), _ROWS)
    work = partial(_compare_piece, codes, quantizer, centroids, queries)
    with ThreadPoolExecutor(_cores()) as pool:
        for start, (lists, scores, found) in zip(starts, pool.map(work, starts), strict=True):
            assigned[start : start + len(lists)] = lists
            heap.add_result(scores, found + start)
    heap.finalize()
    return assigned, _others(heap.I, sample)


def _compare_piece(
    codes: Codes, quantizer: Quantizer, centroids: Vectors, queries: Vectors, start: int
) -> tuple[Ids, Vectors, Ids]:
    """The list of each vector of a piece; for each query the piece's nearest vectors: scores and places."""
    piece = quantizer.decode(codes[start : start + _ROWS])
    with one_thread():
        lists = _nearest(piece, centroids, 1)[1][:, 0]
        return lists, *_nearest(queries, piece, min(_NEAREST + 1, len(piece)))


def _nearest(queries: Vectors, vectors: Vectors, k: int) -> tuple[Vectors, Ids]:
    faiss: Any = import_module("faiss")
    scores, found = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    return scores, found


def _others(found: Ids, sample: Ids) -> Ids:
    """Each row without the vector it was found for; that one is missing where many vectors are alike."""
    order = np.argsort(found == sample[:, None], axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)[:, :_NEAREST]


def _ranks(queries: Vectors, centroids: Vectors, lists: Ids) -> Ids:
    """How many lists [m, 10] are nearer to each query than the given ones [m, 10]."""
    ranks = np.empty_like(lists)
    for row, query in enumerate(queries):
        ranking = np.argsort(-(centroids @ query), kind="stable")
        rank = np.empty_like(ranking)
        rank[ranking] = np.arange(len(ranking))
        ranks[row] = rank[lists[row]]
    return ranks


def _probes(ranks: Ids) -> tuple[int, float]:
    """The fewest lists to probe that hold RECALL of the vectors in lists of these ranks, and what they hold."""
    held = np.bincount(ranks.ravel()).cumsum() / ranks.size
    probes = int(np.argmax(held >= RECALL)) + 1
    return probes, float(held[probes - 1])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
