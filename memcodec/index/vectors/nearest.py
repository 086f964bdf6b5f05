"""Exact and probing search over coded vectors by FAISS's kernel for a byte a number, which codes become when they come.

Given arrays; knows nothing of files or of what they mean. Both searchers take a query float32 [dimensions], k, and a
mask of the vectors admitted (None: all), and return the best scores (inner products, float32) and vector numbers
(int64), best first: k of them unless fewer are admitted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np

from memcodec.errors import MissingExtra
from memcodec.format.arrays import Codes, Ids, Mask, Vectors
from memcodec.index.vectors.coder import Coder
from memcodec.model import BlobSpan

Prefetch = Callable[[list[BlobSpan]], object]  # brings them here in one round trip
KEPT = 64 << 20  # bytes of lists that a searcher holds on to
_REACH = (
    127.5 / 32
)  # deviations of a number on either side that the kernel's bytes span: one is a level of 8 bits
_ID = 8  # bytes of a vector's number there
_ROWS = 4096  # vectors decoded at once


class List(NamedTuple):
    """One inverted list: vector numbers int64 [m], codes uint8 [m, width]. Without numbers: those from 0 on."""

    numbers: Ids | None
    codes: Codes


class FlatSearcher:
    """All vectors of a small segment: every search looks at each of them."""

    def __init__(self, coder: Coder, codes: Codes) -> None:
        self._kernel, self._all = _kernel(coder.dimensions), _Held.of(List(None, codes), coder)

    def search(
        self, query: Vectors, k: int, mask: Mask | None = None, prefetch: Prefetch | None = None
    ) -> tuple[Vectors, Ids]:
        """All is there: nothing is fetched."""
        scan = _Scan(self._kernel, query, k, mask, numbered=False)
        scan.over([self._all])
        return scan.best()


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
        self._kept, self._lock = self._made(), Lock()

    def _made(self) -> _Lists:
        return _Lists(self._coder.dimensions, len(self._centroids))

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
                found = self._filled(part).search(query, k, part, selector)
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
            for number in lacking:
                kept.add(number, self._read(number))
            self._kept = kept
            return kept

    def _read(self, number: int) -> List:
        read = self._source.read(number)
        return List(read.numbers, _bytes(read.codes, self._coder))


class _Lists:
    """Lists in FAISS's own keeping, which grow in number only: searches go on meanwhile."""

    def __init__(self, dimensions: int, count: int) -> None:
        faiss = library()
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        self._coarse = faiss.IndexFlatIP(dimensions)  # never asked: which lists to probe is said
        self._index = faiss.IndexIVFScalarQuantizer(self._coarse, dimensions, count, kind, metric, False)
        _train(self._index.sq, dimensions)
        self._index.is_trained = True
        self.held, self.cost = set[int](), 0

    def add(self, number: int, added: List) -> None:
        faiss, numbers = library(), added.numbers
        assert numbers is not None
        pointers = faiss.swig_ptr(numbers), faiss.swig_ptr(added.codes)
        self._index.invlists.add_entries(number, len(numbers), *pointers)
        self.cost += added.codes.nbytes + numbers.nbytes
        self.held.add(number)

    def search(self, query: Vectors, k: int, numbers: Ids, selector: Any) -> tuple[Vectors, Ids]:
        """The best of these lists, which it holds: scores and vector numbers."""
        pointer, chosen = library().swig_ptr, library().SearchParametersIVF(nprobe=len(numbers), sel=selector)
        near, lists = np.zeros(len(numbers), np.float32), np.ascontiguousarray(numbers)
        scores, found = np.empty(k, np.float32), np.empty(k, np.int64)
        given = pointer(query), k, pointer(lists), pointer(near)
        self._index.search_preassigned_c(1, *given, pointer(scores), pointer(found), False, chosen)
        return scores[found >= 0], found[found >= 0]


class _Held(NamedTuple):
    """A list with the pointers that FAISS takes, which are good as long as it is held; ``cost``: bytes of that."""

    arrays: tuple[Codes, Ids | None]
    size: int
    codes: Any
    numbers: Any
    cost: int

    @classmethod
    def of(cls, read: List, coder: Coder) -> _Held:
        pointer, numbers = library().swig_ptr, read.numbers
        codes = _bytes(read.codes, coder)
        pointers = pointer(codes), None if numbers is None else pointer(numbers)
        cost = codes.nbytes + (0 if numbers is None else numbers.nbytes)
        return cls((codes, numbers), len(codes), *pointers, cost)


class _Scan:
    """One query on its way over codes, with a heap of the best it has met.

    ``numbered``: the codes come with their vectors' numbers; else their places are their numbers.
    """

    def __init__(self, kernel: Any, query: Vectors, k: int, mask: Mask | None, *, numbered: bool) -> None:
        faiss = library()
        self._k, self._query = k, query  # FAISS has but a pointer to the query, and to the selector
        self._selector = None if mask is None else _selector(mask)
        self._scanner = kernel.select_InvertedListScanner(
            faiss.METRIC_INNER_PRODUCT, None, not numbered, self._selector, False
        )
        self._scanner.set_query(faiss.swig_ptr(query))
        self._scanner.set_list(0, 0.0)
        self._scores, self._numbers = np.full(k, -np.inf, np.float32), np.full(k, -1, np.int64)
        self._heap = faiss.swig_ptr(self._scores), faiss.swig_ptr(self._numbers)

    def over(self, lists: Iterable[_Held]) -> None:
        """Look at all codes of some lists."""
        scan, heap, k = self._scanner.scan_codes, self._heap, self._k
        for held in lists:
            scan(held.size, held.codes, held.numbers, *heap, k)

    @property
    def is_full(self) -> bool:
        """Whether k vectors were found: the heap's top is the worst of them."""
        return bool(self._numbers[0] >= 0)

    def best(self) -> tuple[Vectors, Ids]:
        """The found ones, best first; equal scores by number."""
        order = np.lexsort((self._numbers, -self._scores))
        order = order[self._numbers[order] >= 0]
        return self._scores[order], self._numbers[order]


@cache
def library() -> Any:
    """FAISS, loaded when it is first needed. Raises MissingExtra."""
    try:
        return import_module("faiss")
    except ImportError:
        raise MissingExtra("searching by meaning needs FAISS: pip install 'memcodec[semantic]'") from None


def _kernel(dimensions: int) -> Any:
    """For bytes c that stand for reach ((2 c + 1) / 255 - 1)."""
    faiss = library()
    kernel = faiss.ScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_8bit)
    _train(kernel, dimensions)
    return kernel


def _train(kernel: Any, dimensions: int) -> None:
    reach = _reach(dimensions)
    trained = np.repeat(np.array([-reach, 2 * reach], np.float32), dimensions)
    library().copy_array_to_vector(trained, kernel.trained)


def _bytes(codes: Codes, coder: Coder) -> Codes:
    """What the kernel takes, uint8 [n, dimensions]."""
    made, reach = np.empty((len(codes), coder.dimensions), np.uint8), _reach(coder.dimensions)
    for at in range(0, len(codes), _ROWS):
        vectors = coder.decode(codes[at : at + _ROWS])
        vectors += reach
        vectors *= np.float32(255) / (2 * reach)
        made[at : at + _ROWS] = np.clip(vectors, 0, 255, out=vectors)
    return made


def _reach(dimensions: int) -> np.float32:
    return np.float32(_REACH / np.sqrt(dimensions))


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
