"""Tantivy: English stems, any word of the query, BM25, the texts stored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import stores
import tantivy
from stores import Found, K, Vector, words


class Tantivy:
    """An index in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, texts: list[str], vectors: list[Vector] | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True)
        builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
        index = tantivy.Index(builder.build(), path=str(self._folder))
        writer = index.writer()
        for number, text in enumerate(texts):
            writer.add_document(tantivy.Document(number=number, body=text))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self._index = tantivy.Index.open(str(self._folder))
        self._searcher = self._index.searcher()

    def close(self) -> None:
        del self._searcher, self._index

    def lexical(self, query: str) -> Found:
        asked = self._index.parse_query(" ".join(words(query)).lower(), ["body"])
        return [self._row(place) for _, place in self._searcher.search(asked, K).hits]

    def _row(self, place: tantivy.DocAddress) -> tuple[int, str]:
        document = self._searcher.doc(place)
        return document["number"][0], document["body"][0]

    def hybrid(self, query: str, vector: Vector) -> Found:
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[int, str]]:
        asked = self._index.parse_query("*", ["body"])
        for _, place in self._searcher.search(asked, self._searcher.num_docs).hits:
            yield self._row(place)


if __name__ == "__main__":
    stores.run(Tantivy)
