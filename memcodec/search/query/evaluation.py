"""A query over a collection: the chunks that its conditions allow, and those of them that its words rank highest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from memcodec.format.arrays import Mask
from memcodec.index.lexical.bm25 import Hits, LexicalIndex
from memcodec.index.lexical.scores import Scores
from memcodec.index.lexical.words import Prefix, Stems, Word
from memcodec.model import BlobSpan
from memcodec.search.query.nodes import (
    And,
    Beginning,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Side,
    Words,
    leaves,
    surfaces,
)
from memcodec.search.query.phrases import Phrases, Texts
from memcodec.search.query.proximity import rows

#: the chunks of the collection, a boolean each, whose documents satisfy a field; may raise ConfigError for its value
Documents = Callable[[Field], Mask]


def evaluate(collection: LexicalIndex, query: Query, documents: Documents, texts: Texts) -> Mask | None:
    """Of each chunk of the collection whether it is live and the query's conditions hold; None when it has none.

    That a hit must hold one of the bare words, where no condition makes sure of it, is left to ``rank``: a search by
    meaning needs none.

    ``texts`` gives the texts of some chunks, by their number in the collection, as indexes see them; it is asked only
    when a segment has no positions or a phrase has a lone grapheme, for at most ``phrases.MAX_READ`` chunks. Raises
    ConfigError, Damaged.
    """
    if query.root is None or not query.has_conditions:
        return None
    root = And(query.root.conditions) if isinstance(query.root, Side) else query.root
    return matches(collection, root, collection.live, documents, texts)


def matches(collection: LexicalIndex, node: Node, among: Mask, documents: Documents, texts: Texts) -> Mask:
    """The chunks of ``among`` that a part of a query matches."""
    return _Evaluation(collection, documents, Phrases(collection, texts)).within(node, among)


def rank(collection: LexicalIndex, query: Query, k: int, allowed: Mask | None) -> Hits:
    """The best ``k`` chunks for the words of a query, of those that are allowed, by ``evaluate`` or whatever else."""
    return best(collection, query, score(collection, query), k, allowed)


def score(collection: LexicalIndex, query: Query) -> Scores:
    """What a query's words give each chunk."""
    return collection.scores(words_of(collection, query))


def best(collection: LexicalIndex, query: Query, scores: Scores, k: int, allowed: Mask | None) -> Hits:
    """As ``rank``, of what ``score`` gave."""
    if allowed is not None and query.choice:
        allowed = allowed & _holding(collection, query.choice)
    return collection.best(scores, k, allowed)


def words_of(collection: LexicalIndex, query: Query) -> dict[Word, float]:
    """The words that rank, each with how often the query has it, in its order; then rows of them, by their weights."""
    found: Counter[Word] = Counter()
    for leaf in query.wanted:
        found.update(_words(collection, leaf))
    return dict(found) | rows(collection, query)


def prefetch_spans(collection: LexicalIndex, query: Query) -> list[list[BlobSpan]]:
    """What ``evaluate`` and ``rank`` read of each segment, beside ``opening_spans``: for ``MediaReader.prefetch``.

    Texts that ``evaluate`` asks for are not among it.
    """
    words: dict[Word, None] = dict.fromkeys(rows(collection, query))
    placed: dict[Stems, None] = {}
    for leaf, _ in leaves(query.root):
        if isinstance(leaf, Field):
            continue
        words |= dict.fromkeys(_words(collection, leaf))
        if query.has_conditions and not isinstance(leaf, Beginning):
            stems = collection.stems(surfaces(leaf.text))
            placed |= dict.fromkeys(stems if len(stems) > 1 else ())
    return collection.spans(words, placed)


def _words(collection: LexicalIndex, leaf: Words | Phrase | Beginning) -> Sequence[Word]:
    if isinstance(leaf, Beginning):
        return [Prefix(leaf.text)]
    return collection.words(surfaces(leaf.text))


class _Evaluation:
    def __init__(self, collection: LexicalIndex, documents: Documents, phrases: Phrases) -> None:
        self._collection, self._documents, self._phrases = collection, documents, phrases

    def within(self, node: Node, mask: Mask) -> Mask:
        """The chunks of ``mask`` that a node matches."""
        match node:
            case Words(text) | Phrase(text):
                return self._phrases.find(text, surfaces(text), mask)
            case Beginning():
                return mask & _holding(self._collection, [node])
            case Field():
                return mask & self._documents(node)
            case Not(inner):
                return mask & ~self.within(inner, mask)
            case And(nodes):
                return self._all(nodes, mask)
            case Or(nodes):
                return self._any(nodes, mask)
            case Side(nodes):
                chosen = self._all(node.conditions, mask)
                return chosen & _holding(self._collection, node.choice) if node.choice else chosen

    def _all(self, nodes: Iterable[Node], mask: Mask) -> Mask:
        for node in sorted(nodes, key=_cost):
            mask = self.within(node, mask)
        return mask

    def _any(self, nodes: Iterable[Node], mask: Mask) -> Mask:
        found = np.zeros_like(mask)
        for node in nodes:
            found |= self.within(node, mask & ~found)
        return found


def _holding(collection: LexicalIndex, nodes: Iterable[Node]) -> Mask:
    """The chunks that hold any word of some nodes, which are no conditions."""
    found = [leaf for node in nodes for leaf, _ in leaves(node) if not isinstance(leaf, Field)]
    words = dict.fromkeys(word for leaf in found for word in _words(collection, leaf))
    holding = np.zeros_like(collection.live)
    for postings in collection.postings(list(words)):
        holding[postings.chunks] = True
    return holding


def _cost(node: Node) -> int:
    """What is quick narrows down what is slow: phrases, whose texts may have to be read."""
    found = [leaf for leaf, _ in leaves(node)]
    if any(isinstance(leaf, Words | Phrase) and len(surfaces(leaf.text)) > 1 for leaf in found):
        return 2
    return 1 if any(isinstance(leaf, Field) for leaf in found) else 0
