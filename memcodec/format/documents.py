"""Documents as stored: the JSON objects that stand in the media's document records and in the catalogue alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from memcodec.errors import Damaged, SourceError
from memcodec.format import block, budget
from memcodec.format.budget import Budget
from memcodec.model import Document, Original, Root, Section

_TEXTS = ("type", "author", "language")
_PERMISSIONS = 0o777
_BEGIN = b'{"id":"'  # of each document's JSON
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Stored:
    """A document and where its bytes begin in its commit's text."""

    document: Document
    start: int

    @property
    def end(self) -> int:
        """Where its bytes end in its commit's text: those of its text, then of its original if that is kept."""
        original = self.document.original
        return self.start + self.document.size + (original.size if original is not None else 0)

    @property
    def length(self) -> int:
        """All its bytes."""
        return self.end - self.start

    @property
    def blocks(self) -> range:
        """The blocks of the commit's text in which they lie."""
        return block.numbers(self.start, self.end)

    def part_in(self, number: int) -> tuple[int, int]:
        """Which of them lie in a block: from the first up to the second, counted from its own first."""
        start = number * block.BLOCK_SIZE - self.start
        return max(0, start), min(self.length, start + block.BLOCK_SIZE)


def document_id(file_id: bytes, commit: int, ordinal: int) -> str:
    """The id of a commit's ``ordinal``-th document: 16 hex digits, the same in whatever file the commit ends up."""
    key = file_id + commit.to_bytes(4, "little") + ordinal.to_bytes(4, "little")
    return hashlib.sha256(key).hexdigest()[:16]


def pack(documents: Sequence[Stored]) -> bytes:
    """A run of documents as one Zstandard frame around a JSON array. Raises as ``described``."""
    return block.pack(_table(documents), budget.MAX_DOCUMENTS, "the descriptions of documents")


def pack_each(runs: Sequence[Sequence[Stored]]) -> list[bytes]:
    """As ``pack`` of each of many runs, on all cores."""
    return block.pack_each(list(map(_table, runs)), budget.MAX_DOCUMENTS, "the descriptions of documents")


def _table(documents: Sequence[Stored]) -> bytes:
    return f"[{','.join(map(described, documents))}]".encode()


def described(stored: Stored) -> str:
    """A document as JSON. Raises SourceError for one of which there is more to say than a reader takes."""
    text = _ENCODER.encode(row(stored))
    size = len(text.encode())
    if size > budget.MAX_DESCRIPTION:
        raise SourceError(
            f"{stored.document.uri[:80]}: its title, tags and headings take {size:,} bytes, "
            f"{budget.MAX_DESCRIPTION:,} are the most; shorten them or split it"
        )
    return text


def unpack(frame: bytes, account: Budget) -> list[Stored]:
    """What ``pack`` wrote; ``account`` is the budget of the file that it is from. Raises Damaged."""
    spend = partial(account.spend, what="its documents' descriptions")
    data = budget.unpack_json(frame, budget.MAX_DOCUMENTS, "document table", spend)
    return [parse(row) for row in rows(data)]


def rows(data: bytes) -> list[Any]:
    """A table of documents, unpacked: each as JSON gave it, for ``parse``. Raises Damaged."""
    found = budget.parse_json(data, "a document table")
    if not isinstance(found, list):
        raise Damaged("a document table is not a list")
    return found


def split(data: bytes) -> list[bytes]:
    """A table of documents, unpacked: the JSON of each, for a reader that wants few of them. Raises Damaged.

    Their ``id``s come first and no blanks stand between values: so what is between two stands in no string.
    """
    if not (data.startswith(b"[" + _BEGIN) and data.endswith(b"}]")):
        raise Damaged("a document table is not a list")
    return [_BEGIN + part + b"}" for part in data[1 + len(_BEGIN) : -2].split(b"}," + _BEGIN)]


def parse(row: Any) -> Stored:
    """One document. Raises Damaged."""
    try:
        return _from_json(row)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Damaged(f"the description of a document cannot be read: {error}") from error


