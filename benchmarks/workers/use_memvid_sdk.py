"""memvid-sdk, as its own documentation drives it: lexical index on, vectors off, telemetry off."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from protocol import costs, each, serve, texts_in

os.environ["MEMVID_TELEMETRY"] = "0"
import memvid_sdk  # reads its environment when imported

BATCH = 400  #: with 2,000 at once put_many stands still: two of its threads wait to send to each other
_open: dict[str, Any] = {}


def put(texts: str, file: str, how: str) -> dict[str, Any]:
    """``how`` "many": by ``put_many``, its fastest way; "each": one ``put`` a chunk, extras off. Then commit."""
    requests = [
        {"title": f"chunk {n}", "label": "text", "text": text} for n, text in enumerate(texts_in(texts))
    ]
    Path(file).unlink(missing_ok=True)

    def work() -> None:
        memory = memvid_sdk.create(file, enable_lex=True, enable_vec=False)
        if how == "many":
            for at in range(0, len(requests), BATCH):
                memory.put_many(requests[at : at + BATCH])
        else:
            for request in requests:
                memory.put(**request, auto_tag=False, extract_dates=False, enable_embedding=False)
        memory.commit()
        memory.close()

    return {**costs(work), "chunks": len(requests), "bytes": Path(file).stat().st_size}


def first(file: str, queries: list[str]) -> dict[str, Any]:
    """Open read-only and find once, with a new object for every query."""

    def work(query: str) -> list[str]:
        memory = memvid_sdk.use("basic", file, read_only=True)
        texts = _find(memory, query)
        memory.close()
        return texts

    return each(work, queries)


def search(file: str, queries: list[str]) -> dict[str, Any]:
    """Find in a file that stays open."""
    if file not in _open:
        _open[file] = memvid_sdk.use("basic", file, read_only=True)
    return each(lambda query: _find(_open[file], query), queries)


def _find(memory: Any, query: str) -> list[str]:
    return [hit["text"] for hit in memory.find(query, k=10, mode="lex")["hits"]]


if __name__ == "__main__":
    serve({"put": put, "first": first, "search": search})
