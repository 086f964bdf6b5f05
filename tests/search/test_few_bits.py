"""Vectors in few bits a number: smaller files whose hits are nearly those of exact vectors."""

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
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The same documents with vectors in one byte a number, and in a quarter of one."""
    made = {}
    for bits in (8, 2):
        path = tmp_path_factory.mktemp("few") / f"{bits}.mp4"
        settings = Settings(encode=Encode(), index=Index(vectors=bits))
        with memcodec.Memory(path, Writer.create(path, settings)) as memory:
            for number in range(60):
                memory.add(prose(number, 900), uri=f"{number}.txt")
        made[bits] = path
    return made


def test_few_bits_find_nearly_what_exact_vectors_do(files: dict[int, Path]) -> None:
    embedder = embedding.load()
    with memcodec.open(files[8]) as fine, memcodec.open(files[2]) as coarse:
        assert coarse.info().parts["vectors"] < 0.3 * fine.info().parts["vectors"]
        exact = embedder.embed([coarse.get(number).text for number in range(coarse.reader.chunks)])
        for memory, apart in ((fine, 0.003), (coarse, 0.08)):
            for query in QUERIES:
                scores = exact @ embedder.embed_query(query)
                found = memory.search(query, k=5, mode="semantic", min_score=0)
                assert [hit.score for hit in found] == pytest.approx(
                    scores[[hit.chunk for hit in found]], abs=apart
                )
                assert int(np.argmax(scores)) in {hit.chunk for hit in found}


def test_what_is_appended_is_kept_as_the_file_keeps_it(files: dict[int, Path]) -> None:
    with memcodec.open(files[8]) as memory:
        memory.add("A heron stands in the reeds.", uri="heron.txt")
    with memcodec.open(files[8]) as memory:
        assert {run.vector_kind and run.vector_kind[1] for run in memory.reader.indexes} == {8}
        assert memory.search("a heron in the reeds", mode="semantic")[0].document.uri == "heron.txt"
        assert memory.verify().ok
