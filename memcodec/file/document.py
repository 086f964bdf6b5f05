"""One document or chunk of a file: found by what it is called, read whole or line by line, and as search shows it."""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Iterator

from memcodec.errors import ConfigError, Damaged, NotFound
from memcodec.file.filter import ambiguous, ids_like
from memcodec.file.places import ChunkPlace, FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.roots import Roots, identity, known
from memcodec.format.block import BLOCK_SIZE
from memcodec.model import Document, Hit, Line, Section, section_at

_AHEAD = 64  # blocks read at once, at most


def find(reader: Reader, document: Document | str) -> FoundDocument:
    """The document meant: a ``Document``, a uri, an id or its first digits, a glob of the uri, or its file's path.

    Raises NotFound when there is none, ConfigError, which names them, when there are several.
    """
    name = document.id if isinstance(document, Document) else document
    found = _meant(reader, document)
    if not found:
        raise NotFound(f"{reader.source.name}: no document {name!r}; `documents()` shows what there is")
    if len(found) > 1:
        candidates = [(each.document.uri, each.document.id) for each in found]
        raise ConfigError(ambiguous(reader.source.name, name, candidates))
    return found[0]


def holds(reader: Reader, document: Document | str) -> bool:
    """Whether there is a document in the state of this id or uri."""
    return bool(_exactly(reader, document))


def _meant(reader: Reader, document: Document | str) -> list[FoundDocument]:
    found = _exactly(reader, document)
    if found or isinstance(document, Document):
        return found
    every = list(reader.documents())
    begun = set(ids_like(document, (each.document.id for each in every)))
    return (
        [each for each in every if each.document.id in begun]
        or [each for each in every if fnmatch.fnmatchcase(each.document.uri, document)]
        or _from_path(reader, document)
    )


def _from_path(reader: Reader, path: str) -> list[FoundDocument]:
    """The document that came from a file of this machine, by its path."""
    rows = known(reader)
    found = Roots(rows).above(os.path.realpath(path)) if rows and "\0" not in path else None
    if found is None:
        return []
    home, rest = found
    likely = reader.named([base.base + rest for base in home.rows])
    return [each for each in likely if each.document.root and identity(each.document.root) in home.identities]


def _exactly(reader: Reader, document: Document | str) -> list[FoundDocument]:
    """Those of that uri, or else of that id; of a ``Document``, the one of its id."""
    if isinstance(document, Document):
        return [each for each in reader.named([document.uri]) if each.stored.document.id == document.id]
    found = list(reader.named([document]))
    return found or [each for each in reader.documents() if each.stored.document.id == document]


def text(found: FoundDocument) -> bytes:
    """A document's text as it was stored, checked against its SHA-256. Raises Damaged."""
    document, start = found.stored.document, found.stored.start
    return _proven(found, start, start + document.size, document.sha256)


def decoded(found: FoundDocument) -> str:
    """A document's text. Raises Damaged."""
    try:
        return text(found).decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"{found.stored.document.uri}: its text is not UTF-8 ({error.reason})") from error


def original(found: FoundDocument) -> bytes:
    """The bytes of the file that a document came from, checked against their SHA-256.

    Raises NotFound when they were not kept, Damaged when they are lost.
    """
    document, stored = found.stored.document, found.stored
    if document.original is not None:
        return _proven(found, stored.start + document.size, stored.end, document.original.sha256)
    if document.extracted:
        raise NotFound(
            f"{document.uri}: only its text was kept, not the file it came from; `keep_originals=True` keeps it"
        )
    return text(found)


def whole(found: FoundDocument) -> bytes:
    """The bytes of a document's file as ``restore`` writes it: the original's, or else its text's. Raises Damaged."""
    return text(found) if found.document.original is None else original(found)


def _proven(found: FoundDocument, start: int, end: int, sha256: str) -> bytes:
    data = found.segment.text(start, end) if start < end else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(f"{found.stored.document.uri}: its SHA-256 fails; `repair()` saves what it can")
    return data


def lines(found: FoundDocument) -> Iterator[str]:
    """The lines of a document's text without their ends, read as they are asked for. Raises Damaged for a lost one."""
    rest = b""
    for piece in _pieces(found):
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _pieces(found: FoundDocument) -> Iterator[bytes]:
    start = found.stored.start
    end = start + found.document.size
    left, step = range(start // BLOCK_SIZE, -(-end // BLOCK_SIZE) if end > start else 0), 1
    while left:
        numbers, left = left[:step], left[step:]
        for number, block in zip(numbers, found.segment.walk(numbers.start, numbers.stop), strict=True):
            if block is None:
                raise Damaged(f"{found.document.uri}: part of it is lost beyond repair by parity")
            begin = number * BLOCK_SIZE
            yield block[max(0, start - begin) : end - begin]
        step = min(2 * step, _AHEAD)  # who reads on reads on


def hit(
    place: ChunkPlace, chunk: int, text: str, file: str, *, rank: int = 0, score: float = 0.0, folded: int = 0
) -> Hit:
    """A chunk, or a passage, as search shows it."""
    document = place.stored.document
    section = section_at(document.sections, place.start) or Section(0)
    span, line = (place.start, place.end), Line(place.first_line, place.last_line)
    return Hit(rank, score, file, document, chunk, *span, line, text, section.path, section.place, folded)


def around(reader: Reader, chunk: int, count: int) -> list[Hit]:
    """A chunk, and up to ``count`` before and after it in its document, as hits of rank 0. Raises NotFound."""
    place = reader.chunk(chunk)
    segment, own = place.segment, chunk - place.segment.first_chunk
    near = range(max(0, own - count), min(own + count + 1, segment.record.chunks))
    reader.prefetch_chunks([(segment, each) for each in near])
    reader.prefetch_texts([(segment, each) for each in near])
    placed = [(segment.first_chunk + each, reader.chunk_in(segment, each)) for each in near]
    placed = [each for each in placed if each[1].stored.start == place.stored.start]
    texts = reader.texts([each for _, each in placed])
    return [
        hit(each, number, text, reader.source.name)
        for (number, each), text in zip(placed, texts, strict=True)
    ]
