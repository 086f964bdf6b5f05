"""The values that travel between layers: frozen, plain, without behaviour of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

FilePath = str | os.PathLike[str]


class Extent(NamedTuple):
    """A run of bytes in a file."""

    offset: int
    length: int


class Frame(NamedTuple):
    """One frame of media: where its bytes lie in the file, and how many packets it carries."""

    offset: int
    length: int
    packets: int


class Place(NamedTuple):
    """Where one packet lies: its frame's bytes in the file, and its slot in that frame."""

    offset: int
    length: int
    slot: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source the user added.

    ``time`` is timezone-aware (UTC); ``sha256`` is the hex digest of the stored bytes; ``size`` counts bytes.
    """

    id: str
    uri: str
    title: str
    time: datetime
    sha256: str
    size: int
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a file. ``kind``: "add", "merge", "forget", "rollback" or "compact"; ``size`` in bytes of the file.

    ``added`` documents are new or back, ``changed`` ones are new versions, ``removed`` ones are gone from the state.
    """

    number: int
    time: datetime
    kind: str
    added: int
    changed: int
    removed: int
    size: int


@dataclass(frozen=True, slots=True)
class Line:
    """The lines a chunk touches in its document, counted from 1, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: bytes ``start`` to ``end`` of its document. ``chunk`` is its number in the file."""

    rank: int
    score: float
    file: str
    document: Document
    chunk: int
    start: int
    end: int
    line: Line
    text: str
