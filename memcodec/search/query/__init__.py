"""The query language: what people type, as conditions on chunks and words that rank them (docs/QUERIES.md)."""

from __future__ import annotations

from memcodec.search.query.evaluation import Documents, best, evaluate, prefetch_spans, rank, score
from memcodec.search.query.explanation import Explanation, explain
from memcodec.search.query.lexer import fault
from memcodec.search.query.nodes import Field, Query
from memcodec.search.query.parser import parse, plain, question
from memcodec.search.query.phrases import Texts

__all__ = [
    "Documents",
    "Explanation",
    "Field",
    "Query",
    "Texts",
    "best",
    "evaluate",
    "explain",
    "fault",
    "parse",
    "plain",
    "prefetch_spans",
    "question",
    "rank",
    "score",
]
