"""Insight: graphs, key terms, summaries and trends against what authors wrote of their own texts, and how it grows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import memcodec
from benchmarks import corpora, environments, harness, references
from benchmarks.environments import Worker
from benchmarks.references import Glossary, Summed
from benchmarks.results import Cell, Check, Section, Table
from memcodec.config.settings import Settings
from memcodec.index.lexical.tokens import analyzer
from memcodec.insight import concepts, relations, summary, trends
from memcodec.insight.concepts import Concepts
from memcodec.insight.corpus import Corpus
from memcodec.insight.sentences import sentences
from memcodec.insight.stopwords import terms_of
from memcodec.insight.summary import Candidate

NODES, KEYS = 500, 10
SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000,)
_LEXICAL = Settings.of(model="none")
_BURSTS, _DOCUMENTS, _MONTHS = 10, 1200, 24
Judged = tuple[list[list[Cell]], list[Check]]


def run(quick: bool) -> Section:
    edges, edge_checks = _edges(quick)
    nodes, node_checks = _nodes(quick)
    keys, key_checks = _keys(quick)
    sums, sum_checks = _summaries(quick)
    bursts, burst_checks = _bursts(quick)
    growth, growth_checks = _growth(quick)
    return Section(
        name="insight",
        title="Insight",
        intro=(
            "Against what authors wrote about their own texts; glossaries, index entries, summaries and the markup of "
            "cross-references are taken out of the texts first. Settings were searched for on Python's documentation, "
            "but with the figures of the other corpora in view: weights of concepts were taken from among the best "
            "there with PostgreSQL's beside them, the null model of relations was mended after a look at CMake, and "
            "summaries' settings with the kernel's beside them. No corpus here is wholly held out. Baselines run in "
            "the same run."
        ),
        tables=[
            Table(
                "Relations: authors' own links",
                [
                    "corpus",
                    "terms",
                    "links",
                    "pairs",
                    "chance",
                    "raw counts",
                    "ours",
                    "ours / raw",
                    "ours / chance",
                ],
                edges,
                "Precision of the strongest pairs, as many as authors made links. Python: the glossary's links. CMake: "
                "links between pages of commands, variables, modules and properties. PostgreSQL: the glossary's links.",
            ),
            Table(
                f"Concepts: terms of the glossary among the best {NODES}",
                ["corpus", "terms", "ours", "term frequency", "raw marks"],
                nodes,
                "Share of the glossary's terms that stand anywhere in the texts. Raw marks: by how much authors set a "
                "name apart, alone.",
            ),
            Table(
                "Shuffled text",
                ["corpus", "relations", "of shuffled words", "share"],
                _SHUFFLED.rows,
                "Confidence 0.95: all words of the corpus shuffled over its documents.",
            ),
            Table(f"Key terms: F1@{KEYS} against index entries", ["method", "pages", "F1"], keys),
            Table(
                "Summaries: ROUGE-1 F against the page's own, at equal words",
                ["pages", "count", "lead", "ours", "ours / lead"],
                sums,
            ),
            Table(
                f"Trends: {_BURSTS} planted bursts",
                ["seed", "recall@10", "false of shuffled dates"],
                bursts,
                f"{_DOCUMENTS:,} documents over {_MONTHS} months; a word of middling frequency is moved to two months.",
            ),
            Table("Growth", ["chunks", "graph s", "dashboard s", "peak MB", "dashboard kB"], growth),
        ],
        checks=[*edge_checks, *node_checks, *key_checks, *sum_checks, *burst_checks, *growth_checks],
    )


class _Shuffled:
    rows: list[list[Cell]] = []  # noqa: RUF012 - filled while edges are judged


_SHUFFLED = _Shuffled()


def _stored(texts: dict[str, str], folder: Path, times: Sequence[datetime] = ()) -> Path:
    """A memory of texts: HTML and reStructuredText as files of such names are read."""
    source, path = folder / "source", folder / "made.mp4"
    if times:
        with memcodec.create(path, settings=_LEXICAL) as memory:
            for (uri, text), when in zip(texts.items(), times, strict=True):
                memory.add(text, uri=uri, time=when)
        return path
    for uri, text in texts.items():
        (source / uri).parent.mkdir(parents=True, exist_ok=True)
        (source / uri).write_text(text, encoding="utf-8")
    with memcodec.create(path, settings=_LEXICAL) as memory:
        memory.add_path(source)
    return path


def _glossaries(quick: bool) -> list[Glossary]:
    return [references.python_glossary()] if quick else [
        references.python_glossary(), references.cmake_names(), references.postgres_glossary()
    ]  # fmt: skip


def _edges(quick: bool) -> Judged:
    rows, checks = list[list[Cell]](), list[Check]()
    _SHUFFLED.rows.clear()
    for glossary in _glossaries(quick):
        harness.say(f"  relations of {glossary.name}")
        with harness.scratch() as scratch, memcodec.open(_stored(glossary.texts, scratch)) as memory:
            row = _edges_of(glossary, Corpus([memory.reader]))
            rows.append([glossary.name, *row])
            real = len(memory.graph(confidence=0.95).relations)
        if glossary.name != "PostgreSQL manual":
            checks += [
                Check(f"{glossary.name}: precision, ours / raw counts", float(row[6]), 3, "x", True),  # type: ignore[arg-type]
                Check(f"{glossary.name}: precision, ours / chance", float(row[7]), 20, "x", True),  # type: ignore[arg-type]
            ]
        with (
            harness.scratch() as scratch,
            memcodec.open(_stored(_shuffled(glossary.texts), scratch)) as memory,
        ):
            void = len(memory.graph(confidence=0.95).relations)
        _SHUFFLED.rows.append([glossary.name, real, void, void / max(1, real)])
        checks.append(
            Check(f"{glossary.name}: relations of shuffled text", 100 * void / max(1, real), 5, "%")
        )
    return rows, checks


def _shuffled(texts: dict[str, str]) -> dict[str, str]:
    """The same words in documents of the same sizes, as plain text."""
    import re

    bare = {uri: re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text)) for uri, text in texts.items()}
    words = [word for each in bare.values() for word in each]
    random.Random(corpora.SEED).shuffle(words)
    made, at = dict[str, str](), 0
    for number, each in enumerate(bare.values()):
        made[f"{number:05}.txt"] = " ".join(words[at : at + len(each)]) + "\n"
        at += len(each)
    return made


def _edges_of(glossary: Glossary, corpus: Corpus) -> list[Cell]:
    """Counts, then precisions: chance, raw counts, ours, and their ratios."""
    terms = dict[tuple[str, ...], str]()
    for term in glossary.terms:
        words = tuple(corpus.analyzer.tokens(term))
        if words and all(each in corpus.ids for each in words):
            terms.setdefault(words, term)
    runs = [[corpus.ids[each] for each in words] for words in terms]
    found = concepts.locate(corpus, runs, np.arange(len(runs)))
    kinds, held = len(runs), corpus.chunk_of[found.place].astype(np.int64)
    chunk, concept = np.divmod(np.unique(held * kinds + found.concept), kinds)
    counts = np.bincount(concept, minlength=kinds)
    number = {term: at for at, term in enumerate(terms.values())}
    wanted = {
        (min(pair), max(pair))
        for link in glossary.links
        if len(pair := {number[each] for each in link if each in number and counts[number[each]]}) == 2
    }
    there = int((counts > 0).sum())
    pairs, best = there * (there - 1) // 2, len(wanted)
    seen = relations.together(chunk, concept, kinds)
    raw = np.argsort(-seen, axis=None, kind="stable")[:best]
    hits = sum(divmod(int(each), kinds) in wanted for each in raw)
    mine = relations.related(chunk, concept, kinds, corpus.chunks, 0.0)
    ours = sum(each in wanted for each in list(zip(mine.a.tolist(), mine.b.tolist(), strict=True))[:best])
    chance = best / pairs
    precision = ours / max(1, min(best, len(mine.a)))
    return [
        there,
        best,
        pairs,
        chance,
        hits / best,
        precision,
        precision * best / max(1, hits),
        precision / chance,
    ]


def _nodes(quick: bool) -> Judged:
    rows, checks = list[list[Cell]](), list[Check]()
    for glossary in _glossaries(quick):
        if glossary.name == "CMake manual":
            continue
        harness.say(f"  concepts of {glossary.name}")
        with harness.scratch() as scratch, memcodec.open(_stored(glossary.texts, scratch)) as memory:
            corpus = Corpus([memory.reader])
            found = concepts.find(corpus, NODES)
            wanted = _standing(glossary, corpus)
            runs = [
                (int(count), tuple(corpus.names[each] for each in terms))
                for some in concepts.candidates(corpus)
                for terms, count in zip(some.terms.tolist(), some.counts, strict=True)
            ]
            often = {words for _, words in sorted(runs, key=lambda each: (-each[0], each[1]))[:NODES]}
            marks = sorted(found.marks.weight.items(), key=lambda each: (-each[1], each[0]))[:NODES]
            shares = [
                len(wanted & some) / len(wanted)
                for some in (_names(found), often, {words for words, _ in marks})
            ]
        rows.append([glossary.name, len(wanted), *shares])
        checks.append(Check(f"{glossary.name}: terms among the best {NODES}", 100 * shares[0], 60, "%", True))
    return rows, checks


def _names(found: Concepts) -> set[tuple[str, ...]]:
    return {*found.terms, *(each for some in found.aliases for each in some)}


def _standing(glossary: Glossary, corpus: Corpus) -> set[tuple[str, ...]]:
    """The glossary's terms that stand somewhere."""
    made = {tuple(corpus.analyzer.tokens(term)) for term in glossary.terms}
    return {
        words
        for words in made
        if words
        and all(each in corpus.ids for each in words)
        and len(concepts.standing(corpus, [[corpus.ids[each] for each in words]])[0])
    }


