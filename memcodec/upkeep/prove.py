"""Proof that a passage is part of a document that somebody signed: a small JSON that stands alone.

It holds the passage, the hashes that lead from it to the root of its document's text, from that to the root that was
signed, and the signature. Neither who makes it nor who checks it reads the rest of the document.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from memcodec.errors import ConfigError, Damaged, MemcodecError, NotFound, Unproven
from memcodec.file import document as reading
from memcodec.file.reader import FoundDocument, Reader
from memcodec.format import documents, merkle, statement
from memcodec.format.documents import parse_time
from memcodec.format.merkle import BLOCK, PIECE
from memcodec.format.statement import Kept, Row, Signature
from memcodec.model import Document
from memcodec.signing.allowed import Signer
from memcodec.upkeep.signed import checked
from memcodec.upkeep.statements import signatures

KIND, VERSION = "proof", statement.VERSION
MAX_PROOF = 64 << 20  #: bytes
_TEXT_BLOCK = BLOCK * PIECE  # bytes of text whose hash is kept


@dataclass(frozen=True, slots=True)
class Proof:
    """That bytes ``start`` to ``end`` of ``document`` are ``text``, as ``fingerprint`` signed it at ``time``.

    ``time`` is the signer's word; ``signer`` the name of the key, if it has one. ``commit`` and ``file_id`` are those
    of the memory file that was signed.
    """

    document: Document
    start: int
    end: int
    text: str
    fingerprint: str
    signer: str
    time: datetime
    file_id: str
    commit: int
    note: str = ""
    signature: Signature = field(repr=False, default=Signature(b"", "", ""))


def prove(
    reader: Reader,
    document: Document | str,
    start: int = 0,
    end: int | None = None,
    by: Sequence[Signer] | None = None,
) -> bytes:
    """The proof of bytes ``start`` up to ``end`` of a document's text, as JSON; both where no character is cut.

    ``by``: whose signature, where several speak of it; the newest else. Raises NotFound for no such document, Unproven
    when none that holds speaks of it as it is, ConfigError for a span outside it.
    """
    found = reading.find(reader, document)
    size = found.document.size
    end = size if end is None else end
    if not 0 <= start <= end <= size:
        raise ConfigError(f"{found.document.uri}: has bytes 0 to {size:,}; {start:,} to {end:,} are outside")
    kept, place = _statement_of(reader, found.document, by)
    first, last = (start // PIECE, -(-end // PIECE)) if start < end else (0, 0)
    text = _Text(found, kept.rows[place])
    passage = text.span(first * PIECE, min(last * PIECE, size))
    shown = passage[start - first * PIECE : end - first * PIECE]
    described = statement.described(found.stored, text.root.hex())
    if merkle.leaf(statement.canonical(described)).hex() != kept.rows[place].leaf:
        raise Unproven(f"{found.document.uri}: is not what was signed; `verify_signed()` tells what changed")
    leaves = [bytes.fromhex(row.leaf) for row in kept.rows]
    made = {
        "memcodec": KIND,
        "version": VERSION,
        **statement.fields_of(kept.signature),
        "document": described,
        "place": place,
        "path": [each.hex() for each in merkle.path_among(leaves, place)],
        "start": start,
        "end": end,
        "passage": _decoded(shown, found.document.uri),
        "bytes": base64.b64encode(passage).decode(),
        "hashes": [each.hex() for each in text.path(first, last)] if first < last else [],
    }
    data = f"{json.dumps(made, ensure_ascii=False, indent=1)}\n".encode()
    if len(data) > MAX_PROOF:
        raise ConfigError(
            f"a proof of {len(data):,} bytes; {MAX_PROOF:,} are the most: prove a part of the document"
        )
    return data


def _decoded(data: bytes, uri: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{uri}: a character is cut at the passage's beginning or end") from error


def _statement_of(reader: Reader, document: Document, by: Sequence[Signer] | None) -> tuple[Kept, int]:
    """The newest signature that speaks of a document, and the document's place in its tree."""
    found, faults = list[tuple[datetime, Kept, int]](), list[str]()
    for each in signatures(reader):
        if each.kept is None:
            continue
        try:
            if by is not None:
                checked(each.kept.signature, by)
            said = each.kept.checked()
        except Unproven as error:
            faults.append(str(error))
            continue
        places = (at for at, row in enumerate(each.kept.rows) if row.id == document.id)
        found += [(parse_time(said.time), each.kept, at) for at in places]
    if not found:
        told = f" ({faults[0]})" if faults else ""
        raise Unproven(
            f"{document.uri}: no signature in {reader.source.name} speaks of it{told}; `sign()` first"
        )
    return max(found, key=lambda each: each[0])[1:]


