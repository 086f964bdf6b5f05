"""Exact and probing search over coded vectors by FAISS's kernel for a byte a number, which codes become when they come.

A byte is a number's level. What the kernel ranks by is to be multiplied by each vector's factor, which hardly differs
from one to the next: some more than ``k`` are asked for, and more again until no other can be among the best.

Given arrays; knows nothing of files or of what they mean. Both searchers take a query float32 [dimensions], k, and a
mask of the vectors admitted (None: all), and return the best scores (inner products, float32) and vector numbers
(int64), best first: k of them unless fewer are admitted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np

from memcodec.errors import MissingExtra
from memcodec.format.arrays import Codes, Ids, Mask, Vectors
from memcodec.index.vectors.coder import ZERO, Coder
from memcodec.model import BlobSpan

Prefetch = Callable[[list[BlobSpan]], object]  # brings them here in one round trip
KEPT = 96 << 20  # bytes of lists that a searcher holds on to
_ID = 8  # bytes of a vector's number there
_ROWS = 1024  # vectors decoded at once: they stay in the processor's cache
_LISTS = 64  # lists decoded at once
_WIDER, _WIDEST = 4, 512  # times k that are ranked by factors: at first, and at most


class List(NamedTuple):
    """One inverted list: codes uint8 [m, width], vector numbers int64 [m]."""

    codes: Codes
    numbers: Ids


class FlatSearcher:
    """All vectors of a small segment: every search looks at each of them."""

    def __init__(self, coder: Coder, codes: Codes) -> None:
        self._kernel, self._factors = _kernel(coder), _Factors(len(codes))
        self._levels = _levels(codes, coder, self._factors)

    def search(
        self, query: Vectors, k: int, mask: Mask | None = None, prefetch: Prefetch | None = None
    ) -> tuple[Vectors, Ids]:
        """All is there: nothing is fetched."""
        selector = None if mask is None else _selector(mask)
        return self._factors.best(k, lambda wide: self._scanned(query, wide, selector))

    def _scanned(self, query: Vectors, k: int, selector: Any) -> tuple[Vectors, Ids]:
        faiss, pointer = library(), library().swig_ptr
        scanner = self._kernel.select_InvertedListScanner(
            faiss.METRIC_INNER_PRODUCT, None, True, selector, False
        )
        scanner.set_query(pointer(query))
        scanner.set_list(0, 0.0)
        scores, numbers = np.full(k, -np.inf, np.float32), np.full(k, -1, np.int64)
        scanner.scan_codes(
            len(self._levels), pointer(self._levels), None, pointer(scores), pointer(numbers), k
        )
        return scores[numbers >= 0], numbers[numbers >= 0]


class Probing(Protocol):
    """Where the inverted lists come from: ``sizes`` [lists] in vectors; a search looks at ``scan`` vectors at most."""

    sizes: Ids
    scan: int

    def centroids(self) -> Vectors: ...
    def read(self, number: int) -> List: ...
    def spans(self, number: int) -> list[BlobSpan]: ...


class ListSearcher:
    """The inverted lists of a large segment, each asked for when it is probed, and kept until there are too many.

    What is kept costs ``KEPT`` bytes at most, in their own counting. All lists of a query are searched by one call.
    """

    def __init__(self, coder: Coder, source: Probing) -> None:
        self._coder, self._source, self._centroids = coder, source, source.centroids()
        self._total = int(source.sizes.sum())
        self._factors = _Factors(self._total)
        self._kept, self._lock = self._made(), Lock()

    def _made(self) -> _Lists:
        return _Lists(self._coder, len(self._centroids))

    def search(
        self, query: Vectors, k: int, mask: Mask | None = None, prefetch: Prefetch | None = None
    ) -> tuple[Vectors, Ids]:
        """The fewer vectors are admitted, the more lists are probed, up to all of them."""
        limit, selector = self._limit(mask), None if mask is None else _selector(mask)
        scores: Vectors = np.empty(0, np.float32)
        numbers: Ids = np.empty(0, np.int64)
        scanned = numbers
        while True:
            near = self._nearest(query, limit)
            fresh = near[~np.isin(near, scanned)] if len(scanned) else near
            if prefetch is not None:
                prefetch(self._spans(fresh))
            for part in self._parts(fresh):
                search = partial(self._filled(part).search, query, part, selector)
                found = self._factors.best(k, search)
                scores, numbers = np.concatenate([scores, found[0]]), np.concatenate([numbers, found[1]])
                best = np.lexsort((numbers, -scores))[:k]
                scores, numbers = scores[best], numbers[best]
            if limit >= self._total or len(numbers) == k:
                return scores, numbers
            scanned = near
            limit *= 2

    def first_spans(self, query: Vectors, mask: Mask | None = None) -> list[BlobSpan]:
        """What a search reads first, without the lists that are kept."""
        return self._spans(self._nearest(query, self._limit(mask)))

    def _spans(self, numbers: Ids) -> list[BlobSpan]:
        lacking = (number for number in numbers.tolist() if number not in self._kept.held)
        return [span for number in lacking for span in self._source.spans(number)]

    def _limit(self, mask: Mask | None) -> int:
        if mask is None:
            return self._source.scan
        return math.ceil(self._source.scan * len(mask) / max(1, int(np.count_nonzero(mask))))

    def _nearest(self, query: Vectors, limit: int) -> Ids:
        """The lists whose centroids are nearest, in that order: up to ``limit`` vectors, one list at least."""
        lists, faiss = len(self._centroids), library()
        # Twice as many as hold so many on average: short ones do not make a search ask for ever more of them.
        most = min(lists, 2 * math.ceil(limit * lists / self._total))
        _, ranking = faiss.knn(query[None], self._centroids, most, metric=faiss.METRIC_INNER_PRODUCT)
        ranked = ranking[0][ranking[0] >= 0]  # a query of NaN is near to none
        within = int(np.searchsorted(self._source.sizes[ranked].cumsum(), limit, "right"))
        numbers: Ids = ranked[: max(1, within)]
        return numbers

    def _parts(self, numbers: Ids) -> Iterator[Ids]:
        """Lists that find room together: all of them, as a rule."""
        ends = self._costs(numbers).cumsum()
        while len(numbers):
            count = max(1, int(np.searchsorted(ends, KEPT, "right")))
            yield numbers[:count]
            numbers, ends = numbers[count:], ends[count:] - ends[count - 1]

    def _costs(self, numbers: Ids) -> Ids:
        return self._source.sizes[numbers] * (self._coder.dimensions + _ID)

    def _filled(self, numbers: Ids) -> _Lists:
        """What holds these lists. Without room for them all others are let go: whoever searches those goes on."""
        kept, asked = self._kept, numbers.tolist()
        if kept.held.issuperset(asked):
            return kept
        with self._lock:
            kept = self._kept
            lacking = [number for number in asked if number not in kept.held]
            if kept.cost + int(self._costs(np.array(lacking, np.int64)).sum()) > KEPT:
                kept, lacking = self._made(), asked
            for at in range(0, len(lacking), _LISTS):
                self._add(kept, lacking[at : at + _LISTS])
            self._kept = kept
            return kept

    def _add(self, kept: _Lists, lacking: list[int]) -> None:
        read = [self._source.read(number) for number in lacking]
        ends = np.cumsum([len(each.codes) for each in read])
        codes, numbers = (np.concatenate(each) for each in zip(*read, strict=True))
        levels = _levels(codes, self._coder, self._factors, numbers)
        for number, first, end in zip(lacking, [0, *ends.tolist()], ends.tolist(), strict=False):
            kept.add(number, numbers[first:end], levels[first:end])


class _Factors:
    """What the scores of vectors are multiplied by, as far as they have been read: float32 [vectors]."""

    def __init__(self, count: int) -> None:
        self._all: Vectors = np.zeros(count, np.float32)
        self._least, self._most = np.float32(np.inf), np.float32(0)

    def put(self, where: Ids | slice, factors: Vectors) -> None:
        """Those of some vectors."""
        self._all[where] = factors
        self._least = min(self._least, factors.min(initial=self._least))
        self._most = max(self._most, factors.max(initial=self._most))

    def best(self, k: int, search: Callable[[int], tuple[Vectors, Ids]]) -> tuple[Vectors, Ids]:
        """The best k by the product, of what ``search`` gives of any number of the best without factors."""
        wide = _WIDER * k
        while True:
            bare, numbers = search(wide)
            scores = bare * self._all[numbers]
            order = np.lexsort((numbers, -scores))[:k]
            if len(bare) < wide or wide >= _WIDEST * k:
                break
            worst = bare.min()
            if scores[order[-1]] >= worst * (self._most if worst > 0 else self._least):
                break  # whatever was not found has at most that
            wide *= 4
        return scores[order], numbers[order]


class _Lists:
    """Lists in FAISS's own keeping, which grow in number only: searches go on meanwhile."""

    def __init__(self, coder: Coder, count: int) -> None:
        faiss, dimensions = library(), coder.dimensions
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        self._coarse = faiss.IndexFlatIP(dimensions)  # never asked: which lists to probe is said
        self._index = faiss.IndexIVFScalarQuantizer(self._coarse, dimensions, count, kind, metric, False)
        _train(self._index.sq, coder)
        self._index.is_trained = True
        self.held, self.cost = set[int](), 0

    def add(self, number: int, numbers: Ids, levels: Codes) -> None:
        pointer = library().swig_ptr
        self._index.invlists.add_entries(number, len(numbers), pointer(numbers), pointer(levels))
        self.cost += levels.nbytes + numbers.nbytes
        self.held.add(number)

    def search(self, query: Vectors, numbers: Ids, selector: Any, k: int) -> tuple[Vectors, Ids]:
        """The best of these lists, which it holds: scores and vector numbers."""
        pointer, chosen = library().swig_ptr, library().SearchParametersIVF(nprobe=len(numbers), sel=selector)
        near, lists = np.zeros(len(numbers), np.float32), np.ascontiguousarray(numbers)
        scores, found = np.empty(k, np.float32), np.empty(k, np.int64)
        given = pointer(query), k, pointer(lists), pointer(near)
        self._index.search_preassigned_c(1, *given, pointer(scores), pointer(found), False, chosen)
        return scores[found >= 0], found[found >= 0]


