"""What a dashboard shows of some memory files, as plain values; ``page/overview.py`` draws it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError, MemcodecError
from memcodec.file import history
from memcodec.file.info import Info, describe
from memcodec.file.reader import Reader
from memcodec.format.arrays import Ints
from memcodec.insight import keys
from memcodec.insight import topics as sorting
from memcodec.insight import trends as times
from memcodec.insight.corpus import Corpus, Placed, distinct
from memcodec.insight.graph import graph
from memcodec.insight.values import Graph, Topics, Trends
from memcodec.model import Commit
from memcodec.search.engine import Searcher
from memcodec.search.query import question

NODES = 120  # of the graph
_TOPICS, _ASKED, _FIRST = 8, 60, 10
_SHINGLE = 5  # terms
_SKETCH, _LEAST = 24, 8  # of the least hashes of a document, at most and at least
_PIECE = 1_000_000  # runs that are hashed at once
_MANY = 2_000_000  # terms: of more, one in eight runs is compared
_ALIKE = 0.8  # of them that two documents share
_LISTED = 15
_KEYS = 4  # key terms of a document
_HEADING_WORDS = 2

Hashes = npt.NDArray[np.uint64]


class Found(NamedTuple):
    """Whether search finds the sections that headings stand over: asked for by their words."""

    asked: int
    first: int
    among: int
    missed: tuple[str, ...]


class Alike(NamedTuple):
    """Documents that say the same, or nearly; ``share`` of what they say."""

    documents: tuple[Placed, ...]
    share: float


class Dashboard(NamedTuple):
    """All of it. ``by_topic``: of each topic how many documents each period has. ``about``: key terms of the oldest
    documents, of each some. ``notes`` say what could not be told.
    """

    names: tuple[str, ...]
    infos: tuple[Info, ...]
    commits: tuple[tuple[str, Commit], ...]
    kinds: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    authors: tuple[tuple[str, int], ...]
    periods: tuple[str, ...]
    topics: Topics | None
    by_topic: tuple[tuple[int, ...], ...]
    trends: Trends | None
    graph: Graph | None
    alike: tuple[Alike, ...]
    oldest: tuple[Placed, ...]
    stalest: tuple[Placed, ...]
    about: tuple[tuple[str, ...], ...]
    found: Found
    notes: tuple[str, ...]


def dashboard(readers: Sequence[Reader], searcher: Searcher, corpus: Corpus | None = None) -> Dashboard:
    """Looks everything over; ``corpus``: all of the readers', if it was read already. Raises ConfigError where there
    are no documents."""
    corpus = corpus or Corpus(readers)
    names, period = times.periods(corpus, "month")
    notes, topics, by_topic, trends, drawn = list[str](), None, tuple[tuple[int, ...], ...](), None, None
    by_time = sorted(
        range(len(corpus.documents)),
        key=lambda at: (corpus.documents[at].document.time, corpus.documents[at].document.uri),
    )[:_LISTED]
    about: list[tuple[str, ...]] = [()] * len(by_time)
    try:
        made = sorting.sort(corpus, _TOPICS)
        topics = sorting.described(corpus, made)
        by_topic = tuple(_over_time(corpus, made, period, len(names)))
        trends = times.trends(corpus)
        drawn = graph(corpus, NODES)
        about = keys.about(corpus, by_time, _KEYS)
    except ConfigError as error:  # no words can be told apart in it
        notes.append(str(error))
    documents = [each.document for each in corpus.documents]
    return Dashboard(
        tuple(reader.source.name for reader in readers),
        tuple(map(describe, readers)),
        tuple((reader.source.name, each) for reader in readers for each in history.log(reader)),
        _counted(each.type or "unknown" for each in documents),
        _counted(each.language or "not stated" for each in documents),
        _counted(each.author or "not stated" for each in documents),
        tuple(names),
        topics,
        by_topic,
        trends,
        drawn,
        tuple(alike(corpus)),
        tuple(corpus.documents[at] for at in by_time),
        tuple(sorted(corpus.documents, key=lambda each: (each.commit_time, each.document.uri))[:_LISTED]),
        tuple(about),
        self_check(corpus, searcher),
        (*dict.fromkeys((*corpus.notes, *notes)),),
    )


def _counted(values: Iterator[str]) -> tuple[tuple[str, int], ...]:
    found = Counter(values)
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_LISTED])


def _over_time(corpus: Corpus, made: sorting.Sorted, period: Ints, count: int) -> Iterator[tuple[int, ...]]:
    for number in range(made.topics):
        own = distinct(corpus.document[made.topic == number])
        yield tuple(np.bincount(period[own], minlength=count).tolist())


def alike(corpus: Corpus) -> Iterator[Alike]:
    """Documents that say the same, the largest groups first: told by the least hashes of their runs of terms.

    A. Z. Broder, "On the Resemblance and Containment of Documents", 1997.
    """
    sketches = _sketches(corpus)
    held: dict[int, list[int]] = {}
    for document, sketch in sketches.items():
        for each in sketch[:4].tolist():
            held.setdefault(each, []).append(document)
    group = list(range(len(corpus.documents)))
    shares: dict[int, float] = {}
    for some in held.values():
        for other in some[1:200]:
            one, two = sketches[some[0]], sketches[other]
            share = len(np.intersect1d(one, two)) / max(len(one), len(two))
            if share >= _ALIKE and group[other] == other:
                group[other] = group[some[0]]
                shares[group[other]] = min(share, shares.get(group[other], 1.0))
    members: dict[int, list[int]] = {}
    for document, owner in enumerate(group):
        members.setdefault(owner, []).append(document)
    several = sorted(
        (each for each in members.items() if len(each[1]) > 1), key=lambda item: (-len(item[1]), item[0])
    )
    for owner, some in several[:_LISTED]:
        same = len({corpus.documents[each].document.sha256 for each in some}) == 1
        first = tuple(corpus.documents[each] for each in some[:5])
        yield Alike(first, 1.0 if same else round(shares[owner], 2))


def _shingles(corpus: Corpus, salts: Hashes, at: int, size: int, count: int) -> tuple[Ints, Hashes]:
    """The documents and hashes of runs of terms that begin at ``size`` places from ``at`` on: all, or some of many."""
    words = salts[corpus.stream[at : at + size + _SHINGLE - 1]]
    hashes = np.zeros(size, np.uint64)
    with np.errstate(over="ignore"):
        for more in range(_SHINGLE):
            hashes = (hashes * np.uint64(0x9E3779B97F4A7C15)) ^ words[more : more + size]
            hashes ^= hashes >> np.uint64(29)
    owner = corpus.document[corpus.chunk_of[at : at + size + _SHINGLE - 1]]
    kept = owner[:size] == owner[_SHINGLE - 1 :]
    if count > _MANY:
        kept &= hashes % np.uint64(8) == 0
    return owner[:size][kept], hashes[kept]


def _sketches(corpus: Corpus) -> dict[int, Hashes]:
    """The least hashes of each document that is long enough."""
    if len(corpus.stream) < _SHINGLE:
        return {}
    salts = np.array(
        [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") for name in corpus.names],
        np.uint64,
    )
    count = len(corpus.stream) - _SHINGLE + 1
    parts = [_shingles(corpus, salts, at, min(_PIECE, count - at), count) for at in range(0, count, _PIECE)]
    owner, hashes = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((hashes, owner))
    owner, hashes = owner[order], hashes[order]
    ends = np.searchsorted(owner, np.arange(len(corpus.documents) + 1))
    found = {}
    for document in range(len(corpus.documents)):
        mine = np.unique(hashes[ends[document] : ends[document + 1]])[:_SKETCH]
        if len(mine) >= _LEAST:
            found[document] = mine
    return found


def self_check(corpus: Corpus, searcher: Searcher) -> Found:
    """Asks for sections by the words of their headings, those that stand once; evenly spaced over the documents."""
    headings = [
        (placed, section.path[-1])
        for placed in corpus.documents
        for section in placed.document.sections[:500]
        if section.path and len(section.path[-1].split()) >= _HEADING_WORDS
    ]
    often = Counter(heading.casefold() for _, heading in headings)
    once = [each for each in headings if often[each[1].casefold()] == 1]
    chosen = [once[at * len(once) // min(_ASKED, len(once))] for at in range(min(_ASKED, len(once)))]
    ranks, missed = list[int](), list[str]()
    for placed, heading in chosen:
        try:
            hits = searcher.search(question(heading), _FIRST, "lexical")
        except MemcodecError:
            continue
        rank = next((hit.rank for hit in hits if hit.document.id == placed.document.id), 0)
        ranks.append(rank)
        if not rank:
            missed.append(f"{heading} ({placed.document.uri})")
    return Found(
        len(ranks), sum(rank == 1 for rank in ranks), sum(rank > 0 for rank in ranks), tuple(missed[:_LISTED])
    )
