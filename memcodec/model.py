"""The values that travel between layers: frozen, plain, without behaviour of their own."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

FilePath = str | os.PathLike[str]
#: told of long work: the stage, how much is done, of how much (0: unknown)
Progress = Callable[[str, int, int], None]
#: what a file is opened or asked for: the rules of a capsule allow some of it. "any" hands out nothing of what it says,
#: and "write" is allowed by none
Use = Literal["any", "search", "show", "list", "restore", "understand", "copy", "write"]


def silent(stage: str, done: int, total: int) -> None:
    """A ``Progress`` that nobody looks at."""


class Extent(NamedTuple):
    """A run of bytes in a file."""

    offset: int
    length: int


class BlobSpan(NamedTuple):
    """``length`` bytes of the index blob at ``extent``, from ``start`` on."""

    extent: Extent
    start: int
    length: int


class Frame(NamedTuple):
    """One frame of media: where its bytes lie in the file, and how many packets it carries."""

    offset: int
    length: int
    packets: int


class PacketPlace(NamedTuple):
    """Where one packet lies: its frame's bytes in the file, and its slot in that frame."""

    offset: int
    length: int
    slot: int


class Section(NamedTuple):
    """A part of a document's text from byte ``start`` on, up to the next one.

    ``path``: the headings it stands under, the outermost first. ``place``: where a person finds it in the file that the
    text was taken from ("page 3", "00:01:23"); empty where the text's own lines say it.
    """

    start: int
    path: tuple[str, ...] = ()
    place: str = ""


def section_at(sections: Sequence[Section], position: int) -> Section | None:
    """The section that a text's byte at ``position`` stands in. ``sections`` rise."""
    index = bisect_right(sections, position, key=lambda each: each.start) - 1
    return sections[index] if index >= 0 else None


class Rights(NamedTuple):
    """Who but a file's owner may use it: the nine bits of its mode, and the id of the group they speak of."""

    mode: int
    group: int


class Original(NamedTuple):
    """The bytes of the file that a document's text was taken from, kept beside it."""

    size: int
    sha256: str


class Root(NamedTuple):
    """Where documents come from: a folder that was named, or a lone file, whose ``name`` is empty.

    The uris of its documents begin with ``base``. ``digest`` is that of its absolute path, under ``key``, both in
    hexadecimal (docs/FORMAT.md, "Roots"); the ``path`` itself is empty unless it was to be kept.
    """

    name: str
    base: str
    key: str
    digest: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One source the user added.

    ``time`` is timezone-aware (UTC); ``sha256`` is the hex digest of the text; ``size`` counts its bytes. ``type`` is
    the kind of file ("markdown", "pdf"), ``language`` a BCP 47 tag; empty when unknown. A document whose text was taken
    out of a file of another kind, ``extracted``, comes back as that file only if the ``original`` was kept.
    ``root``: where it comes from, None for one that was handed over as text. Of the file on disk that it comes from, as
    far as that is known: its permission bits ``mode``, its ``mtime`` in nanoseconds since 1970, and its SHA-256,
    ``source``, where that is neither the text's nor the original's.
    """

    id: str
    uri: str
    title: str
    time: datetime
    sha256: str
    size: int
    tags: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    author: str = ""
    language: str = ""
    extracted: bool = False
    original: Original | None = None
    sections: tuple[Section, ...] = field(default=(), repr=False)
    root: Root | None = field(default=None, repr=False)
    mode: int | None = field(default=None, repr=False)
    mtime: int | None = field(default=None, repr=False)
    source: str = field(default="", repr=False)


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
class CommitReport:
    """What one write did to a file. ``commit`` is None, and the report false, when there was nothing new to write.

    ``unchanged`` documents were left out because the file has them as they are; ``elsewhere`` counts replaced ones
    that came from another place than what replaced them. ``forgotten`` ones are those that ``forget`` took out,
    ``uris`` those of all documents that were handed in, in order. ``size``: bytes of the file now. ``notes``: what the
    user should know, say an index that could not be made. Where nothing was written on purpose, ``planned`` is what the
    commit would be, but for its size.
    """

    file: str
    commit: Commit | None
    unchanged: int = 0
    size: int = 0
    notes: tuple[str, ...] = ()
    forgotten: tuple[Document, ...] = ()
    elsewhere: int = 0
    uris: tuple[str, ...] = field(default=(), repr=False)
    planned: Commit | None = None

    def __bool__(self) -> bool:
        """Whether a commit was written."""
        return self.commit is not None

    @property
    def added(self) -> int:
        """Documents that are new, or back."""
        return self._told.added if self._told is not None else 0

    @property
    def changed(self) -> int:
        """Documents that are new versions."""
        return self._told.changed if self._told is not None else 0

    @property
    def removed(self) -> int:
        """Documents that are gone from the state."""
        return self._told.removed if self._told is not None else 0

    @property
    def _told(self) -> Commit | None:
        return self.commit or self.planned

    @property
    def written(self) -> int:
        """Bytes that the file grew by."""
        return self.commit.size if self.commit is not None else 0


@dataclass(frozen=True, slots=True)
class Line:
    """The lines a chunk touches in its document, counted from 1, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: bytes ``start`` to ``end`` of its document. ``chunk`` is its number in the file.

    ``path`` and ``place`` are those of the section it begins in; ``folded`` hits say the same and are left out. Of a
    passage made of several chunks, ``chunk`` is the best one.
    """

    rank: int
    score: float
    file: str
    document: Document
    chunk: int
    start: int
    end: int
    line: Line
    text: str
    path: tuple[str, ...] = ()
    place: str = ""
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """A document that cannot be given back, and which byte ranges of it are lost: none when only its hash fails."""

    document: Document
    ranges: tuple[tuple[int, int], ...]
