"""Key terms: what a document speaks of, told by its own names.

A name weighs by how often the document has it, how rare it is in others, where it first stands, whether its words stand
together by more than chance, in prose or in code, and whether the document's title or headings have it. The
coefficients are those of a logistic regression on the index entries of Python's documentation (`python -m
benchmarks.insight_fit`); PostgreSQL's are reported on (`python -m benchmarks insight`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints
from memcodec.insight import runs, weighing
from memcodec.insight.concepts import standing_in
from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marking, Words
from memcodec.insight.naming import written
from memcodec.insight.runs import Runs
from memcodec.insight.stopwords import weak_terms

Floats = npt.NDArray[np.float64]
KEYS = 10
COEFFICIENTS = {
    "often": 0.798, "spread": -0.178, "first": -0.286, "of two": -1.384, "of three": -2.442, "cohesion": 2.116,
    "prose": 0.968, "weak": -1.158, "headed": 1.137,
}  # fmt: skip


class Named(NamedTuple):
    """Pairs of a document and a run of terms that it has: their numbers, the place in the stream where the document
    has it first, and what is known of each pair.
    """

    document: Ints
    run: Ints
    place: Ints
    features: dict[str, Floats]


class Key(NamedTuple):
    """A key term of a document, and the place in the stream where it first stands there."""

    words: Words
    place: int


def key_terms(corpus: Corpus, documents: Sequence[int], count: int = KEYS) -> list[list[Key]]:
    """Of each of some documents, by their numbers in the corpus, the names that tell most of it, best first. Raises
    ConfigError for a corpus without words.
    """
    corpus.check_language()
    made: list[list[Key]] = [[] for _ in documents]
    number = {document: at for at, document in enumerate(documents)}
    found = list[tuple[int, float, Key]]()
    for some, each in pairs(corpus, documents):
        weight = sum(
            (COEFFICIENTS[name] * each.features[name] for name in COEFFICIENTS), np.zeros(len(each.run))
        )
        best = np.lexsort((-weight, each.document))
        first = np.searchsorted(each.document[best], each.document[best])
        best = best[np.arange(len(best)) - first < count]  # of each document the best of this length
        for at in best.tolist():
            words = tuple(corpus.names[term] for term in some.terms[each.run[at]].tolist())
            found.append(
                (number[int(each.document[at])], -float(weight[at]), Key(words, int(each.place[at])))
            )
    for document, _, key in sorted(found):
        if len(made[document]) < count:
            made[document].append(key)
    return made


def about(corpus: Corpus, documents: Sequence[int], count: int) -> list[tuple[str, ...]]:
    """Key terms as documents write them; of those that have words in common the first."""
    made = list[tuple[str, ...]]()
    for mine in key_terms(corpus, documents, 2 * count):
        told, used = list[str](), set[str]()
        for key in mine:
            if len(told) < count and not used.intersection(key.words):
                used.update(key.words)
                told.append(written(corpus, key.words, np.array([key.place])))
        made.append(tuple(told))
    return made


def pairs(corpus: Corpus, documents: Sequence[int]) -> Iterator[tuple[Runs, Named]]:
    """Of runs of each length those that some documents have, with what is known of them."""
    marks = corpus.once("marks", lambda: Marking(corpus).found())
    place, apart, inside = _stream(corpus, documents)
    stream, owner = corpus.stream[place], corpus.document[corpus.chunk_of[place]]
    starts = np.searchsorted(owner, np.arange(len(corpus.documents)))
    near = runs.grammar_near(inside)
    weak, total = weak_terms(), max(1, len(corpus.documents))
    for some in runs.candidates(corpus):
        if not len(some.counts):
            continue
        at, which = standing_in(stream, apart, some.terms.tolist(), len(corpus.names))
        kinds, length = len(some.counts), some.terms.shape[1]
        keys, first, code, often = np.unique(
            owner[at] * kinds + which, return_index=True, return_inverse=True, return_counts=True
        )
        if not len(keys):
            continue
        document, run = np.divmod(keys, kinds)
        words = [tuple(corpus.names[term] for term in terms) for terms in some.terms[run].tolist()]
        whole = weighing.cohesion(corpus, some) if length > 1 else np.zeros(kinds)
        yield (
            some,
            Named(
                document,
                run,
                place[at[first]],
                {
                    "often": np.log(often),
                    "spread": np.log(some.documents[run] / total),
                    "first": np.log1p(at[first] - starts[document]),
                    "of two": np.full(len(run), float(length == 2)),
                    "of three": np.full(len(run), float(length == 3)),
                    "cohesion": whole[run],
                    "prose": runs.share_near(np.bincount(code, near[at]) / often),
                    "weak": np.array([float(weak.issuperset(each)) for each in words]),
                    "headed": np.array(
                        [float(each in marks.headings) for each in zip(document.tolist(), words, strict=True)]
                    ),
                },
            ),
        )


def _stream(
    corpus: Corpus, documents: Sequence[int]
) -> tuple[Ints, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The places of the tokens of some documents, in the order of their numbers; whether each begins a chunk; and
    whether it is a word that may name something.
    """
    chunks = np.flatnonzero(np.isin(corpus.document, np.array(documents, np.int64)))
    chunks = chunks[np.argsort(corpus.document[chunks], kind="stable")]
    parts = [np.arange(corpus.starts[each], corpus.starts[each + 1]) for each in chunks.tolist()]
    place = np.concatenate([np.empty(0, np.int64), *parts])
    own = corpus.chunk_of[place]
    apart = np.ones(len(place) + 1, np.bool_)
    apart[1:-1] = own[1:] != own[:-1]
    return place, apart, corpus.content[corpus.stream[place]]
