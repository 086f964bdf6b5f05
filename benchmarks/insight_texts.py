"""Insight: key terms, summaries and trends against what authors wrote, and what was planted."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

import memcodec
from benchmarks import corpora, environments, harness, references
from benchmarks.environments import Worker
from benchmarks.insight_graphs import Judged, stored
from benchmarks.references import Indexed, Summed
from benchmarks.results import Cell, Check
from memcodec.index.lexical.tokens import analyzer
from memcodec.insight import summary, trends
from memcodec.insight.corpus import Corpus
from memcodec.insight.keys import key_terms
from memcodec.insight.sentences import sentences
from memcodec.insight.stopwords import terms_of
from memcodec.insight.summary import Candidate

KEYS = 10
BURSTS, DOCUMENTS, MONTHS, SHUFFLES = 10, 1200, 24, 12


# Key terms


def keys(quick: bool) -> Judged:
    rows, checks, worker_python = list[list[Cell]](), list[Check](), environments.python("yake")
    for name, pages in (
        ("Python documentation", references.python_entries()),
        ("PostgreSQL manual", references.postgres_entries()),
    ):
        some = pages[:: 6 if quick else 1]
        scores = {"ours": _key_terms(some), "term frequency": _frequencies(some)}
        if worker_python:
            with harness.scratch() as scratch, Worker("keys_yake", scratch, worker_python) as worker:
                found = worker("keys", texts=[_bare(each) for each in some], count=4 * KEYS)["keys"]
            made = analyzer("english").tokens
            scores["YAKE"] = _scored(some, [_distinct(tuple(made(key)) for key in each) for each in found])
        rows += [[name, method, len(some), score] for method, score in scores.items()]
        checks += [
            Check(f"key terms of {name}: F1@{KEYS}, ours / {method}", scores["ours"] / score, 1, "x", True)
            for method, score in scores.items()
            if method != "ours"
        ]
    return rows, checks


def _bare(page: Indexed) -> str:
    """The text of a page, without markup if it is HTML."""
    return re.sub(r"<[^>]+>", " ", page.text) if page.name.endswith(".html") else page.text


def _scored(pages: Sequence[Indexed], found: Sequence[Sequence[tuple[str, ...]]]) -> float:
    """The mean F1 of what was found against the entries of each page."""
    make = analyzer("english")
    return float(
        np.mean(
            [
                _f1(terms, {tuple(make.tokens(each)) for each in page.entries})
                for page, terms in zip(pages, found, strict=True)
            ]
        )
    )


def _key_terms(pages: Sequence[Indexed]) -> float:
    with (
        harness.scratch() as scratch,
        memcodec.open(stored({each.name: each.text for each in pages}, scratch)) as memory,
    ):
        corpus = Corpus([memory.reader])
        found = key_terms(corpus, range(len(corpus.documents)), KEYS)
        number = {placed.document.uri: at for at, placed in enumerate(corpus.documents)}
        return _scored(pages, [[key.words for key in found[number[each.name]]] for each in pages])


def _frequencies(pages: Sequence[Indexed]) -> float:
    make = analyzer("english")
    return _scored(pages, [_frequent(_bare(each), make) for each in pages])


def _frequent(text: str, make: Any) -> list[tuple[str, ...]]:
    """Runs of one to three words between stop words, the most frequent first."""
    stops, counts, run = terms_of("english"), Counter[tuple[str, ...]](), list[str]()
    for word in [*make.tokens(text), ""]:
        if word and word not in stops and len(word) > 1 and not word.isdigit():
            run.append(word)
            continue
        for size in (1, 2, 3):
            counts.update(tuple(run[at : at + size]) for at in range(len(run) - size + 1))
        run = []
    return [words for words, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:KEYS]]


def _distinct(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(keys))[:KEYS]


def _f1(found: Sequence[tuple[str, ...]], wanted: set[tuple[str, ...]]) -> float:
    hits = len(set(found) & wanted)
    return 2 * hits / (len(set(found)) + len(wanted)) if hits else 0.0


# Summaries


def summaries(quick: bool) -> Judged:
    rows, checks = list[list[Cell]](), list[Check]()
    for name, pages in (
        ("What's New of Python", references.whats_new()),
        ("Linux kernel documentation", references.kernel_overviews()),
    ):
        some = pages[:4] if quick else pages
        lead = float(
            np.mean([_rouge(" ".join(each.text.split()[: _size(each)]), each.summary) for each in some])
        )
        ours = float(np.mean([_rouge(summarized(each.text, _size(each)), each.summary) for each in some]))
        rows.append([name, len(some), lead, ours, ours / lead])
        checks.append(Check(f"summaries of {name}: ROUGE-1, ours / lead", ours / lead, 1.3, "x", True))
    return rows, checks


def _size(page: Summed) -> int:
    return len(page.summary.split())


def summarized(text: str, words: int) -> str:
    """A page in so many words, as synthesis chooses sentences from passages."""
    make, stops = analyzer("english"), terms_of("english")
    lines = text.count("\n") + 1

    def terms(some: str) -> tuple[str, ...]:
        return tuple(each for each in make.tokens(some) if len(each) > 1 and each not in stops)

    said = [
        Candidate(each.text, terms(each.text), len(each.text.split()), each.line / lines, each.place == 0)
        for each in sentences(text)
    ]
    headings = Counter(term for heading in _headings(text) for term in set(terms(heading)))
    most = max(headings.values(), default=1)
    weight = summary.weights(
        said, lambda term: 1.0, {term: n / most for term, n in headings.items()}, frozenset()
    )
    return " ".join(said[at].text for at in sorted(summary.choose(said, weight, words)))


def _headings(text: str) -> list[str]:
    lines = text.split("\n")
    return [one for one, two in pairwise(lines) if one.strip() and len(set(two.strip())) == 1 and
            two.strip()[0] in "=-~^\"'*#+" and len(two.strip()) >= 3]  # fmt: skip


def _rouge(made: str, wanted: str) -> float:
    """ROUGE-1 F (C.-Y. Lin, 2004), of stems."""
    make = analyzer("english")
    one, two = Counter(make.tokens(made)), Counter(make.tokens(wanted))
    both = (one & two).total()
    return 2 * both / (one.total() + two.total()) if both else 0.0


# Trends


def bursts(quick: bool) -> Judged:
    rows, make = list[list[Cell]](), analyzer("english")
    recalls, false = list[float](), list[int]()
    for seed in range(2 if quick else 5):
        texts, times, planted = burst(seed)
        with (
            harness.scratch(in_memory=True) as scratch,
            memcodec.open(stored(texts, scratch, times)) as memory,
        ):
            corpus = Corpus([memory.reader])
            told = trends.trends(corpus).trends[:BURSTS]
            recall = len({word for each in told for word in make.tokens(each.term)} & planted) / len(planted)
            recalls.append(recall)
            false.append(_of_shuffled(corpus, seed))
            rows.append([seed, recall, SHUFFLES, false[-1]])
    share = 100 * sum(false) / (SHUFFLES * len(false))
    return rows, [
        Check("trends: recall@10 of planted bursts", float(np.mean(recalls)), 0.9, "", True),
        Check("trends: tables with anything, of shuffled dates", share, 5, "%"),
    ]


def _of_shuffled(corpus: Corpus, seed: int) -> int:
    """How many tables tell anything where documents change their dates with each other."""
    counts, (names, period) = trends.named(corpus), trends.periods(corpus, "month")
    sizes, draw = np.bincount(period, minlength=len(names)), np.random.default_rng(seed)
    return sum(bool(trends.scan(counts, draw.permutation(period), sizes)[0]) for _ in range(SHUFFLES))


def burst(seed: int) -> tuple[dict[str, str], list[datetime], set[str]]:
    """Sections of Python's documentation at random times, and words that are planted: each into documents of two
    months, as many as have it anywhere, which stay.
    """
    chance = random.Random(seed)
    pieces = corpora.chunks(DOCUMENTS)
    begin = datetime(2023, 1, 1, tzinfo=UTC)
    times = [begin + timedelta(days=chance.random() * 30.4 * MONTHS) for _ in pieces]
    make = analyzer("english")
    spread = Counter(term for text in pieces for term in set(make.tokens(text)))
    middling = sorted(
        {
            word
            for text in pieces
            for word in corpora._words(text.lower())
            if len(word) > 5
            and 10 <= spread[make.term(word)] <= 30
            and make.term(word) not in terms_of("english")
        }
    )
    planted = set[str]()
    texts = list(pieces)
    stems = set[str]()
    while len(planted) < BURSTS:
        word = chance.choice(middling)
        if make.term(word) in stems:
            continue
        stems.add(make.term(word))
        planted.add(make.term(word))
        first = chance.randrange(MONTHS - 1)
        low, high = begin + timedelta(days=30.4 * first), begin + timedelta(days=30.4 * (first + 2))
        inside = [at for at, when in enumerate(times) if low <= when < high]
        for at in chance.sample(inside, min(len(inside), spread[make.term(word)])):
            words = texts[at].split(" ")
            words.insert(chance.randrange(len(words)), word)
            texts[at] = " ".join(words)
    return {f"{at:05}.txt": text for at, text in enumerate(texts)}, times, planted
