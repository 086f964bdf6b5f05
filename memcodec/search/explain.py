"""Why a hit ranks where it does: its rank and score by words and by meaning, and what each word adds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from memcodec.search.candidates import Rankings
from memcodec.search.conditions import documents
from memcodec.search.corpus import Indexes
from memcodec.search.filters import Times
from memcodec.search.fusion import Ranked, by_score
from memcodec.search.query import Query
from memcodec.search.query.explanation import explain
from memcodec.search.results import Standing, Why


def reasons(
    indexes: Indexes, rankings: Rankings, query: Query, hits: Sequence[Ranked], times: Times
) -> list[Why]:
    """Why hits rank where they do."""
    made, late = [], {each.key for each in rankings.late}
    by_meaning = sorted([*rankings.by_meaning, *rankings.late], key=by_score)
    for each in hits:
        chunk = indexes.in_collection(each)
        found = (
            explain(indexes.collection, query, chunk, partial(documents, indexes, times), indexes.indexed)
            if chunk is not None
            else None
        )
        standings = _standing(rankings.by_words, each), _standing(by_meaning, each)
        made.append(Why(*standings, found, each.key in late))
    return made


def _standing(ranking: Sequence[Ranked], wanted: Ranked) -> Standing | None:
    return next(
        (Standing(rank, each.score) for rank, each in enumerate(ranking, 1) if each.key == wanted.key), None
    )
