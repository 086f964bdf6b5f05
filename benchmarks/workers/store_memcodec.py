"""memcodec: every text a document, both indexes where there are vectors to compare with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import stores
from stores import Found, K, Vector

import memcodec


class Memcodec:
    """A memory file in its folder, MP4 or FLAC as the folder's name ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._file = folder / f"memory.{'flac' if folder.name.endswith('flac') else 'mp4'}"

    def put(self, texts: list[str], vectors: list[Vector] | None) -> None:
        model = "none" if vectors is None else "all-MiniLM-L6-v2"
        with memcodec.create(self._file, model=model, force=True) as memory:
            for number, text in enumerate(texts):
                memory.add(text, uri=str(number))

    def open(self) -> None:
        self._memory = memcodec.open(self._file)

    def close(self) -> None:
        self._memory.close()

    def lexical(self, query: str) -> Found:
        return self._found(query, "lexical")

    def hybrid(self, query: str, vector: Vector) -> Found:
        return self._found(query, "hybrid")

    def _found(self, query: str, mode: memcodec.Mode) -> Found:
        return [(int(hit.document.uri), hit.text) for hit in self._memory.search(query, k=K, mode=mode)]

    def texts(self) -> Iterator[tuple[int, str]]:
        """After `repair`, as anybody would who finds the file damaged."""
        self._memory.close()
        mended = self._file.with_stem("mended")
        command = ["repair", str(self._file), "-o", str(mended), "--force", "-q"]
        subprocess.run([sys.executable, "-m", "memcodec", *command], check=False)
        self._memory = memcodec.open(mended)
        for document in self._memory.documents():
            yield int(document.uri), self._memory.read(document)


if __name__ == "__main__":
    stores.run(Memcodec)
