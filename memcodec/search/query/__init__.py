"""The query language: what people type, as conditions on chunks and words that rank them (docs/QUERIES.md).

Here is what reads a query; ``evaluation`` and ``explanation`` put it to an index.
"""

from __future__ import annotations

from memcodec.search.query.lexer import fault
from memcodec.search.query.nodes import Field, Query
from memcodec.search.query.parser import parse, plain, question

__all__ = ["Field", "Query", "fault", "parse", "plain", "question"]
