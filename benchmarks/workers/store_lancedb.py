"""LanceDB: its own full-text index with English stems, exact search by vectors, both fused by reciprocal ranks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lancedb
import pyarrow
import stores
from lancedb.rerankers import RRFReranker
from stores import Found, K, Vector, words


class LanceDB:
    """One table in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, texts: list[str], vectors: list[Vector] | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        columns: dict[str, Any] = {"number": range(len(texts)), "body": texts}
        table = pyarrow.table(columns)
        if vectors is not None:
            kind = pyarrow.list_(pyarrow.float32(), len(vectors[0]))
            table = table.append_column("vector", pyarrow.array(vectors, kind))
        made = lancedb.connect(str(self._folder)).create_table("texts", table)
        made.create_fts_index("body", use_tantivy=False, stem=True, remove_stop_words=False)
        made.optimize()

    def open(self) -> None:
        self._table = lancedb.connect(str(self._folder)).open_table("texts")

    def close(self) -> None:
        del self._table

    def lexical(self, query: str) -> Found:
        return _found(self._table.search(" ".join(words(query)), query_type="fts"))

    def hybrid(self, query: str, vector: Vector) -> Found:
        asked = self._table.search(query_type="hybrid").vector(vector).text(" ".join(words(query)))
        return _found(asked.rerank(RRFReranker()))

    def texts(self) -> Iterator[tuple[int, str]]:
        for batch in self._table.search().limit(self._table.count_rows()).to_arrow().to_batches():
            yield from zip(batch["number"].to_pylist(), batch["body"].to_pylist(), strict=True)


def _found(asked: Any) -> Found:
    rows = asked.limit(K).to_arrow()
    return list(zip(rows["number"].to_pylist(), rows["body"].to_pylist(), strict=True))


if __name__ == "__main__":
    stores.run(LanceDB)
