"""Vector segments: what is found, what is read for it, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

import faiss
import numpy as np
import pytest

from memcodec.errors import Damaged, ModelError, NewerFormat, OlderFormat
from memcodec.format.arrays import Ids, Vectors
from memcodec.format.blob import Blob, BlobWriter
from memcodec.index.vectors import partition
from memcodec.index.vectors.coder import BITS, Coder
from memcodec.index.vectors.rotation import rotated
from memcodec.index.vectors.segment import FLAT, VectorSegment, build
from memcodec.model import BlobSpan, Extent

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
    return build(pieces, model=MODEL, precision="int8", dimensions=D, bits=8)


def opened(data: bytes) -> VectorSegment:
    view, extent = memoryview(data), Extent(0, len(data))
    return VectorSegment(Blob(lambda offset, length: view[offset : offset + length], "test", extent=extent))


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
    """Of which a search looks at a tenth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "BUDGET", 2500 * (D + 6) + 1000 * (D // 4 + 2))
        patch.setattr(partition, "_GROWTH", 0)
        return packed(many)


@pytest.fixture(scope="module")
def queries() -> Vectors:
    return clustered(200, seed=2)


@pytest.fixture(params=["flat", "ivf"])
def both(request: pytest.FixtureRequest, many: Vectors, large: bytes) -> tuple[Vectors, bytes]:
    if request.param == "ivf":
        return many, large
    return many[:3000], packed(many[:3000])


@pytest.mark.slow
def test_the_nearest_are_found(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    vectors, data = both
    assert recall(opened(data), vectors, queries) >= 0.95


@pytest.mark.slow
def test_layout_follows_size(large: bytes, many: Vectors) -> None:
    exact = FLAT // (D + 2)
    assert opened(packed(many[:exact])).meta.layout == "flat"
    assert opened(packed(many[: exact + 1])).meta.layout == "ivf"
    assert len(large) < 25_000 * (D + 6) * 1.1


def test_scores_are_inner_products_best_first(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    vectors, data = both
    scores, chunks = opened(data).search(queries[0], 10)
    assert scores.dtype == np.float32 and chunks.dtype == np.int64
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, vectors[chunks] @ queries[0], atol=0.02)


def test_flat_equals_exact_search_over_what_codes_stand_for(many: Vectors, queries: Vectors) -> None:
    segment, coder = opened(packed(many[:5000])), Coder(D, 8)
    kept = coder.decode(coder.encode(rotated(many[:5000])))
    for query in queries[:50]:
        scores, chunks = segment.search(query, 20)
        expected = kept @ rotated(query)
        np.testing.assert_allclose(scores, expected[chunks], atol=0.01)
        assert expected[chunks].min() >= np.sort(expected)[-20] - 0.01


@pytest.mark.parametrize("bits", BITS)
def test_the_best_are_found_however_much_factors_differ(many: Vectors, queries: Vectors, bits: int) -> None:
    """Lengths are in the factors, which the kernel does not see."""
    lengths = np.random.default_rng(4).uniform(0.2, 2, size=(2000, 1)).astype(np.float32)
    vectors = many[:2000] * lengths
    segment = opened(build(vectors, model=MODEL, precision="int8", dimensions=D, bits=bits))
    kept = Coder(D, bits).decode(Coder(D, bits).encode(rotated(vectors)))
    for query in queries[:30]:
        for k in (1, 10):
            scores, chunks = segment.search(query, k)
            expected = kept @ rotated(query)
            np.testing.assert_array_equal(chunks, np.argsort(-expected)[:k])
            np.testing.assert_allclose(scores, expected[chunks], atol=1e-5)


def test_probed_lists_hold_what_faiss_finds_in_as_many(many: Vectors, large: bytes, queries: Vectors) -> None:
    segment, coder = opened(large), Coder(D, 8)
    coarse = faiss.IndexFlatIP(D)
    coarse.add(segment.lists().centroids())
    theirs = faiss.IndexIVFFlat(coarse, D, coarse.ntotal, faiss.METRIC_INNER_PRODUCT)
    theirs.is_trained = True
    theirs.add(coder.decode(coder.encode(rotated(many))))
    same = 0
    for query in queries[:50]:
        theirs.nprobe = len(opened(large).search_spans(query))
        scores, chunks = segment.search(query, 10)
        their_scores, their_chunks = theirs.search(rotated(query)[None], 10)
        np.testing.assert_allclose(scores, their_scores[0], atol=0.01)
        same += np.isin(chunks, their_chunks[0]).sum()
    assert same >= 485  # a vector midway between two centroids may fall to the other list


class Recorded:
    """A blob far away: what was read of it, and how much of that nobody had announced."""

    def __init__(self, data: bytes) -> None:
        self._data, self._near = memoryview(data), bytearray(len(data))
        self.read, self.unannounced = 0, 0
        self.segment = VectorSegment(Blob(self._reading, "test", extent=Extent(0, len(data))))

    def _reading(self, offset: int, length: int) -> memoryview:
        self.read += length
        self.unannounced += self._near[offset : offset + length].count(0)
        return self._data[offset : offset + length]

    def bring(self, spans: list[BlobSpan]) -> int:
        """Have these near; their bytes."""
        for span in spans:
            self._near[span.start : span.start + span.length] = bytes([1]) * span.length
        return sum(span.length for span in spans)


def test_a_query_reads_only_the_lists_it_probes(both: tuple[Vectors, bytes], queries: Vectors) -> None:
    _, data = both
    far = Recorded(data)
    assert 0 < far.read < len(data) / 50
    far.unannounced = far.read = 0
    brought = far.bring(far.segment.opening_spans())
    brought += far.bring(far.segment.search_spans(queries[0]))
    far.segment.search(queries[0], 10)
    assert far.unannounced == 0
    assert brought == far.read
    if far.segment.meta.layout == "ivf":
        assert brought <= far.segment.meta.nlist * (D // 4 + 2) + far.segment.meta.scan * (D + 6)
    assert far.segment.opening_spans() == []
    assert far.segment.search_spans(queries[0]) == []
    far.segment.search(queries[0], 10)
    assert far.read == brought


def test_the_lists_that_a_filter_makes_necessary_are_announced(
    large: bytes, many: Vectors, queries: Vectors
) -> None:
    far = Recorded(large)
    farthest = np.argsort(many @ queries[0])[:40]
    far.bring(far.segment.opening_spans())
    first = far.bring(far.segment.search_spans(queries[0], farthest))
    far.unannounced, rounds = 0, list[int]()
    half = np.arange(len(many)) % 2 > 0
    half[np.argsort(-(many @ queries[0]))[:12_000]] = False  # those admitted are all far from the query
    for mask in (farthest, half):
        far.segment.search(queries[0], 40, mask, lambda spans: rounds.append(far.bring(spans)))
    assert far.unannounced == 0
    assert first > 0 and len(rounds) <= 12


def test_what_is_read_is_bounded_whatever_the_query(large: bytes, queries: Vectors) -> None:
    meta = opened(large).meta
    for query in queries:
        spans = opened(large).search_spans(query)
        assert 0.9 * meta.scan <= sum(span.length for span in spans) / (D + 6) <= meta.scan


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
    segment = opened(build([], model=MODEL, precision="int8", dimensions=D, bits=8))
    scores, chunks = segment.search(np.ones(D, np.float32), 5)
    assert len(scores) == len(chunks) == 0


def test_one_vector_and_equal_vectors() -> None:
    for count in (1, 30):
        vectors = np.repeat(clustered(1, seed=4), count, axis=0)
        scores, chunks = opened(packed(vectors)).search(vectors[0], 50)
        assert len(chunks) == count
        np.testing.assert_allclose(scores, 1, atol=0.01)


def test_pieces_and_one_array_give_the_same_bytes(many: Vectors) -> None:
    whole = build(many[:2000], model=MODEL, precision="int8", dimensions=D, bits=8)
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
    blob = opened(data)._blob
    return {name: bytes(blob.read(name)) for name in blob.names()}


def forged(
    data: bytes,
    changed: dict[str, bytes | None] | None = None,
    kind: str = "vectors",
    units: list[int] | None = None,
) -> bytes:
    """The blob with sections replaced and every checksum right: what a hostile writer could make.

    ``units``: other ones of its lists. A section that is None is left out.
    """
    writer, blob = BlobWriter(kind), opened(data)._blob
    for name, content in {**sections(data), **(changed or {})}.items():
        if content is not None:
            own = units if units is not None and name == "lists" else blob.section(name).sizes
            writer.add(name, content, own if own is not None and sum(own) == len(content) else None)
    return writer.to_bytes()


def with_meta(data: bytes, **values: object) -> bytes:
    meta = {**json.loads(sections(data)["meta"]), **values}
    return forged(data, {"meta": json.dumps(meta).encode()})


def hostile(data: bytes) -> Iterator[tuple[str, bytes]]:
    parts = sections(data)
    yield "kind", forged(data, kind="lexical")
    yield "no JSON", forged(data, {"meta": b"{"})
    yield "not an object", forged(data, {"meta": b"[1, 2]"})
    yield "deep JSON", forged(data, {"meta": b"[" * 4000})
    yield "long JSON", forged(data, {"meta": b" " * 5000})
    yield "unknown field", with_meta(data, extra=1)
    for name in ("dimensions", "count", "nlist", "scan"):
        for value in (-1, 0, 1 << 60, 2.5, "7", None, True):
            yield f"{name}={value!r}", with_meta(data, **{name: value})
    for recall in (-0.1, 1.5, float("nan"), "1", True, [1]):
        yield f"recall={recall!r}", with_meta(data, recall=recall)
    yield "model", with_meta(data, model=5)
    for name in ("centroids", "lists"):
        yield f"no {name}", forged(data, {name: None})
        yield f"short {name}", forged(data, {name: parts[name][:-1]})
    yield "chunk numbers", forged(data, {"lists": b"\xff" * len(parts["lists"])})


def hostile_units(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Of the lists, each a unit."""
    parts, sizes = sections(data), opened(data)._blob.section("lists").sizes
    assert sizes is not None
    yield "NaN in centroids", forged(data, {"centroids": b"\xff" * len(parts["centroids"])})
    yield "not whole entries", forged(data, units=[sizes[0] + 1, sizes[1] - 1, *sizes[2:]])
    yield "one list too few", forged(data, units=[sizes[0] + sizes[1], *sizes[2:]])
    yield "one list too many", forged(data, units=[0, *sizes])
    yield "pages", forged(data, units=[len(parts["lists"])])


def test_hostile_segments_are_damaged(large: bytes, queries: Vectors) -> None:
    for name, data in chain(hostile(large), hostile_units(large)):
        try:
            opened(data).search(queries[0], 10)
        except Damaged as error:
            assert "\n" not in str(error)
        else:
            pytest.fail(f"{name}: accepted")


def test_newer_layouts_are_named(large: bytes) -> None:
    with pytest.raises(NewerFormat, match="graph"):
        opened(with_meta(large, layout="graph"))
    with pytest.raises(OlderFormat, match="before the first release"):
        opened(with_meta(large, quantizer="sq8"))


def test_the_recall_test_can_fail(many: Vectors, queries: Vectors) -> None:
    """Codes shuffled among the chunks must not pass for a good index."""
    shuffled: Ids = np.random.default_rng(5).permutation(3000)
    assert recall(opened(packed(many[:3000][shuffled])), many[:3000], queries[:50]) < 0.2
