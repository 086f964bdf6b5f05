"""Folding: the result is what one go would have made, and holds nothing of what was dropped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError, Damaged, ModelError
from memcodec.format.arrays import Vectors
from memcodec.format.blob import Blob
from memcodec.index.fold import fold_lexical, fold_vectors
from memcodec.index.lexical import segment as lexical
from memcodec.index.lexical import sorting
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.index.vectors import segment as vectors
from memcodec.index.vectors.coder import Coder
from memcodec.index.vectors.rotation import rotated
from memcodec.index.vectors.segment import VectorSegment, build

D, MODEL = 16, "test@0123"
Mask = npt.NDArray[np.bool_]


def _blob(data: bytes) -> Blob:
    return Blob(lambda start, length: memoryview(data)[start : start + length], "test")


def _built(texts: list[str], language: str = "none", *, positions: bool = True) -> bytes:
    builder = LexicalBuilder(language, positions=positions)
    builder.add(texts)
    return builder.to_bytes()


def _segment(texts: list[str], language: str = "none") -> LexicalSegment:
    return LexicalSegment(_blob(_built(texts, language)))


def _mask(kept: list[bool]) -> Mask | None:
    return None if all(kept) else np.array(kept, np.bool_)


_text = st.text(alphabet="abc \té語言", max_size=12)
_part = st.lists(st.tuples(_text, st.booleans()), max_size=6)


@given(st.lists(_part, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_folded_is_byte_for_byte_what_the_kept_texts_give(parts: list[list[tuple[str, bool]]]) -> None:
    opened = [(_segment([text for text, _ in part]), _mask([kept for _, kept in part])) for part in parts]
    assert fold_lexical(opened) == _built([text for part in parts for text, kept in part if kept])


def _numbered(first: int, count: int) -> list[str]:
    return [
        " ".join(f"w{(41 * chunk + word) % 2500}" for word in range(90))
        for chunk in range(first, first + count)
    ]


@pytest.mark.parametrize("dead", [0, 2, 3])
def test_dictionaries_of_many_blocks_are_merged(dead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _numbered(0, 120)
    masks = [np.arange(count) % dead > 0 if dead else None for count in (50, 1, 60, 9)]
    starts = np.cumsum([0, 50, 1, 60, 9]).tolist()
    parts = [texts[start:end] for start, end in pairwise(starts)]
    kept = [
        text
        for part, mask in zip(parts, masks, strict=True)
        for text, keep in zip(part, [True] * len(part) if mask is None else mask, strict=True)
        if keep
    ]
    monkeypatch.setattr(lexical, "RUN_TOKENS", 700)
    monkeypatch.setattr(sorting, "PIECE", 100)
    whole = _built(kept)
    assert fold_lexical(list(zip(map(_segment, parts), masks, strict=True))) == whole


def test_folding_what_was_folded_is_folding_all() -> None:
    one, two, three = (_segment(_numbered(at, 7)) for at in (0, 7, 14))
    first = LexicalSegment(_blob(fold_lexical([(one, None), (two, None)])))
    assert fold_lexical([(first, None), (three, None)]) == _built(_numbered(0, 21))


@given(st.lists(st.tuples(_part, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_positions_are_kept_when_all_parts_have_them(
    parts: list[tuple[list[tuple[str, bool]], bool]],
) -> None:
    opened = [
        (
            LexicalSegment(_blob(_built([text for text, _ in part], positions=placed))),
            _mask([kept for _, kept in part]),
        )
        for part, placed in parts
    ]
    kept = [text for part, _ in parts for text, kept in part if kept]
    assert fold_lexical(opened) == _built(kept, positions=all(placed for _, placed in parts))


def test_dropped_words_are_nowhere_in_the_blob() -> None:
    segment = _segment(["the heron waits", "the secret lantern", "a heron"])
    folded = LexicalSegment(_blob(fold_lexical([(segment, np.array([True, False, True]))])))
    assert [term for term, _ in folded.terms.with_prefix("")] == ["a", "heron", "the", "waits"]
    assert folded.chunks == 2 and folded.codes.tolist() == [3, 2]


def test_different_languages_are_refused() -> None:
    with pytest.raises(ConfigError, match="english and none"):
        fold_lexical([(_segment(["a"]), None), (_segment(["a"], "english"), None)])


def test_damaged_postings_are_not_folded() -> None:
    data = bytearray(_built(_numbered(0, 50)))
    data[len(data) // 2] ^= 1
    with pytest.raises(Damaged):
        fold_lexical([(LexicalSegment(_blob(bytes(data))), None)])


def _unit(count: int, seed: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, D)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def _vectors(made: Vectors, model: str = MODEL) -> VectorSegment:
    return VectorSegment(_blob(build(made, model=model, precision="int8", dimensions=made.shape[1], bits=8)))


def _values(segment: VectorSegment) -> Vectors:
    codes = [np.empty((0, segment.meta.width), np.uint8), *segment.codes()]
    return segment.coder.decode(np.concatenate(codes))


@pytest.fixture(params=["flat", "ivf"])
def layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Segments of 400 vectors and more have lists, if the test is run for lists."""
    if request.param == "ivf":
        monkeypatch.setattr(vectors, "FLAT", 400 * (D + 2))
    monkeypatch.setattr(vectors, "_ROWS", 64)
    return str(request.param)


def test_vectors_keep_their_codes(layout: str) -> None:
    made = _unit(1500, 1)
    kept = np.arange(800) % 3 > 0
    parts = [(_vectors(made[:800]), kept), (_vectors(made[800:810]), None)]
    assert parts[0][0].meta.layout == layout
    folded = VectorSegment(_blob(fold_vectors([*parts, (_vectors(made[810:]), None)])))
    expected = Coder(D, 8).encode(rotated(np.concatenate([made[:800][kept], made[800:]])))
    assert folded.meta.layout == layout and (folded.model, folded.meta.precision) == (MODEL, "int8")
    assert (np.concatenate(list(folded.codes())) == expected).all()
    scores, chunks = folded.search(made[810], 1)
    assert chunks.tolist() == [kept.sum() + 10] and scores[0] == pytest.approx(1, abs=0.05)


def test_few_kept_vectors_of_a_large_segment_become_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "FLAT", 400 * (D + 2))
    made = _unit(900, 3)
    large = _vectors(made)
    kept = np.arange(900) >= 600
    folded = VectorSegment(_blob(fold_vectors([(large, kept)])))
    assert (large.meta.layout, folded.meta.layout) == ("ivf", "flat")
    np.testing.assert_array_equal(_values(folded), _values(large)[600:])


def test_no_vectors_at_all() -> None:
    none, some = _vectors(_unit(0, 1)), _vectors(_unit(5, 1))
    folded = VectorSegment(_blob(fold_vectors([(none, None), (some, np.zeros(5, np.bool_))])))
    assert folded.meta.count == 0 and folded.model == MODEL
    again = VectorSegment(_blob(fold_vectors([(folded, None), (some, None)])))
    np.testing.assert_array_equal(_values(again), _values(some))


def test_different_models_are_refused() -> None:
    parts = [(_vectors(_unit(3, 1)), None), (_vectors(_unit(3, 1), "other@4567"), None)]
    with pytest.raises(ModelError, match=r"other@4567 .* and test@0123"):
        fold_vectors(parts)
