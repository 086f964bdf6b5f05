"""Small memory files, and what they say: for the tests of growing, merging and compacting."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Index, Settings
from memcodec.file.filter import Filter
from memcodec.file.reader import Reader, read_file
from memcodec.file.restore import read_documents
from memcodec.format import block, budget, record
from memcodec.format.block import BLOCK_SIZE
from memcodec.model import Commit, Document
from memcodec.search.engine import Searcher
from memcodec.search.results import Mode
from tests.reliability.sealing import recipients_of

MEDIA = ("mp4", "flac")
QUERIES = ("patient heron", "kettle", "the northern ledger crosses", "glacier under the bridge", "nothing-so")
LEXICAL = Settings(index=Index(model="none"))


class Seen(NamedTuple):
    """One hit, without what depends on the file it is in."""

    uri: str
    start: int
    end: int
    text: str
    score: float


def texts(name: str, count: int, size: int = 1500) -> dict[str, str]:
    """Documents of prose; another name, other prose."""
    seed = sum(name.encode()) * 100
    return {f"{name}/{number}.md": prose(seed + number, size) for number in range(count)}


def create(path: Path, documents: Mapping[str, str], *, force: bool = False, **options: Any) -> Path:
    """``options``: settings by name. The file is sealed if its name says so (tests/reliability/sealing.py)."""
    settings = Settings.of(**{"model": "none", **options})
    with memcodec.create(path, settings=settings, force=force, seal=recipients_of(path)) as memory:
        for uri, text in documents.items():
            memory.add(text, uri=uri)
    return path


def append(path: Path, documents: Mapping[str, str], **options: Any) -> Commit | None:
    with memcodec.open(path, **options) as memory:
        for uri, text in documents.items():
            memory.add(text, uri=uri)
        return memory.commit().commit


def forget(path: Path, *uris: str) -> None:
    with memcodec.open(path) as memory:
        memory.forget(Filter(documents=uris))


def reading(path: Path, as_of: int | None = None) -> contextlib.closing[Reader]:
    return contextlib.closing(read_file(path, as_of=as_of))


def documents(path: Path, as_of: int | None = None) -> list[Document]:
    with reading(path, as_of) as reader:
        return [found.stored.document for found in reader.documents()]


def uris(path: Path, as_of: int | None = None) -> list[str]:
    return [document.uri for document in documents(path, as_of)]


def contents(path: Path, as_of: int | None = None) -> dict[str, list[str]]:
    """What each uri holds, every document proven by its hash."""
    found: dict[str, list[str]] = {}
    with reading(path, as_of) as reader:
        for stored, data, lost in read_documents(reader, lambda stored: True):
            assert data is not None, (stored.document.uri, lost)
            found.setdefault(stored.document.uri, []).append(data.decode())
    return found


def hits(
    path: Path, queries: Sequence[str] = QUERIES, k: int = 10, mode: Mode = "lexical"
) -> list[list[Seen]]:
    with reading(path) as reader:
        searcher = Searcher([reader])
        return [
            [
                Seen(hit.document.uri, hit.start, hit.end, hit.text, pytest.approx(hit.score, rel=1e-9))
                for hit in searcher.search(query, k, mode)
            ]
            for query in queries
        ]


def is_sound(path: Path) -> bool:
    with memcodec.open(path) as memory:
        return memory.verify(deep=True).ok


def frames_of(path: Path, segment: int) -> list[tuple[int, int]]:
    """Offset and length of a segment's frames."""
    with reading(path) as reader:
        return [(frame.offset, frame.length) for frame in reader.segments[segment].frames()]


def damaged(path: Path, spans: Sequence[tuple[int, int]], to: Path) -> Path:
    """A copy with garbage in some places."""
    data = bytearray(path.read_bytes())
    for offset, length in spans:
        data[offset : offset + length] = b"\xa5" * length
    to.write_bytes(data)
    return to


def stripped(path: Path, folder: Path) -> Path:
    """What ``ffmpeg -c copy`` leaves of a file: the media without any index."""
    target = folder / f"stripped-{path.name}"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-c", "copy", target], check=True)
    return target


def told(path: Path) -> bytes:
    """All that a file says in any way: its bytes, every packet, record, block, dictionary and index section."""
    with reading(path) as reader:
        parts = [path.read_bytes(), *reader.media.scan()]
        for segment in reader.segments:
            for found in segment.records():
                parts.append(found.body)
                if found.kind == record.DICTIONARY:
                    parts.append(budget.unpack(found.body, block.MAX_DICTIONARY, "dictionary"))
                elif found.kind in (record.DOCUMENTS, record.STATE):
                    parts.append(budget.unpack(found.body, budget.MAX_DOCUMENTS, "table"))
            parts += [each or b"" for each in segment.walk(0, -(-segment.record.text // BLOCK_SIZE))]
            parts += [repr(each).encode() for each in segment.catalogue.all_documents()]
        for run in reader.indexes:
            if run.lexical is not None:
                parts += [term for batch in _batches(run.lexical) for term in batch]
        parts += [repr(entry).encode() for entry in reader.entries]
    return b"\n".join(parts)


def _batches(blob: Any) -> Any:
    from memcodec.index.lexical.segment import LexicalSegment

    return (batch.terms for batch in LexicalSegment(blob).batches())


class Embedder:
    """Texts to vectors by the words in them: the same text, the same vector. Stands for a model of 24 numbers."""

    model, precision, dimensions = "words@1", "float32", 24
    noise = -1.0  # all that is near at all is near

    def embed(
        self, batch: Sequence[str], *, tell: Callable[[int], None] = lambda count: None, **_: object
    ) -> npt.NDArray[np.float32]:
        made = np.array([self._sum(text) for text in batch], np.float32).reshape(-1, self.dimensions)
        for count in range(len(batch)):
            tell(count + 1)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def embed_query(self, text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = self.embed([text])[0]
        return vector

    def _sum(self, text: str) -> npt.NDArray[np.float64]:
        words = text.lower().split() or [""]
        return sum(np.random.default_rng(list(word.encode())).normal(size=self.dimensions) for word in words)  # type: ignore[no-any-return]


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    made = Embedder()
    monkeypatch.setattr("memcodec.models.embedding.available", lambda: True)
    monkeypatch.setattr("memcodec.models.embedding.load", lambda name: made)
    monkeypatch.setattr("memcodec.models.embedding.load_exact", lambda name: made)
    return made
