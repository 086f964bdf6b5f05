"""A note in its memory file: what is there, and how it is written. Both are done by threads, with the file open."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from memcodec import Memory
from memcodec.errors import MemcodecError
from memcodec.ingest.item import Item, text_item
from memcodec.model import Document
from memcodec.printable import line

LONGEST = 512 << 10  #: bytes of a note's text
_AUTHORS, _NAME = 10, 60


class Found(NamedTuple):
    """The document of a note's uri. ``text`` is None where it is none that is edited here: ``why``, and ``sha256``."""

    document: Document
    text: str | None
    why: str = ""

    @property
    def sha256(self) -> str:
        """Of its text."""
        return self.document.sha256


class Written(NamedTuple):
    """It is a commit now. ``commit`` is None where the file had the text already."""

    uri: str
    commit: int | None


class Meanwhile(NamedTuple):
    """Somebody else wrote to it; nothing was written. None: it was forgotten."""

    found: Found | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written. ``expected``: SHA-256 of the texts one of which the file is to have, None for no document.

    ``beside``: it is kept under a name that says this, since the name is another's. ``last``: nobody edits it any more.
    """

    uri: str
    text: str
    expected: Collection[str | None]
    authors: Sequence[str]
    beside: str = ""
    last: bool = False


def digest(text: str) -> str:
    """The SHA-256 of a text, as documents have it."""
    return hashlib.sha256(text.encode()).hexdigest()


def find(memory: Memory, uri: str) -> Found | None:
    """The document of that uri, as it is now."""
    documents = [each.stored.document for each in memory.reader.named([uri])]
    if not documents:
        return None
    document = documents[-1]
    if document.original is not None or document.extracted:
        return Found(document, None, "its text was taken out of another file")
    if document.size > LONGEST:
        return Found(document, None, f"it has more than {LONGEST >> 10} KiB of text")
    return Found(document, memory.read(document))


def write(memory: Memory, wish: Wish) -> Written | Meanwhile:
    """Commit a text as a version of its document: in the journal if it is small, in media when all have gone."""
    memory.add_items([])  # with the file's lock nobody else writes
    uri, there = wish.uri, find(memory, wish.uri)
    if wish.beside:
        uri, there = _free(memory, wish.uri, wish.beside), None
    elif (there.sha256 if there is not None else None) not in wish.expected:
        return Meanwhile(there)
    memory.add_items([_item(uri, wish, there)])
    report = memory.commit()
    if wish.last:
        memory.fold()
    return Written(uri, report.commit.number if report.commit is not None else None)


def fold(memory: Memory) -> None:
    """Into media, where pages find it."""
    memory.fold()


def _item(uri: str, wish: Wish, there: Found | None) -> Item:
    authors = [line(each)[:_NAME] for each in wish.authors]
    old = there.document if there is not None else None
    if old is None or there is None or there.text is None:
        return replace(text_item(wish.text, uri=uri), author=", ".join(authors[:_AUTHORS]))
    was = text_item(there.text, uri=uri).title
    item = text_item(wish.text, uri=uri, tags=old.tags, title=None if old.title == was else old.title)
    known = [each for each in old.author.split(", ") if each]
    every = [*known, *(each for each in authors if each not in known)]
    return replace(
        item, type=old.type, author=", ".join(every[: max(_AUTHORS, len(known))]), language=old.language,
        root=old.root, mode=old.mode,
    )  # fmt: skip


def _free(memory: Memory, uri: str, why: str) -> str:
    """A name beside another that says why, and that none has."""
    path, day = PurePosixPath(uri), datetime.now(UTC).strftime("%Y-%m-%d")
    name = uri.removesuffix(path.suffix) if path.suffix else uri
    for number in range(1, 1000):
        again = f" {number}" if number > 1 else ""
        made = f"{name} ({why} {day}{again}){path.suffix}"
        if next(iter(memory.reader.named([made])), None) is None:
            return made
    raise MemcodecError(f"{uri}: is kept beside too often")