def row(stored: Stored) -> dict[str, Any]:
    """A document as the object that JSON has of it."""
    document = stored.document
    made: dict[str, Any] = {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "time": format_time(document.time),
        "sha256": document.sha256,
        "start": stored.start,
        "size": document.size,
    }
    if document.tags:
        made["tags"] = dict(document.tags)
    made |= {name: value for name in _TEXTS if (value := getattr(document, name))}
    if document.extracted:
        made["extracted"] = True
    if document.original is not None:
        made["original"] = list(document.original)
    if document.mode is not None:
        made["mode"] = document.mode
    if document.mtime is not None:
        made["mtime"] = document.mtime
    if document.source:
        made["source"] = document.source
    if document.root is not None:
        made["root"] = root_row(document.root)
    if document.sections:
        made["sections"] = [[each.start, each.place, *each.path] for each in document.sections]
    return made


def _from_json(row: dict[str, Any]) -> Stored:
    tags = row.get("tags", {})
    texts = [row[name] for name in ("id", "uri", "title", "time", "sha256")] + [*tags.keys(), *tags.values()]
    texts += [row.get(name, "") for name in (*_TEXTS, "source")]
    numbers = [row["start"], row["size"], row.get("mode", 0)]
    original = Original(*row["original"]) if "original" in row else None
    if original is not None:
        texts.append(original.sha256)
        numbers.append(original.size)
    if not all(type(text) is str for text in texts) or not all(
        type(number) is int and 0 <= number < 1 << 62 for number in numbers
    ):
        raise ValueError("a field of the wrong kind")
    "".join(texts).encode()  # half a character is a ValueError
    mtime = row.get("mtime")
    if mtime is not None and (type(mtime) is not int or abs(mtime) >= 1 << 62):
        raise ValueError("a time that is none")
    document = Document(
        row["id"],
        row["uri"],
        row["title"],
        parse_time(row["time"]),
        row["sha256"],
        row["size"],
        tags,
        **{name: row.get(name, "") for name in _TEXTS},
        extracted=row.get("extracted") is True,
        original=original,
        sections=_sections(row.get("sections", []), row["size"]),
        root=root(row["root"]) if "root" in row else None,
        mode=row["mode"] & _PERMISSIONS if "mode" in row else None,
        mtime=mtime,
        source=row.get("source", ""),
    )
    return Stored(document, row["start"])


def root_row(found: Root) -> list[str]:
    """A root as JSON has it: without the path unless that is kept."""
    return list(found if found.path else found[:-1])


def root(row: Any) -> Root:
    """What ``root_row`` gave. Raises ValueError."""
    if not isinstance(row, list) or not all(type(each) is str for each in row):
        raise ValueError("a root of the wrong kind")
    return _root(tuple(row))


@lru_cache(1024)
def _root(row: tuple[str, ...]) -> Root:
    if not 4 <= len(row) <= 5 or [len(bytes.fromhex(each)) for each in row[2:4]] != [16, 16]:
        raise ValueError("a root of the wrong kind")
    "".join(row).encode()
    return Root(*row)


def _sections(rows: list[Any], size: int) -> tuple[Section, ...]:
    made = tuple(Section(start, tuple(path), place) for start, place, *path in rows)
    starts = [each.start for each in made]
    if not all(type(start) is int and 0 <= start <= size for start in starts) or starts != sorted(starts):
        raise ValueError("sections that do not rise")
    if not all(type(text) is str for each in made for text in (each.place, *each.path)):
        raise ValueError("a section of the wrong kind")
    "".join(text for each in made for text in (each.place, *each.path)).encode()
    return made


def format_time(time: datetime) -> str:
    """ISO 8601 in UTC, as precise as the time is."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """A time that ``format_time`` wrote. Raises Damaged."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, TypeError) as error:
        raise Damaged(f"a time cannot be read: {error}") from error
