"""Chroma: vectors that it is given, and the texts; it has no search by words of its own that ranks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import chromadb
import stores
from stores import Found, K, Vector

_BATCH = 2000


class Chroma:
    """One collection in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _client(self) -> chromadb.ClientAPI:
        settings = chromadb.Settings(anonymized_telemetry=False)
        return chromadb.PersistentClient(str(self._folder), settings)

    def put(self, texts: list[str], vectors: list[Vector] | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        assert (
            vectors is not None
        )  # it can be given nothing else here: its own model is fetched from a server
        made = self._client().create_collection("texts", embedding_function=None)
        for at in range(0, len(texts), _BATCH):
            numbers = [str(number) for number in range(at, min(at + _BATCH, len(texts)))]
            made.add(ids=numbers, documents=texts[at : at + _BATCH], embeddings=vectors[at : at + _BATCH])

    def open(self) -> None:
        self._texts = self._client().get_collection("texts", embedding_function=None)

    def close(self) -> None:
        del self._texts

    def lexical(self, query: str) -> Found:
        raise NotImplementedError

    def hybrid(self, query: str, vector: Vector) -> Found:
        """By the vector alone."""
        found = self._texts.query(query_embeddings=[vector], n_results=K, include=["documents"])
        numbers = [int(each) for each in found["ids"][0]]
        return list(zip(numbers, (found["documents"] or [[]])[0], strict=True))

    def texts(self) -> Iterator[tuple[int, str]]:
        found = self._texts.get(include=["documents"])
        yield from zip(map(int, found["ids"]), found["documents"] or [], strict=True)


if __name__ == "__main__":
    stores.run(Chroma)
