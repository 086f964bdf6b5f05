"""tantivy by its Python binding, as its own documentation drives it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import tantivy
from protocol import costs, each, serve, texts_in

_open: dict[str, Any] = {}


def put(texts: str, file: str) -> dict[str, Any]:
    """Every text a document of its own, stored, stemmed as English, in one commit. ``file`` is a folder."""
    chunks = texts_in(texts)
    shutil.rmtree(file, ignore_errors=True)
    Path(file).mkdir()

    def work() -> None:
        schema = tantivy.SchemaBuilder().add_text_field("text", stored=True, tokenizer_name="en_stem").build()
        writer = tantivy.Index(schema, path=file).writer()
        for text in chunks:
            writer.add_document(tantivy.Document(text=text))
        writer.commit()
        writer.wait_merging_threads()

    taken = costs(work)
    size = sum(path.stat().st_size for path in Path(file).iterdir())
    return {**taken, "chunks": len(chunks), "bytes": size}


def first(file: str, queries: list[str]) -> dict[str, Any]:
    """Open and search once, with a new object for every query."""
    return each(lambda query: _find(tantivy.Index.open(file), query), queries)


def search(file: str, queries: list[str]) -> dict[str, Any]:
    """Search an index that stays open."""
    if file not in _open:
        _open[file] = tantivy.Index.open(file)
    return each(lambda query: _find(_open[file], query), queries)


def _find(index: Any, query: str) -> list[str]:
    searcher = index.searcher()
    found = searcher.search(index.parse_query(query, ["text"]), 10).hits
    return [searcher.doc(address)["text"][0] for _, address in found]


if __name__ == "__main__":
    serve({"put": put, "first": first, "search": search})