# Key terms


def _keys(quick: bool) -> Judged:
    pages = references.python_entries()[:: 6 if quick else 1]
    make = analyzer("english")

    def terms(text: str) -> tuple[str, ...]:
        return tuple(make.tokens(text))

    with (
        harness.scratch() as scratch,
        memcodec.open(_stored({each.name: each.text for each in pages}, scratch)) as memory,
    ):
        corpus = Corpus([memory.reader])
        ours = _key_terms(corpus)
        uris = {placed.document.uri: number for number, placed in enumerate(corpus.documents)}
    worker_python = environments.python("yake")
    methods: dict[str, Callable[[Any], Sequence[tuple[str, ...]]]] = {
        "ours": lambda page: ours[uris[page.name]],
        "term frequency": lambda page: _frequent(page.text, make),
    }
    rows, scores = list[list[Cell]](), dict[str, float]()
    if worker_python:
        with harness.scratch() as scratch, Worker("keys_yake", scratch, worker_python) as worker:
            found = worker("keys", texts=[each.text for each in pages], count=4 * KEYS)["keys"]
        yake = {page.name: _distinct(map(terms, keys)) for page, keys in zip(pages, found, strict=True)}
        methods["YAKE"] = lambda page: yake[page.name]
    for name, method in methods.items():
        scores[name] = float(
            np.mean([_f1(method(page), {terms(each) for each in page.entries}) for page in pages])
        )
        rows.append([name, len(pages), scores[name]])
    checks = [
        Check(f"key terms: F1@{KEYS}, ours / {name}", scores["ours"] / score, 1, "x", True)
        for name, score in scores.items()
        if name != "ours"
    ]
    return rows, checks


