"""Trends: terms that documents of a stretch of time name more often than those of others, beyond chance.

Every frequent term is looked at in every stretch of periods, up to half of all: a scan statistic (M. Kulldorff, "A
spatial scan statistic", 1997), the likelihood ratio of the most striking stretch. Under the null hypothesis the
documents that name a term are drawn from all at random: such draws are made and scanned in the same way, and the tail
of what they give is continued (A. M. Abrams, K. Kleinman and M. Kulldorff, "Gumbel based p-value approximations for
spatial scan statistics", 2010, do so, too), which takes all stretches into account. That many terms are tested is
taken into account by the rate of false discoveries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import log
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError
from memcodec.format.arrays import Ints
from memcodec.insight import chance
from memcodec.insight.concepts import standing
from memcodec.insight.corpus import Corpus, distinct
from memcodec.insight.marks import Words
from memcodec.insight.naming import written
from memcodec.insight.runs import candidates
from memcodec.insight.values import Trend, Trends

By = Literal["month", "commit"]
Floats = npt.NDArray[np.float64]
SIGNIFICANT = 0.05  #: of what is told, the share that is false, at most
SHOWN = 50  #: trends
LEAST = 5  #: documents that name a term
_PERIODS = 48  # more are taken together
_LISTED = 20
_SAME = 0.7  # of a term's documents in the stretch name a longer one too: it is told once
_SEED = 20
_DRAWS, _TAIL = (
    2000,
    0.05,
)  # draws of each class of terms, and the share of them that tells how their tail goes on
_CLASS = 1.5  # times as many documents: terms of one class are compared with the same draws


class Counts(NamedTuple):
    """Terms, and pairs of a document and a term that it names, which rise by term."""

    terms: list[Words]
    term: Ints
    document: Ints

    def where(self, term: int) -> Ints:
        """The documents that name a term."""
        first, last = np.searchsorted(self.term, [term, term + 1])
        return self.document[first:last]


class _Found(NamedTuple):
    q: float  # the rate of false discoveries among all that are as striking
    log_p: float
    term: int
    first: int
    last: int  # the period after


def trends(corpus: Corpus, by: By = "month") -> Trends:
    """What rose and fell in a corpus. Raises ConfigError for one without words."""
    corpus.check_language()
    names, period = periods(corpus, by)
    sizes = np.bincount(period, minlength=len(names))
    counts = named(corpus)
    found, windows = scan(counts, period, sizes)
    kept = list(_each_once(found, counts, period))[:SHOWN]
    return Trends(
        tuple(_described(corpus, counts, each, names, period, sizes) for each in kept),
        by,
        tuple(names),
        tuple(sizes.tolist()),
        len(counts.terms),
        windows,
        tuple(corpus.notes),
    )


def named(corpus: Corpus) -> Counts:
    """The frequent terms, and which documents name them."""
    runs = [
        terms
        for each in candidates(corpus)
        for terms, documents in zip(each.terms.tolist(), each.documents.tolist(), strict=True)
        if documents >= LEAST
    ]
    pairs = [np.empty(0, np.int64)]
    owner = corpus.document.astype(np.int32)[corpus.chunk_of]
    total = len(corpus.documents)
    for length in (1, 2, 3):
        mine = [at for at, terms in enumerate(runs) if len(terms) == length]
        if mine:
            place, which = standing(corpus, [runs[at] for at in mine])
            pairs.append(distinct(np.array(mine, np.int64)[which] * total + owner[place]))
    term, document = np.divmod(np.concatenate(pairs), max(1, total))
    order = np.lexsort((document, term))
    words = [tuple(corpus.names[each] for each in terms) for terms in runs]
    return Counts(words, term[order], document[order])


def scan(counts: Counts, period: Ints, sizes: Ints) -> tuple[list[_Found], int]:
    """Of each term whose most striking stretch is beyond chance that stretch, the most striking first; and how many
    stretches there are.
    """
    kinds, spans = len(counts.terms), len(sizes)
    flat = np.bincount(counts.term * spans + period[counts.document], minlength=kinds * spans)
    table = flat.reshape(kinds, spans)
    windows = _windows(sizes)
    if not windows or not kinds:
        return [], len(windows)
    statistic, which = _striking(table, sizes, windows)
    log_p = _by_chance(statistic, table.sum(axis=1), sizes, windows)
    q = chance.false_discoveries(log_p, kinds)
    found = [
        _Found(float(q[term]), float(log_p[term]), term, *windows[int(which[term])])
        for term in np.flatnonzero((q <= SIGNIFICANT) & (which >= 0)).tolist()
    ]
    return sorted(found, key=lambda each: each[1:]), len(windows)


def _windows(sizes: Ints) -> list[tuple[int, int]]:
    """The stretches that have half of the documents or less: their first period, and the one after their last."""
    ends, spans = np.concatenate([[0], np.cumsum(sizes)]), len(sizes)
    return [
        (first, last)
        for first in range(spans)
        for last in range(first + 1, spans + 1)
        if 0 < 2 * int(ends[last] - ends[first]) <= int(ends[-1])
    ]


def _striking(table: Ints, sizes: Ints, windows: Sequence[tuple[int, int]]) -> tuple[Floats, Ints]:
    """Of each row of counts by period the greatest log-likelihood ratio of all stretches, and which has it."""
    sums = np.zeros((len(sizes) + 1, len(table)), np.int64)
    np.cumsum(table.T, axis=0, out=sums[1:])
    ends, held = np.concatenate([[0], np.cumsum(sizes)]), sums[-1]
    best, which = np.zeros(len(table)), np.full(len(table), -1, np.int64)
    for number, (first, last) in enumerate(windows):
        share = float(ends[last] - ends[first]) / float(ends[-1])
        ratio = -chance.tail_bound(sums[last] - sums[first], held, share)
        better = ratio > best
        best[better], which[better] = ratio[better], number
    return best, which


def _by_chance(statistic: Floats, held: Ints, sizes: Ints, windows: Sequence[tuple[int, int]]) -> Floats:
    """Logarithms of the probabilities that documents drawn at random give as much, as many as name each term."""
    draw, made = np.random.default_rng(_SEED), np.zeros(len(statistic))
    class_of = np.round(np.log(np.maximum(held, 1)) / log(_CLASS)).astype(np.int64)
    for each in distinct(class_of).tolist():
        mine = np.flatnonzero(class_of == each)
        drawn, often = np.unique(draw.choice(held[mine], _DRAWS), return_counts=True)
        table = np.concatenate(
            [
                draw.multivariate_hypergeometric(sizes, count, times, method="marginals")
                for count, times in zip(drawn.tolist(), often.tolist(), strict=True)
            ]
        )
        made[mine] = chance.Tail.of(_striking(table, sizes, windows)[0], _TAIL).log_p(statistic[mine])
    return made


def _each_once(found: Sequence[_Found], counts: Counts, period: Ints) -> Iterator[_Found]:
    """Without terms whose words are told by another one that rose with them: of names, the whole is told."""
    told = list[tuple[Words, set[int]]]()
    by_length = sorted(found, key=lambda each: (round(each.log_p), -len(counts.terms[each.term]), each))
    for each in by_length:
        words = counts.terms[each.term]
        where = counts.where(each.term)
        inside = set(where[(period[where] >= each.first) & (period[where] < each.last)].tolist())
        if not any(
            _overlap(words, other) and len(inside & held) >= _SAME * len(inside) for other, held in told
        ):
            told.append((words, inside))
            yield each


def _overlap(words: Words, other: Words) -> bool:
    return bool(set(words) & set(other))


def _described(
    corpus: Corpus,
    counts: Counts,
    found: _Found,
    names: Sequence[str],
    period: Ints,
    sizes: Ints,
) -> Trend:
    where = counts.where(found.term)
    inside = where[(period[where] >= found.first) & (period[where] < found.last)]
    place, _ = standing(corpus, [[corpus.ids[word] for word in counts.terms[found.term]]])
    place = place[np.isin(corpus.document[corpus.chunk_of[place]], inside)]
    _, first = np.unique(corpus.document[corpus.chunk_of[place]], return_index=True)
    chunks = corpus.chunk_of[place[np.sort(first)]].astype(np.int64)
    share = float(sizes[found.first : found.last].sum()) / max(1, int(sizes.sum()))
    return Trend(
        term=written(corpus, counts.terms[found.term], place),
        rose=found.first > 0 or found.last == len(names),
        first=names[found.first],
        last=names[found.last - 1],
        observed=len(inside),
        expected=round(len(where) * share, 2),
        there=int(sizes[found.first : found.last].sum()),
        total=len(where),
        p=float(f"{found.q:.3g}"),
        counts=tuple(np.bincount(period[where], minlength=len(names)).tolist()),
        chunks=tuple(map(corpus.cite, chunks[:_LISTED].tolist())),
    )


# Time, cut


def periods(corpus: Corpus, by: By) -> tuple[list[str], Ints]:
    """The names of periods in their order, and the period of each document. At most 48: more are taken together."""
    if by == "commit":
        found = [(each.commit_time, each.source, each.commit) for each in corpus.documents]
        keys = sorted(set(found))
        several = len({source for _, source, _ in keys}) > 1
        names = [
            f"{corpus.indexes.readers[source].source.name} {commit}" if several else f"commit {commit}"
            for _, source, commit in keys
        ]
        number = {key: at for at, key in enumerate(keys)}
        return _together(names, np.array([number[each] for each in found], np.int64))
    if by != "month":
        raise ConfigError(f"by {by!r}: must be month or commit")
    months = np.array([_month(each.document.time) for each in corpus.documents], np.int64)
    first, last = int(months.min()), int(months.max())
    if last - first + 1 > 12 * _PERIODS:  # centuries: only those months that there are
        there, places = np.unique(months, return_inverse=True)
        return _together([_month_name(each) for each in there.tolist()], places)
    return _together([_month_name(each) for each in range(first, last + 1)], months - first)


def _month(time: datetime) -> int:
    return 12 * time.year + time.month - 1


def _month_name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _together(names: list[str], period: Ints) -> tuple[list[str], Ints]:
    every = -(-len(names) // _PERIODS)
    if every == 1:
        return names, period
    cut = [names[at : at + every] for at in range(0, len(names), every)]
    return [each[0] if len(each) == 1 else f"{each[0]} to {each[-1]}" for each in cut], period // every
