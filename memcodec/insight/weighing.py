"""How much a run of words is a name that authors would list: a weight of what is known of it.

What is known: over how many documents it is spread and how often those have it; whether its words stand together by
more than chance; whether articles stand before it, and "is" after it; whether it stands in prose or in code and lists;
how authors set it apart; and whether it is a part of a longer name. The coefficients are those of a logistic
regression on two glossaries, Python's and Git's (`python -m benchmarks.insight_fit`): names that stand in a glossary
against all other runs of words. Other corpora are reported on (`python -m benchmarks insight`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marks
from memcodec.insight.runs import Runs
from memcodec.insight.stopwords import weak_terms

Floats = npt.NDArray[np.float64]
COEFFICIENTS = {
    "spread": -0.974, "spread squared": -0.278, "each": 2.081, "each squared": -0.349, "of two": 0.515,
    "of three": 0.963, "cohesion": 1.219, "after a": 2.466, "after the": 0.768, "after of": 1.57,
    "after a, times": 0.128, "before is, times": 0.484, "prose": 4.269, "weak": -1.597, "nested": -0.983,
    "headed": 0.098, "part": 0.611, "coded": -0.131, "emphasized": -0.393, "defined": 0.37,
}  # fmt: skip
CONSTANT = -10.496
_NOTHING = -12.0  # log-odds of what weighs nothing


def features(corpus: Corpus, runs: Runs, marks: Marks) -> dict[str, Floats]:
    """What is known of each run, by the names of the coefficients."""
    length = runs.terms.shape[1]
    words = [tuple(corpus.names[term] for term in terms) for terms in runs.terms.tolist()]
    spread = np.log((runs.documents + 0.5) / max(1, len(corpus.documents)))
    each = np.log(runs.counts / np.maximum(runs.documents, 1))
    share = np.sqrt(runs.beside / np.maximum(runs.counts, 1)[:, None])
    indefinite, definite, of, being = range(4)
    weak = weak_terms()
    made = {
        "spread": spread,
        "spread squared": spread**2,
        "each": each,
        "each squared": each**2,
        "of two": np.full(len(words), float(length == 2)),
        "of three": np.full(len(words), float(length == 3)),
        "cohesion": cohesion(corpus, runs) if length > 1 else np.zeros(len(words)),
        "after a": share[:, indefinite],
        "after the": share[:, definite],
        "after of": share[:, of],
        "after a, times": np.log1p(runs.beside[:, indefinite]),
        "before is, times": np.log1p(runs.beside[:, being]),
        "prose": runs.prose,
        "weak": np.array([float(weak.issuperset(each)) for each in words]),
        "nested": runs.nested,
    }
    for kind, documents in marks.documents.items():
        made[kind] = np.log1p([float(documents.get(each, 0)) for each in words])
    return made


def weights(corpus: Corpus, runs: Runs, marks: Marks) -> Floats:
    """The weight of each run, more than 0: log-odds, but for what weighs next to nothing."""
    found = features(corpus, runs, marks)
    odds = CONSTANT + sum(
        (COEFFICIENTS[name] * found[name] for name in COEFFICIENTS), np.zeros(len(runs.counts))
    )
    made: Floats = np.logaddexp(0.0, odds - _NOTHING)
    return made


def cohesion(corpus: Corpus, runs: Runs) -> Floats:
    """From 0 to 1: how far the terms of each run stand together by more than chance (normalised PMI)."""
    total = max(1, len(corpus.stream))
    each = np.log(corpus.frequency[runs.terms] / total).sum(axis=1)
    whole = np.log(runs.counts / total)
    parts = runs.terms.shape[1] - 1
    made: Floats = np.clip((whole - each) / np.maximum(-whole * parts, 1e-9), 0, 1)
    return made
