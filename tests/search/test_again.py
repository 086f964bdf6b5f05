"""Coarse vectors: the best hits are looked at again, from their text, and rank as exact vectors rank them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Encode, Index, Settings
from memcodec.file.writer import Writer
from memcodec.models import embedding
from tests.support.needs import needs_library

pytestmark = pytest.mark.slow

needs_library("onnxruntime")
QUERIES = ("where do birds nest", "a quiet library", "the river at night", "an old harbour")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same documents with vectors in one byte a number, and in half of one."""
    made = {}
    for kept in ("int8", "int4"):
        path = tmp_path_factory.mktemp("coarse") / f"{kept}.mp4"
        settings = Settings(encode=Encode(), index=Index(vectors=kept))
        with memcodec.Memory(path, Writer.create(path, settings)) as memory:
            for number in range(60):
                memory.add(prose(number, 900), uri=f"{number}.txt")
        made[kept] = path
    return made


def test_the_best_rank_by_exact_vectors(files: dict[str, Path]) -> None:
    embedder = embedding.load()
    with memcodec.open(files["int8"]) as fine, memcodec.open(files["int4"]) as coarse:
        assert coarse.info().parts["vectors"] < 0.7 * fine.info().parts["vectors"]
        exact = embedder.embed([coarse.get(number).text for number in range(coarse.reader.chunks)])
        for query in QUERIES:
            scores = exact @ embedder.embed_query(query)
            found = coarse.search(query, k=5, mode="semantic", min_score=0)
            assert [hit.score for hit in found] == pytest.approx(
                scores[[hit.chunk for hit in found]], abs=1e-5
            )
            assert found[0].chunk == int(np.argmax(scores))
            assert len(set(np.argsort(-scores)[:5]) & {hit.chunk for hit in found}) >= 4


def test_what_is_appended_is_kept_as_the_file_keeps_it(files: dict[str, Path]) -> None:
    with memcodec.open(files["int4"]) as memory:
        memory.add("A heron stands in the reeds.", uri="heron.txt")
    with memcodec.open(files["int4"]) as memory:
        assert {run.vector_kind and run.vector_kind[1] for run in memory.reader.indexes} == {"int4"}
        assert memory.search("a heron in the reeds", mode="semantic")[0].document.uri == "heron.txt"
        assert memory.verify().ok
