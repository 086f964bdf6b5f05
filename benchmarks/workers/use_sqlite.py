"""SQLite's full-text search, FTS5, as its own documentation drives it. Standard library only."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from protocol import costs, each, serve, texts_in

FIND = "SELECT text FROM chunks WHERE chunks MATCH ? ORDER BY rank LIMIT 10"
_open: dict[str, sqlite3.Connection] = {}


def put(texts: str, file: str) -> dict[str, Any]:
    """Every text a row, stemmed as English, in one transaction."""
    rows = [(text,) for text in texts_in(texts)]
    Path(file).unlink(missing_ok=True)

    def work() -> None:
        base = sqlite3.connect(file)
        with base:
            base.execute("CREATE VIRTUAL TABLE chunks USING fts5(text, tokenize = 'porter unicode61')")
            base.executemany("INSERT INTO chunks VALUES (?)", rows)
            base.execute("INSERT INTO chunks(chunks) VALUES ('optimize')")
        base.close()

    return {**costs(work), "chunks": len(rows), "bytes": Path(file).stat().st_size}


def first(file: str, queries: list[str]) -> dict[str, Any]:
    """Open and find once, with a new connection for every query."""

    def work(query: str) -> list[str]:
        base = sqlite3.connect(file)
        texts = _find(base, query)
        base.close()
        return texts

    return each(work, queries)


def search(file: str, queries: list[str]) -> dict[str, Any]:
    """Find in a file that stays open."""
    if file not in _open:
        _open[file] = sqlite3.connect(file)
    return each(lambda query: _find(_open[file], query), queries)


def _find(base: sqlite3.Connection, query: str) -> list[str]:
    asked = " OR ".join(f'"{word}"' for word in query.split())
    return [text for (text,) in base.execute(FIND, (asked,))]


if __name__ == "__main__":
    serve({"put": put, "first": first, "search": search})
