"""The graph with a model's help: relations get names, and two names of one thing become one, where a chunk says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from memcodec.insight import claims, concepts, relations
from memcodec.insight import graph as drawing
from memcodec.insight.claims import Link, Passage
from memcodec.insight.concepts import Concepts, Occurrences
from memcodec.insight.corpus import Corpus
from memcodec.insight.synthesis import Words
from memcodec.insight.values import Graph, Relation
from memcodec.models.chat import Endpoint

ASKED = 60  #: relations that a model is asked about, the strongest
_AT_ONCE = 12


def graph(corpus: Corpus, endpoint: Endpoint, nodes: int, confidence: float) -> Graph:
    """As ``graph.graph``, its strongest relations named by a model. Raises as ``Endpoint.answer``."""
    first = drawing.graph(corpus, nodes, confidence)
    asked = list(_asked(corpus, first))
    terms = Words(corpus.indexes)
    named, same, dropped = list[Link](), list[Link](), 0
    for at in range(0, len(asked), _AT_ONCE):
        some = [(a, b, passage) for _, a, b, passage in asked[at : at + _AT_ONCE]]
        found = claims.links(endpoint, some, terms)
        named += [each._replace(number=asked[at + each.number][0]) for each in found[0]]
        same += [each._replace(number=asked[at + each.number][0]) for each in found[1]]
        dropped += found[2]
    names = {_key(first, first.relations[each.number]): each for each in named}
    made = _joined(corpus, nodes, confidence, first, same) if same else first
    return replace(
        made,
        relations=tuple(
            replace(each, name=names[key].name, quote=names[key].quote)
            if (key := _key(made, each)) in names
            else each
            for each in made.relations
        ),
        dropped=dropped,
        notes=(
            *made.notes,
            *([f"{dropped} claims of the model were dropped: no chunk says so"] if dropped else []),
        ),
    )


def _asked(corpus: Corpus, made: Graph) -> Iterator[tuple[int, str, str, Passage]]:
    """The strongest relations, each with its number, its ends, and a chunk that names both."""
    numbers = {corpus.cite(at): at for at in _chunks(corpus, made)}
    for number, each in enumerate(made.relations[:ASKED]):
        for cite in each.chunks[:1]:
            text = next(corpus.texts([numbers[cite]])).indexed
            yield number, made.concepts[each.a].name, made.concepts[each.b].name, Passage(text, cite)


def _chunks(corpus: Corpus, made: Graph) -> list[int]:
    """The numbers in the corpus of the chunks that are cited first."""
    wanted = {each.chunks[0] for each in made.relations[:ASKED] if each.chunks}
    keys = {(cite.file, cite.chunk) for cite in wanted}
    bases = [(reader.source.name, run.first_chunk) for reader, run in corpus.indexes.runs]
    return [
        at
        for at, (run, number) in enumerate(zip(corpus.run.tolist(), corpus.number.tolist(), strict=True))
        if (bases[run][0], bases[run][1] + number) in keys
    ]


def _key(made: Graph, relation: Relation) -> frozenset[str]:
    return frozenset((made.concepts[relation.a].name, made.concepts[relation.b].name))


def _joined(corpus: Corpus, nodes: int, confidence: float, first: Graph, same: Sequence[Link]) -> Graph:
    """The graph with concepts that are one thing counted as one, under the name of the heavier one."""
    found = concepts.find(corpus, nodes)
    owner = np.arange(len(found.terms))
    for each in same:
        relation = first.relations[each.number]
        keep, gone = sorted((int(owner[relation.a]), int(owner[relation.b])))
        owner[owner == gone] = keep
    kept = np.unique(owner)
    number = np.searchsorted(kept, owner)
    keys = found.chunk * len(kept) + number[found.concept]
    unique, code = np.unique(keys, return_inverse=True)
    aliases = [list(found.aliases[at]) for at in kept.tolist()]
    for at in range(len(owner)):
        if owner[at] != at:
            aliases[int(number[at])] += [found.terms[at], *found.aliases[at]]
    chunk, concept = np.divmod(unique, len(kept))
    own = (
        owner[found.occurrences.concept] == found.occurrences.concept
    )  # names are looked up where they stand themselves
    made = Concepts(
        [found.terms[at] for at in kept.tolist()],
        aliases,
        found.weights[kept],
        chunk,
        concept,
        np.bincount(code, found.times).astype(np.int64),
        Occurrences(number[found.occurrences.concept[own]], found.occurrences.place[own]),
        found.marks,
    )
    chunks = int(corpus.looked_at.sum())
    pairs = relations.related(made.chunk, made.concept, len(kept), chunks, confidence)
    return drawing.described(corpus, made, pairs, confidence)
