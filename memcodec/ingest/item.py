"""One document on its way in, and what a loader answers when a source is none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from memcodec.errors import SourceError
from memcodec.format.documents import Stored
from memcodec.ingest.kinds.terminal import shown
from memcodec.ingest.names import title_of, to_uri
from memcodec.ingest.spot import Spot
from memcodec.model import Rights, Root, Section

PIECE = 1 << 20
HEAD = 4096

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Reason(StrEnum):
    """Why a file is not taken in."""

    BINARY = "not text"
    DAMAGED = "damaged"
    MISSING = "of a kind that needs an extra"
    UNREAD = "pictures (pip install 'memcodec[ocr]' reads the text in them)"
    WORDLESS = "pictures without text"
    TOO_LARGE = "too large"
    HIDDEN = "hidden"
    IGNORED = "ignored"
    NOT_INCLUDED = "not included"
    UNREADABLE = "unreadable"
    SPECIAL = "not a regular file"
    LINK = "symbolic link"
    LOOP = "folder seen before"
    TOO_DEEP = "too deep"


class Rejected(NamedTuple):
    """A loader's answer for a file it cannot take. ``detail`` goes on after the file's name."""

    reason: Reason
    detail: str


class OriginalBytes(NamedTuple):
    """The file that a text was taken from: its size, its SHA-256, and its bytes in pieces."""

    size: int
    sha256: str
    read: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Item:
    """A document ready to be stored: checked, measured, and readable in pieces of at most ``PIECE`` bytes.

    ``time`` is in UTC; ``sha256`` (hex) and ``size`` (bytes) are of the bytes that ``open`` gives; ``rights`` are those
    of the file that it comes from, if it comes from one. ``spot`` is where that lies: of it and of what a memory file
    knows come uri and ``root`` when it is stored (``file.roots``). ``anew``: it is no version of another document; its
    uri is to be one that none has. ``id`` is the one it is to have, if that was told already. ``mode``, ``mtime`` and
    ``source`` as of a ``Document``.
    """

    uri: str
    title: str
    time: datetime
    size: int
    sha256: str
    tags: Mapping[str, str]
    read: Callable[[], Iterable[bytes]] = field(repr=False, compare=False)
    type: str = ""
    author: str = ""
    language: str = ""
    extracted: bool = False
    sections: tuple[Section, ...] = field(default=(), repr=False)
    original: OriginalBytes | None = field(default=None, repr=False)
    rights: Rights | None = field(default=None, repr=False, compare=False)
    root: Root | None = field(default=None, repr=False)
    spot: Spot | None = field(default=None, repr=False, compare=False)
    anew: bool = field(default=False, repr=False, compare=False)
    id: str = field(default="", repr=False, compare=False)
    mode: int | None = field(default=None, repr=False, compare=False)
    mtime: int | None = field(default=None, repr=False, compare=False)
    source: str = field(default="", repr=False, compare=False)

    def open(self) -> Iterator[bytes]:
        """The text's bytes, from the start. Raises SourceError, at the latest at the end, if they changed."""
        return _checked(self.read(), self.size, self.sha256, self.uri)

    def open_original(self) -> Iterator[bytes]:
        """The original's bytes, none without one. Raises SourceError as ``open``."""
        kept = self.original
        return _checked(kept.read(), kept.size, kept.sha256, self.uri) if kept is not None else iter(())

    @property
    def total(self) -> int:
        """Bytes of text and original."""
        return self.size + (self.original.size if self.original is not None else 0)

    @property
    def identity(self) -> str:
        """The SHA-256 of what the user gave: of the original where the text was taken out of one."""
        return self.original.sha256 if self.original is not None else self.sha256

    def is_right(self) -> bool:
        """Whether all bytes are what their hashes say."""
        try:
            for _ in chain(self.open(), self.open_original()):
                pass
        except SourceError:
            return False
        return True


def _checked(pieces: Iterable[bytes], wanted: int, sha256: str, uri: str) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        if size > wanted:
            break
        yield piece
    if size != wanted or digest.hexdigest() != sha256:
        raise SourceError(f"{uri}: changed while it was read; try again when it is at rest")


def stored_item(stored: Stored, pieces: Callable[[int, int], Iterable[bytes]]) -> Item:
    """A stored document on its way into another file; ``pieces`` gives a span of its commit's text."""
    document, middle = stored.document, stored.start + stored.document.size
    kept = document.original
    return Item(
        document.uri,
        document.title,
        document.time,
        document.size,
        document.sha256,
        document.tags,
        lambda: pieces(stored.start, middle),
        document.type,
        document.author,
        document.language,
        document.extracted,
        document.sections,
        OriginalBytes(kept.size, kept.sha256, lambda: pieces(middle, stored.end))
        if kept is not None
        else None,
        root=document.root,
        mode=document.mode,
        mtime=document.mtime,
        source=document.source,
    )


def text_item(
    text: str | bytes,
    *,
    title: str | None = None,
    uri: str | None = None,
    tags: Mapping[str, str] | None = None,
    time: datetime | None = None,
) -> Item:
    """A document of a text in hand, as it is given. Raises SourceError when it, or what names it, is not valid Unicode.

    The uri is ``text-`` and the start of the SHA-256 unless given; a ``time`` without a zone is local;
    default: now.
    """
    data = _utf8(text, "the text") if isinstance(text, str) else bytes(memoryview(text))
    try:
        head = data.decode("utf-8")[:HEAD]
    except UnicodeDecodeError as error:
        raise SourceError(f"the text is not valid UTF-8 at byte {error.start}; store text only") from error
    sha256 = hashlib.sha256(data).hexdigest()
    uri = f"text-{sha256[:12]}.txt" if uri is None else to_uri(uri)
    title = title_of(shown(head), uri) if title is None else title
    _utf8(uri, "uri")
    _utf8(title, "title")
    when = datetime.now(UTC) if time is None else _utc(time)
    return Item(uri, title, when, len(data), sha256, checked_tags(tags), lambda: pieces_of(data))


def checked_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A copy of ``tags``. Raises SourceError unless keys (not empty) and values are valid Unicode strings."""
    for key, value in (tags or {}).items():
        if not isinstance(key, str) or not isinstance(value, str) or not key:
            raise SourceError(f"tag {key!r}={value!r}: keys and values are text, and a key is not empty")
        _utf8(key + value, f"tag {key!r}")
    return dict(tags or {})


def pieces_of(data: bytes) -> Iterator[bytes]:
    """``data`` in pieces of at most ``PIECE`` bytes."""
    return (data[at : at + PIECE] for at in range(0, len(data), PIECE))


def time_of(nanoseconds: int) -> datetime:
    """A file's time stamp (since 1970, UTC), held within the years 1 to 9999."""
    microseconds = nanoseconds // 1000
    low, high = (_FIRST - _EPOCH) // timedelta(microseconds=1), (_LAST - _EPOCH) // timedelta(microseconds=1)
    return _EPOCH + timedelta(microseconds=min(max(microseconds, low), high))


def nanoseconds_of(time: datetime) -> int:
    """A document's time as a file's time stamp."""
    return (time - _EPOCH) // timedelta(microseconds=1) * 1000


def _utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise SourceError(f"time {time}: outside the years 1 to 9999") from error


def _utf8(text: str, what: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise SourceError(
            f"{what}: holds a lone surrogate (U+{code:04X}) at character {error.start}; remove it"
        ) from error
