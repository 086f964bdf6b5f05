"""Insight: relations and concepts against what authors wrote, and how graph and dashboard grow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

import memcodec
from benchmarks import corpora, harness, references
from benchmarks.references import Glossary
from benchmarks.results import Cell, Check
from memcodec.config.settings import Settings
from memcodec.insight import concepts, relations, runs
from memcodec.insight.concepts import Concepts
from memcodec.insight.corpus import Corpus

NODES = 500
SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000,)
LEXICAL = Settings.of(model="none")
Judged = tuple[list[list[Cell]], list[Check]]


def stored(texts: dict[str, str], folder: Path, times: Sequence[datetime] = ()) -> Path:
    """A memory of texts: HTML and reStructuredText as files of such names are read."""
    source, path = folder / "source", folder / "made.mp4"
    if times:
        with memcodec.create(path, settings=LEXICAL) as memory:
            for (uri, text), when in zip(texts.items(), times, strict=True):
                memory.add(text, uri=uri, time=when)
        return path
    for uri, text in texts.items():
        (source / uri).parent.mkdir(parents=True, exist_ok=True)
        (source / uri).write_text(text, encoding="utf-8")
    with memcodec.create(path, settings=LEXICAL) as memory:
        memory.add_path(source)
    return path


class Found(NamedTuple):
    """Rows of relations, of shuffled words, and of concepts; and checks of all."""

    edges: list[list[Cell]]
    shuffled: list[list[Cell]]
    nodes: list[list[Cell]]
    checks: list[Check]


def graphs(quick: bool) -> Found:
    """Of authors' own links and glossaries, and of shuffled words."""
    made = Found([], [], [], [])
    if quick:
        _of(references.python_glossary(), made)
        return made
    _of(references.git_glossary(), made, edges=False, shuffled=False)
    _of(references.python_glossary(), made)
    _of(references.cmake_names(), made, nodes=False)
    _of(references.postgres_glossary(), made)
    _of(references.sqlalchemy_glossary(), made, shuffled=False)
    return made


def _of(
    glossary: Glossary, made: Found, *, edges: bool = True, nodes: bool = True, shuffled: bool = True
) -> None:
    harness.say(f"  graph of {glossary.name}")
    real = 0
    with harness.scratch() as scratch, memcodec.open(stored(glossary.texts, scratch)) as memory:
        corpus = Corpus([memory.reader])
        if edges:
            row = _edges_of(glossary, corpus)
            made.edges.append([glossary.name, *row])
            if glossary.name in ("Python documentation", "CMake manual"):
                made.checks.extend(
                    [
                        Check(f"{glossary.name}: precision, ours / raw counts", float(row[6]), 3, "x", True),  # type: ignore[arg-type]
                        Check(f"{glossary.name}: precision, ours / chance", float(row[7]), 20, "x", True),  # type: ignore[arg-type]
                    ]
                )
        if nodes:
            found = _nodes_of(glossary, corpus)
            made.nodes.append([glossary.name, *found])
            share = 100 * float(found[3])  # type: ignore[arg-type]
            made.checks.append(Check(f"{glossary.name}: terms among the best {NODES}", share, 60, "%", True))
        if shuffled:
            real = len(memory.graph(confidence=0.95).relations)
    if shuffled:
        with (
            harness.scratch() as scratch,
            memcodec.open(stored(_shuffled(glossary.texts), scratch)) as memory,
        ):
            void = len(memory.graph(confidence=0.95).relations)
        made.shuffled.append([glossary.name, real, void, void / max(1, real)])
        share = 100 * void / max(1, real)
        made.checks.append(Check(f"{glossary.name}: relations of shuffled text", share, 5, "%"))


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
    named = [[corpus.ids[each] for each in words] for words in terms]
    found = concepts.locate(corpus, named, np.arange(len(named)))
    kinds, held = len(named), corpus.chunk_of[found.place].astype(np.int64)
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


def _nodes_of(glossary: Glossary, corpus: Corpus) -> list[Cell]:
    """How many terms there are, and how many of them stand in the texts. Of these, shares: that are weighed at all, and
    that are found, by us, by counts, by marks; then ours of those that are weighed, and of all.
    """
    found = concepts.find(corpus, NODES)
    wanted = standing(glossary, corpus)
    counted = [
        (int(count), tuple(corpus.names[each] for each in terms))
        for some in runs.candidates(corpus)
        for terms, count in zip(some.terms.tolist(), some.counts, strict=True)
    ]
    often = {words for _, words in sorted(counted, key=lambda each: (-each[0], each[1]))[:NODES]}
    marks = sorted(found.marks.weight.items(), key=lambda each: (-each[1], each[0]))[:NODES]
    ways = (_names(found), often, {words for words, _ in marks})
    whole = {tuple(corpus.analyzer.tokens(term)) for term in glossary.terms}
    reached = wanted & {words for _, words in counted}
    hits = len(wanted & ways[0])
    return [
        len(whole),
        len(wanted),
        len(reached) / len(wanted),
        *(len(wanted & some) / len(wanted) for some in ways),
        hits / len(reached),
        hits / len(whole),
    ]


def _names(found: Concepts) -> set[tuple[str, ...]]:
    return {*found.terms, *(each for some in found.aliases for each in some)}


def standing(glossary: Glossary, corpus: Corpus) -> set[tuple[str, ...]]:
    """The glossary's terms that stand somewhere."""
    made = {tuple(corpus.analyzer.tokens(term)) for term in glossary.terms}
    return {
        words
        for words in made
        if words
        and all(each in corpus.ids for each in words)
        and len(concepts.standing(corpus, [[corpus.ids[each] for each in words]])[0])
    }


# Growth


def growth(quick: bool) -> Judged:
    rows, checks = list[list[Cell]](), list[Check]()
    for size in QUICK_SIZES if quick else SIZES:
        with harness.scratch() as scratch:
            corpora.grown(size * 950, scratch / "source")
            path = scratch / "made.mp4"
            with memcodec.create(path, settings=LEXICAL) as memory:
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
