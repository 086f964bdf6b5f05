"""What the default model makes of texts."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcodec.errors import ModelError
from memcodec.models import embedding
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.store import Exported


def test_vectors_are_float32_of_length_one(embedder: Embedder) -> None:
    vectors = embedder.embed(["a cat", "a longer text about something else", "x" * 5000])
    assert vectors.dtype == np.float32 and vectors.shape == (3, embedder.dimensions) == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert embedder.embed([]).shape == (0, 384)


def test_identity_names_model_and_fingerprint(embedder: Embedder) -> None:
    assert re.fullmatch(r"all-MiniLM-L6-v2/88@[0-9a-f]{12}", embedder.model)
    assert (embedder.name, embedder.precision) == ("all-MiniLM-L6-v2", "int8")


def test_meaning_is_nearer_than_wording(embedder: Embedder) -> None:
    texts = [
        "The cat sat on the mat.",
        "Stock markets fell sharply on Monday.",
        "How to bake sourdough bread",
    ]
    nearest = [int(np.argmax(embedder.embed(texts) @ embedder.embed_query(query))) for query in QUERIES]
    assert nearest == [0, 1, 2]


QUERIES = ["a kitten resting on a rug", "shares lost value this week", "recipe with flour, water and yeast"]


def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    texts = [f"{'word ' * (n % 37)}number {n}" for n in range(60)]
    together = embedder.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_array_equal(embedder.embed([text])[0], vector)
        np.testing.assert_array_equal(embedder.embed_query(text), vector)


def test_order_is_kept_over_many_windows(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"text {n}" for n in range(25)]
    expected = embedder.embed(texts)
    monkeypatch.setattr("memcodec.models.embedding.embedder._WINDOW", 7)
    np.testing.assert_array_equal(embedder.embed(texts), expected)


def test_what_lies_beyond_the_token_limit_is_not_looked_at(embedder: Embedder) -> None:
    start = "alpha beta gamma delta " * 64  # 256 words of at least one token each
    first, second = embedder.embed([start + "one thing", start + "quite another ending"])
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(
        *embedder.embed([start[:200] + "one thing", start[:200] + "quite another ending"])
    )


def test_marks_count_only_in_a_text_that_fits(embedder: Embedder) -> None:
    """What is cut is first rid of punctuation, query and document alike; a short text is read as it stands."""
    words = [f"heron{number}" for number in range(60)]
    plain, marked = " ".join(words), "; ".join(f"``{word}`` --" for word in words)
    np.testing.assert_array_equal(embedder.embed([marked])[0], embedder.embed_query(plain))
    assert not np.array_equal(*embedder.embed(["heron, ibis!", "heron ibis"]))


@given(st.lists(st.text(st.characters(), max_size=50), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_has_a_vector(embedder: Embedder, texts: list[str]) -> None:
    vectors = embedder.embed([*texts, "", "\0", "\ud800", "a\0b\udfff"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    texts = [f"query number {n}" for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = np.stack(list(pool.map(embedder.embed_query, texts)))
    np.testing.assert_array_equal(found, embedder.embed(texts))


def test_a_broken_export_is_named(embedder: Embedder) -> None:
    exported = next(one for one in embedding.store.exported() if one.model == embedder.model)
    gone = Exported(**{name: getattr(exported, name) for name in FIELDS}, folder=exported.folder / "gone")
    with pytest.raises(ModelError, match=r"gone: cannot be used .*; remove the folder and try again"):
        Embedder(gone)


FIELDS = [name for name in Exported.__dataclass_fields__ if name != "folder"]
