"""SQLite FTS5: Porter's stems, any word of the query, BM25; the standard library's, or the system's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import stores
from stores import Found, K, Vector, words


class Fts5:
    """One table that holds the texts too."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._file = folder / "texts.db"

    def put(self, texts: list[str], vectors: list[Vector] | None) -> None:
        self._file.unlink(missing_ok=True)
        database = sqlite3.connect(self._file)
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize='porter unicode61')")
        with database:
            database.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", list(enumerate(texts, 1)))
        database.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        database.commit()
        database.close()

    def open(self) -> None:
        self._database = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)

    def close(self) -> None:
        self._database.close()

    def lexical(self, query: str) -> Found:
        asked = " OR ".join(f'"{word}"' for word in words(query))
        rows = self._database.execute(
            "SELECT rowid, body FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (asked, K)
        )
        return [(number - 1, body) for number, body in rows]

    def hybrid(self, query: str, vector: Vector) -> Found:
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[int, str]]:
        """Row by row: a damaged page costs its rows, not the others."""
        last = self._database.execute("SELECT max(id) FROM texts_content").fetchone()[0]
        for number in range(1, last + 1):
            try:
                row = self._database.execute(
                    "SELECT c0 FROM texts_content WHERE id = ?", (number,)
                ).fetchone()
            except sqlite3.DatabaseError:
                continue
            if row is not None:
                yield number - 1, row[0]


if __name__ == "__main__":
    stores.run(Fts5)
