"""memcodec, as the peers' benchmark drives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from protocol import costs, each, serve, texts_in

import memcodec

_open: dict[str, memcodec.Memory] = {}


def put(texts: str, file: str) -> dict[str, Any]:
    """Every text a document of its own, lexical index on, one commit."""
    chunks = texts_in(texts)

    def work() -> None:
        with memcodec.create(file, model="none", force=True) as memory:
            for number, text in enumerate(chunks):
                memory.add(text, title=f"chunk {number}")

    taken = costs(work)
    with memcodec.open(file) as memory:
        stored = memory.info().chunks
    return {**taken, "chunks": stored, "bytes": Path(file).stat().st_size}


def first(file: str, queries: list[str]) -> dict[str, Any]:
    """Open and search once, with a new object for every query."""

    def work(query: str) -> list[str]:
        with memcodec.open(file) as memory:
            return [hit.text for hit in memory.search(query, k=10, mode="lexical")]

    return each(work, queries)


def search(file: str, queries: list[str]) -> dict[str, Any]:
    """Search a file that stays open; the hits' texts are read from the media."""
    if file not in _open:
        _open[file] = memcodec.open(file)
    memory = _open[file]
    return each(lambda query: [hit.text for hit in memory.search(query, k=10, mode="lexical")], queries)


if __name__ == "__main__":
    serve({"put": put, "first": first, "search": search})
