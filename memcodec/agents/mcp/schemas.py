"""What the tools of the MCP server answer: the names that clients may rely on.

They are those of the command line's ``--json``. Pydantic makes JSON Schema of them, for which it wants this TypedDict.
"""

from __future__ import annotations

from typing_extensions import TypedDict


class DocumentOut(TypedDict):
    """A document, as ``memcodec list --json`` has it."""

    id: str
    uri: str
    title: str
    time: str
    sha256: str
    size: int
    tags: dict[str, str]


class ListedOut(DocumentOut):
    """A document, and the file it is in."""

    file: str


class LineOut(TypedDict):
    """Lines of a document, from 1, both ends included."""

    first: int
    last: int


class ChunkOut(TypedDict):
    """A chunk, as ``memcodec get --json`` has it, and its file."""

    file: str
    document: DocumentOut
    chunk: int
    start: int
    end: int
    line: LineOut
    text: str


class HitOut(ChunkOut):
    """A chunk that answers a query."""

    rank: int
    score: float


class SearchOut(TypedDict):
    """What ``search`` answers."""

    query: str
    mode: str
    notes: list[str]
    hits: list[HitOut]


class ListOut(TypedDict):
    """What ``list`` answers: ``total`` counts what there is before ``limit`` and ``offset``."""

    total: int
    documents: list[ListedOut]


class AddOut(TypedDict):
    """What ``add`` answers; ``commit`` is null when the document was there as it is."""

    file: str
    commit: int | None
    document: DocumentOut