class _Text:
    """A document's text, of which only what is asked for is read; what the other blocks hash to was kept."""

    def __init__(self, found: FoundDocument, row: Row) -> None:
        self._found, self._size = found, found.document.size
        self._leaves: dict[int, list[bytes]] = {}
        self._total = -(-self._size // PIECE)
        blocks = -(-self._total // BLOCK)
        if len(row.blocks) not in (0, blocks) or (blocks > 1 and not row.blocks):
            raise Unproven(f"{row.uri}: is not what was signed")
        self._known = [bytes.fromhex(each) for each in row.blocks]
        if not self._known and blocks:
            self._known = [merkle.root(self._block(0))]

    @property
    def root(self) -> bytes:
        """That of the whole text, as it was signed."""
        return merkle.root(self._known)

    def span(self, start: int, end: int) -> bytes:
        """A span of it."""
        begin = self._found.stored.start
        return self._found.segment.text(begin + start, begin + end) if start < end else b""

    def path(self, first: int, last: int) -> list[bytes]:
        """What proves these of its pieces. Raises Damaged when what was read is not what was signed."""
        for number in range(first // BLOCK, -(-last // BLOCK)):
            if merkle.root(self._block(number)) != self._known[number]:
                raise Damaged(f"{self._found.document.uri}: its text is not what was signed; verify the file")
        return merkle.path_in_text(self._total, first, last, self._known, self._block)

    def _block(self, number: int) -> list[bytes]:
        if number not in self._leaves:
            start = number * _TEXT_BLOCK
            self._leaves[number] = merkle.pieces(self.span(start, min(start + _TEXT_BLOCK, self._size)))
        return self._leaves[number]


def lines(reader: Reader, document: Document | str, first: int, last: int) -> tuple[int, int]:
    """The bytes of a document that its lines ``first`` to ``last`` take, counted from 1, as far as there are so many.

    No more is read than the chunks that they stand in. Raises NotFound when there is no line ``first``.
    """
    found = reading.find(reader, document)
    rows = [row for row in _chunks(found) if row[3] >= first and row[2] <= last]
    if not rows:
        raise NotFound(f"{found.document.uri}: has no line {first:,}")
    begin, end, line = rows[0][0], rows[-1][1], rows[0][2]
    start = found.stored.start
    data = found.segment.text(start + begin, start + end)
    at = 0
    while line < first and (stop := data.find(b"\n", at)) >= 0:
        line, at = line + 1, stop + 1
    stop = at
    for _ in range(first, last + 1):
        found_at = data.find(b"\n", stop)
        stop = len(data) if found_at < 0 else found_at + 1
    return begin + at, begin + stop


def _chunks(found: FoundDocument) -> list[tuple[int, int, int, int]]:
    """A document's chunks: their spans of it, and their lines."""
    catalogue, begin = found.segment.catalogue, found.stored.start
    span = np.searchsorted(catalogue.chunk_documents(), (found.ordinal, found.ordinal + 1)).tolist()
    rows = (catalogue.chunk(number) for number in range(*span))
    return [(start - begin, end - begin, one, other) for start, end, one, other in rows]


def check(data: bytes, by: Sequence[Signer]) -> Proof:
    """What a proof proves, of those whose signature it may be. Raises Unproven when it proves nothing."""
    raw = statement.object_of(data, MAX_PROOF, KIND)
    signature = statement.signature_of(raw)
    said = statement.parse(signature.statement)
    signer = checked(signature, by)
    try:
        document, text, total = _document(raw, said.documents, said.root)
        start, end = raw["start"], raw["end"]
        passage = _passage(raw, document.size, bytes.fromhex(text), start, end, total)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        if isinstance(error, MemcodecError):
            raise
        raise Unproven(f"the proof cannot be read, or is false: {error}") from error
    return Proof(
        document,
        start,
        end,
        passage,
        signer.key.fingerprint,
        signer.name,
        parse_time(said.time),
        said.file,
        said.commit,
        said.note,
        signature,
    )


def _document(raw: dict[str, Any], count: int, root: str) -> tuple[Document, str, int]:
    """The document that a proof speaks of, the root of its text and how many pieces that has."""
    described = dict(raw["document"])
    place = _number(raw["place"])
    leaf = merkle.leaf(statement.canonical(described))
    if merkle.proven(count, place, [leaf], _hashes(raw["path"])).hex() != root:
        raise Unproven("the proof is false: what it says of the document is not what was signed")
    text = described.pop("text")
    try:
        document = documents.parse({**described, "start": 0}).document
    except Damaged as error:
        raise Unproven(f"the proof's document cannot be read: {error}") from error
    return document, text, -(-document.size // PIECE)


def _passage(raw: dict[str, Any], size: int, root: bytes, start: Any, end: Any, total: int) -> str:
    start, end = _number(start), _number(end)
    data = base64.b64decode(raw["bytes"], validate=True)
    if not start <= end <= size:
        raise ValueError("a passage outside its document")
    if start == end:
        if data or raw["hashes"] or raw["passage"]:
            raise ValueError("an empty passage that is none")
        return ""
    first, last = start // PIECE, -(-end // PIECE)
    if len(data) != min(last * PIECE, size) - first * PIECE:
        raise ValueError("too few bytes, or too many")
    made = merkle.proven(total, first, merkle.pieces(data), _hashes(raw["hashes"]))
    if made != root:
        raise Unproven("the proof is false: the passage is not what was signed")
    passage = data[start - first * PIECE : end - first * PIECE].decode()
    if passage != raw["passage"]:
        raise Unproven("the proof is false: the passage it shows is not the one it proves")
    return passage


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise ValueError("a number that is none")
    return value


def _hashes(value: Any) -> list[bytes]:
    if not isinstance(value, list) or len(value) > 128:
        raise ValueError("hashes that are none")
    made = [bytes.fromhex(each) for each in value]
    if any(len(each) != 32 for each in made) or [each.hex() for each in made] != value:
        raise ValueError("a hash that is none")
    return made
