"""Meaning: lines are found by it a moment after they come; a model that is slow holds nothing up."""

from __future__ import annotations

import time

import numpy as np
import pytest

import memcodec
from memcodec.errors import MissingExtra, ModelError
from memcodec.live import meaning
from memcodec.live.ring import Ring

static = pytest.importorskip("memcodec.models.static")


def embedded(ring: Ring) -> None:
    until = time.monotonic() + 20
    while ring.status().embedded < len(ring):
        assert time.monotonic() < until
        time.sleep(0.005)


def test_what_means_the_same_is_found() -> None:
    with memcodec.live(keep=1000) as ring:
        ring.add_many(
            ["the server ran out of memory", "a cat sleeps on the sofa", "invoice was paid by card"]
        )
        embedded(ring)
        (hit,) = ring.search("kitten couch", 1, "semantic")
        assert hit.text == "a cat sleeps on the sofa"
        assert ring.search("money payment", 1, "semantic")[0].text == "invoice was paid by card"
        assert ring.search("server memory", 3).mode == "hybrid"


def test_a_static_vector_is_the_mean_of_its_words() -> None:
    model = static.load()
    vectors = model.embed(["red lamp", "red", "lamp", "", "   "])
    assert vectors.shape == (5, 256) and not vectors[3:].any()
    assert np.allclose(np.linalg.norm(vectors[:3], axis=1), 1, atol=1e-5)
    assert np.allclose(model.embed(["red lamp"] * 300)[299], vectors[0], atol=1e-6)
    assert np.allclose(model.embed_query("red lamp"), vectors[0])
    assert 0 < model.noise < 0.9
    one, other = model.embed(["order 71234 status 503", "order 98765 status 503"])
    assert np.allclose(one, other) and not np.allclose(one, model.embed_query("order 98765 status 200"))


def test_words_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    model = static.load()
    before = model.embed(["heron pond 17"])
    model._known.clear()
    monkeypatch.setattr(model, "_sums", model._sums[:50].copy())
    for number in range(40):
        model.embed([f"a{number} b{number} c{number} heron"])  # short words are told apart
        assert len(model._known) <= 50
    assert np.allclose(model.embed(["heron pond 17"]), before, atol=1e-6)
    long = " ".join(f"w{number}" for number in range(80))  # more than are kept
    assert np.allclose(model.embed([long])[0], model.embed_query(long), atol=1e-6)
    model._known.clear()


class Slow:
    """A model that takes its time."""

    name = model = "slow"
    dimensions, noise = 8, -1.0

    def embed(self, texts: list[str], **_: object) -> np.ndarray:
        time.sleep(0.01)
        return np.eye(8, dtype=np.float32)[[len(text) % 8 for text in texts]]

    def embed_query(self, text: str) -> np.ndarray:
        return np.eye(8, dtype=np.float32)[len(text) % 8]


def test_a_slow_model_passes_lines_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_load", lambda name: Slow())
    monkeypatch.setattr(meaning, "BATCH", 16)
    monkeypatch.setattr(meaning, "_LAG", 64)
    with memcodec.live(keep=100, model="slow") as ring:
        ring.add_many([f"heron {number}" for number in range(3000)])
        assert len(ring.search("heron", 200, "lexical")) == 100
        embedded(ring)
        assert ring.status().skipped > 0 and ring.status().next == 3000


def test_or_lines_wait_for_a_slow_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_load", lambda name: Slow())
    monkeypatch.setattr(meaning, "BATCH", 16)
    monkeypatch.setattr(meaning, "_LAG", 64)
    with memcodec.live(keep=500, model="slow", lag="block") as ring:
        for number in range(400):
            ring.add(f"heron {number}")
            assert ring.end - ring.meaning.ring.end <= 252  # half of what is kept, and what came meanwhile
        embedded(ring)
        assert ring.status().skipped == 0


def test_subscriptions_find_by_meaning() -> None:
    with memcodec.live(keep=1000) as ring, ring.subscribe("kitten couch", "semantic") as found:
        ring.add_many(["stock prices fell", "a cat sleeps on the sofa", "the disk is full"])
        hit = found.take(20)
        assert hit is not None and hit.text == "a cat sleeps on the sofa"


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    static.load.cache_clear()
    monkeypatch.setattr(static, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'memcodec\[live\]'"):
        memcodec.live()
    static.load.cache_clear()


def test_files_that_are_no_model_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    static.load.cache_clear()
    monkeypatch.setattr(static, "_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="not the static model"):
        static.load()
    static.load.cache_clear()
