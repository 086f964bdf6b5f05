"""Vectors in four bits a number: half the size, the same blobs otherwise, and their recall stated."""

from __future__ import annotations

import numpy as np
import pytest

from memcodec.format.arrays import Vectors
from memcodec.format.blob import Blob
from memcodec.index.fold import fold_vectors
from memcodec.index.vectors.quantizer import Quantizer
from memcodec.index.vectors.segment import VectorSegment, build
from tests.support.needs import library

faiss = library("faiss")


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


@pytest.mark.parametrize("dimensions", [1, 7, 384])
def test_codes_are_those_of_faiss(dimensions: int) -> None:
    vectors = unit(300, dimensions)
    quantizer = Quantizer.train(vectors, bits=4)
    theirs = faiss.ScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_4bit)
    faiss.copy_array_to_vector(quantizer.trained(), theirs.trained)
    codes = quantizer.encode(vectors)
    assert codes.shape == (300, (dimensions + 1) // 2)
    assert (codes == theirs.compute_codes(vectors)).mean() > 0.999  # but for rounding at an interval's end
    assert np.allclose(quantizer.decode(codes), theirs.decode(codes), atol=1e-6)


@pytest.mark.parametrize(("dimensions", "bits"), [(1, 2), (7, 2), (384, 2), (7, 4)])
def test_codes_are_packed_and_come_back(dimensions: int, bits: int) -> None:
    vectors = unit(300, dimensions) if dimensions > 1 else np.linspace(-1, 1, 300, dtype=np.float32)[:, None]
    quantizer = Quantizer.around(vectors, 1.0, bits)
    codes = quantizer.encode(vectors)
    assert codes.shape == (300, -(-dimensions * bits // 8))
    middle = np.abs(vectors - vectors.mean(axis=0)) < vectors.std(axis=0) * (1 << bits) / 2
    error = np.abs(quantizer.decode(codes) - vectors) / vectors.std(axis=0)
    assert error[middle].max() < 0.51


def test_half_the_size_and_nearly_the_same_hits() -> None:
    vectors = unit(3000, 384)
    small, large = built(vectors, 4), built(vectors, 8)
    assert len(small) < 0.52 * len(large)
    segment, exact = opened(small), vectors @ vectors.T
    assert segment.meta.recall is not None
    assert segment.meta.recall > 0.94
    found = [
        np.isin(np.argsort(-exact[row])[:10], segment.search(vectors[row], 20)[1]).mean()
        for row in range(0, 3000, 50)
    ]
    assert np.mean(found) == pytest.approx(segment.meta.recall, abs=0.03)


@pytest.mark.slow
def test_lists_hold_them_too() -> None:
    vectors = unit(20_500, 128)
    segment = opened(built(vectors, 4))
    assert (segment.meta.layout, segment.meta.quantizer) == ("ivf", "sq4")
    assert segment.meta.recall is not None and segment.meta.scan < 20_500
    hits = [row in segment.search(vectors[row], 10)[1] for row in range(0, 20_500, 500)]
    assert np.mean(hits) > 0.9


def test_folding_keeps_their_codes() -> None:
    vectors = unit(500, 32)
    segment = opened(built(vectors, 4))
    mask = np.arange(500) % 3 > 0
    folded = opened(fold_vectors([(segment, mask)]))
    assert (folded.meta.quantizer, folded.meta.count) == ("sq4", int(mask.sum()))
    kept = np.concatenate(list(segment.codes()))[mask]
    assert (np.concatenate(list(folded.codes())) == kept).all()
    other = opened(fold_vectors([(segment, None), (opened(built(unit(90, 32, 5), 4)), None)]))
    assert (other.meta.quantizer, other.meta.count) == ("sq4", 590)
