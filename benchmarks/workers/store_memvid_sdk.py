"""memvid-sdk, as its own documentation drives it: lexical index on, vectors and telemetry off."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import stores
from stores import Found, K, Vector, words

os.environ["MEMVID_TELEMETRY"] = "0"
import memvid_sdk  # reads its environment when imported

_BATCH = 400  # with 2,000 at once put_many stands still: two of its threads wait to send to each other


class Memvid:
    """One file in its folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._file = folder / "texts.mv2"

    def put(self, texts: list[str], vectors: list[Vector] | None) -> int:
        self._file.unlink(missing_ok=True)
        memory = memvid_sdk.create(str(self._file), enable_lex=True, enable_vec=False)
        asked = [{"title": str(number), "label": "text", "text": text} for number, text in enumerate(texts)]
        taken = 0
        for at in range(0, len(asked), _BATCH):
            try:
                memory.put_many(asked[at : at + _BATCH])
            except memvid_sdk.CapacityExceededError as error:  # 50 MB without a key that is sold
                print(error, file=sys.stderr)
                break
            taken += len(asked[at : at + _BATCH])
        memory.commit()
        memory.close()
        return taken

    def open(self) -> None:
        self._memory = memvid_sdk.use("basic", str(self._file), read_only=True)

    def close(self) -> None:
        self._memory.close()

    def lexical(self, query: str) -> Found:
        hits = self._memory.find(" OR ".join(words(query)).lower(), k=K, mode="lex")["hits"]
        return [(int(hit["title"]), hit["text"]) for hit in hits]

    def hybrid(self, query: str, vector: Vector) -> Found:
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[int, str]]:
        for number in range(int(self._memory.stats()["frame_count"])):
            frame = self._memory.frame(number)
            yield int(frame["title"]), frame["text"]


if __name__ == "__main__":
    stores.run(Memvid)
