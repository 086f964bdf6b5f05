"""Small memories for the tests of search, and what was found in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import memcodec
from memcodec.file.reader import read_file
from memcodec.model import Hit
from memcodec.search.engine import Searcher


def write(path: Path, documents: Mapping[str, str], **options: Any) -> Path:
    """A memory file of documents by uri, whose tags follow a ``?``: ``notes.txt?place=pond``."""
    settings = memcodec.Settings.of(**{"model": "none", "chunk_size": 200, "overlap": 20, **options})
    with memcodec.create(path, settings=settings) as memory:
        for name, text in documents.items():
            uri, _, tag = name.partition("?")
            memory.add(text, uri=uri, tags=dict([tag.split("=")]) if tag else {})
    return path


@contextlib.contextmanager
def searching(*paths: Path) -> Iterator[Searcher]:
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(contextlib.closing(read_file(path))) for path in paths]
        yield Searcher(readers)


def places(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [(hit.document.uri, hit.start, hit.end) for hit in hits]


def uris(hits: list[Hit]) -> list[str]:
    return [hit.document.uri for hit in hits]
