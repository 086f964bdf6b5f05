"""Vectors in few bits a number: what codes stand for, what they keep, and that they stay as they are."""

from __future__ import annotations

import numpy as np
import pytest

from memcodec.format.arrays import Vectors
from memcodec.format.blob import Blob
from memcodec.index.fold import fold_vectors
from memcodec.index.vectors.coder import _LEVELS, BITS, ZERO, Coder
from memcodec.index.vectors.rotation import rotated, rotation
from memcodec.index.vectors.segment import VectorSegment, build
from tests.support.needs import needs_library

needs_library("faiss")
COSINES = {8: 0.9999, 4: 0.995, 2: 0.953, 1: 0.83}  # with the vectors themselves, on average
RECALLS = {8: 0.97, 4: 0.85, 2: 0.6, 1: 0.35}


def unit(count: int, dimensions: int, seed: int = 1) -> Vectors:
    """Clustered unit vectors."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(20, dimensions))
    made = centres[chance.integers(20, size=count)] + 0.7 * chance.normal(size=(count, dimensions))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made.astype(np.float32)


def opened(data: bytes) -> VectorSegment:
    return VectorSegment(Blob(lambda offset, length: memoryview(data)[offset : offset + length], "it"))


def built(vectors: Vectors, bits: int) -> bytes:
    return build(vectors, model="m@1", precision="int8", dimensions=vectors.shape[1], bits=bits)


@pytest.mark.parametrize("dimensions", [1, 2, 7, 384])
def test_the_rotation_keeps_inner_products(dimensions: int) -> None:
    matrix = rotation(dimensions)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(dimensions), atol=1e-5)
    vectors = unit(30, dimensions)
    np.testing.assert_allclose(rotated(vectors) @ rotated(vectors[0]), vectors @ vectors[0], atol=1e-5)


def test_numbers_that_say_all_say_as_much_as_others_when_rotated() -> None:
    """A vector of one number alone is spread over all of them."""
    assert np.abs(rotated(np.eye(384, dtype=np.float32))).max() < 6 / np.sqrt(384)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("dimensions", [1, 7, 384])
def test_codes_stand_for_what_the_format_says(dimensions: int, bits: int) -> None:
    """Read number by number, by the words of docs/FORMAT.md."""
    coder, vectors = Coder(dimensions, bits), unit(20, dimensions)
    codes = coder.encode(vectors)
    assert codes.shape == (20, 2 + -(-dimensions * bits // 8))
    for row, stands_for in zip(codes, coder.decode(codes), strict=True):
        factor = float(row[:2].view("<f2")[0])
        stream = "0" * 8 + "".join(f"{byte:08b}" for byte in row[2:])
        ends = [8 + (number + 1) * bits for number in range(dimensions)]
        levels = [float(_LEVELS[bits][int(stream[end - 8 : end], 2)]) for end in ends]
        expected = factor * np.array(levels) / (32 * np.sqrt(dimensions))
        np.testing.assert_allclose(stands_for, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("dimensions", [1, 7, 384])
def test_bytes_of_levels_stand_for_the_same(dimensions: int, bits: int) -> None:
    coder = Coder(dimensions, bits)
    codes = coder.encode(unit(20, dimensions))
    levels, factors = coder.levels(codes)
    assert levels.shape == (20, dimensions) and levels.flags.c_contiguous
    stand_for = (levels.astype(np.float32) - ZERO) * factors[:, None] * coder.unit
    np.testing.assert_allclose(stand_for, coder.decode(codes), rtol=1e-6)


@pytest.mark.parametrize("bits", BITS)
def test_few_bits_keep_directions_and_inner_products(bits: int) -> None:
    vectors, coder = rotated(unit(300, 384)), Coder(384, bits)
    kept = coder.decode(coder.encode(vectors))
    inner = np.einsum("nd,nd->n", kept, vectors)
    np.testing.assert_allclose(inner, 1, atol=2e-3)
    assert (inner / np.linalg.norm(kept, axis=1)).mean() > COSINES[bits]
    others = kept @ vectors[:50].T - vectors @ vectors[:50].T
    assert abs(others.mean()) < 0.01


def test_the_path_is_the_best_of_all() -> None:
    """Beside all sequences of codes of a short vector."""
    coder, vectors = Coder(5, 2), unit(20, 5)
    every = np.array([[number >> 2 & 255, (number & 3) << 6] for number in range(4**5)], np.uint8)
    factor = np.ones((len(every), 1), "<f2").view(np.uint8)
    there = coder.decode(np.concatenate([factor, every], axis=1))
    best = ((vectors[:, None] - there) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(coder.encode(vectors)[:, 2:], every[best])


def test_a_vector_of_zeros_stays_one() -> None:
    coder = Coder(16, 2)
    assert not coder.decode(coder.encode(np.zeros((3, 16), np.float32))).any()
    assert coder.encode(np.empty((0, 16), np.float32)).shape == (0, coder.width)


@pytest.mark.parametrize("bits", BITS)
def test_the_recall_stated_is_what_is_found(bits: int) -> None:
    vectors = unit(1500, 384)
    data = built(vectors, bits)
    assert len(data) < 1500 * (2 + 384 * bits / 8) + 1000
    segment, exact = opened(data), vectors @ vectors.T
    np.fill_diagonal(exact, -2)
    stated = segment.meta.recall
    assert stated is not None and stated > RECALLS[bits]
    found = []
    for row in range(0, 1500, 5):
        chunks = segment.search(vectors[row], 11)[1]
        found.append(np.isin(np.argsort(-exact[row])[:10], chunks[chunks != row][:10]).mean())
    assert np.mean(found) == pytest.approx(stated, abs=0.03)


@pytest.mark.slow
def test_lists_hold_them_too() -> None:
    vectors = unit(40_000, 128)
    segment = opened(built(vectors, 2))
    assert (segment.meta.layout, segment.meta.quantizer) == ("ivf", "trellis2")
    assert segment.meta.recall is not None and segment.meta.scan < 40_000
    hits = [row in segment.search(vectors[row], 10)[1] for row in range(0, 40_000, 500)]
    assert np.mean(hits) > 0.9


@pytest.mark.parametrize("bits", BITS)
def test_folding_keeps_their_codes(bits: int) -> None:
    vectors = unit(500, 32)
    segment = opened(built(vectors, bits))
    mask = np.arange(500) % 3 > 0
    folded = opened(fold_vectors([(segment, mask), (opened(built(vectors[:90], bits)), None)]))
    assert (folded.meta.bits, folded.meta.count) == (bits, int(mask.sum()) + 90)
    kept = np.concatenate(list(segment.codes()))
    assert (np.concatenate(list(folded.codes())) == np.concatenate([kept[mask], kept[:90]])).all()


def test_what_is_kept_in_other_bits_is_coded_anew() -> None:
    vectors = unit(300, 64)
    fine, coarse = (opened(built(vectors, bits)) for bits in (8, 2))
    folded = opened(fold_vectors([(coarse, None), (fine, None)]))
    assert (folded.meta.bits, folded.meta.count) == (2, 600)
    values = folded.coder.decode(np.concatenate(list(folded.codes())))
    cosines = (values[300:] * rotated(vectors)).sum(axis=1) / np.linalg.norm(values[300:], axis=1)
    assert cosines.mean() > 0.94
