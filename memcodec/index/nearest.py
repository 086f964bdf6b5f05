"""Exact and probing search over int8 vectors, by FAISS. Given arrays; knows nothing of files or of what they mean.

Both searchers take a query float32 [dimensions], k, and a mask of the vectors admitted (None: all), and return the
best scores (inner products, float32) and vector numbers (int64), best first: k of them unless fewer are admitted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.index.quantizer import Codes, Ids, Quantizer, Vectors

Mask = npt.NDArray[np.bool_]


class Flat:
    """All vectors of a small segment: every search looks at each of them."""

    def __init__(self, quantizer: Quantizer, codes: Codes) -> None:
        faiss = _faiss()
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        self._index = _trained(faiss.IndexScalarQuantizer(codes.shape[1], kind, metric), quantizer)
        self._index.add_sa_codes(codes)

    def search(self, query: Vectors, k: int, mask: Mask | None = None) -> tuple[Vectors, Ids]:
        parameters = None if mask is None else _faiss().SearchParameters(sel=_selector(mask))
        with one_thread():
            scores, numbers = self._index.search(query[None], k, params=parameters)
        return _found(scores, numbers)


class Lists:
    """The inverted lists of a large segment, each brought into FAISS when it is first probed.

    ``read(list)`` returns a list's vector numbers int64 [m] and codes uint8 [m, dimensions].
    """

    def __init__(
        self, quantizer: Quantizer, centroids: Vectors, nprobe: int, read: Callable[[int], tuple[Ids, Codes]]
    ) -> None:
        faiss = _faiss()
        lists, dimensions = centroids.shape
        self._nprobe, self._read = nprobe, read
        self._coarse = faiss.IndexFlatIP(dimensions)
        self._coarse.add(centroids)
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        # by_residual is False: codes are of the vectors themselves, not of their distance from the centroid.
        index = faiss.IndexIVFScalarQuantizer(self._coarse, dimensions, lists, kind, metric, False)
        self._index = _trained(index, quantizer)
        self._here = np.zeros(lists, np.bool_)
        self._lock = Lock()

    def search(self, query: Vectors, k: int, mask: Mask | None = None) -> tuple[Vectors, Ids]:
        """The fewer vectors are admitted, the more lists are probed, up to all of them."""
        selector = None if mask is None else _selector(mask)
        lists = len(self._here)
        probes = (
            self._nprobe if mask is None else math.ceil(self._nprobe * len(mask) / max(1, int(mask.sum())))
        )
        with one_thread():
            affinity, ranking = self._coarse.search(query[None], lists)
            while True:
                probes = min(lists, probes)
                scores, numbers = self._probe(query, k, ranking[0, :probes], affinity[0, :probes], selector)
                if probes == lists or numbers[0, -1] >= 0:
                    return _found(scores, numbers)
                probes *= 2

    def _probe(
        self, query: Vectors, k: int, lists: Ids, affinity: Vectors, selector: Any
    ) -> tuple[Vectors, Ids]:
        self._fetch(lists)
        faiss = _faiss()
        scores, numbers = np.empty((1, k), np.float32), np.empty((1, k), np.int64)
        pointers = (faiss.swig_ptr(array) for array in (lists, affinity, scores, numbers))
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=len(lists))
        self._index.search_preassigned_c(1, faiss.swig_ptr(query), k, *pointers, False, parameters)
        return scores, numbers

    def _fetch(self, lists: Ids) -> None:
        if self._here[lists].all():
            return
        faiss = _faiss()
        with self._lock:
            for number in lists[~self._here[lists]].tolist():
                ids, codes = self._read(number)
                self._index.invlists.add_entries(number, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(codes))
                self._here[number] = True


def _faiss() -> Any:
    return import_module("faiss")


def _trained(index: Any, quantizer: Quantizer) -> Any:
    _faiss().copy_array_to_vector(quantizer.trained(), index.sq.trained)
    index.is_trained = True
    return index


def _selector(mask: Mask) -> Any:
    return _faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))


def _found(scores: Vectors, numbers: Ids) -> tuple[Vectors, Ids]:
    """FAISS fills up with -1 where it finds no more."""
    found = numbers[0] >= 0
    return scores[0][found], numbers[0][found]


@contextmanager
def one_thread() -> Iterator[None]:
    """FAISS on this thread alone: waking others costs a query up to 20 ms, and k-means a tenfold, on a busy machine."""
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
