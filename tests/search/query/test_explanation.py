"""Explanations: their shares add up to the score that ranked, and conditions say whether they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.search.query import parse
from memcodec.search.query.evaluation import evaluate, rank
from memcodec.search.query.explanation import Condition, explain
from memcodec.search.query.proximity import NEIGHBOURS
from tests.search.query.memory import Documents, Texts, no_fields, no_texts, segment

PETS = ["the red fox", "a fox, red fox", "cats and foxes", "red cats\nfox hunt", "dogs"]


@given(st.lists(st.sampled_from(["red", "fox", "fo*", "the", "zebra", "red-fox"]), min_size=1).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_shares_add_up_to_the_score(text: str) -> None:
    query = parse(text)
    collection = LexicalIndex([segment(PETS[:2]), segment(PETS[2:])], [None, np.array([True, True, False])])
    hits = rank(collection, query, 9, evaluate(collection, query, no_fields, no_texts))
    for score, part, chunk in zip(*hits, strict=True):
        shown = explain(collection, query, int(collection.bases[part] + chunk), no_fields, no_texts)
        assert sum(share.score for share in shown.shares) == pytest.approx(float(score), rel=1e-5)
        assert shown.chunks == 4 and shown.conditions == ()


def test_words_are_counted() -> None:
    collection = LexicalIndex([segment(PETS)])
    shown = explain(collection, parse("foxes fox ca* zebra"), 3, no_fields, no_texts)
    assert [(each.word, each.repeats, each.df, each.tf) for each in shown.shares] == [
        ("fox", 2, 4, 1), ("ca*", 1, 2, 1), ("zebra", 1, 0, 0), ('"fox fox"', NEIGHBOURS, 0, 0),
    ]  # fmt: skip
    assert shown.shares[0].score > 0 == shown.shares[2].score
    assert (shown.length, shown.mean, shown.chunks) == (4, 3.0, 5)


def test_conditions_say_whether_they_hold() -> None:
    collection, texts = LexicalIndex([segment(PETS, positions=False)]), Texts(PETS)
    query = parse('hunt "red fox" -dogs (cats OR title:the)')
    shown = explain(collection, query, 3, Documents(PETS), texts)
    assert shown.conditions == (
        Condition('"red fox"', False),
        Condition("NOT dogs", True),
        Condition("cats OR title:the", True),
    )
    assert texts.asked == [3]
    shown = explain(collection, parse("fox -dogs"), 3, no_fields, texts)
    assert shown.conditions == (Condition("NOT dogs", True), Condition("fox", True))
