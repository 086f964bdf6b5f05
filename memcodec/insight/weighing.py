"""What runs of terms weigh as names of something: the log-odds that an author would put them into a glossary.

What is known of a run: over how many documents it is spread, and how often those name it; whether its words stand
together by more than chance; whether it stands in the company that names have (after articles and prepositions, before
"is" and "of") or in that of verbs, in prose or in code; how authors set it apart and say what it is; and whether it is
a part of a longer name. Corpora differ in all of this, in how much markup they have above all, so each feature is told
by where a run stands among all others of its corpus: as a normal score (C. L. Chiang and B. L. van der Waerden's test
of 1952 uses the same). The coefficients are those of a logistic regression on four glossaries, of Python, Git, Apache
and scikit-learn (`python -m benchmarks.insight_fit`): names that stand in a glossary against all other runs of words.
Other corpora are reported on (`python -m benchmarks insight`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marks
from memcodec.insight.runs import Runs
from memcodec.insight.stopwords import BESIDE, weak_terms

Floats = npt.NDArray[np.float64]
COEFFICIENTS = {
    "spread": 0.405, "each": 0.344, "of two": -0.055, "of three": 0.094, "cohesion": 0.333, "prose": 0.097,
    "weak": -0.691, "digit": -0.024, "length": 0.296, "nested": -0.089, "after a": 0.462, "after a, times": 0.327,
    "after the": 0.359, "after of": 0.211, "after this": -0.011, "after in": 0.306, "after to": 0.144,
    "after it": -0.156, "after is": 0.032, "after and": 0.312, "before is": -0.112, "before is, times": 0.452,
    "before of": -0.074, "before the": 0.148, "before in": 0.331, "before that": 0.172, "before can": 0.095,
    "headed": 0.265, "emphasized": 0.002, "coded": 0.176, "defined": 0.12, "called": 0.469, "part": 0.074,
}  # fmt: skip
CONSTANT = -7.616
_NOTHING = -12.0  # log-odds of what weighs nothing
_WIDEST = 5.0  # of normal scores


def features(corpus: Corpus, runs: Runs, marks: Marks) -> dict[str, Floats]:
    """What is known of each run, by the names of the coefficients."""
    length = runs.terms.shape[1]
    words = [tuple(corpus.names[term] for term in terms) for terms in runs.terms.tolist()]
    spread = np.log((runs.documents + 0.5) / max(1, len(corpus.documents)))
    each = np.log(runs.counts / np.maximum(runs.documents, 1))
    share = np.sqrt(runs.beside / np.maximum(runs.counts, 1)[:, None])
    weak = weak_terms()
    made = {
        "spread": spread,
        "each": each,
        "of two": np.full(len(words), float(length == 2)),
        "of three": np.full(len(words), float(length == 3)),
        "cohesion": cohesion(corpus, runs) if length > 1 else np.zeros(len(words)),
        "prose": runs.prose,
        "weak": np.array([float(weak.issuperset(each)) for each in words]),
        "digit": np.array([float(any(map(_has_digit, each))) for each in words]),
        "length": np.array([float(sum(map(len, each))) for each in words]),
        "nested": runs.nested,
    }
    for at, place in enumerate(BESIDE):
        made[place] = share[:, at]
        if place in ("after a", "before is"):
            made[f"{place}, times"] = runs.beside[:, at].astype(np.float64)
    for kind, documents in marks.documents.items():
        made[kind] = np.array([float(documents.get(each, 0)) for each in words])
    return made


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def scores(found: Sequence[dict[str, Floats]]) -> list[dict[str, Floats]]:
    """The features of runs of all lengths as normal scores: by their ranks among all of them, those that are the same
    in the middle of theirs.
    """
    sizes = np.cumsum([len(next(iter(each.values()))) for each in found])[:-1]
    made: list[dict[str, Floats]] = [{} for _ in found]
    for name in found[0]:
        values = np.concatenate([each[name] for each in found])
        for own, some in zip(made, np.split(_normal(values), sizes), strict=True):
            own[name] = some
    return made


def _normal(values: Floats) -> Floats:
    if not len(values):
        return values
    _, place, often = np.unique(values, return_inverse=True, return_counts=True)
    grid, below = _normal_distribution()
    share = (np.cumsum(often) - often / 2) / len(values)
    made: Floats = np.interp(share, below, grid)[place]
    return made


@cache
def _normal_distribution() -> tuple[Floats, Floats]:
    grid = np.linspace(-_WIDEST, _WIDEST, 2001)
    return grid, np.array([NormalDist().cdf(each) for each in grid.tolist()])


def weights(corpus: Corpus, runs: Sequence[Runs], marks: Marks) -> list[Floats]:
    """The weights of runs of each length, more than 0: log-odds, but for what weighs next to nothing."""
    made = list[Floats]()
    for found in scores([features(corpus, each, marks) for each in runs]):
        odds = CONSTANT + sum(
            (COEFFICIENTS[name] * found[name] for name in COEFFICIENTS), np.zeros(len(found["spread"]))
        )
        made.append(np.logaddexp(0.0, odds - _NOTHING))
    return made


def cohesion(corpus: Corpus, runs: Runs) -> Floats:
    """From 0 to 1: how far the terms of each run stand together by more than chance (normalised PMI)."""
    total = max(1, len(corpus.stream))
    each = np.log(corpus.frequency[runs.terms] / total).sum(axis=1)
    whole = np.log(runs.counts / total)
    parts = runs.terms.shape[1] - 1
    made: Floats = np.clip((whole - each) / np.maximum(-whole * parts, 1e-9), 0, 1)
    return made
