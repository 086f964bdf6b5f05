"""Names that weigh as authors would list them, and what documents speak of."""

from __future__ import annotations

import random
from statistics import NormalDist

import numpy as np
import pytest

from memcodec import Memory
from memcodec.errors import ConfigError
from memcodec.index.lexical.tokens import analyzer
from memcodec.insight import keys, runs, stopwords, weighing
from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marking
from tests.insight.conftest import FILL, Make, documents


def test_each_document_is_told_by_what_others_do_not_have(make: Make) -> None:
    chance = random.Random(4)
    texts = []
    for number, bird in enumerate(["heron", "kestrel", "grey wagtail", "swift"]):
        said = " ".join(f"The {bird} is at the {' and the '.join(chance.sample(FILL, 3))}." for _ in range(6))
        texts.append((f"{number}.md", f"# Notes\n\n{said}\n"))
    corpus = Corpus([make(texts).reader])
    found = keys.about(corpus, [2, 0], 3)
    assert [each[0].lower() for each in found] == ["grey wagtail", "heron"]
    for document, mine in zip([2, 0], keys.key_terms(corpus, [2, 0], 5), strict=True):
        assert 0 < len(mine) <= 5
        for key in mine:
            chunk = int(corpus.chunk_of[key.place])
            assert corpus.document[chunk] == document  # where it stands is in that document
            first = [corpus.names[each] for each in corpus.stream[key.place : key.place + len(key.words)]]
            assert tuple(first) == key.words


def test_what_a_heading_names_comes_before_what_it_does_not(make: Make) -> None:
    texts = [
        ("a.md", "# Kestrel\n\nOne magpie and one kestrel. One magpie and one kestrel. A magpie."),
        *(
            (f"{n}.md", f"One magpie, one kestrel in the {FILL[n]}. The magpie of a kestrel.")
            for n in range(12)
        ),
    ]
    (mine,) = keys.key_terms(Corpus([make(texts).reader]), [0])
    words = [key.words for key in mine]
    assert words.index(("kestrel",)) < words.index(("magpi",))


def test_no_words_no_keys(make: Make) -> None:
    memory = make([(f"{number}.md", "青鷺は春に高い木の上に巣を作ります。" * 5) for number in range(3)])
    with pytest.raises(ConfigError, match="without spaces"):
        keys.key_terms(Corpus([memory.reader]), [0])


def test_the_dashboard_tells_what_the_oldest_speak_of(make: Make) -> None:
    memory = make([each for each in documents(6) if each[0].startswith("birds")])
    assert "speaks of" in memory.dashboard() and any(
        bird in memory.dashboard() for bird in ("heron", "swift")
    )


def test_what_stands_beside_a_run_is_counted(make: Make) -> None:
    """Each feature against the texts themselves, which say how often."""
    text = "A heron is here. The heron of the weir was grey. Of heron and a heron is told, and heron heron."
    memory = make([("a.md", text), ("b.md", "Magpie swift magpie swift magpie swift the heron is a heron")])
    corpus = Corpus([memory.reader])
    singles, pairs, _ = runs.candidates(corpus)
    heron = [corpus.names[each] for each in singles.terms[:, 0]].index("heron")
    assert singles.counts[heron] == 8 and singles.documents[heron] == 2
    there = dict(zip(stopwords.BESIDE, singles.beside[heron].tolist(), strict=True))
    assert {name: count for name, count in there.items() if count} == {
        "after a": 3, "after the": 2, "after of": 1, "after and": 1, "before of": 1, "before is": 3,
    }  # fmt: skip
    swift = [corpus.names[each] for each in singles.terms[:, 0]].index("swift")
    assert singles.prose[swift] < singles.prose[heron]  # a list has no words of grammar
    both = [tuple(corpus.names[each] for each in terms) for terms in pairs.terms].index(("magpi", "swift"))
    assert pairs.counts[both] == 3 and singles.nested[swift] == 1.0


def test_grammar_that_is_near_is_counted_as_a_sum_of_neighbours() -> None:
    for size in (1, 5, 16, 17, 18, 600, 5000):
        inside = np.random.default_rng(size).random(size) < 0.1
        near = runs.grammar_near(inside)
        wanted = [int((~inside[max(0, at - 8) : at + 9]).sum()) for at in range(size)]
        assert near.tolist() == wanted


def test_weights_are_more_than_nothing_and_know_all_features(grouped: Memory) -> None:
    corpus = Corpus([grouped.reader])
    marks = Marking(corpus).found()
    some = runs.candidates(corpus)
    for own, weights in zip(some, weighing.weights(corpus, some, marks), strict=True):
        assert len(weights) == len(own.counts) and (weights > 0).all() and np.isfinite(weights).all()
        assert weighing.features(corpus, own, marks).keys() == weighing.COEFFICIENTS.keys()


def test_features_are_told_by_their_ranks_among_all_runs() -> None:
    """However much a corpus has of something, as many runs are above the middle as below; what is the same stays so."""
    values = np.random.default_rng(3).integers(0, 9, 400).astype(float)
    one, two = weighing.scores([{"x": values[:150]}, {"x": values[150:]}])
    made = np.concatenate([one["x"], two["x"]])
    for value in range(9):
        mine = np.unique(made[values == value])
        assert len(mine) == 1
        below = ((values < value).sum() + (values == value).sum() / 2) / len(values)
        assert NormalDist().cdf(float(mine[0])) == pytest.approx(below, abs=1e-4)
    (same,) = weighing.scores([{"x": np.exp(values)}])
    assert np.array_equal(same["x"], made)


def test_articles_of_other_languages_count(make: Make) -> None:
    text = "Ein Reiher ist da. Der Reiher von dem Wehr. Einen Reiher sah ich. "
    memory = make([(f"{n}.md", text) for n in range(2)], language="german")
    corpus = Corpus([memory.reader])
    singles = runs.candidates(corpus)[0]
    heron = [corpus.names[each] for each in singles.terms[:, 0]].index("reih")
    there = dict(zip(stopwords.BESIDE, singles.beside[heron].tolist(), strict=True))
    assert (there["after a"], there["after the"], there["before is"]) == (4, 2, 2)


def test_no_word_of_grammar_takes_a_noun_of_the_same_stem_with_it() -> None:
    """Adverbs whose stems are those of nouns: "namely" and "name", "relatively" and "relation"."""
    stops = stopwords.terms_of("english")
    assert not stops & {analyzer("english").term(word) for word in ("name", "relation", "clear")}


def test_what_something_is_called_is_set_apart(make: Make) -> None:
    memory = make([("a.md", "Such a thing is called a grey heron in the south. It is known as weir, too.")])
    marks = Marking(Corpus([memory.reader])).found()
    assert set(marks.documents["called"]) == {("grey", "heron"), ("weir",)}
