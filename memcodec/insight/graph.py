"""The graph of some memory files: concepts, relations and communities, each with the chunks that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from memcodec.errors import ConfigError
from memcodec.format.arrays import Ints
from memcodec.insight import communities as grouping
from memcodec.insight import concepts as finding
from memcodec.insight import naming, relations
from memcodec.insight.concepts import Concepts
from memcodec.insight.corpus import Corpus, distinct
from memcodec.insight.relations import Pairs
from memcodec.insight.values import Cite, Community, Concept, Graph, Relation

NODES, MOST_NODES = 300, 2000
CONFIDENCE = 0.5
_LISTED = 50  # chunks of a concept or a relation


def graph(corpus: Corpus, nodes: int = NODES, confidence: float = CONFIDENCE) -> Graph:
    """The graph of a corpus, of at most ``nodes`` concepts. Raises ConfigError."""
    if not 1 <= nodes <= MOST_NODES:
        raise ConfigError(f"nodes {nodes}: must be from 1 to {MOST_NODES:,}")
    if not 0 <= confidence < 1:
        raise ConfigError(f"confidence {confidence:g}: must be at least 0 and less than 1")
    from memcodec.insight.extra import networkx  # noqa: F401 - it is said at once if it is not here

    found = finding.find(corpus, nodes)
    pairs = relations.related(
        found.chunk, found.concept, len(found.terms), int(corpus.looked_at.sum()), confidence
    )
    return described(corpus, found, pairs, confidence)


def described(corpus: Corpus, found: Concepts, pairs: Pairs, confidence: float) -> Graph:
    """Concepts and relations with their names and places."""
    names, kinds = naming.names(corpus, found), len(found.terms)
    groups = grouping.communities(kinds, pairs.a, pairs.b, pairs.strength)
    of_group = np.zeros(kinds, np.int64)
    for number, members in enumerate(groups):
        of_group[members] = number
    pull = np.zeros(kinds)
    inside = of_group[pairs.a] == of_group[pairs.b]
    for end in (pairs.a, pairs.b):
        pull += np.bincount(end[inside], pairs.strength[inside], minlength=kinds)
    held = _chunks(found, kinds)
    tellers = corpus.document[found.chunk] * kinds + found.concept
    spread = np.bincount(distinct(tellers) % kinds, minlength=kinds)
    cites = _Cites(corpus)
    return Graph(
        tuple(
            Concept(
                name=names[at],
                count=len(held[at]),
                documents=int(spread[at]),
                weight=round(float(found.weights[at]), 4),
                community=int(of_group[at]),
                chunks=cites(held[at][:_LISTED]),
                aliases=tuple(" ".join(each) for each in found.aliases[at]),
            )
            for at in range(kinds)
        ),
        tuple(_relations(pairs, held, cites)),
        tuple(Community(grouping.named(each, names, pull), tuple(each)) for each in groups),
        corpus.chunks,
        len(corpus.documents),
        confidence,
        tuple(corpus.notes),
    )


def _chunks(found: Concepts, kinds: int) -> list[Ints]:
    """The chunks that name each concept, those that name it most often first."""
    order = np.lexsort((found.chunk, -found.times, found.concept))
    ends = np.searchsorted(found.concept[order], np.arange(kinds + 1))
    return [found.chunk[order[ends[at] : ends[at + 1]]] for at in range(kinds)]


def _relations(pairs: Pairs, held: Sequence[Ints], cites: _Cites) -> Iterator[Relation]:
    for a, b, n, expected, strength, sure in zip(*(each.tolist() for each in pairs), strict=True):
        both = held[a][np.isin(held[a], held[b], assume_unique=True)]
        yield Relation(a, b, n, round(expected, 3), round(strength, 4), round(sure, 4), cites(both[:_LISTED]))


class _Cites:
    """Where chunks stand, each looked up once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._known: dict[int, Cite] = {}

    def __call__(self, chunks: Ints) -> tuple[Cite, ...]:
        return tuple(self._of(each) for each in chunks.tolist())

    def _of(self, chunk: int) -> Cite:
        if chunk not in self._known:
            self._known[chunk] = self._corpus.cite(chunk)
        return self._known[chunk]
