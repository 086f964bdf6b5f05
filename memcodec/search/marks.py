"""What a query finds in a text: its words wherever they stand, the words of a phrase only where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memcodec.index.lexical.tokens import Analyzer
from memcodec.search.query import Query
from memcodec.search.query.nodes import Beginning, Phrase, Words, prefix, surfaces

Token = tuple[int, int, str]


class Mark(NamedTuple):
    """A stretch of text, in characters, and what of the query it is."""

    start: int
    end: int
    what: str


def marks(text: str, query: str | Query, analyzer: Analyzer) -> list[Mark]:
    """Where a query is found in a text, in its order; they may overlap. A ``str`` is plain words."""
    wanted = query.wanted if isinstance(query, Query) and not query.is_plain else None
    if wanted is None:
        plain = query.text if isinstance(query, Query) else query
        terms, begins, phrases = set(analyzer.tokens(plain)), tuple[str, ...](), list[list[str]]()
    else:
        words = [leaf for leaf in wanted if isinstance(leaf, Words)]
        terms = {term for leaf in words for term in _terms(leaf, analyzer)}
        begins = tuple(prefix(leaf) for leaf in wanted if isinstance(leaf, Beginning))
        phrases = [_terms(leaf, analyzer) for leaf in wanted if isinstance(leaf, Phrase)]
    tokens = analyzer.spans(text)
    found = [Mark(*each) for each in tokens if each[2] in terms or (begins and each[2].startswith(begins))]
    for phrase in phrases:
        found += _phrases(tokens, phrase)
    return sorted(set(found))


def _terms(leaf: Words | Phrase, analyzer: Analyzer) -> list[str]:
    return [analyzer.term(each) for each in surfaces(leaf.text)]


def _phrases(tokens: Sequence[Token], phrase: Sequence[str]) -> Iterator[Mark]:
    for at, token in enumerate(tokens):
        if token[2] == phrase[0] and [each[2] for each in tokens[at : at + len(phrase)]] == list(phrase):
            yield Mark(token[0], tokens[at + len(phrase) - 1][1], " ".join(phrase))
