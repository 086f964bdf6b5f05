"""Why a hit ranks where it does: its rank and score by words and by meaning, and what each word adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from memcodec.search.candidates import Rankings
from memcodec.search.conditions import documents
from memcodec.search.corpus import Indexes
from memcodec.search.fields import Times
from memcodec.search.fusion import Ranked
from memcodec.search.query import Explanation, Query, explain


class Standing(NamedTuple):
    """A chunk's place in a ranking, from 1, and what it scored there."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """Of one hit: how its best chunk stands by words (BM25) and by meaning (cosine), None where it is not ranked.

    ``words``: the parts of its BM25 score, and the query's conditions; None without a lexical index.
    """

    lexical: Standing | None
    semantic: Standing | None
    words: Explanation | None


def reasons(
    indexes: Indexes, rankings: Rankings, query: Query, hits: Sequence[Ranked], times: Times
) -> list[Why]:
    """Why hits rank where they do."""
    made = []
    for each in hits:
        chunk = indexes.in_collection(each)
        found = (
            explain(indexes.collection, query, chunk, partial(documents, indexes, times), indexes.indexed)
            if chunk is not None
            else None
        )
        made.append(Why(_standing(rankings.by_words, each), _standing(rankings.by_meaning, each), found))
    return made


def _standing(ranking: Sequence[Ranked], wanted: Ranked) -> Standing | None:
    return next(
        (Standing(rank, each.score) for rank, each in enumerate(ranking, 1) if each.key == wanted.key), None
    )