def _key_terms(corpus: Corpus) -> list[list[tuple[str, ...]]]:
    """Of each document the names that it has most, weighed as concepts are."""
    found = concepts.find(corpus, 2000)
    document = corpus.document[found.chunk]
    kinds = len(found.terms)
    keys, code = np.unique(document * kinds + found.concept, return_inverse=True)
    often = np.bincount(code, found.times)
    owner, concept = np.divmod(keys, kinds)
    weight = often * np.sqrt(found.weights[concept])
    made: list[list[tuple[str, ...]]] = [[] for _ in corpus.documents]
    for at in np.lexsort((concept, -weight, owner)).tolist():
        if len(mine := made[int(owner[at])]) < KEYS:
            mine.append(found.terms[int(concept[at])])
    return made


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


def _distinct(keys: Any) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(keys))[:KEYS]


def _f1(found: Sequence[tuple[str, ...]], wanted: set[tuple[str, ...]]) -> float:
    hits = len(set(found) & wanted)
    return 2 * hits / (len(set(found)) + len(wanted)) if hits else 0.0


# Summaries


def _summaries(quick: bool) -> Judged:
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


def _bursts(quick: bool) -> Judged:
    rows, make = list[list[Cell]](), analyzer("english")
    for seed in range(2 if quick else 5):
        texts, times, planted = burst(seed)
        with harness.scratch(in_memory=True) as scratch:
            with memcodec.open(_stored(texts, scratch, times)) as memory:
                told = trends.trends(Corpus([memory.reader])).trends[:_BURSTS]
            recall = len({word for each in told for word in make.tokens(each.term)} & planted) / len(planted)
        random.Random(seed).shuffle(times)
        with (
            harness.scratch(in_memory=True) as scratch,
            memcodec.open(_stored(texts, scratch, times)) as memory,
        ):
            void = trends.trends(Corpus([memory.reader]))
        rows.append([seed, recall, len(void.trends)])
    recalls, false = [float(row[1]) for row in rows], sum(bool(row[2]) for row in rows)  # type: ignore[arg-type]
    return rows, [
        Check("trends: recall@10 of planted bursts", float(np.mean(recalls)), 0.9, "", True),
        Check("trends: tables with anything, of shuffled dates", 100 * false / len(rows), 5, "%"),
    ]


