"""Vector segments: what is found, what is read for it, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from memcodec.errors import Damaged, ModelError, NewerFormat
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.ivf import partition
from memcodec.index.quantizer import Ids, Quantizer, Vectors
from memcodec.index.vectors import FLAT_BELOW, VectorSegment, build

D = 64
MODEL = "test-model@0123456789ab"


def clustered(count: int, seed: int) -> Vectors:
    """Unit vectors around 300 centres, as texts gather around subjects."""
    centres = np.random.default_rng(0).normal(size=(300, D))
    rng = np.random.default_rng(seed)
    vectors = centres[rng.integers(300, size=count)] + 0.7 * rng.normal(size=(count, D))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def packed(vectors: Vectors) -> bytes:
    pieces = (vectors[at : at + 700] for at in range(0, len(vectors), 700))
    return build(pieces, model=MODEL, precision="int8", dimensions=D)


def opened(data: bytes) -> VectorSegment:
    return VectorSegment(Blob(lambda offset, length: memoryview(data)[offset : offset + length], "test"))


def recall(segment: VectorSegment, vectors: Vectors, queries: Vectors, k: int = 10) -> float:
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :k]
    return float(
        np.mean([np.isin(segment.search(q, k)[1], e).sum() / k for q, e in zip(queries, exact, strict=True)])
    )


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """FAISS's own threads wait for each other for seconds when the machine is busy."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    yield
    faiss.omp_set_num_threads(before)


@pytest.fixture(scope="module")
def many() -> Vectors:
    return clustered(25_000, seed=1)


@pytest.fixture(scope="module")
def large(many: Vectors) -> bytes:
    return packed(many)


@pytest.fixture(scope="module")
def queries() -> Vectors:
    return clustered(200, seed=2)


@pytest.fixture(params=["flat", "ivf"])
def both(request: pytest.FixtureRequest, many: Vectors, large: bytes) -> tuple[Vectors, bytes]:
    if request.param == "ivf":
        return many, large
    return many[:3000], packed(many[:3000])


