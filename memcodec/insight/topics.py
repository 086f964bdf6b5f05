"""Topics: chunks grouped by the communities of what they name, each called after what tells it from the rest.

A topic's terms are those with the largest log-odds against all other chunks, with a prior from all of them (B. L.
Monroe, M. P. Colaresi and K. M. Quinn, "Fightin' Words", 2008, section 3.5.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError
from memcodec.format.arrays import Ints
from memcodec.insight import chance, naming, relations
from memcodec.insight import communities as grouping
from memcodec.insight import concepts as finding
from memcodec.insight.concepts import Concepts
from memcodec.insight.corpus import Corpus, distinct
from memcodec.insight.trends import SIGNIFICANT, named
from memcodec.insight.values import Shift, Topic, TopicDiff, Topics

TOPICS, MOST_TOPICS = 12, 200
_CONCEPTS = 600
_CONFIDENCE = 0.5
_LEAST = 3  # concepts of a topic
_BOTH = 2  # concepts of a topic that a chunk of it names
_TERMS, _NAMED, _LISTED = 8, 3, 20
_PRIOR = 1000.0  # how many namings the prior is worth
_SHIFTS = 30

Floats = npt.NDArray[np.float64]


class Sorted(NamedTuple):
    """Chunks by topic: ``topic[c]`` is that of chunk c, -1 for none; ``score`` how much it is of it."""

    found: Concepts
    names: list[str]
    topic: Ints
    score: Floats
    topics: int


def topics(corpus: Corpus, count: int = TOPICS) -> Topics:
    """The ``count`` largest topics of a corpus, or as many as there are. Raises ConfigError."""
    return described(corpus, sort(corpus, count))


def sort(corpus: Corpus, count: int = TOPICS) -> Sorted:
    """Gives each chunk the topic of which it names most."""
    if not 1 <= count <= MOST_TOPICS:
        raise ConfigError(f"topics {count}: must be from 1 to {MOST_TOPICS}")
    found = finding.find(corpus, _CONCEPTS)
    kinds, chunks = len(found.terms), int(corpus.looked_at.sum())
    pairs = relations.related(found.chunk, found.concept, kinds, chunks, _CONFIDENCE)
    groups = [
        each for each in grouping.communities(kinds, pairs.a, pairs.b, pairs.strength) if len(each) >= _LEAST
    ]
    of_group = np.full(kinds, -1, np.int64)
    for number, members in enumerate(groups):
        of_group[members] = number
    topic, score = _assigned(corpus, found, of_group, len(groups))
    sizes = np.bincount(topic[topic >= 0], minlength=len(groups))
    largest = [at for at in np.argsort(-sizes, kind="stable").tolist() if sizes[at]][:count]
    renamed = np.full(len(groups) + 1, -1, np.int64)  # the last stands for none
    renamed[largest] = np.arange(len(largest))
    return Sorted(found, naming.names(corpus, found), renamed[topic], score, len(largest))


def _assigned(corpus: Corpus, found: Concepts, of_group: Ints, groups: int) -> tuple[Ints, Floats]:
    """The group of each chunk, -1 for none, and how much it names of it: concepts weighed by how rare they are."""
    rare = np.log(corpus.chunks / np.maximum(found.counts, 1))
    group = of_group[found.concept]
    mine = group >= 0
    keys = found.chunk[mine] * max(1, groups) + group[mine]
    weight = np.bincount(keys, rare[found.concept[mine]], minlength=corpus.chunks * max(1, groups))
    number = np.bincount(keys, minlength=corpus.chunks * max(1, groups))
    weight[number < _BOTH] = 0
    table = weight.reshape(corpus.chunks, max(1, groups))
    best, score = table.argmax(axis=1), table.max(axis=1)
    return np.where(score > 0, best, -1), score


def described(corpus: Corpus, made: Sorted) -> Topics:
    """Topics with their terms and places."""
    odds = log_odds(made)
    found = list[Topic]()
    for number in range(made.topics):
        mine = np.flatnonzero(made.topic == number)
        best = np.argsort(-odds[number], kind="stable")[:_TERMS]
        terms = tuple(
            (made.names[at], round(float(odds[number, at]), 2))
            for at in best.tolist()
            if odds[number, at] > 0
        )
        typical = mine[np.argsort(-made.score[mine], kind="stable")][:_LISTED]
        found.append(
            Topic(
                ", ".join(name for name, _ in terms[:_NAMED]),
                terms,
                len(mine),
                len(distinct(corpus.document[mine])),
                tuple(map(corpus.cite, typical.tolist())),
            )
        )
    rest = int((corpus.looked_at & (made.topic < 0)).sum())
    return Topics(tuple(found), corpus.chunks, len(corpus.documents), rest, tuple(corpus.notes))


def log_odds(made: Sorted) -> Floats:
    """The z-score of the log-odds of each concept in each topic, against all else: shape (topics, concepts)."""
    kinds = len(made.found.terms)
    topic = made.topic[made.found.chunk]
    inside = topic >= 0
    keys = topic[inside] * kinds + made.found.concept[inside]
    counts = np.bincount(keys, minlength=made.topics * kinds).reshape(made.topics, kinds).astype(float)
    whole = made.found.counts.astype(float)
    prior = _PRIOR * whole / max(1.0, whole.sum())
    odds = np.zeros((made.topics, kinds))
    for number in range(made.topics):
        mine, other = counts[number] + prior, whole - counts[number] + prior
        here = np.log(mine / np.maximum(mine.sum() - mine, 1e-9))
        there = np.log(other / np.maximum(other.sum() - other, 1e-9))
        odds[number] = (here - there) / np.sqrt(1 / mine + 1 / other)
    return odds


# Between two states, or two files


def difference(corpus: Corpus, before: Sequence[int], names: tuple[str, str]) -> TopicDiff:
    """How the documents of the files of these numbers in the corpus differ from those of all others."""
    made = sort(corpus, MOST_TOPICS)
    told = described(corpus, made)
    side = np.array([0 if each.source in before else 1 for each in corpus.documents], np.int64)
    total = np.bincount(side, minlength=2)
    inside = made.topic >= 0
    pairs = distinct(made.topic[inside] * len(side) + corpus.document[inside])
    topic, document = np.divmod(pairs, max(1, len(side)))
    counts = named(corpus)
    tried = made.topics + len(counts.terms)
    found = _shifts(topic, side[document], made.topics, total, 2 * tried)
    shifted = _shifts(counts.term, side[counts.document], len(counts.terms), total, 2 * tried)
    return TopicDiff(
        *names,
        (int(total[0]), int(total[1])),
        tuple(replace(each, name=told.topics[at].name) for at, each in found[:_SHIFTS]),
        tuple(_named_terms(corpus, counts.terms, shifted)),
        tried,
        tuple(corpus.notes),
    )


def _shifts(kind: Ints, side: Ints, kinds: int, total: Ints, tests: int) -> list[tuple[int, Shift]]:
    """What differs beyond chance, by its number and without a name; the least likely first."""
    table = np.bincount(kind * 2 + side, minlength=2 * kinds).reshape(kinds, 2)
    found = list[tuple[float, int, Shift]]()
    if not total.all():
        return []
    shares = (table / total).tolist()
    for at, (before, after) in enumerate(table.tolist()):
        more = int(shares[at][1] > shares[at][0])
        log_p = chance.log_tail((before, after)[more], before + after, int(total[more]), int(total.sum()))
        p = chance.corrected(log_p, tests)
        if p <= SIGNIFICANT:
            found.append(
                (log_p, at, Shift("", before, after, shares[at][0], shares[at][1], float(f"{p:.3g}")))
            )
    return [(at, shift) for _, at, shift in sorted(found, key=lambda each: each[:2])]


def _named_terms(
    corpus: Corpus, terms: Sequence[tuple[str, ...]], shifted: Sequence[tuple[int, Shift]]
) -> list[Shift]:
    """The first of them with their names, of nested names the one that comes first."""
    made, told = list[Shift](), set[str]()
    for at, each in shifted:
        words = terms[at]
        if len(made) == _SHIFTS or told.intersection(words):
            continue
        told.update(words)
        place, _ = finding.standing(corpus, [[corpus.ids[word] for word in words]])
        made.append(replace(each, name=naming.written(corpus, words, place)))
    return made