def burst(seed: int) -> tuple[dict[str, str], list[datetime], set[str]]:
    """Sections of Python's documentation at random times, and words that are planted: each into documents of two
    months, as many as have it anywhere, which stay.
    """
    chance = random.Random(seed)
    pieces = corpora.chunks(_DOCUMENTS)
    begin = datetime(2023, 1, 1, tzinfo=UTC)
    times = [begin + timedelta(days=chance.random() * 30.4 * _MONTHS) for _ in pieces]
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
    while len(planted) < _BURSTS:
        word = chance.choice(middling)
        if make.term(word) in stems:
            continue
        stems.add(make.term(word))
        planted.add(make.term(word))
        first = chance.randrange(_MONTHS - 1)
        low, high = begin + timedelta(days=30.4 * first), begin + timedelta(days=30.4 * (first + 2))
        inside = [at for at, when in enumerate(times) if low <= when < high]
        for at in chance.sample(inside, min(len(inside), spread[make.term(word)])):
            words = texts[at].split(" ")
            words.insert(chance.randrange(len(words)), word)
            texts[at] = " ".join(words)
    return {f"{at:05}.txt": text for at, text in enumerate(texts)}, times, planted


# Growth


def _growth(quick: bool) -> Judged:
    rows, checks = list[list[Cell]](), list[Check]()
    for size in QUICK_SIZES if quick else SIZES:
        with harness.scratch() as scratch:
            corpora.grown(size * 950, scratch / "source")
            path = scratch / "made.mp4"
            with memcodec.create(path, settings=_LEXICAL) as memory:
                memory.add_path(scratch / "source")
            (scratch / "source").rename(scratch / "gone")
            found = harness.child("benchmarks.workers.insight", str(path))
        rows.append(
            [found["chunks"], found["graph"], found["dashboard"], found["peak"] / 1e6, found["page"] / 1e3]
        )
        if size == SIZES[-1]:
            checks += [
                Check("graph of 100,000 chunks", found["graph"], 60, "s"),
                Check("dashboard of 100,000 chunks", found["dashboard"], 60, "s"),
                Check("peak memory at 100,000 chunks", found["peak"] / 1e6, 1000, "MB"),
            ]
    return rows, checks
