"""Forms the inverted lists (IVF) of a large vector segment: many short ones, whose centroids take few bytes.

What a search reads of a file far away is the centroids, once, and the lists it looks at. Short lists find more for the
same bytes, and cost more centroids; those keep two bits a number, which lose next to nothing: vectors are in the list
of the centroid as it is kept. `python -m benchmarks.scale` has what is found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from memcodec.format.arrays import Codes, Ids, Vectors
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.meta import CENTROID_BITS, ID
from memcodec.index.vectors.nearest import one_thread
from memcodec.process.machine import cores

BUDGET = 1_000_000  # bytes of centroids and lists that a search reads, at most
_GROWTH = 3100  # the same for each of sqrt(n), once that is more: larger indexes find as much for it
_LISTS, _LENGTH = 8, 24  # lists for each of sqrt(n); vectors in one, at least, on average
_QUERIES, _NEAREST = 256, 10  # the sample that recall is measured on
_ROWS = 16384  # vectors decoded at once
_TRAINING_FLOATS = 1 << 25  # at most 128 MiB of vectors to train centroids on
# k-means: points a centroid, rounds in groups, then with all; its seed
_POINTS, _ROUNDS, _REFINED, _SEED = 64, 8, 6, 1


@dataclass(frozen=True, slots=True)
class Partition:
    """Centroids as codes of two bits a number; vector numbers in list order; each list's start; vectors to look at.

    ``recall``: of the ten vectors nearest to each of a sample that no centroid was trained on, the share that the
    lists looked at hold; nearest among all others by exact inner products of the decoded vectors.
    """

    centroids: Codes
    order: Ids
    offsets: Ids
    scan: int
    recall: float


def partition(codes: Codes, coder: Coder) -> Partition:
    """Groups vectors [n, width] into about 8 sqrt(n) lists by k-means on the sphere.

    Memory beside the codes: 256 MiB, and some 100 bytes a vector.
    """
    most = _TRAINING_FLOATS // coder.dimensions
    lists = max(1, min(round(_LISTS * math.sqrt(len(codes))), len(codes) // _LENGTH, most))
    shuffled = np.random.default_rng(_SEED).permutation(len(codes))
    sample, rest = np.sort(shuffled[:_QUERIES]), shuffled[_QUERIES:]
    training = np.sort(rest[: min(_POINTS * lists, most)])
    found = _centroids(coder.decode(codes[training]), lists)
    coarse = Coder(coder.dimensions, CENTROID_BITS)
    kept = coarse.encode(found)
    centroids = directions(coarse.decode(kept))
    assigned, nearest = _compare(codes, coder, centroids, sample)
    sizes = np.bincount(assigned, minlength=len(centroids))
    scan = scanned(len(codes), ID.itemsize + codes.shape[1], kept.nbytes)
    recall = _held(coder.decode(codes[sample]), centroids, sizes, assigned[nearest], scan)
    offsets = np.concatenate([[0], sizes.cumsum()])
    return Partition(kept, np.argsort(assigned, kind="stable"), offsets, scan, recall)


def scanned(count: int, entry: int, centroids: int) -> int:
    """How many of ``count`` vectors a search looks at, ``entry`` bytes each, beside ``centroids`` bytes of those."""
    budget = max(BUDGET, _GROWTH * math.sqrt(count)) - centroids
    return min(count, max(1, int(budget) // entry))


def directions(vectors: Vectors) -> Vectors:
    """The vectors [n, dimensions] at length 1; those of none stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _centroids(sample: Vectors, lists: int) -> Vectors:
    """About ``lists`` of them; near ones have near numbers, so that lists read together often lie together.

    K-means in two steps, within the groups that a first one finds, then again with all: the time is that of few rounds.
    """
    with one_thread():
        top = _k_means(sample, round(math.sqrt(lists)))
        groups = _nearest(sample, top, 1)[1][:, 0]
        centroids = np.concatenate(
            [
                _k_means(members, min(len(members), max(1, round(len(members) / len(sample) * lists))))
                for members in (sample[groups == group] for group in range(len(top)))
                if len(members)
            ]
        )
    for _ in range(_REFINED):
        centroids = _refined(sample, centroids)
    return centroids