def test_the_nearest_are_found(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    vectors, data = both
    assert recall(opened(data), vectors, queries) >= 0.95


def test_layout_follows_size(large: bytes, many: Vectors) -> None:
    assert opened(large).meta.layout == "ivf"
    assert opened(packed(many[: FLAT_BELOW - 1])).meta.layout == "flat"
    assert len(large) < 25_000 * (D + 4) * 1.15


def test_scores_are_inner_products_best_first(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    vectors, data = both
    scores, chunks = opened(data).search(queries[0], 10)
    assert scores.dtype == np.float32 and chunks.dtype == np.int64
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, vectors[chunks] @ queries[0], atol=0.02)


def test_flat_equals_an_index_faiss_trained(many: Vectors, queries: Vectors) -> None:
    vectors = many[:5000]
    theirs = faiss.IndexScalarQuantizer(D, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    theirs.train(vectors)
    theirs.add(vectors)
    segment = opened(packed(vectors))
    for query in queries[:50]:
        scores, chunks = segment.search(query, 20)
        their_scores, their_chunks = theirs.search(query[None], 20)
        np.testing.assert_array_equal(chunks, their_chunks[0])
        np.testing.assert_array_equal(scores, their_scores[0])


def test_probed_lists_equal_the_whole_index_in_faiss(many: Vectors, large: bytes, queries: Vectors) -> None:
    segment = opened(large)
    quantizer = Quantizer.train(many[:FLAT_BELOW], 0.1)
    coarse = faiss.IndexFlatIP(D)
    coarse.add(partition(quantizer.encode(many), quantizer).centroids)
    kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    theirs = faiss.IndexIVFScalarQuantizer(coarse, D, coarse.ntotal, kind, metric, False)
    faiss.copy_array_to_vector(quantizer.trained(), theirs.sq.trained)
    theirs.is_trained = True
    theirs.add(quantizer.decode(quantizer.encode(many)))
    theirs.nprobe = segment.meta.nprobe
    same = 0
    for query in queries[:50]:
        scores, chunks = segment.search(query, 10)
        their_scores, their_chunks = theirs.search(query[None], 10)
        np.testing.assert_allclose(scores, their_scores[0], atol=1e-5)
        same += np.isin(chunks, their_chunks[0]).sum()
    assert same >= 499  # a decoded vector midway between two centroids may fall to the other list


@given(arrays(np.float32, (40, 5), elements=st.floats(-1, 1, width=32)))
@settings(max_examples=60, deadline=None)
def test_codes_are_those_of_faiss(vectors: Vectors) -> None:
    theirs = faiss.IndexScalarQuantizer(5, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    theirs.train(vectors)
    ours = Quantizer.train(vectors)
    codes = ours.encode(vectors)
    np.testing.assert_array_equal(codes, theirs.sa_encode(vectors))
    np.testing.assert_allclose(ours.decode(codes), theirs.sa_decode(codes), atol=1e-6)


def test_a_query_reads_only_the_lists_it_probes(large: bytes, queries: Vectors) -> None:
    read: list[int] = []

    def reading(offset: int, length: int) -> memoryview:
        read.append(length)
        return memoryview(large)[offset : offset + length]

    segment = VectorSegment(Blob(reading, "test"))
    assert sum(read) < len(large) / 50
    head = len(read)
    segment.search(queries[0], 10)
    assert len(read) - head <= 3 + segment.meta.nprobe  # quantiser, centroids, offsets, one span a list
    assert sum(read) < len(large) / 3
    before = len(read)
    segment.search(queries[0], 10)
    assert len(read) == before


@pytest.mark.parametrize("share", [0.5, 0.01])
def test_only_allowed_chunks_come_back(both: tuple[Vectors, bytes], queries: Vectors, share: float) -> None:
    vectors, data = both
    mask = np.random.default_rng(3).random(len(vectors)) < share
    segment = opened(data)
    found = 0
    for query in queries[:20]:
        _, chunks = segment.search(query, 10, mask)
        assert len(chunks) == 10 and mask[chunks].all()
        best = np.flatnonzero(mask)[np.argsort(-(vectors[mask] @ query))[:10]]
        found += np.isin(chunks, best).sum()
        np.testing.assert_array_equal(segment.search(query, 10, np.flatnonzero(mask))[1], chunks)
    assert found >= 190


def test_fewer_than_k(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    vectors, data = both
    segment = opened(data)
    assert set(segment.search(queries[0], 10, np.array([5, 17]))[1]) == {5, 17}
    assert len(segment.search(queries[0], 10, np.array([], np.int64))[1]) == 0
    everything = segment.search(queries[0], 10**9)[1]
    np.testing.assert_array_equal(np.sort(everything), np.arange(len(vectors)))


def test_no_vectors_at_all() -> None:
    segment = opened(build([], model=MODEL, precision="int8", dimensions=D))
    scores, chunks = segment.search(np.ones(D, np.float32), 5)
    assert len(scores) == len(chunks) == 0


def test_one_vector_and_equal_vectors() -> None:
    for count in (1, 30):
        vectors = np.repeat(clustered(1, seed=4), count, axis=0)
        scores, chunks = opened(packed(vectors)).search(vectors[0], 50)
        assert len(chunks) == count
        np.testing.assert_allclose(scores, 1, atol=1e-5)


def test_pieces_and_one_array_give_the_same_bytes(many: Vectors) -> None:
    whole = build(many[:2000], model=MODEL, precision="int8", dimensions=D)
    assert whole == packed(many[:2000])


def test_another_model_is_refused_by_name(large: bytes) -> None:
    segment = opened(large)
    segment.require(MODEL)
    with pytest.raises(ModelError, match=f"(?s){MODEL}.*other@1"):
        segment.require("other@1")
    with pytest.raises(ModelError, match="64 numbers"):
        segment.search(np.ones(D + 1, np.float32), 5)


def test_faiss_threads_are_left_as_they_were(large: bytes, queries: Vectors) -> None:
    before = faiss.omp_get_max_threads()
    try:
        faiss.omp_set_num_threads(3)
        opened(large).search(queries[0], 10)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


def sections(data: bytes) -> dict[str, bytes]:
    blob = Blob(lambda offset, length: memoryview(data)[offset : offset + length], "test")
    return {name: bytes(blob.read(name)) for name in blob.names()}


def forged(data: bytes, kind: str = "vectors", **changed: bytes) -> bytes:
    """The blob with sections replaced and every checksum right: what a hostile writer could make."""
    writer = BlobWriter(kind)
    for name, content in {**sections(data), **changed}.items():
        writer.add(name, content)
    return writer.to_bytes()


def with_meta(data: bytes, **values: object) -> bytes:
    meta = {**json.loads(sections(data)["meta"]), **values}
    return forged(data, meta=json.dumps(meta).encode())


def hostile(large: bytes) -> Iterator[tuple[str, bytes]]:
    parts = sections(large)
    ids = np.frombuffer(parts["offsets"], "<u4").copy()
    yield "kind", forged(large, kind="lexical")
    yield "no JSON", forged(large, meta=b"{")
    yield "not an object", forged(large, meta=b"[1, 2]")
    yield "deep JSON", forged(large, meta=b"[" * 4000)
    yield "long JSON", forged(large, meta=b" " * 5000)
    yield "unknown field", with_meta(large, extra=1)
    for name in ("dimensions", "count", "nlist", "nprobe"):
        for value in (-1, 0, 1 << 60, 2.5, "7", None, True):
            yield f"{name}={value!r}", with_meta(large, **{name: value})
    for recall in (-0.1, 1.5, float("nan"), "1", True, [1]):
        yield f"recall={recall!r}", with_meta(large, recall=recall)
    yield "model", with_meta(large, model=5)
    yield "short codes", forged(large, lists=parts["lists"][:-1])
    yield "short offsets", forged(large, offsets=parts["offsets"][:-4])
    yield "falling offsets", forged(large, offsets=ids[::-1].tobytes())
    yield "lists begin late", forged(large, offsets=np.maximum(ids, 1).tobytes())
    yield "lists end early", forged(large, offsets=np.minimum(ids, ids[-1] - 1).tobytes())
    ids[1:-1] = 1 << 31
    yield "offsets too far", forged(large, offsets=ids.tobytes())
    yield "NaN in sq", forged(large, sq=b"\xff" * len(parts["sq"]))
    yield "NaN in centroids", forged(large, centroids=b"\xff" * len(parts["centroids"]))
    yield "chunk numbers", forged(large, lists=b"\xff" * len(parts["lists"]))


def test_hostile_segments_are_damaged(large: bytes, queries: Vectors) -> None:
    for name, data in hostile(large):
        try:
            opened(data).search(queries[0], 10)
        except Damaged as error:
            assert "\n" not in str(error)
        else:
            pytest.fail(f"{name}: accepted")


def test_a_segment_made_before_recall_was_stated_is_read(large: bytes, queries: Vectors) -> None:
    meta = json.loads(sections(large)["meta"])
    del meta["recall"]
    old = opened(forged(large, meta=json.dumps(meta).encode()))
    assert old.meta.recall is None
    np.testing.assert_array_equal(old.search(queries[0], 10)[1], opened(large).search(queries[0], 10)[1])


def test_newer_layouts_are_named(large: bytes) -> None:
    with pytest.raises(NewerFormat, match="graph"):
        opened(with_meta(large, layout="graph"))


def test_the_recall_test_can_fail(many: Vectors, queries: Vectors) -> None:
    """Codes shuffled among the chunks must not pass for a good index."""
    shuffled: Ids = np.random.default_rng(5).permutation(3000)
    assert recall(opened(packed(many[:3000][shuffled])), many[:3000], queries[:50]) < 0.2
