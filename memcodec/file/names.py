"""Uris and roots of many segments at once, laid together in the tables of commits.

What every append asks of a file, whether it holds a uri and which roots it knows, would else take a look into the
catalogue of every commit there ever was. A table's blob has two sections for it: "uris", the hashes in the segments'
catalogues end to end, but for segments of more than ``FEW`` documents; and "roots", those of all its segments. Both are
copies: where a table lacks them, the catalogues tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.file import catalogue
from memcodec.format.blob import Blob, BlobWriter
from memcodec.format.commit import SegmentRecord
from memcodec.model import Root

FEW = 1024  #: documents: a segment of more is looked into itself, or each fold would copy what is large
MOST_ROOTS = 1024  #: of one table
Hashes = npt.NDArray[np.uint64]
_NONE: Hashes = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Names:
    """Of consecutive segments with so many ``documents``: the uris' hashes in those that have few, and all roots.

    ``roots`` is None when they are too many.
    """

    documents: tuple[int, ...]
    hashes: Hashes
    roots: tuple[Root, ...] | None

    def likely(self, hashes: Collection[int]) -> list[int]:
        """Which of the segments may hold a uri of these hashes."""
        documents = np.array(self.documents, np.int64)
        owners = np.repeat(np.arange(len(documents)), np.where(documents <= FEW, documents, 0))
        held = owners[np.isin(self.hashes, np.fromiter(hashes, np.uint64, len(hashes)))]
        return [int(each) for each in np.union1d(held, np.flatnonzero(documents > FEW))]

    def add_to(self, blob: BlobWriter) -> None:
        """Lay them in a table's blob."""
        if self.roots is not None:
            blob.add("uris", self.hashes)
            packed = catalogue.pack_roots(self.roots)
            blob.add("roots", packed, [len(packed)])


def of_catalogue(blob: Blob, documents: int) -> Names:
    """What the catalogue of one segment says. Raises Damaged."""
    hashes = catalogue.uri_hashes(blob) if documents <= FEW else _NONE
    return Names((documents,), np.array(hashes), tuple(catalogue.roots_in(blob)))


def of_table(blob: Blob, segments: Sequence[SegmentRecord]) -> Names | None:
    """What a table says of the segments in it, if it does."""
    documents = tuple(each.documents for each in segments)
    if not {"uris", "roots"} <= set(blob.names()):
        return None
    try:
        found = Names(documents, catalogue.uri_hashes(blob), tuple(catalogue.roots_in(blob)))
    except Damaged:
        return None
    whole = len(found.hashes) == sum(each for each in documents if each <= FEW)
    return found if whole else None


def all_names(parts: Iterable[Names]) -> Names:
    """Those of segments that follow each other."""
    parts = list(parts)
    roots = dict.fromkeys(chain.from_iterable(each.roots or () for each in parts))
    told = len(roots) <= MOST_ROOTS and all(each.roots is not None for each in parts)
    return Names(
        tuple(chain.from_iterable(each.documents for each in parts)),
        np.concatenate([_NONE, *(each.hashes for each in parts)]),
        tuple(roots) if told else None,
    )
