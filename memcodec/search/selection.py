"""From rankings to what is shown: passages, ranked again and spread out if so wished."""

from __future__ import annotations

from typing import NamedTuple

from memcodec.models.reranker import reranker
from memcodec.search.candidates import Rankings
from memcodec.search.diversity import diversify, of_vectors, of_words
from memcodec.search.passages import Passage, collect
from memcodec.search.query import Query
from memcodec.search.results import SearchOptions
from memcodec.search.semantic import Semantic

POOL = 50  #: passages that are ranked again or chosen from, or ``POOL_EACH`` for each hit if that is more
POOL_EACH = 3
#: chunks that passages are made of, at most, or ``LOOKED_AT_EACH`` for each hit if that is more
LOOKED_AT = 500
LOOKED_AT_EACH = 50


class Scored(NamedTuple):
    """A passage, and what it ranks by."""

    passage: Passage
    score: float


def select(
    rankings: Rankings, query: Query, k: int, options: SearchOptions, semantic: Semantic | None
) -> list[Scored]:
    """The ``k`` passages to show. ``semantic`` tells likeness by meaning; without it words do.

    Fewer come when the best chunks, as many as are looked at, make no more.
    """
    model, balance = options.get("rerank"), options.get("diverse")
    pool = k if model is None and balance is None else max(POOL, POOL_EACH * k)
    candidates = rankings.candidates(max(LOOKED_AT, LOOKED_AT_EACH * k))
    merge, fold = options.get("merge", False), options.get("fold", False)
    found = collect(candidates, pool, merge=merge, fold=fold)
    scored = [Scored(passage, passage.best.ranked.score) for passage in found]
    if model is not None:
        scored = _again(scored, query, model)
    if balance is not None:
        scored = _spread(scored, k, balance, semantic)
    return scored[:k]


def _again(scored: list[Scored], query: Query, model: str) -> list[Scored]:
    scores = reranker(model).scores(query.meaning, [each.passage.best.text for each in scored])
    made = [each._replace(score=score) for each, score in zip(scored, scores, strict=True)]
    return sorted(made, key=lambda each: -each.score)


def _spread(scored: list[Scored], k: int, balance: float, semantic: Semantic | None) -> list[Scored]:
    texts = [each.passage.best.text for each in scored]
    vectors = semantic.load().embed(texts) if semantic is not None and texts else None
    similarity = of_vectors(vectors) if vectors is not None else of_words(texts)
    return [scored[at] for at in diversify([each.score for each in scored], similarity, k, balance)]