@cache
def library() -> Any:
    """FAISS, loaded when it is first needed. Raises MissingExtra."""
    try:
        return import_module("faiss")
    except ImportError:
        raise MissingExtra("searching by meaning needs FAISS: pip install 'memcodec[semantic]'") from None


def _kernel(coder: Coder) -> Any:
    faiss = library()
    kernel = faiss.ScalarQuantizer(coder.dimensions, faiss.ScalarQuantizer.QT_8bit)
    _train(kernel, coder)
    return kernel


def _train(kernel: Any, coder: Coder) -> None:
    """Have a byte c stand for (c - ZERO) units: to the kernel it is low + (c + 1/2) / 255 span."""
    low, span = -(ZERO + np.float32(0.5)) * coder.unit, 255 * coder.unit
    trained = np.repeat(np.array([low, span], np.float32), coder.dimensions)
    library().copy_array_to_vector(trained, kernel.trained)


def _levels(codes: Codes, coder: Coder, factors: _Factors, numbers: Ids | None = None) -> Codes:
    """What the kernel takes, uint8 [n, dimensions], of codes [n, width]; the factors go where they are kept.

    ``numbers``: of the vectors, by default from 0 on.
    """
    made = np.empty((len(codes), coder.dimensions), np.uint8)
    for at in range(0, len(made), _ROWS):
        rows = slice(at, at + _ROWS)
        made[rows], some = coder.levels(codes[rows])
        factors.put(rows if numbers is None else numbers[rows], some)
    return made


def _selector(mask: Mask) -> Any:
    return library().IDSelectorBitmap(np.packbits(mask, bitorder="little"))


@contextmanager
def one_thread() -> Iterator[None]:
    """FAISS on this thread alone: waking others costs up to 20 ms, and k-means a tenfold, on a busy machine."""
    faiss = library()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