def _k_means(sample: Vectors, lists: int) -> Vectors:
    faiss: Any = import_module("faiss")
    # FAISS prints a warning below 39 points a centroid; the counts here are chosen.
    means = faiss.Kmeans(
        sample.shape[1],
        lists,
        niter=_ROUNDS,
        seed=_SEED,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=4 * _POINTS,
    )
    means.train(sample)
    centroids: Vectors = means.centroids
    return centroids


def _refined(sample: Vectors, centroids: Vectors) -> Vectors:
    """One round of k-means: where the means of the vectors nearest to each centroid point to."""
    sums = np.zeros_like(centroids)
    pieces = [sample[start : start + _ROWS] for start in range(0, len(sample), _ROWS)]
    for piece, lists in zip(pieces, _in_parallel(partial(_lists, centroids), pieces), strict=True):
        order = np.argsort(lists, kind="stable")
        there, starts = np.unique(lists[order], return_index=True)
        sums[there] += np.add.reduceat(piece[order], starts, axis=0)
    return directions(np.where(sums.any(axis=1, keepdims=True), sums, centroids).astype(np.float32))


def _lists(centroids: Vectors, piece: Vectors) -> Ids:
    with one_thread():
        lists: Ids = _nearest(piece, centroids, 1)[1][:, 0]
    return lists


def _compare(codes: Codes, coder: Coder, centroids: Vectors, sample: Ids) -> tuple[Ids, Ids]:
    """Of each vector its list [n]; of each in the sample its nearest others [m, 10]. All vectors are decoded once."""
    faiss: Any = import_module("faiss")
    queries = coder.decode(codes[sample])
    heap = faiss.ResultHeap(len(sample), _NEAREST + 1, keep_max=True)
    assigned = np.empty(len(codes), np.int64)
    starts = range(0, len(codes), _ROWS)
    work = partial(_compare_piece, codes, coder, centroids, queries)
    for start, (lists, scores, found) in zip(starts, _in_parallel(work, starts), strict=True):
        assigned[start : start + len(lists)] = lists
        heap.add_result(scores, found + start)
    heap.finalize()
    return assigned, _others(heap.I, sample)


def _compare_piece(
    codes: Codes, coder: Coder, centroids: Vectors, queries: Vectors, start: int
) -> tuple[Ids, Vectors, Ids]:
    """The list of each vector of a piece; for each query the piece's nearest vectors: scores and places."""
    piece = coder.decode(codes[start : start + _ROWS])
    with one_thread():
        lists = _nearest(piece, centroids, 1)[1][:, 0]
        return lists, *_nearest(queries, piece, min(_NEAREST + 1, len(piece)))


def _in_parallel(work: Any, items: Any) -> Iterator[Any]:
    with ThreadPoolExecutor(cores()) as pool:
        yield from pool.map(work, items)


def _nearest(queries: Vectors, vectors: Vectors, k: int) -> tuple[Vectors, Ids]:
    faiss: Any = import_module("faiss")
    scores, found = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    return scores, found


def _others(found: Ids, sample: Ids) -> Ids:
    """Each row without the vector it was found for; that one is missing where many vectors are alike."""
    order = np.argsort(found == sample[:, None], axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)[:, :_NEAREST]


def _held(queries: Vectors, centroids: Vectors, sizes: Ids, lists: Ids, scan: int) -> float:
    """The share of the given lists [m, 10] that a search of each query [m, dimensions] looks at."""
    with one_thread():
        rankings = _nearest(queries, centroids, len(centroids))[1]
    paid = np.maximum(1, (sizes[rankings].cumsum(axis=1) <= scan).sum(axis=1))
    held = [
        np.isin(row, ranking[:end]).mean() for row, ranking, end in zip(lists, rankings, paid, strict=True)
    ]
    return float(np.mean(held))
