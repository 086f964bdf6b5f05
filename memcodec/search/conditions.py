"""Which chunks a search may return: those that are in the state, that the filter takes, and that the query asks for."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from memcodec.errors import ConfigError
from memcodec.file.filter import Filter, resolved
from memcodec.format.arrays import Mask
from memcodec.search.corpus import Indexes
from memcodec.search.filters import Times, accepts
from memcodec.search.query import Field, Query
from memcodec.search.query.evaluation import evaluate


class Admitted(NamedTuple):
    """Chunks that may be returned: of the lexical collection, and of each run. None: all that are in the state."""

    lexical: Mask | None
    runs: list[Mask | None]


def choose(indexes: Indexes, query: Query, only: Filter | None, times: Times) -> Admitted:
    """The chunks that meet a query's conditions and a filter. Raises ConfigError, Damaged.

    A run without lexical index meets no condition: whether its texts do is not known.
    """
    taken = None
    if only:
        whole = _whole(indexes, only)
        taken = indexes.masks(whole.accepts, whole)
    lexical = indexes.lexical_part(taken) if taken is not None else None
    if not query.has_conditions:
        return Admitted(lexical, list(taken) if taken else [run.live for _, run in indexes.runs])
    if not indexes.lexical:
        raise ConfigError(
            "the files have no lexical index, and this query has conditions; write it as plain words, or "
            "`repair()` writes a file that has one"
        )
    met = _meeting(indexes, query, times)
    lexical = met if lexical is None else met & lexical
    return Admitted(lexical, _by_run(indexes, lexical))


def _whole(indexes: Indexes, only: Filter) -> Filter:
    """The filter with whole ids. Raises ConfigError."""
    every = (each.document for reader in indexes.readers for each in reader.documents())
    return resolved(only, every, ", ".join(reader.source.name for reader in indexes.readers))


def _meeting(indexes: Indexes, query: Query, times: Times) -> Mask:
    met = evaluate(indexes.collection, query, partial(documents, indexes, times), indexes.indexed)
    assert met is not None, "it has conditions"
    return met


def documents(indexes: Indexes, times: Times, field: Field) -> Mask:
    """The chunks of the lexical collection whose documents satisfy a field."""
    return indexes.lexical_part(indexes.masks(accepts(field, times), field))


def _by_run(indexes: Indexes, lexical: Mask) -> list[Mask | None]:
    masks: list[Mask | None] = [np.zeros(run.record.chunks, np.bool_) for _, run in indexes.runs]
    bases = indexes.collection.bases
    for place, (number, _) in enumerate(indexes.lexical):
        masks[number] = lexical[bases[place] : bases[place + 1]]
    return masks
