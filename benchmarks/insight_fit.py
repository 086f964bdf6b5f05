"""``python -m benchmarks.insight_fit``: fits and prints the coefficients that insight weighs names and key terms by.

Names of concepts: what stands in the glossaries of Python, Git, Apache and scikit-learn against all other runs of
words. Key terms: the index entries of Python's documentation. What is reported on beside them (`python -m benchmarks
insight`), PostgreSQL and SQLAlchemy, has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

import memcodec
from benchmarks import harness, references
from benchmarks.insight_graphs import standing, stored
from memcodec.index.lexical.tokens import analyzer
from memcodec.insight import keys, runs, weighing
from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marking

Floats = npt.NDArray[np.float64]
_ROUNDS = 40
# Of each glossary, what its names weigh together. scikit-learn's has many names of attributes, which are no concepts.
_WEIGHT = dict.fromkeys(("Git manual", "Python documentation", "Apache manual"), 80.0) | {
    "scikit-learn documentation": 40.0
}
_HELD = 30.0  # of coefficients: of those tried, what does best where each corpus is left out in turn


def main() -> None:
    found, true, shares = list[Floats](), list[Floats](), list[Floats]()
    for glossary in (
        references.git_glossary(),
        references.python_glossary(),
        references.apache_glossary(),
        references.scikit_learn_glossary(),
    ):
        with harness.scratch() as scratch, memcodec.open(stored(glossary.texts, scratch)) as memory:
            corpus = Corpus([memory.reader])
            marks, wanted = Marking(corpus).found(), standing(glossary, corpus)
            some = runs.candidates(corpus)
            known = weighing.scores([weighing.features(corpus, each, marks) for each in some])
            found += [np.stack(list(each.values()), axis=1) for each in known]
            named = np.concatenate(
                [[float(one in wanted) for one in _words(corpus, each.terms.tolist())] for each in some]
            )
            true.append(named)
            shares.append(np.full(len(named), _WEIGHT[glossary.name] / named.sum()))
    _say(
        "weighing",
        list(known[0]),
        np.concatenate(found),
        np.concatenate(true),
        _HELD,
        np.concatenate(shares),
    )
    pages, make = references.python_entries(), analyzer("english")
    found, true, owners = [], [], list[npt.NDArray[np.int64]]()
    with (
        harness.scratch() as scratch,
        memcodec.open(stored({each.name: each.text for each in pages}, scratch)) as memory,
    ):
        corpus = Corpus([memory.reader])
        entries = {each.name: {tuple(make.tokens(entry)) for entry in each.entries} for each in pages}
        wanted_of = [entries[each.document.uri] for each in corpus.documents]
        for some, pairs in keys.pairs(corpus, range(len(corpus.documents))):
            words = _words(corpus, some.terms[pairs.run].tolist())
            found.append(np.stack([pairs.features[name] for name in keys.COEFFICIENTS], axis=1))
            true.append(
                np.array([float(one in wanted_of[at]) for one, at in zip(words, pairs.document, strict=True)])
            )
            owners.append(pairs.document)
    truth, owner = np.concatenate(true), np.concatenate(owners)
    counted = np.bincount(owner, truth, minlength=len(pages))  # a page with many entries counts for less each
    _say(
        "keys",
        keys.COEFFICIENTS,
        np.concatenate(found),
        truth,
        3.0,
        1 / np.sqrt(np.maximum(1, counted[owner])),
    )


def _words(corpus: Corpus, terms: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
    return [tuple(corpus.names[term] for term in each) for each in terms]


def _say(
    name: str, names: Iterable[str], found: Floats, true: Floats, held: float, share: Floats | None = None
) -> None:
    mean, spread = found.mean(axis=0), found.std(axis=0) + 1e-9
    made = logistic((found - mean) / spread, true, held, np.ones(len(true)) if share is None else share)
    raw = made[:-1] / spread
    print(name, {each: round(float(value), 3) for each, value in zip(names, raw, strict=True)})
    print("constant", round(float(made[-1] - raw @ mean), 3))


def logistic(found: Floats, true: Floats, held: float, share: Floats) -> Floats:
    """Coefficients of a logistic regression, the constant last, by Newton's method. ``held``: the weight of squares."""
    rows = np.hstack([found, np.ones((len(found), 1))])
    penalty = np.eye(rows.shape[1]) * held
    penalty[-1, -1] = 1e-6
    made = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(rows @ made, -30, 30)))
        slope = rows.T @ (share * (p - true)) + penalty @ made
        step = np.linalg.solve((rows * (share * p * (1 - p))[:, None]).T @ rows + penalty, slope)
        made -= step
        if np.abs(step).max() < 1e-6:
            break
    return made


if __name__ == "__main__":
    main()
